package luabind

import (
	"errors"
	"fmt"
	"time"

	lua "github.com/yuin/gopher-lua"

	"socksh/luabind/loop"
	"socksh/luabind/sock"
)

func (s *Session) openTasks() {
	s.jobMeta = s.lua.CreateTable(0, 2)
	methods := map[string]*lua.LFunction{}
	for _, name := range []string{"join", "cancel"} {
		methods[name] = s.builtins.RawGetString(name).(*lua.LFunction)
	}
	s.jobMeta.RawSetString("__index", s.lua.NewFunction(func(L *lua.LState) int {
		j, ok := L.CheckUserData(1).Value.(*sock.Job)
		if !ok {
			L.ArgError(1, "job expected")
		}
		switch key := L.Get(2).String(); key {
		case "name":
			L.Push(lua.LString(j.Name()))
		case "state":
			L.Push(lua.LString(j.State()))
		default:
			if f := methods[key]; f != nil {
				L.Push(f)
			} else {
				L.Push(lua.LNil)
			}
		}
		return 1
	}))
	s.jobMeta.RawSetString("__tostring", s.lua.NewFunction(func(L *lua.LState) int {
		L.Push(lua.LString(L.CheckUserData(1).Value.(*sock.Job).Name()))
		return 1
	}))
	exit := func(L *lua.LState) int {
		status := 0
		switch v := L.Get(1).(type) {
		case lua.LNumber:
			status = int(v)
		case lua.LBool:
			if !v {
				status = 1
			}
		}
		s.exit(s.Loop.Current(), status)
		L.RaiseError("exit")
		return 0
	}
	s.define("exit([status])", "end the script, and its tasks, with a status", exit)
	s.replace("os", "exit", exit)
	s.define("spawn(f, ...)", "run f(...) as a task beside this one; gives the job", func(L *lua.LState) int {
		f := L.CheckFunction(1)
		L.Push(s.job(s.spawn(f, values(L, 2), "spawn "+s.position(s.Loop.Current(), L))))
		return 1
	})
	clock := func(L *lua.LState) int {
		L.Push(lua.LNumber(time.Since(s.started).Seconds()))
		return 1
	}
	s.define("clock()", "seconds on a clock that is never set, for measuring", clock)
	s.define("time.now()", "the same as clock()", clock)
	s.define("time.wall()", "seconds since 1970, with their fraction", func(L *lua.LState) int {
		L.Push(lua.LNumber(float64(time.Now().UnixMicro()) / 1e6))
		return 1
	})
	s.define("yield()", "let the other tasks run", func(L *lua.LState) int { s.Loop.Current().Yield(); return 0 })
}

// spawn starts a task of Lua: f with args, in the group of the one that runs.
func (s *Session) spawn(f lua.LValue, args []lua.LValue, text string) *sock.Job {
	l := localOf(s.Loop.Current())
	j := s.start(l.group, text, func(*loop.Task) (sock.Result, error) {
		results, err := s.call(f, args, nil)
		if err != nil {
			return nil, s.caught(err)
		}
		return s.toValues(results), nil
	})
	localOf(j.Task).caller = l.caller
	return j
}

// start runs f as a job. What becomes of it is told by finish.
func (s *Session) start(g *group, text string, f func(*loop.Task) (sock.Result, error)) *sock.Job {
	var j *sock.Job
	task := s.Loop.Go(func(t *loop.Task) (err error) {
		defer func() {
			if r := recover(); r != nil {
				j.Err = fmt.Errorf("internal error: %v", r)
			}
			s.finish(g, j)
		}()
		j.Result, j.Err = f(t)
		return j.Err
	})
	task.Local = &local{group: g}
	j = s.Table.AddJob(task, text)
	if g != nil {
		g.jobs[j] = true
	}
	return j
}

// finish sees to it that no job's end is lost: someone waits for it, or it is
// told now, or it stays in the table until someone asks.
func (s *Session) finish(g *group, j *sock.Job) {
	cancelled := j.Task.Cancelled()
	if cancelled && j.Err != nil {
		j.Err = s.interrupted(j.Task)
	}
	s.endInput(s.inputs[j.Input], j.Name(), j.Err)
	if g != nil {
		delete(g.jobs, j)
		s.Table.DropJob(j)
		if j.Err != nil && !cancelled && j.Waiters == 0 {
			g.failed[j] = true
			s.note(j.Name() + ": " + j.Err.Error())
		}
		return
	}
	if j.Waiters > 0 {
		return
	}
	if s.Notify == nil {
		return // shown when it is waited for, or at the end
	}
	s.Notify(s.outcome(j))
	s.prune()
}

// outcome tells in one line how a job has ended.
func (s *Session) outcome(j *sock.Job) string {
	text := j.Name() + " " + j.Text
	switch {
	case errors.Is(j.Err, loop.ErrCancelled):
		return text + ": cancelled"
	case j.Err != nil:
		return text + ": " + j.Err.Error()
	}
	if result := j.Result.String(); result != "" {
		return text + " = " + result
	}
	return text + ": done"
}

// prune forgets the oldest jobs that have ended, so that a long session does not
// keep all of them.
func (s *Session) prune() {
	var ended []*sock.Job
	for _, j := range s.Table.Jobs() {
		if j.Ended() {
			ended = append(ended, j)
		}
	}
	for len(ended) > 64 {
		s.Table.DropJob(ended[0])
		ended = ended[1:]
	}
}

// Leftovers tells, at the end of the input, of jobs whose results nobody has
// seen. It reports whether one of them has failed.
func (s *Session) Leftovers() (failed bool) {
	for _, j := range s.Table.Jobs() {
		if j.Taken || j.Task.Cancelled() {
			continue
		}
		switch {
		case !j.Ended():
			s.note(j.Name() + " " + j.Text + ": still pending")
		case j.Err != nil:
			failed = true
			s.note(s.outcome(j))
		default:
			s.note(s.outcome(j))
		}
	}
	return failed
}

// join waits for a job and hands over its result or error.
func (s *Session) join(t *loop.Task, j *sock.Job, a *sock.Args) (sock.Result, error) {
	if t == j.Task {
		return nil, &sock.Error{Op: "join", Err: errors.New("a job cannot wait for itself")}
	}
	j.Waiters++
	err := t.Join(j.Task, a.Deadline())
	j.Waiters--
	if err != nil {
		return nil, err
	}
	if g := localOf(t).group; g != nil {
		delete(g.failed, j)
	}
	j.Taken = true
	s.Table.DropJob(j)
	if errors.Is(j.Err, loop.ErrCancelled) {
		return nil, &sock.Error{Op: "join", Address: j.Name(), Err: errors.New("the job was cancelled")}
	}
	return j.Result, j.Err
}
