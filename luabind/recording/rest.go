package recording

import (
	"slices"
	"strings"
	"time"
)

// settled is how long nothing must have come before that is expected of a replay too:
// what a session did not wait for may come at any time.
const settled = 200 * time.Millisecond

// before notes what a call is about to do with what has come.
func (w *writer) before(c *call) {
	n := w.numberOf(c.handle)
	if c.verb.Name == "bind" && len(c.args) == 1 && strings.HasPrefix(c.args[0], listenVar) && w.sockets[n].Type == "stream" {
		w.put("if vars.listen then setsockopt(" + c.handle + ", \"SO_REUSEADDR\", true) end -- so that it may run again at once")
	}
	switch {
	case c.verb.Name == "close" && c.handle != "":
		w.allRead(c.handle, n)
	case receives(c.verb):
		w.quiet[n] = w.now.ended
	case !c.verb.Asks: // it may bring an answer
		delete(w.quiet, n)
	}
}

// allRead writes, before a handle is closed, that nothing more has come from another program,
// if it was so: a byte more, or where the stream had not ended its end.
func (w *writer) allRead(handle string, n int) {
	since, quiet := w.quiet[n]
	ended := func(row string) bool { return strings.HasPrefix(row, "expect.eof("+handle) }
	switch {
	case !quiet || w.now.at-since < settled || !w.streams[n] || w.left[n]+w.held[n] > 0 || slices.ContainsFunc(w.rows, ended):
	case w.over[n]:
		w.put("expect.nothing(" + handle + ")")
	default:
		w.put("expect.quiet(" + handle + ")")
	}
}
