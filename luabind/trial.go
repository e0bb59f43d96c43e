package luabind

import (
	"fmt"
	"time"

	lua "github.com/yuin/gopher-lua"

	"socksh/luabind/loop"
	"socksh/luabind/sock"
)

// A Trial is one run of a scenario, and what came of it.
type Trial struct {
	Limits   TrialLimits
	Failures []Failure
	Subtests []*Subtest
	Skip     *SkipError // why it was skipped
	Expected string     // the reason given to xfail, "" without
	Handles  string     // the table of handles when it first failed
	FailedAt int        // the journal's last event then
	NotGiven []string   // what it had asked vars for in vain

	session  *Session
	group    *group
	name     string    // of the phase that runs
	end      time.Time // of what may run now
	limit    string    // which limit that end is, in words
	mayLeave map[*sock.Handle]bool
	late     map[*sock.Job]bool // tasks that still ran when the scenario had ended
	broken   bool               // what runs now has been ended
	still    stillness
}

// TrialLimits bound a trial in time; 0 is no bound.
type TrialLimits struct {
	Scenario time.Duration
	Call     time.Duration
}

// How long what comes after a scenario may take, how long nothing may happen before a
// task that still waits is called a leak, and how often a trial is looked at.
const (
	cleanupLimit = 10 * time.Second
	leakQuiet    = 2 * time.Second
	trialTick    = 50 * time.Millisecond
)

// Try runs one scenario of a file, in the task t of a session that has done nothing
// else: the file's main chunk, then setup, the scenario called wanted ("" for the whole
// file), what it has put off, and teardown; at last it looks for what is left over.
func (s *Session) Try(t *loop.Task, code, name, wanted string, limits TrialLimits) *Trial {
	tr := s.newTrial(newGroup(), limits)
	s.Record()
	f, args, err := s.prepare(code, name, nil)
	if err != nil {
		tr.fail(Failure{Kind: ScriptFailed, Message: err.Error()})
		return tr
	}
	p := tr.group.plan
	p.wanted = wanted
	s.trial = tr
	if !tr.phase(t, "", f, args...) {
		tr.finish(t, nil)
		return tr
	}
	var sc *scenario
	for _, one := range p.scenarios {
		if one.Name == wanted {
			sc = one
		}
	}
	switch {
	case sc != nil:
		tr.perform(t, sc)
	case len(p.scenarios) > 0:
		tr.fail(Failure{Kind: ScriptFailed, Message: "this time the file did not define it"})
	case wanted == "" && tr.group.exit == nil && definesScenarios(code):
		tr.fail(Failure{Kind: ScriptFailed, Message: "it calls scenario, but this time has defined none"})
	case empty(code):
		tr.fail(Failure{Kind: ScriptFailed, Message: "there is nothing in the file that could run"})
	case len(p.setup)+len(p.teardown) > 0:
		tr.fail(Failure{Kind: ScriptFailed, Message: "setup and teardown are for files with scenario(name, f)"})
	}
	tr.finish(t, sc)
	return tr
}

func (s *Session) newTrial(g *group, limits TrialLimits) *Trial {
	tr := &Trial{Limits: limits, session: s, group: g, mayLeave: make(map[*sock.Handle]bool)}
	g.trial = tr
	for _, h := range s.Table.Handles() {
		tr.mayLeave[h] = true
	}
	if limits.Scenario > 0 {
		tr.end, tr.limit = time.Now().Add(limits.Scenario), "the scenario's limit of "+limits.Scenario.String()
	}
	return tr
}

// Interrupt ends the trial that runs, from another goroutine; why tells the reason.
func (s *Session) Interrupt(why string) {
	s.Loop.Post(func() {
		if s.trial != nil {
			s.trial.stop(Interrupted, why)
		}
	})
}

// perform runs setup and the scenario's body.
func (tr *Trial) perform(t *loop.Task, sc *scenario) {
	tr.group.plan.complete = true
	for _, f := range tr.group.plan.setup {
		if !tr.phase(t, "setup", f) {
			return
		}
	}
	var args []lua.LValue
	if sc.values != nil {
		args = append(args, sc.values)
	}
	tr.phase(t, "", sc.body, args...)
}

