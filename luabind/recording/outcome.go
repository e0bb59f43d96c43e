package recording

import (
	"fmt"
	"slices"
	"strings"

	"socksh/luabind/journal"
	"socksh/luabind/sock"
)

// An expectation is a call with what must come of it.
type expectation struct {
	call    string // that has it done
	fn      string // the same as a function and its arguments, for spawn
	check   string // "equal" or "match" for what the call gives, "" for nothing
	want    string
	notes   string   // a remark
	data    *string  // of a stream
	from    string   // the handle of these
	rows    []string // further rows
	makes   []int    // handles that it gives first
	gives   []any    // and what comes after these
	named   bool     // it gives an address
	verb    *sock.Verb
	address string // that was typed
}

// expect makes an expectation of the outcome of a call.
func (w *writer) expect(c *call, out *journal.Output) expectation {
	e := expectation{call: c.String(), fn: c.passed(), verb: c.verb, address: c.address}
	if out == nil {
		return e
	}
	through := func(f, args string) expectation {
		return expectation{call: f + "(" + args + ")", fn: f + ", " + args}
	}
	switch out.Ended {
	case journal.Cancelled:
		return e
	case journal.TimedOut:
		return w.partial(through("expect.timeout", c.passed()), out)
	case journal.Failed:
		if receives(c.verb) && (out.Errno == "" || slices.Contains(late, out.Errno)) {
			c = c.bounded(w.patience)
		}
		if out.Errno == "" {
			return w.partial(through("expect.error", c.passed()), out)
		}
		return w.partial(through("expect.errno", fmt.Sprintf("%q, %s", out.Errno, c.passed())), out)
	}
	for _, v := range out.Values {
		n, ok := v.(journal.HandleNumber)
		if !ok {
			break
		}
		e.makes = append(e.makes, int(n))
	}
	e.gives = out.Values[len(e.makes):]
	if len(e.makes) > 0 || len(e.gives) == 0 {
		return e
	}
	handle := c.handle
	if len(e.gives) > 1 && e.gives[0] == nil && e.gives[1] == "eof" {
		return through("expect.eof", handle+w.limit(", {timeout = %d}"))
	}
	switch c.verb.Records {
	case sock.RecordCall, sock.RecordNone:
	case sock.RecordNamed:
		e.named = true
	case sock.RecordState:
		state, ok := e.gives[0].(string)
		if n := w.numberOf(handle); w.shut[n] && (state == "CLOSE" || state == "TIME_WAIT") {
			return e // which of both the kernel tells is chance
		}
		if ok {
			return through("expect.state", handle+", "+sock.Quote(state))
		}
	case sock.RecordQueues:
		if rows, ok := e.gives[0].(map[string]any); ok {
			return through("expect.queue", handle+", "+queues(rows))
		}
	case sock.RecordSent:
		if n, ok := e.gives[0].(float64); ok && c.data >= 0 && int(n) < c.data {
			e.notes = fmt.Sprintf("%d of %d bytes went out", int(n), c.data)
		}
	case sock.RecordStream:
		return w.received(c, e)
	case sock.RecordLines:
		return w.lines(c, e)
	default:
		if c.option != "" && isNumber(e.gives[0]) && !w.set[c.handle+" "+c.option] {
			break // a default, which each system has its own of
		}
		if receives(c.verb) {
			e.call, e.fn = c.bounded(w.patience).String(), c.bounded(w.patience).passed()
		}
		w.compare(&e, e.gives[0])
	}
	return e
}

func isNumber(v any) bool { _, ok := v.(float64); return ok }

// receives reports whether a verb waits for what a peer sends.
func receives(v *sock.Verb) bool {
	return v.Waits && receiving(v.Name)
}

// late are the errors that the network brings, at any time.
var late = []string{"ECONNRESET", "ECONNREFUSED", "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH", "EPIPE"}

