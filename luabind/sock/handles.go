package sock

import (
	"strconv"
	"strings"

	"github.com/mattn/go-runewidth"
	"golang.org/x/sys/unix"

	"socksh/luabind/loop"
)

// tableVerbs are the calls over the table itself.
func tableVerbs() []Verb {
	return []Verb{
		{Name: "name", Gives: "the name it has, if none is given",
			Summary: "name a handle, or tell its name",
			Details: "The name works wherever the handle's number does, and in Lua as a global variable.",
			Params:  []Param{{Name: "socket", Kind: HandleKind}, {Name: "name", Kind: NameKind, Optional: true}},
			Example: "name 1 srv", Run: func(_ *loop.Task, tab *Table, a *Args) (Result, error) {
				if a.Value(1).Type == Nil {
					return a.Give(Str(a.Handle(0).Name)), nil
				}
				if err := tab.SetName(a.Handle(0), a.Text(1)); err != nil {
					return nil, misuse(err.Error())
				}
				return nil, nil
			}},
		{Name: "fd", Asks: true, Records: RecordCall, Gives: "the number",
			Summary: "tell the descriptor behind a handle",
			Details: "A socket is a file to the kernel: the descriptor is what the system calls take.",
			Params:  []Param{{Name: "socket", Kind: HandleKind}},
			Example: "fd 1", Run: func(_ *loop.Task, _ *Table, a *Args) (Result, error) {
				return a.Give(Num(a.Handle(0).FD)), nil
			}},
	}
}

// Columns returns rows with their cells aligned, columns that are empty left out.
func Columns(rows [][]string) string {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], runewidth.StringWidth(cell))
		}
	}
	var b strings.Builder
	for i, row := range rows {
		line := ""
		for k, cell := range row {
			if widths[k] > 0 {
				line += runewidth.FillRight(cell, widths[k]) + "  "
			}
		}
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(strings.TrimRight(line, " "))
	}
	return b.String()
}

// Describe returns what is known of h now, from the kernel where it can tell.
func (t *Table) Describe(h *Handle) []Field {
	fds := []unix.PollFd{{Fd: int32(h.FD), Events: unix.POLLIN | unix.POLLOUT | unix.POLLPRI}}
	ready := ""
	if _, err := unix.Poll(fds, 0); err == nil {
		for _, r := range []struct {
			event int16
			mark  string
		}{{unix.POLLIN, "R"}, {unix.POLLOUT, "W"}, {unix.POLLPRI, "X"}} {
			if fds[0].Revents&r.event != 0 {
				ready += r.mark
			} else {
				ready += "-"
			}
		}
	}
	state := ""
	if h.family != unix.AF_UNIX && h.sotype == unix.SOCK_STREAM {
		state = stateOf(h.FD)
	}
	family, sotype := h.KindNames()
	local, peer := Value{}, Value{}
	if sysName(h.FD, false, &t.raw) == nil {
		local = t.raw.decode().text()
	}
	if sysName(h.FD, true, &t.raw) == nil {
		peer = t.raw.decode().text()
	}
	fields := []Field{
		{"handle", handleValue(h)}, {"current", Flag(h == t.Current)}, {"name", Str(h.Name)},
		{"family", Str(family)}, {"type", Str(sotype)},
		{"state", Str(state)}, {"address", local}, {"peer", peer}, {"ready", Str(ready)},
		{"buffered", Num(len(h.inbox))}, {"busy", Str(h.busy())}, {"fd", Num(h.FD)},
	}
	if h.Host != nil {
		fields = append(fields, Field{"host", HostValue(h.Host)})
	}
	return fields
}

// Label returns what h is called in messages: its number, its name, and that it is
// closed.
func (h *Handle) Label() string {
	text := strconv.Itoa(h.N)
	if h.Name != "" {
		text += " " + h.Name
	}
	if h.closed {
		text += " (closed)"
	}
	return text
}

// KindNames returns the family and the type of h in words.
func (h *Handle) KindNames() (family, sotype string) {
	if h.family == noSocket {
		return "file", h.fileType()
	}
	return nameOf(families, h.family), nameOf(socketTypes, h.sotype)
}

// Summary returns in a few words what h is, for lists of completions.
func (t *Table) Summary(h *Handle) string {
	var parts []string
	for _, f := range t.Describe(h) {
		switch f.Name {
		case "type", "state", "address":
			if s := f.Value.String(); s != "" {
				parts = append(parts, s)
			}
		}
	}
	return strings.Join(parts, " ")
}

// Addresses returns where the table's listeners can be reached.
func (t *Table) Addresses() []string {
	var all []string
	for _, h := range t.Handles() {
		if !h.listening {
			continue
		}
		if sysName(h.FD, false, &t.raw) == nil {
			all = append(all, t.raw.decode().String())
		}
	}
	return all
}

// Times says how often: "once", "3 times".
func Times(n int) string {
	if n == 1 {
		return "once"
	}
	return strconv.Itoa(n) + " times"
}
