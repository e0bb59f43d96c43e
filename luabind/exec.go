package luabind

import (
	"errors"
	"fmt"
	"strings"

	"socksh/luabind/line"
	"socksh/luabind/loop"
	"socksh/luabind/sock"
)

// Incomplete reports whether text is Lua that goes on with the next line. It may
// be called from any goroutine.
func (s *Session) Incomplete(text string) bool {
	l, err := line.Parse(text, s.Known)
	return err == nil && l.Kind == line.More
}

// Inputs cuts text of several lines into inputs that can run one after the
// other: all of it if it is one chunk of Lua, else line by line, Lua that spans
// lines kept together. It may be called from any goroutine.
func (s *Session) Inputs(text string) []string {
	if l, err := line.Parse(text, s.Known); err == nil && l.Kind != line.More {
		return []string{text}
	}
	var all []string
	part := ""
	for _, row := range strings.Split(text, "\n") {
		part += row
		if s.Incomplete(part) {
			part += "\n"
			continue
		}
		all = append(all, part)
		part = ""
	}
	if part != "" {
		all = append(all, part)
	}
	return all
}

// Exec runs one input in the task t and prints its results. If the task is made
// a job meanwhile, they become the job's.
func (s *Session) Exec(t *loop.Task, text string) error {
	s.running++
	in := s.beginInput(t, text)
	run := s.exec
	if s.lab.Holds() {
		run = s.execHeld
	}
	err := run(t, text)
	if s.quit && errors.Is(err, loop.ErrCancelled) {
		err = nil // exit has ended it
	}
	if j := localOf(t).job; j != nil {
		j.Err = err
		s.finish(nil, j)
		return nil
	}
	s.endInput(in, "", err)
	s.running--
	s.explainFailure(err)
	s.showChanges()
	return err
}

// Detach makes the task of an input that still runs a job, so that nobody has to
// wait for it.
func (s *Session) Detach(t *loop.Task, text string) *sock.Job {
	j := s.Table.AddJob(t, text)
	localOf(t).job = j
	s.goesOn(localOf(t).input, j)
	s.running-- // it holds up nothing any more
	return j
}

func (s *Session) exec(t *loop.Task, text string) error {
	l, err := line.Parse(text, s.Known)
	if err != nil {
		return s.explain(text, err)
	}
	switch l.Kind {
	case line.Command, line.Assign:
		return s.execCommand(t, l)
	case line.Lua:
		return s.execLua(l, strings.TrimSpace(text))
	case line.More:
		return errors.New("the input ends in the middle of Lua")
	}
	return nil
}

// execCommand runs a command: in the task t, or as a job of its own.
func (s *Session) execCommand(t *loop.Task, l line.Line) error {
	v, l, name := s.command(l)
	if n := len(l.Words); v.Makes && n == 1 && name == "" {
		if as, plain := l.Words[0].Plain(); plain && as == "as" && !l.Words[0].Quoted {
			return &sock.UsageError{Verb: v, Why: "as needs a name"}
		}
	}
	if name != "" {
		if err := s.mayName(v, name); err != nil {
			return err
		}
	}
	c := s.Table.Begin(v)
	if err := s.addWords(c, v, l.Words); err != nil {
		c.End()
		return err
	}
	if err := c.Bind(); err != nil {
		c.End()
		return s.hintWord(err, v, l.Words)
	}
	s.hintEscapes(v, l.Words)
	in := localOf(t).input
	run := func(t *loop.Task) (sock.Result, error) {
		defer c.End()
		h := c.Handle()
		in.begins(h)
		out, err := c.Run(t)
		if err != nil {
			return nil, err
		}
		out = out.Keep()
		in.gives(out)
		s.setCurrent(h, out)
		if name != "" {
			if err := s.Table.SetName(out[0].Any.(*sock.Handle), name); err != nil {
				s.note(err.Error()) // the name was taken while the call waited
			}
		}
		if l.Kind == line.Assign {
			return out, s.assign(l.Targets, out)
		}
		return out, nil
	}
	if l.Job {
		j := s.start(nil, describe(l), run)
		s.goesOn(in, j)
		s.result(j.Name())
		return nil
	}
	out, err := run(t)
	if err != nil {
		return s.hintWord(err, v, l.Words)
	}
	s.setLast(out)
	if v.Show != nil {
		s.result(v.Show(out))
	} else {
		s.result(out.String())
	}
	return nil
}

// command returns what a parsed command means: its verb, its own words, and the name
// that it gives to what it makes.
func (s *Session) command(l line.Line) (v *sock.Verb, own line.Line, name string) {
	l, v = s.atHost(l, s.Verb(l.Verb))
	if n := len(l.Words); v.Makes && n >= 2 {
		as, plain := l.Words[n-2].Plain()
		word, _ := l.Words[n-1].Plain()
		if plain && as == "as" && !l.Words[n-2].Quoted {
			return v, line.Line{Kind: l.Kind, Verb: l.Verb, Words: l.Words[:n-2], Job: l.Job, Targets: l.Targets}, word
		}
	}
	return v, l, ""
}

// execLua runs a line of Lua, which was typed as text.
func (s *Session) execLua(l line.Line, text string) error {
	s.hook.meter.renew()
	f, err := s.compile(l.Code, "line", true)
	if err != nil {
		return err
	}
	in := localOf(s.Loop.Current()).input
	in.begins(nil)
	results, err := s.call(f, nil, nil)
	if err != nil {
		if t := s.Loop.Current(); t.Stopping() {
			return s.interrupted(t)
		}
		return s.explainRun(s.caught(err))
	}
	if !l.Expr || len(results) == 0 {
		s.hintAssignment(text)
		return nil
	}
	s.lua.G.Global.RawSetString("_", results[0])
	in.gives(s.toValues(results))
	var parts []string
	for _, v := range results {
		parts = append(parts, s.inspect(v))
	}
	s.result(strings.Join(parts, " "))
	s.hintValue(text, results[0])
	return nil
}

// result prints a result, line by line.
func (s *Session) result(text string) {
	if text == "" {
		return
	}
	if j := localOf(s.Loop.Current()).job; j != nil {
		j.Result = sock.Result{sock.Str(text)}
		return
	}
	s.shown.shows("= ", text)
	for _, row := range strings.Split(text, "\n") {
		fmt.Fprintf(s.Out, "%s%s\n", s.Prefix, row)
	}
}

// note prints a message that is no result.
func (s *Session) note(text string) {
	s.shown.shows("~ ", text)
	s.remark(text)
}

// remark prints a message that belongs to no input.
func (s *Session) remark(text string) {
	if s.Notify != nil {
		s.Notify(text)
		return
	}
	fmt.Fprintf(s.Err, "%s%s\n", s.NotePrefix, text)
}

// atHost makes of "at HOST COMMAND ..." the command itself, with the host as its
// parameter. Where that is no command of a host, at itself says so.
func (s *Session) atHost(l line.Line, v *sock.Verb) (line.Line, *sock.Verb) {
	if v.Name != "at" || len(l.Words) < 2 {
		return l, v
	}
	name, plain := l.Words[1].Plain()
	if !plain {
		return l, v
	}
	about, err := s.hostVerb(name)
	if err != nil {
		return l, v
	}
	host := l.Words[0]
	host.Name = "host"
	l.Verb, l.Words = name, append([]line.Word{host}, l.Words[2:]...)
	return l, about
}
