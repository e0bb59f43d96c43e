package luabind

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	lua "github.com/yuin/gopher-lua"

	"socksh/luabind/loop"
	"socksh/luabind/sock"
)

// A group is one run of a script: its main chunk and the tasks it spawned. The
// run lasts until all of them have ended.
type group struct {
	main   *loop.Task
	jobs   map[*sock.Job]bool // those that run
	failed map[*sock.Job]bool // those that failed and whose error nobody has taken
	exit   *int               // the status given to exit

	plan     *plan     // the scenarios that the script has defined
	deferred []cleanup // what defer has put off
	skipped  *SkipError
	trial    *Trial // the scenario that this is a run of, nil for a script
}

func newGroup() *group {
	return &group{jobs: make(map[*sock.Job]bool), failed: make(map[*sock.Job]bool), plan: &plan{named: make(map[string]bool)}}
}

// latest gives what defer has put off, the latest first, and takes it away; also what is
// put off meanwhile.
func (g *group) latest() iter.Seq[cleanup] {
	return func(yield func(cleanup) bool) {
		for n := len(g.deferred); n > 0; n = len(g.deferred) {
			c := g.deferred[n-1]
			g.deferred = g.deferred[:n-1]
			if !c.done() && !yield(c) {
				return
			}
		}
	}
}

// An ExitError is a script's own exit status.
type ExitError struct{ Status int }

func (e *ExitError) Error() string { return fmt.Sprintf("exit status %d", e.Status) }

// runScript runs a compiled chunk, and all that it spawns, for the task t. The
// chunk has a task of its own, so that exit ends it and not its caller.
func (s *Session) runScript(t *loop.Task, f *lua.LFunction, args []lua.LValue) error {
	if localOf(t).group == nil {
		s.hook.meter.renew()
	}
	g := newGroup()
	g.main = s.Loop.Go(func(main *loop.Task) error {
		loop.GrowStack()
		main.Local = &local{group: g}
		return s.runGroup(main, g, f, args)
	})
	s.groups = append(s.groups, g)
	err := t.Join(g.main, time.Time{})
	s.groups = slices.DeleteFunc(s.groups, func(x *group) bool { return x == g })
	if err != nil {
		s.cancelGroup(g)
		s.alone(g, func(own *loop.Task) error { return s.cleanUp(own, g) })
		return err
	}
	_, err = g.main.Ended()
	if failed := s.cleanUp(t, g); err == nil {
		err = failed
	}
	return err
}

// alone runs what must be done yet when a group's main task has ended, for one that must
// not wait for that any more, and notes its error. [Session.Do] waits.
func (s *Session) alone(g *group, f func(*loop.Task) error) {
	s.cleaning++
	s.Loop.Go(func(t *loop.Task) error {
		defer func() { s.cleaning-- }()
		err := t.Join(g.main, time.Time{})
		if err == nil {
			err = f(t)
		}
		if err != nil {
			s.note(err.Error())
		}
		return err
	})
}

// cleanUp runs what the script has put off, and returns the first error.
func (s *Session) cleanUp(t *loop.Task, g *group) (first error) {
	for c := range g.latest() {
		last := s.Loop.Go(func(last *loop.Task) error {
			last.Local = &local{group: g}
			if _, err := s.call(c.f, c.args, nil); err != nil {
				return s.caught(err)
			}
			return nil
		})
		if err := t.Join(last, time.Now().Add(cleanupLimit)); err != nil {
			last.Cancel()
			return fmt.Errorf("%s: what defer has put off: %w", c.where, err)
		}
		if _, err := last.Ended(); first == nil {
			first = err
		}
	}
	return first
}

func (s *Session) runGroup(t *loop.Task, g *group, f *lua.LFunction, args []lua.LValue) error {
	_, err := s.call(f, args, nil)
	if err == nil && len(g.plan.scenarios) > 0 && !g.plan.listing {
		err = s.runPlan(t, g.plan)
	}
	for len(g.jobs) > 0 && err == nil {
		for j := range g.jobs {
			err = t.Join(j.Task, time.Time{})
			break
		}
	}
	for j := range g.jobs {
		j.Task.Cancel()
	}
	s.stopCoroutines(g)
	switch {
	case g.skipped != nil:
		return g.skipped
	case g.exit != nil && *g.exit == 0:
		return nil
	case g.exit != nil:
		return &ExitError{*g.exit}
	case t.Stopping():
		return s.interrupted(t)
	case err != nil:
		return s.caught(err)
	case len(g.failed) == 1:
		return errors.New("a task has failed")
	case len(g.failed) > 1:
		return fmt.Errorf("%d tasks have failed", len(g.failed))
	}
	return nil
}

// exit ends the script that t belongs to, or the session.
func (s *Session) exit(t *loop.Task, status int) {
	g := localOf(t).group
	if g == nil {
		s.quit, s.status = true, status
		t.Cancel()
		return
	}
	if g.exit == nil {
		g.exit = &status
	}
	s.cancelGroup(g)
}

func (s *Session) cancelGroup(g *group) {
	g.main.Cancel()
	for j := range g.jobs {
		j.Task.Cancel()
	}
}