// phase runs f as the group's main task, and reports whether it ended well.
func (tr *Trial) phase(t *loop.Task, name string, f lua.LValue, args ...lua.LValue) bool {
	s, g := tr.session, tr.group
	tr.name, tr.broken = name, false
	g.main = s.Loop.Go(func(*loop.Task) error {
		if _, err := s.call(f, args, nil); err != nil {
			return s.caught(err)
		}
		return nil
	})
	g.main.Local = &local{group: g}
	tr.await(t, g.main)
	_, err := g.main.Ended()
	switch {
	case tr.broken:
	case g.skipped != nil && tr.Skip == nil:
		tr.Skip = g.skipped
	case g.main.Cancelled() && g.exit != nil && *g.exit == 0:
		return true
	case g.main.Cancelled() && g.exit != nil:
		tr.fail(Failure{Kind: ScriptFailed, Message: fmt.Sprintf("exit(%d)", *g.exit)})
	case g.main.Cancelled() && s.hook.meter.passed != nil:
		tr.fail(Failure{Kind: ScriptFailed, Message: s.hook.meter.passed.Error()})
	case err != nil:
		tr.fail(s.judge(err))
	default:
		return true
	}
	return false
}

// await waits until a task has ended, and ends it when its time is up.
func (tr *Trial) await(t, task *loop.Task) {
	for {
		err := t.Join(task, time.Now().Add(trialTick))
		if err == nil {
			return
		}
		if t.Stopping() {
			tr.session.cancelGroup(tr.group)
			return
		}
		tr.watch()
	}
}

// watch ends what runs if its time is up, or if nothing can come of it any more. It has
// the journal told of what the kernel has changed meanwhile, so that an event has about
// its own time and not that of the call in which it fell.
func (tr *Trial) watch() {
	s := tr.session
	if j := s.Table.Journal; j != nil {
		j.Look()
	}
	if !tr.end.IsZero() && time.Now().After(tr.end) {
		tr.stop(TimedOut, tr.limit+" is over")
		return
	}
	if why := tr.still.whyStuck(s); why != nil {
		tr.stop(ScriptFailed, why.Error())
		return
	}
	blocked := s.blocked(tr.group)
	for _, p := range blocked {
		if tr.Limits.Call > 0 && p.call != "" && p.since > tr.Limits.Call {
			tr.stop(TimedOut, fmt.Sprintf("the limit of %s for a call is over: %s", tr.Limits.Call, p.call))
			return
		}
	}
	if len(tr.group.failed) > 0 && tr.stuck(blocked) {
		tr.look()
		tr.stop("", "")
	}
}

// stuck reports whether all of these only wait for others, and nothing has happened for
// a while.
func (tr *Trial) stuck(all []pending) bool {
	j := tr.session.Table.Journal
	if j == nil {
		return false
	}
	for _, p := range all {
		if !p.waitsForOthers() || p.since < leakQuiet {
			return false
		}
	}
	events := j.Events(j.Last() - 1)
	return len(events) > 0 && j.Now()-events[0].At > leakQuiet
}

// stop ends what runs now. Without a kind the failures that there are say why.
func (tr *Trial) stop(kind, why string) {
	if tr.broken {
		return
	}
	tr.broken = true
	if kind != "" {
		f := Failure{Kind: kind, Phase: tr.name, Message: why}
		for i, p := range tr.session.blocked(tr.group) {
			if i == 0 {
				f.Where = p.where
			}
			f.Blocked = append(f.Blocked, p.String())
		}
		tr.fail(f)
	}
	tr.session.cancelGroup(tr.group)
}

// fail adds a failure. The first one looks at the handles as they are then.
func (tr *Trial) fail(f Failure) {
	if f.Phase == "" {
		f.Phase = tr.name
	}
	if tr.FailedAt == 0 {
		tr.look()
	}
	if len(tr.Failures) == 0 {
		tr.session.MarkFailure(f.String())
	}
	tr.Failures = append(tr.Failures, f)
}

// Adopt makes a handle of a descriptor, under a name, as the command adopt does.
func (s *Session) Adopt(t *loop.Task, fd int, name string) error {
	v := s.Verb("adopt")
	if err := s.mayName(v, name); err != nil {
		return err
	}
	c := s.Table.Begin(v)
	defer c.End()
	c.AddNumber(float64(fd))
	out, err := c.Run(t)
	if err != nil {
		return err
	}
	return s.Table.SetName(out[0].Any.(*sock.Handle), name)
}
