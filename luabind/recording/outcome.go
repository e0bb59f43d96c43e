package recording

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"socksh/luabind/journal"
	"socksh/luabind/line"
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
			c = c.bounded()
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
		return through("expect.eof", handle)
	}
	switch c.verb.Records {
	case sock.RecordCall, sock.RecordNone:
	case sock.RecordNamed:
		e.named = true
	case sock.RecordState:
		if state, ok := e.gives[0].(string); ok {
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
			e.call, e.fn = c.bounded().String(), c.bounded().passed()
		}
		w.compare(&e, e.gives[0])
	}
	return e
}

func isNumber(v any) bool { _, ok := v.(float64); return ok }

// receives reports whether a verb waits for what a peer sends.
func receives(v *sock.Verb) bool {
	return v.Waits && strings.HasPrefix(v.Name, "recv")
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
	if text, ok := v.(string); ok && dated.MatchString(text) {
		e.check, e.want = "match", w.alike(text)
		return
	}
	if long, ok := v.(journal.Long); ok {
		e.call = "tohex(sha256(" + e.call + "))"
		e.check, e.want = "equal", fmt.Sprintf(`"%x"`, long.Sum)
		return
	}
	if want, ok := w.value(v); ok {
		e.check, e.want = "equal", want
	}
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
		exact := fmt.Sprintf("recvexact, %s, %d, {timeout = 5}", c.handle, long.Len)
		return expectation{call: fmt.Sprintf("tohex(sha256(recvexact(%s, %d, {timeout = 5})))", c.handle, long.Len), fn: exact, check: "equal", want: fmt.Sprintf(`"%x"`, long.Sum)}
	default:
		if !ok {
			w.compare(&e, e.gives[0])
			return e
		}
	}
	flags := strings.ToLower(c.flags)
	switch {
	case strings.Contains(flags, "peek"):
		e.call = fmt.Sprintf("eventually(function() return %s == %s end)", c, w.literal(data))
		e.fn = fmt.Sprintf("eventually, function() return %s == %s end", c, w.literal(data))
		return e
	case strings.Contains(flags, "oob"), strings.Contains(flags, "trunc"), strings.Contains(flags, "errqueue"):
		w.compare(&e, data)
		return e
	}
	args := c.handle + ", " + w.wanted(data)
	return expectation{call: "expect.recv(" + args + ")", fn: "expect.recv, " + args, data: &data, from: c.handle, gives: e.gives}
}

