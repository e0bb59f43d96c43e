package recording

import (
	"fmt"
	"strconv"
	"strings"

	"socksh/luabind/journal"
	"socksh/luabind/line"
	"socksh/luabind/sock"
)

// typed writes a command.
func (w *writer) typed(st *step) {
	if st.verb.Name == "join" || st.verb.Name == "cancel" {
		if word, _ := st.line.Words[0].Plain(); w.isJob(word) && (st.out.Ended != journal.TimedOut || !w.jobs[word]) {
			return // the job's own end tells
		}
	}
	st = w.spelled(st)
	c := w.command(st)
	if s := st.out; s != nil && s.Socket != nil && s.Socket.Family == "unix" && st.verb.Name == "bind" && s.Ended == "" {
		if path := lastPlain(st); atPath(path) {
			w.path(path)
			c = w.command(st)
		}
	}
	if st.job != "" {
		delete(w.quiet, w.numberOf(c.handle))
		w.spawn(st, w.expect(c, st.out))
		return
	}
	w.before(c)
	e := w.expect(c, st.out)
	if st.verb.Asks && st.line.Kind == line.Command && e.call == c.String() && e.check == "" && !e.named && len(e.makes) == 0 {
		return // nothing that it gave is the same again
	}
	w.writeOut(st, e)
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
			w.call(st.about, word)
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

// writeOut writes an expectation that holds at once, with the variables that it makes.
func (w *writer) writeOut(st *step, e expectation) {
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
		w.call(n, all[i])
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
		w.put("expect.recv(" + handle + ", " + w.wanted(data) + w.limit(", {timeout = %d}") + ")")
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
	var c *call
	e := expectation{}
	if st.verb != nil {
		c = w.command(st)
		e = w.expect(c, st.out)
	}
	e.call, e.rows, e.data, e.named = st.job+":join()", nil, nil, false
	w.writeOut(st, e)
	if c != nil {
		w.afterwards(st, c)
	}
}
