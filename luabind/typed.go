package luabind

import (
	"crypto/sha256"
	"errors"
	"io"
	"strings"

	"socksh/luabind/journal"
	"socksh/luabind/loop"
	"socksh/luabind/sock"
)

// An input is one that runs, on its way into the journal. A nil one is not told of.
type input struct {
	event   int // its begin
	task    *loop.Task
	job     string // that it has become, "" for none
	began   bool   // it was understood, and has run
	about   *sock.Handle
	gave    sock.Result
	text    strings.Builder // what it has shown
	handles int             // how many had been made before
	outer   *input          // the one whose results were shown before
}

// shownMost is how much text of one input is kept.
const shownMost = 256 << 10

// beginInput tells the journal of an input that the task t runs now.
func (s *Session) beginInput(t *loop.Task, text string) *input {
	j := s.Table.Journal
	if j == nil {
		return nil
	}
	j.Look() // what has come since the last input is not this one's
	in := &input{task: t, handles: s.Table.Last(), outer: s.shown}
	in.event = j.Add(t, 0, journal.Input{Text: text})
	localOf(t).input, s.shown = in, in
	s.inputs[in.event] = in
	if job := localOf(t).job; job != nil { // it was sent to the background before it began
		s.goesOn(in, job)
	}
	return in
}

// goesOn tells that an input has become a job.
func (s *Session) goesOn(in *input, j *sock.Job) {
	if in == nil {
		return
	}
	j.Input, in.job = in.event, j.Name()
	s.Table.Journal.Add(in.task, 0, journal.Job{Input: in.event, Name: j.Name()})
}

// endInput tells what came of an input, or of the job that it has become.
func (s *Session) endInput(in *input, job string, err error) {
	if in == nil {
		return
	}
	if s.shown == in {
		s.shown = in.outer
	}
	if job != in.job {
		return // the job tells
	}
	j := s.Table.Journal
	delete(s.inputs, in.event)
	o := journal.Output{Input: in.event, Job: job}
	for _, v := range in.gave {
		o.Values = append(o.Values, plainValue(v))
	}
	in.tellEnd(&o, err)
	if job != "" { // before the job there was its name
		in.text.Reset()
		in.shows("= ", in.gave.String())
	}
	if err != nil {
		in.shows("! ", err.Error())
	}
	o.Shown = in.text.String()
	handle := 0
	if in.about != nil {
		handle = in.about.N
		known := s.Table.Fact(in.about)
		o.Socket = &known
	}
	for n := in.handles + 1; n <= s.Table.Last(); n++ {
		o.Made = append(o.Made, journal.HandleNumber(n))
	}
	for _, e := range j.Events(in.event) {
		if _, begins := e.Fact.(journal.Call); begins && e.Task == in.task.Number() {
			o.Calls++
		}
	}
	j.Add(in.task, handle, o)
}

// tellEnd says how an input failed.
func (in *input) tellEnd(o *journal.Output, err error) {
	var failed *sock.Error
	var misused *sock.UsageError
	switch {
	case err == nil:
	case errors.Is(err, loop.ErrCancelled):
		o.Ended = journal.Cancelled
	case errors.As(err, &failed):
		o.Ended, o.Errno, o.Partial = journal.Failed, failed.Errno(), failed.Partial
		if failed.Timeout() {
			o.Ended = journal.TimedOut
		}
	case !in.began, errors.As(err, &misused) && !raised(err):
		o.Ended = journal.Refused
	default:
		o.Ended = journal.Failed
	}
}

// raised reports whether Lua code raised an error: it may have done something before.
func raised(err error) bool {
	var e *raisedError
	return errors.As(err, &e)
}

// begins notes that an input was understood and runs now, and its handle if it is a
// command about one.
func (in *input) begins(h *sock.Handle) {
	if in != nil {
		in.began, in.about = true, h
	}
}

func (in *input) gives(out sock.Result) {
	if in != nil {
		in.gave = out
	}
}

// shows notes lines that a person sees, each with a sign before it.
func (in *input) shows(sign, text string) {
	if in == nil || text == "" {
		return
	}
	for _, row := range strings.Split(text, "\n") {
		in.prints(sign + row + "\n")
	}
}

// prints notes what Lua prints.
func (in *input) prints(text string) {
	if in != nil && in.text.Len() < shownMost {
		in.text.WriteString(text)
	}
}

// printed passes on what Lua writes to a stream, and notes it.
type printed struct {
	in *input
	io.Writer
}

func (p printed) Write(data []byte) (int, error) {
	p.in.prints(string(data))
	return p.Writer.Write(data)
}

func (p printed) Flush() error { flush(p.Writer); return nil }

// plainValue returns a result as the journal keeps it.
func plainValue(v sock.Value) any {
	switch v.Type {
	case sock.Nil:
		return nil
	case sock.Bool:
		return v.Num != 0
	case sock.Number:
		return v.Num
	case sock.Text, sock.Bytes, sock.Scratch:
		if v.Any != nil {
			return journal.Other{}
		}
		if len(v.Str) > journal.MostKept {
			return journal.Long{Len: len(v.Str), Sum: sha256.Sum256([]byte(v.Str))}
		}
		return strings.Clone(v.Str)
	case sock.AHandle:
		return journal.HandleNumber(v.Any.(*sock.Handle).N)
	case sock.List:
		var all []any
		for _, item := range v.Any.([]sock.Value) {
			all = append(all, plainValue(item))
		}
		return all
	case sock.Record:
		fields := make(map[string]any)
		for _, f := range v.Any.([]sock.Field) {
			fields[f.Name] = plainValue(f.Value)
		}
		return fields
	}
	return journal.Other{}
}
