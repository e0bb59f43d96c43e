package scripts

import (
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"time"

	"socksh/luabind"
	"socksh/luabind/journal"
	"socksh/luabind/loop"
	"socksh/scripts/report"
)

// abandonAfter is how long a scenario that was told to end may go on: what it has put
// off for its end may take a while, but nothing else.
const abandonAfter = 15 * time.Second

// An evidence is what is kept of an attempt that failed.
type evidence struct {
	events  []journal.Event
	when    func(time.Duration) time.Time // the events' times by the clock on the wall
	until   int                           // the event at which it failed, 0 for the last
	dropped int
	handles string
	came    string // of a transcript: what really came
	beside  string // which items ran meanwhile

	notGiven []string // the names of vars that it asked for in vain
}

// attempt runs an item once. It ends when the scenario has ended, or when it does not
// end though it was told to.
func (s *Suite) attempt(it *item) (report.Attempt, *evidence) {
	a := report.Attempt{Began: time.Now()}
	out := new(output)
	type result struct {
		attempt  report.Attempt
		evidence *evidence
	}
	ended := make(chan result, 1)
	stop := make(chan func(string), 1)
	go func() {
		a := a
		var e *evidence
		defer func() {
			if r := recover(); r != nil {
				e = broken(&a, &loop.PanicError{Value: r, Stack: debug.Stack()})
			}
			ended <- result{a, e}
		}()
		if it.transcript {
			e = s.attemptTranscript(it, &a, stop)
		} else {
			e = s.attemptLua(it, &a, out, stop)
		}
	}()
	limit := s.limitOf(it)
	var deadline <-chan time.Time // of a transcript, or of a scenario that keeps its loop
	if limit > 0 {
		if !it.transcript {
			limit += abandonAfter
		}
		timer := time.NewTimer(limit)
		defer timer.Stop()
		deadline = timer.C
	}
	var interrupt func(string)
	stopped, abandon := s.stopped, (<-chan time.Time)(nil)
	why := ""
	end := func(reason string) {
		why = reason
		if interrupt == nil {
			select {
			case interrupt = <-stop:
			case <-time.After(time.Second):
			}
		}
		if interrupt != nil {
			interrupt(why)
		}
		deadline, stopped, abandon = nil, nil, time.After(abandonAfter)
	}
	for {
		select {
		case r := <-ended:
			r.attempt.Took = time.Since(a.Began)
			r.attempt.Output = s.redactor.text(out.String())
			return r.attempt, r.evidence
		case <-deadline:
			end("the scenario's limit of " + s.limitOf(it).String() + " is over")
		case <-stopped:
			end(s.why())
		case <-abandon:
			return s.abandoned(a, out, why+"; it did not end for "+abandonAfter.String()+" and was left alone: a call does not come back")
		case <-s.hurried:
			return s.abandoned(a, out, s.why()+" twice; it was left alone")
		}
	}
}

// abandoned makes a failure of an attempt that nobody waits for any more.
func (s *Suite) abandoned(a report.Attempt, out *output, why string) (report.Attempt, *evidence) {
	a.Status, a.Took, a.Output = report.Failed, time.Since(a.Began), s.redactor.text(out.String())
	kind := luabind.TimedOut
	if s.why() != "" {
		kind = luabind.Interrupted
	}
	a.Failures = []luabind.Failure{{Kind: kind, Message: why}}
	return a, new(evidence)
}

func (s *Suite) limitOf(it *item) time.Duration {
	switch it.Limit {
	case 0:
		return s.Timeout
	case luabind.NoLimit:
		return 0
	}
	return it.Limit
}

func (s *Suite) attemptLua(it *item, a *report.Attempt, out *output, stop chan func(string)) *evidence {
	session, err := luabind.New(s.config(out))
	if err != nil {
		return broken(a, err)
	}
	defer session.Close()
	stop <- session.Interrupt
	name := it.file
	if it.inLibrary {
		name += ".lua"
	}
	var tr *luabind.Trial
	e := new(evidence)
	err = session.Do(func(t *loop.Task) error {
		if err := s.handOver(session, t); err != nil {
			return err
		}
		tr = session.Try(t, it.code, name, it.Name, luabind.TrialLimits{Scenario: s.limitOf(it), Call: s.CallTimeout})
		return nil
	})
	if err != nil {
		return broken(a, err)
	}
	a.Status = report.Status(tr.Status())
	for _, f := range tr.Failures {
		a.Failures = append(a.Failures, s.redactor.failure(f))
	}
	for _, sub := range tr.Subtests {
		one := *sub
		one.Name, one.Skipped = s.redactor.text(one.Name), s.redactor.text(one.Skipped)
		a.Subtests = append(a.Subtests, one)
	}
	switch a.Status {
	case report.Skipped:
		a.Reason, a.Unmet = s.redactor.text(tr.Skip.Reason), tr.Skip.Need
	case report.XFailed:
		a.Reason = s.redactor.text(tr.Expected)
	}
	if a.Status == report.Failed {
		j := session.Record()
		e.events, e.when, e.dropped = s.redactor.events(j.Events(0)), j.Time, j.Dropped()
		e.until, e.notGiven = tr.FailedAt, tr.NotGiven
		e.handles = s.redactor.text(tr.Handles)
	}
	return e
}

// broken makes a failure of what kept a scenario from running, or of a panic.
func broken(a *report.Attempt, err error) *evidence {
	a.Status = report.Failed
	f := luabind.Failure{Kind: luabind.ScriptFailed, Message: err.Error()}
	var panicked *loop.PanicError
	if errors.As(err, &panicked) {
		f.Kind, f.Stack = luabind.Bug, panicked.Stack
	}
	a.Failures = []luabind.Failure{f}
	return new(evidence)
}

func (s *Suite) attemptTranscript(it *item, a *report.Attempt, stop chan func(string)) *evidence {
	r, err := openReplay(s.config(nil))
	if err != nil {
		return broken(a, err)
	}
	defer r.close()
	stop <- r.stop
	j := r.session.Record()
	switch why, err := r.unmet(it.code); {
	case err != nil:
		return broken(a, err)
	case why != "":
		a.Status, a.Reason, a.Unmet = report.Skipped, why, true
		return nil
	}
	got := r.play(it.code)
	line, came, wanted := Differ(got, it.code)
	switch {
	case r.stopped != "":
		kind := luabind.Interrupted
		if s.why() == "" {
			kind = luabind.TimedOut
		}
		a.Failures = []luabind.Failure{{Kind: kind, Message: r.stopped, Where: fmt.Sprintf("%s:%d", it.file, r.stoppedAt)}}
	case line == 0:
		a.Status = report.Passed
		return nil
	case s.Update:
		a.Status = report.Passed
		if err := os.WriteFile(it.file, []byte(got), 0o666); err != nil {
			return broken(a, err)
		}
		s.updated(it.file)
		return nil
	default:
		a.Failures = []luabind.Failure{s.redactor.failure(luabind.Failure{Kind: luabind.CheckFailed, Message: fmt.Sprintf("expected %q, got %q", wanted, came),
			Where: fmt.Sprintf("%s:%d", it.file, line), Compared: true, Expected: it.code, Got: got})}
	}
	a.Status = report.Failed
	return &evidence{events: s.redactor.events(j.Events(0)), when: j.Time, until: r.differedAt, dropped: j.Dropped(), handles: s.redactor.text(r.handles), came: s.redactor.text(got)}
}
