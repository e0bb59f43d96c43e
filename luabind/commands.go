package luabind

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"socksh/luabind/loop"
	"socksh/luabind/sock"
	"socksh/luabind/source"
)

// commands are the session's own verbs.
func (s *Session) commands() []sock.Verb {
	job := sock.Param{Name: "job", Kind: sock.JobKind}
	return append([]sock.Verb{
		{Name: "jobs", Shell: true, Records: sock.RecordNone, Gives: "a row for each job",
			Summary: "list the pending operations and tasks",
			Details: "A command with & at its end becomes a job: it does not hold up the prompt, and its result is shown when it comes. A task that Lua spawned is a job too.",
			Example: "jobs", Show: showJobs,
			Run: func(_ *loop.Task, t *sock.Table, a *sock.Args) (sock.Result, error) {
				var rows []sock.Value
				for _, j := range t.Jobs() {
					rows = append(rows, sock.Value{Type: sock.Record, Any: []sock.Field{
						{Name: "job", Value: sock.Value{Type: sock.AJob, Any: j}}, {Name: "state", Value: sock.Str(j.State())}, {Name: "what", Value: sock.Str(j.Text)}}})
				}
				return a.Give(sock.Value{Type: sock.List, Any: rows}), nil
			}},
		{Name: "join", Aliases: []string{"wait"}, Asks: true, Waits: true, Gives: "the job's own result",
			Summary: "wait for a job and take its result",
			Details: "A job that failed makes join fail the same way.",
			Params:  []sock.Param{job},
			Example: "wait j1", Run: func(t *loop.Task, _ *sock.Table, a *sock.Args) (sock.Result, error) {
				return s.join(t, a.Value(0).Any.(*sock.Job), a)
			}},
		{Name: "cancel", Asks: true,
			Summary: "end a job",
			Details: "What it waits for ends at once; no script can catch that.",
			Params:  []sock.Param{job},
			Example: "cancel j1", Run: func(_ *loop.Task, _ *sock.Table, a *sock.Args) (sock.Result, error) {
				j := a.Value(0).Any.(*sock.Job)
				if j.Ended() {
					s.Table.DropJob(j)
				}
				j.Task.Cancel()
				return nil, nil
			}},
		{Name: "run", Shell: true,
			Summary: "run a Lua script",
			Details: "FILE is a path, or a name in the library (the command line's socksh scripts lists it). The script's handles stay open for you to take over. It ends when its tasks have ended.",
			Params: []sock.Param{{Name: "file", Kind: sock.FileKind},
				{Name: "arguments", Kind: sock.TextKind, Rest: true, Optional: true}},
			Example: "run tutorial/lifecycle", Run: func(t *loop.Task, _ *sock.Table, a *sock.Args) (sock.Result, error) {
				var args []string
				for _, v := range a.Rest() {
					args = append(args, v.Str)
				}
				return nil, s.runFile(t, a.Text(0), args, s.readFile)
			}},
		{Name: "help", Shell: true, Records: sock.RecordNone, Gives: "the text",
			Summary: "explain a verb, or list them all",
			Params:  []sock.Param{{Name: "verb", Kind: sock.VerbKind, Optional: true}},
			Example: "help send", Show: showText,
			Run: func(_ *loop.Task, _ *sock.Table, a *sock.Args) (sock.Result, error) {
				text, err := s.Help(a.Text(0))
				return a.Give(sock.Str(text)), err
			}},
		s.atVerb(),
		s.viewVerb(),
		s.explainVerb(),
		{Name: "quit", Aliases: []string{"exit", "bye"}, Shell: true, Records: sock.RecordNone,
			Summary: "leave; open handles are closed",
			Details: "In a script exit(n) ends the script, and its tasks, with a status.",
			Params:  []sock.Param{{Name: "status", Kind: sock.IntKind, Optional: true, Default: sock.Num(0), Max: 125}},
			Example: "quit", Run: func(_ *loop.Task, _ *sock.Table, a *sock.Args) (sock.Result, error) {
				s.quit, s.status = true, a.Int(0)
				return nil, nil
			}},
	}, append(s.pictureVerbs(), s.recordVerbs()...)...)
}

func showJobs(r sock.Result) string {
	var rows []string
	for _, v := range r[0].Any.([]sock.Value) {
		f := v.Any.([]sock.Field)
		rows = append(rows, fmt.Sprintf("%-4s %-10s %s", f[0].Value, f[1].Value, f[2].Value))
	}
	if len(rows) == 0 {
		return "no jobs"
	}
	return strings.Join(rows, "\n")
}

// RunFile runs a script, by path or by its name in the library, in the task t.
// The path may lead out of a sandbox.
func (s *Session) RunFile(t *loop.Task, file string, args []string) error {
	return s.runFile(t, file, args, os.ReadFile)
}

func (s *Session) runFile(t *loop.Task, file string, args []string, read func(string) ([]byte, error)) error {
	code, name, err := s.findScript(file, read)
	if err != nil {
		return err
	}
	return s.RunCode(t, code, name, args)
}

// RunCode runs Lua code; name stands for it in messages.
func (s *Session) RunCode(t *loop.Task, code, name string, args []string) error {
	f, values, err := s.prepare(code, name, args)
	if err != nil {
		return err
	}
	return s.runScript(t, f, values)
}

// prepare compiles a script, and sets what it finds out about itself.
func (s *Session) prepare(code, name string, args []string) (*lua.LFunction, []lua.LValue, error) {
	f, err := s.compile(source.File(code), name, false)
	if err != nil {
		return nil, nil, err
	}
	table := s.lua.NewTable()
	table.RawSetInt(0, lua.LString(name))
	values := make([]lua.LValue, len(args))
	for i, a := range args {
		values[i] = lua.LString(a)
		table.RawSetInt(i+1, values[i])
	}
	s.lua.G.Global.RawSetString("arg", table)
	pkg := s.lua.GetGlobal("package").(*lua.LTable)
	pkg.RawSetString("path", lua.LString(path.Join(path.Dir(name), "?.lua")+";?.lua"))
	return f, values, nil
}

// A FileError reports a script that could not be read.
type FileError struct{ err error }

func (e *FileError) Error() string { return e.err.Error() }
func (e *FileError) Unwrap() error { return e.err }

func (s *Session) findScript(file string, read func(string) ([]byte, error)) (code, name string, err error) {
	text, err := read(file)
	if err == nil {
		return string(text), file, nil
	}
	if errors.Is(err, fs.ErrNotExist) && s.Library != nil {
		inside := strings.TrimSuffix(path.Clean(file), ".lua") + ".lua"
		if text, libErr := fs.ReadFile(s.Library, inside); libErr == nil {
			return string(text), inside, nil
		}
		err = fmt.Errorf("no file and no script of the library is called %s", sock.Quote(file))
	}
	var e *fs.PathError
	if errors.As(err, &e) { // whose text shows the path as it is
		err = fmt.Errorf("%s: %v", sock.Quote(file), e.Err)
	}
	return "", "", &FileError{err}
}

// libraryNames returns the scripts of a library, as run takes them.
func libraryNames(library fs.FS) []Candidate {
	var all []Candidate
	names, _ := fs.Glob(library, "*/*.lua")
	for _, name := range names {
		all = append(all, Candidate{strings.TrimSuffix(name, ".lua"), "of the library"})
	}
	return all
}
