package luabind

import (
	"errors"
	"fmt"
	"maps"
	"time"

	"socksh/luabind/loop"
	"socksh/luabind/sock"
)

// finish runs what comes after a scenario, however it ended, and fails it for what is
// left over.
func (tr *Trial) finish(t *loop.Task, sc *scenario) {
	until := tr.end
	tr.takeFailedTasks()
	failed := len(tr.Failures) > 0
	tr.late = maps.Clone(tr.group.jobs)
	tr.end, tr.limit = time.Now().Add(cleanupLimit), "the limit of "+cleanupLimit.String()+" for what comes after a scenario"
	for c := range tr.group.latest() {
		before := len(tr.Failures)
		tr.phase(t, "defer", c.f, c.args...)
		for i := range tr.Failures[before:] {
			if f := &tr.Failures[before+i]; f.Where == "" {
				f.Where = c.where
			}
		}
	}
	if sc != nil {
		for _, f := range tr.group.plan.teardown {
			tr.phase(t, "teardown", f)
		}
	}
	tr.name = ""
	if !until.IsZero() {
		until = latest(until, time.Now().Add(2*leakQuiet))
	}
	tr.drain(t, until, failed || tr.Skip != nil)
	tr.session.stopCoroutines(tr.group)
	if !failed && tr.Skip == nil {
		tr.takeFailedTasks()
		tr.checkHandles()
	}
	if tr.Expected != "" && len(tr.Failures) == 0 && tr.Skip == nil {
		tr.fail(Failure{Kind: CheckFailed, Message: "it passed, and was expected to fail: " + tr.Expected})
		tr.Expected = ""
	}
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// takeFailedTasks makes failures of the errors of tasks that nobody has joined. What
// failed first goes first.
func (tr *Trial) takeFailedTasks() {
	var tasks []Failure
	for _, j := range jobsInOrder(tr.group.failed) {
		f := tr.session.judge(j.Err)
		f.Phase = "task " + j.Name() + " (" + j.Text + ")"
		if tr.late[j] {
			f.Phase += ", which still ran when the scenario had ended"
		}
		tasks = append(tasks, f)
	}
	clear(tr.group.failed)
	if len(tasks) > 0 && tr.FailedAt == 0 {
		tr.look()
	}
	tr.Failures = append(tasks, tr.Failures...)
}

// drain waits for the tasks that still run, until then at most unless it is zero. With
// quietly they are ended at once, and that is no failure.
func (tr *Trial) drain(t *loop.Task, until time.Time, quietly bool) {
	g := tr.group
	for len(g.jobs) > 0 && !quietly {
		for j := range g.jobs {
			t.Join(j.Task, time.Now().Add(trialTick))
			break
		}
		late := !until.IsZero() && time.Now().After(until)
		if all := tr.session.jobsDoing(g); len(all) > 0 && (late || tr.stuck(all)) {
			for _, p := range all {
				tr.fail(Failure{Kind: Leaked, Message: "still running at the end: " + p.String(), Where: p.where})
			}
			break
		}
	}
	for j := range g.jobs {
		j.Task.Cancel()
	}
	for len(g.jobs) > 0 && !t.Stopping() {
		for j := range g.jobs {
			t.Join(j.Task, time.Time{})
			break
		}
	}
}

// checkHandles fails the scenario for each handle that it has left open.
func (tr *Trial) checkHandles() {
	for _, h := range tr.session.Table.Handles() {
		if tr.mayLeave[h] {
			continue
		}
		if tr.FailedAt == 0 {
			tr.look() // before the question below becomes an event
		}
		made := ""
		if h.Made != "" {
			made = ", made here,"
		}
		text := fmt.Sprintf("handle %s%s is left open: %s", h.Label(), made, tr.session.Table.Summary(h))
		if tr.session.kernelState(h) == "CLOSE_WAIT" {
			text += ": its peer has closed, and nobody has closed it"
		}
		text += "; defer(close, s) closes s when the scenario ends"
		tr.fail(Failure{Kind: Leaked, Message: text, Where: h.Made})
	}
}

// kernelState returns the TCP state of a handle, "" if it has none.
func (s *Session) kernelState(h *sock.Handle) string {
	c := s.Table.Begin(s.Verb("state"))
	defer c.End()
	c.AddHandle(h)
	if c.Bind() != nil {
		return ""
	}
	out, err := c.Run(s.Loop.Current())
	if err != nil || len(out) == 0 {
		return ""
	}
	return out[0].Str
}

// Status says in a word how the trial ended: passed, skipped, xfailed, or failed.
func (tr *Trial) Status() string {
	switch {
	case tr.Expected != "" && len(tr.Failures) > 0 && tr.Failures[0].Kind != Interrupted && tr.Failures[0].Kind != Bug:
		return "xfailed"
	case len(tr.Failures) > 0:
		return "failed"
	case tr.Skip != nil:
		return "skipped"
	}
	return "passed"
}

// finishInterrupted runs what comes after a scenario whose body was told to end, and
// returns the first error of that.
func (tr *Trial) finishInterrupted(t *loop.Task, sc *scenario) error {
	tr.fail(Failure{Kind: Interrupted, Message: "interrupted"})
	tr.finish(t, sc)
	for _, f := range tr.Failures {
		if f.Kind != Interrupted {
			return errors.New(f.String())
		}
	}
	return nil
}

// runPlan runs the scenarios that a script has defined one after the other, in the
// task of its main chunk, and tells of each.
func (s *Session) runPlan(t *loop.Task, p *plan) error {
	failed := 0
	s.Record() // which tells what tasks wait for
	for _, sc := range p.scenarios {
		tr := s.newTrial(newGroup(), TrialLimits{Scenario: max(sc.Limit, 0)})
		tr.group.plan = p
		outer := s.trial
		s.trial = tr
		tr.perform(t, sc)
		if t.Stopping() {
			s.trial = outer
			s.alone(tr.group, func(own *loop.Task) error { return tr.finishInterrupted(own, sc) })
			return loop.ErrCancelled
		}
		tr.finish(t, sc)
		s.trial = outer
		switch status := tr.Status(); status {
		case "skipped":
			s.result("skipped " + sc.Name + ": " + tr.Skip.Reason)
		case "failed":
			failed++
			s.result("FAILED " + sc.Name)
			for _, f := range tr.Failures {
				s.note(f.String())
			}
		default:
			s.result(status + " " + sc.Name)
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d scenarios have failed", failed, len(p.scenarios))
	}
	return nil
}
