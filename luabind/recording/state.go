package recording

import (
	"fmt"
	"slices"

	"socksh/luabind/journal"
)

// steadyAlone are the states in which a connection stays until this end does something;
// steady those in which it stays as long as both ends, which are the session's, do
// nothing.
var (
	steadyAlone = []string{"CLOSE_WAIT", "CLOSE"}
	steady      = []string{"CLOSE_WAIT", "CLOSE", "FIN_WAIT2", "TIME_WAIT"}
)

// states writes the states that were seen after a step: those that it has brought a peer
// to, and that last.
func (w *writer) states(st *step) {
	var order []int
	last := map[int]journal.State{}
	for _, e := range st.after {
		f := e.Fact.(journal.State)
		order = append(slices.DeleteFunc(order, func(n int) bool { return n == e.Handle }), e.Handle)
		last[e.Handle] = f
	}
	for _, n := range order {
		if w.names[n] != "" && w.lasts(n, last[n]) && (w.options.Half == "" || w.side(n) == w.options.Half) {
			w.put(fmt.Sprintf("expect.state(%s, %q)", w.names[n], last[n].After))
		}
	}
}

// lasts reports whether a state is there on each run for as long as nothing is typed.
func (w *writer) lasts(n int, f journal.State) bool {
	if f.Before == "" || f.Derived {
		return false
	}
	if f.After == "CLOSE" && (w.shut[n] || f.Before != "ESTABLISHED" && f.Before != "CLOSE_WAIT") {
		return false // TIME_WAIT, which the kernel may count as the handle's or not
	}
	if s := w.sockets[n]; s != nil && s.Host != "" {
		return f.After != "gone" && f.After != "LISTEN"
	}
	_, port, _ := split(f.Peer.String())
	if w.options.Half == "" && w.own[port] {
		return slices.Contains(steady, f.After)
	}
	return !f.Closed && slices.Contains(steadyAlone, f.After)
}