// lines is the expectation of one line, or of several.
func (w *writer) lines(c *call, e expectation) expectation {
	one := func(v any) expectation {
		line := (&call{verb: w.session.Verb("recvline"), handle: c.handle, options: c.options, timed: c.timed}).bounded()
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

// typed writes a command.
func (w *writer) typed(st *step) {
	if st.verb.Name == "join" || st.verb.Name == "cancel" {
		if word, _ := st.line.Words[0].Plain(); w.isJob(word) && (st.out.Ended != journal.TimedOut || !w.jobs[word]) {
			return // the job's own end tells
		}
	}
	c := w.command(st)
	if s := st.out; s != nil && s.Socket != nil && s.Socket.Family == "unix" && st.verb.Name == "bind" && s.Ended == "" {
		if path := lastPlain(st); atPath(path) {
			w.path(path)
			c = w.command(st)
		}
	}
	if st.job != "" {
		w.spawn(st, w.expect(c, st.out))
		return
	}
	e := w.expect(c, st.out)
	if st.verb.Asks && st.line.Kind == line.Command && e.call == c.String() && e.check == "" && !e.named && len(e.makes) == 0 {
		return // nothing that it gave is the same again
	}
	w.write1(st, e)
	w.afterwards(st, c)
}

// afterwards notes what a command has changed, and calls the client of a server that is
// ready.
func (w *writer) afterwards(st *step, c *call) {
	if st.out.Ended != "" {
		return
	}
	about := w.numberOf(c.handle)
	switch {
	case c.verb.Name == "setsockopt":
		w.set[c.handle+" "+c.option] = true
	case c.verb.Name == "close":
		w.closed[about] = true
	case c.verb.Name == "name" && len(st.line.Words) > 1:
		if word, plain := st.line.Words[len(st.line.Words)-1].Plain(); plain {
			w.names[st.about] = word
		}
	}
	s := w.sockets[about]
	ready := s != nil && (c.verb.Name == "listen" || c.verb.Name == "bind" && s.Type == "dgram")
	if ready && w.serves && !w.waits && w.side(about) == Server {
		w.waits = true
		if expr, ok := w.addresses(s.Local); ok {
			w.put("client(" + expr + ")")
			return
		}
		w.put("client(" + c.handle + ":getsockname())")
	}
}

// numberOf returns the handle that an expression stands for, 0 if that is not known.
func (w *writer) numberOf(expr string) int {
	if n, err := strconv.Atoi(expr); err == nil {
		return n
	}
	last := 0 // names may be used again
	for n, name := range w.names {
		if name == expr {
			last = max(last, n)
		}
	}
	return last
}

func (w *writer) isJob(name string) bool {
	for _, st := range w.steps {
		if st.job == name && name != "" {
			return true
		}
	}
	return false
}

// targets are the variables that a step assigns to.
func targets(st *step) []string {
	if st.line.Kind != line.Assign {
		return nil
	}
	var all []string
	for _, name := range strings.Split(st.line.Targets, ",") {
		all = append(all, strings.TrimSpace(name))
	}
	return all
}

// write1 writes an expectation that holds at once, with the variables that it makes.
func (w *writer) write1(st *step, e expectation) {
	into := w.into(st, e)
	for _, row := range e.rows {
		w.put(row)
	}
	switch {
	case e.call == "":
	case len(into) > 0:
		w.put(w.local(into...) + strings.Join(into, ", ") + " = " + e.call)
		if e.check != "" {
			w.put(fmt.Sprintf("expect.%s(%s, %s)", e.check, into[0], e.want))
		}
	case e.named:
		w.named(e)
	case e.data != nil:
		w.recv(st, e)
	case e.notes != "":
		w.put(w.statement(e) + " -- " + e.notes)
	default:
		w.put(w.statement(e))
	}
}

// into returns the variables for what a call gives: those that were typed, or one for
// each handle, and for an address that is needed later.
func (w *writer) into(st *step, e expectation) []string {
	all := targets(st)
	for i, n := range e.makes {
		if i == len(all) {
			name := st.name
			if name == "" || i > 0 {
				name = w.handleName(n)
			}
			all = append(all, name)
		}
		w.names[n] = all[i]
	}
	for i, v := range e.gives {
		text, ok := v.(string)
		if i += len(e.makes); !ok || st.verb == nil || i == 0 && !e.named || e.data != nil {
			continue
		}
		switch given := ""; {
		case i < len(all):
			w.learn(text, all[i])
		case i == len(all):
			if _, _, address := split(text); !address {
				continue
			}
			if e.named { // a row of its own
				return all
			}
			if given = w.learn(text, ""); given != "" {
				for len(all) < i {
					all = append(all, "_")
				}
				all = append(all, given)
			}
		case i == 1 && len(all) == 0: // data, and where it came from
			if _, _, address := split(text); !address || e.check == "" {
				continue
			}
			if given = w.learn(text, ""); given != "" {
				all = append(all, w.pick("data"), given)
			}
		}
	}
	return all
}

// named writes a call that gives an address.
func (w *writer) named(e expectation) {
	address, _ := e.gives[0].(string)
	_, port, inet := split(address)
	p := w.ports[port]
	bind := e.verb.Name == "bind"
	switch {
	case inet && p == nil:
		name := w.learn(address, "")
		if bind {
			if _, asked, ok := split(e.address); ok && asked != "0" {
				w.ports[asked] = w.ports[port]
			}
		}
		switch {
		case name != "":
			w.put(w.local(name) + name + " = " + e.call)
		case bind:
			w.put(e.call)
		}
	case bind:
		w.put(e.call)
	case inet && p.any:
	case inet:
		want, _ := w.addresses(address)
		w.put(fmt.Sprintf("expect.equal(%s, %s)", e.call, want))
	case atPath(address):
		if want, ok := w.addresses(address); ok {
			w.put(fmt.Sprintf("expect.equal(%s, %s)", e.call, want))
		}
	case address != "" && !strings.HasPrefix(address, "@0"):
		w.put(fmt.Sprintf("expect.equal(%s, %s)", e.call, sock.Quote(address)))
	}
}

// recv writes what is expected of a stream; what comes in a row is one piece.
func (w *writer) recv(st *step, e expectation) {
	handle := e.from
	s := w.sockets[st.about]
	isStream := s == nil || s.Type == "stream"
	if w.stream != nil && w.stream.handle == handle && isStream {
		data := w.stream.data + *e.data
		w.rows = w.rows[:len(w.rows)-1]
		w.put("expect.recv(" + handle + ", " + w.wanted(data) + ")")
		w.stream = &stream{handle, data}
		return
	}
	w.put(e.call)
	w.stream = &stream{handle, *e.data}
}

// spawn writes a step that went on as a job.
func (w *writer) spawn(st *step, e expectation) {
	w.jobs[st.job] = true
	fn := e.fn
	if len(e.rows) > 0 && e.call == "" {
		fn = "function() " + strings.Join(e.rows, " ") + " end"
	}
	w.put(w.local(st.job) + st.job + " = spawn(" + fn + ")")
}

// join writes the end of a job.
func (w *writer) join(st *step) {
	if !w.jobs[st.job] {
		return
	}
	for n, s := range st.known {
		w.sockets[n] = s
	}
	delete(w.jobs, st.job)
	if st.out.Ended == journal.Cancelled {
		w.put(st.job + ":cancel()")
		return
	}
	e := expectation{}
	if st.verb != nil {
		e = w.expect(w.command(st), st.out)
	}
	e.call, e.rows, e.data, e.named = st.job+":join()", nil, nil, false
	w.write1(st, e)
	if st.verb != nil {
		w.afterwards(st, w.command(st))
	}
}