// partial adds what had come before a failure.
func (w *writer) partial(e expectation, out *journal.Output) expectation {
	if out.Partial != "" {
		e.rows = []string{fmt.Sprintf("expect.equal(%s.partial, %s)", e.call, w.literal(out.Partial))}
		e.call = ""
	}
	return e
}

// compare has the result be the same again.
func (w *writer) compare(e *expectation, v any) {
	if text, ok := v.(string); ok && dated().MatchString(text) {
		if len(w.parts(text)) > 1 || w.isSecret(text) {
			return // a pattern has no variables in it
		}
		e.check, e.want = "match", w.alike(text)
		return
	}
	if long, ok := v.(journal.Long); ok {
		e.call = "tohex(sha256(" + e.call + "))"
		e.check, e.want = "equal", sumOf(long)
		return
	}
	if want, ok := w.value(v); ok {
		e.check, e.want = "equal", want
	}
}

// sumOf is the value that is wanted in place of long data, and what it is.
func sumOf(long journal.Long) string {
	return fmt.Sprintf(`"%x", "the SHA-256 of %d bytes"`, long.Sum, long.Len)
}

func queues(rows map[string]any) string {
	count := func(v any) int {
		switch v := v.(type) {
		case float64:
			return int(v)
		case []any:
			return len(v)
		}
		return 0
	}
	return fmt.Sprintf("{completed = %d, incomplete = %d}", count(rows["length"]), count(rows["incomplete"]))
}

// received is the expectation of data of a stream, in pieces of any size.
func (w *writer) received(c *call, e expectation) expectation {
	data, ok := e.gives[0].(string)
	switch long := e.gives[0].(type) {
	case journal.Long:
		args := fmt.Sprintf("%s, %d, {timeout = %d}", c.handle, long.Len, w.patience)
		return expectation{call: "tohex(sha256(recvexact(" + args + ")))", fn: "recvexact, " + args, check: "equal", want: sumOf(long)}
	default:
		if !ok {
			w.compare(&e, e.gives[0])
			return e
		}
	}
	flags := strings.ToLower(c.flags)
	switch {
	case strings.Contains(flags, "peek"):
		e.call = fmt.Sprintf("eventually(function() return %s == %s end%s)", c, w.literal(data), w.limit(", %d"))
		e.fn = fmt.Sprintf("eventually, function() return %s == %s end%s", c, w.literal(data), w.limit(", %d"))
		return e
	case strings.Contains(flags, "oob"), strings.Contains(flags, "trunc"), strings.Contains(flags, "errqueue"):
		w.compare(&e, data)
		return e
	}
	if s := w.sockets[w.numberOf(c.handle)]; s != nil && s.Type != "stream" && len(c.args) > 0 { // a part of it, maybe
		e.call, e.fn = c.bounded(w.patience).String(), c.bounded(w.patience).passed()
		w.compare(&e, data)
		return e
	}
	args := c.handle + ", " + w.wanted(data) + w.limit(", {timeout = %d}")
	return expectation{call: "expect.recv(" + args + ")", fn: "expect.recv, " + args, data: &data, from: c.handle, gives: e.gives}
}

// lines is the expectation of one line, or of several.
func (w *writer) lines(c *call, e expectation) expectation {
	one := func(v any) expectation {
		line := (&call{verb: w.session.Verb("recvline"), handle: c.handle, options: c.options, timed: c.timed}).bounded(w.patience)
		e := expectation{call: line.String(), fn: line.passed()}
		w.compare(&e, v)
		return e
	}
	list, several := e.gives[0].([]any)
	if !several {
		return one(e.gives[0])
	}
	var rows []string
	for _, v := range list {
		rows = append(rows, w.statement(one(v)))
	}
	return expectation{rows: rows, fn: e.fn}
}

// statement writes an expectation in a row.
func (w *writer) statement(e expectation) string {
	if e.check == "" {
		return e.call
	}
	return fmt.Sprintf("expect.%s(%s, %s)", e.check, e.call, e.want)
}
