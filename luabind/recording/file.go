package recording

import (
	"fmt"
	"slices"
	"strings"
)

// text puts the file together.
func (w *writer) text() string {
	b := []string{scriptHead + ". Runs by itself: socksh run FILE, socksh test FILE."}
	add := func(rows ...string) { b = append(b, rows...) }
	for _, n := range w.strange {
		about := "a socket"
		if s := w.sockets[n]; s != nil {
			about = s.String()
		}
		add(fmt.Sprintf("-- Handle %d (%s) was there before the recording began: make it here.", n, about))
	}
	if w.waits {
		add("-- Its client is another program: --var client='COMMAND' starts it, with the address in",
			"-- $TARGET. Or start it yourself: socksh run tells the address, and --var listen=ADDRESS",
			"-- says where to listen.")
	}
	for _, row := range w.head {
		if strings.Contains(row, "vars.target") {
			add("-- Its server is another program: --var target=HOST:PORT.")
			break
		}
	}
	if w.inLab() {
		add(`need("lab")`)
	}
	if w.needsIPv6() {
		add(`need("ipv6")`)
	}
	if w.options.Pauses {
		add("", "-- pause waits as the person did; --var pace=0 does not wait, 0.1 ten times less.",
			"local function pause(seconds) sleep(seconds * tonumber(vars.pace or 1)) end")
	}
	if w.waits {
		add("", "local function client(address)",
			`  if not vars.client then return print("listening on " .. address) end`,
			`  spawn(function() expect.equal(os.execute("export TARGET=" .. address .. "; " .. vars.client) / 256, 0, "the client's exit status") end)`,
			"end")
	}
	add("")
	add(w.head...)
	add(w.rows...)
	return strings.Join(b, "\n") + "\n"
}

func (w *writer) inLab() bool {
	for _, s := range w.sockets {
		if s.Host != "" {
			return true
		}
	}
	return slices.ContainsFunc(w.steps, func(st *step) bool { return st.verb != nil && st.verb.Name == "host" && !st.refused() })
}

func (w *writer) needsIPv6() bool {
	return slices.ContainsFunc(w.rows, func(row string) bool { return strings.Contains(row, `"[::1]:`) })
}
