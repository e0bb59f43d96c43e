// Package recording makes files of what was typed in a session: a scenario in Lua that
// does the same and expects what was observed, or a transcript. It is made of the
// journal's events alone.
//
// A command "cmd a b" becomes the call cmd(a, b), Lua stays as it was typed. What is
// another on each run becomes a variable (ports that the system chooses), is waited for
// (data of a stream, in pieces of any size; states), or is not expected at all (times,
// descriptors). What was refused before anything was done, and what was only looked at,
// is left out. A half has the calls of the clients or of the servers alone; the others
// are the program under test.
package recording

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"socksh/luabind/journal"
	"socksh/luabind/line"
	"socksh/luabind/sock"
	"socksh/luabind/source"
)

// A Session is what a recording is made of.
type Session struct {
	Events []journal.Event // of what was typed, and what is kept of the others
	// Command returns what a parsed command means: its verb, its own words, and the name
	// that it gives to what it makes; a nil verb for one that is none.
	Command func(line.Line) (*sock.Verb, line.Line, string)
	Known   func(word string) bool // whether a word is a command's
	Verb    func(word string) *sock.Verb
	Open    []int             // the handles that are open now
	Running bool              // tasks of Lua run now
	Secrets map[string]string // the values that must not be seen, by the names of their vars
}

// Options choose what is recorded.
type Options struct {
	Half   Half
	Pauses bool // wait between the calls as the person did
}

// A Half is a side of the conversation.
type Half string

// The halves; "" is all of it.
const (
	Client Half = "client"
	Server Half = "server"
)

// Heads of files: who finds one may write over the file.
const (
	scriptHead     = "-- Recorded with socksh"
	transcriptHead = "# Recorded with socksh"
)

// IsRecording reports whether a file that begins with text is a recording.
func IsRecording(text string) bool {
	return text == "" || strings.HasPrefix(text, scriptHead) || strings.HasPrefix(text, transcriptHead)
}

// errNothing says that there is nothing to record.
var errNothing = errors.New("nothing was typed yet that could be recorded")

// A step is one input, and what came of it.
type step struct {
	index int // among the steps
	event int
	at    time.Duration // when it was typed
	ended time.Duration // when it ended
	text  string
	line  line.Line
	verb  *sock.Verb // nil for Lua
	name  string     // that the command gives to what it makes
	job   string     // that it became, "" for none
	out   *journal.Output
	about int                     // the handle of the command
	calls map[int]bool            // handles that code of Lua has called something for
	after []journal.Event         // states that were seen until the next input
	left  map[int]int             // bytes that handles then had to read, of those where that changed
	held  map[int]int             // bytes that handles had received and not given
	task  int                     // that ran it
	got   map[int]bool            // handles by which that has received data
	jobs  []*step                 // that ended before the next input
	known map[int]*journal.Socket // nil but for what was learned here
	sent  map[string]int          // the addresses that datagrams went to, by whom
	shut  map[int]bool            // handles that were shut down
	binds map[int]bool            // handles that were bound
	came  []string                // what calls have received that end at a place of their own
}

func newStep(index int, e journal.Event, text string) *step {
	return &step{index: index, event: e.N, task: e.Task, at: e.At, ended: e.At, text: text,
		calls: make(map[int]bool), left: make(map[int]int), held: make(map[int]int), got: make(map[int]bool),
		known: make(map[int]*journal.Socket), sent: make(map[string]int), shut: make(map[int]bool), binds: make(map[int]bool)}
}

// steps puts events in order.
func (s *Session) steps() []*step {
	var all []*step
	byInput, verbs := make(map[int]*step), make(map[int]string)
	var last *step
	for _, e := range s.Events {
		switch f := e.Fact.(type) {
		case journal.Input:
			last = newStep(len(all), e, f.Text)
			s.parse(last)
			byInput[e.N] = last
			all = append(all, last)
			continue
		case journal.Job:
			if st := byInput[f.Input]; st != nil {
				st.job = f.Name
			}
		case journal.Output:
			st := byInput[f.Input]
			if st == nil {
				continue
			}
			st.out, st.about, st.ended = &f, e.Handle, e.At
			if st.verb != nil && e.Handle != 0 { // its call may be so long ago that it is not kept
				s.note(st, e.Handle, journal.Call{Verb: st.verb.Name, Text: st.text})
			}
			if f.Job != "" && last != nil {
				last.jobs = append(last.jobs, st)
			}
			if f.Socket != nil {
				last.known[e.Handle] = f.Socket
			}
		}
		if last == nil {
			continue
		}
		switch f := e.Fact.(type) {
		case journal.State:
			last.after = append(last.after, e)
		case journal.Queue:
			if f.Name == "receive" {
				last.left[e.Handle] = f.After
			}
		case journal.Return:
			last.held[e.Handle] = f.Held
			if e.Task == last.task && receiving(verbs[f.Call]) && f.Bytes > 0 {
				last.got[e.Handle] = true
			}
			if data, ok := received(f); ok && exact[verbs[f.Call]] {
				last.came = append(last.came, data)
			}
		case journal.Call:
			verbs[e.N] = f.Verb
			if e.Handle != 0 {
				s.note(last, e.Handle, f)
			}
		case journal.Socket:
			last.known[e.Handle] = &f
		}
	}
	return all
}

// exact are the verbs that receive the same from a stream whatever pieces it comes in.
var exact = map[string]bool{"recvline": true, "recvexact": true, "recvuntil": true}

// receiving reports whether a verb of that name receives.
func receiving(verb string) bool { return strings.HasPrefix(verb, "recv") }

// received returns the data that a call gave.
func received(r journal.Return) (string, bool) {
	if r.Errno != "" || r.Error != "" {
		return "", false
	}
	if r.Data != "" {
		return string(r.Data), len(r.Data) == r.Bytes
	}
	return source.Unquote(r.Result)
}

// note keeps what a call that was made during a step tells: a step of Lua may make any.
func (s *Session) note(st *step, handle int, c journal.Call) {
	st.calls[handle] = true
	switch c.Verb {
	case "bind":
		st.binds[handle] = true
	case "shutdown":
		st.shut[handle] = true
	case "sendto", "sendmsg":
		l, err := line.Parse(c.Text, s.Known)
		if err != nil {
			return
		}
		for _, word := range l.Words {
			if text, plain := word.Plain(); plain && !word.Quoted && (isAddress(text) || atPath(text)) {
				st.sent[text] = handle
			}
		}
	}
}

func (s *Session) parse(st *step) {
	l, err := line.Parse(st.text, s.Known)
	if err != nil {
		st.line.Kind = line.More // it was refused
		return
	}
	st.line = l
	if l.Kind == line.Command || l.Kind == line.Assign {
		st.verb, st.line, st.name = s.Command(l)
	}
}

// refused reports whether a step did nothing, or was only a look at something.
func (st *step) refused() bool {
	switch {
	case st.line.Kind == line.Empty:
		return !strings.HasPrefix(strings.TrimSpace(st.text), "--")
	case st.line.Kind == line.More:
		return true
	case st.line.Kind != line.Lua && st.verb == nil:
		return true
	case st.verb != nil && st.verb.Records == sock.RecordNone:
		return true
	case st.out == nil:
		return st.job == ""
	case st.out.Ended == journal.Refused:
		return true
	}
	return st.out.Ended == journal.Cancelled && st.job == ""
}

// cannot says why a recording is not possible.
func cannot(format string, args ...any) error { return fmt.Errorf(format, args...) }
