package scripts

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"socksh/luabind"
	"socksh/luabind/loop"
	"socksh/scripts/report"
)

// rounds runs the items, again and again if they are to run until one fails.
func (s *Suite) rounds(items []*item) *report.Run {
	if s.RunTimeout > 0 {
		timer := time.AfterFunc(s.RunTimeout, func() { s.end("the run's limit of "+s.RunTimeout.String()+" is over", Failed) })
		defer timer.Stop()
	}
	for n := 1; ; n++ {
		run := s.run(items)
		if s.UntilFail {
			s.progress.round = n
		}
		if !s.UntilFail || s.why() != "" || run.Count(report.Failed) > 0 {
			if n > 1 {
				run.Properties = append(run.Properties, [2]string{"rounds", fmt.Sprint(n)})
			}
			return run
		}
		s.progress.wipe()
		s.progress.summary(run)
		s.progress.done = 0
	}
}

// A round is one run of the items.
type round struct {
	suite    *Suite
	items    []*item
	run      *report.Run // its cases are in the order of the items
	keeper   *keeper
	going    context.Context // ends when nothing more may begin
	stop     func()
	failures atomic.Int64
}

// run runs the items side by side, and those that bear nothing beside them at the end.
func (s *Suite) run(items []*item) *report.Run {
	run := &report.Run{Began: time.Now(), Properties: s.properties()}
	for _, it := range items {
		run.Cases = append(run.Cases, &report.Case{ID: it.label(), File: it.file, Name: it.title(), Line: it.Line, Tags: it.Tags, Status: report.NotRun, Again: s.again(it)})
	}
	r := &round{suite: s, items: items, run: run, keeper: newKeeper(s, run)}
	r.going, r.stop = context.WithCancel(context.Background())
	defer r.stop()
	go func() {
		select {
		case <-s.stopped:
			r.stop()
		case <-r.going.Done():
		}
	}()
	isSerial := func(it *item) bool { return slices.Contains(it.Tags, serial) }
	r.pass(s.Jobs, func(it *item) bool { return !isSerial(it) })
	r.pass(1, isSerial)
	run.Took = time.Since(run.Began)
	run.Stopped = s.why()
	if n := run.Count(report.Failed); run.Stopped == "" && run.Count(report.NotRun) > 0 {
		run.Stopped = "ended at the first failure"
		if n > 1 {
			run.Stopped = fmt.Sprintf("ended after %d failures", n)
		}
	}
	run.GiveReason(run.Stopped)
	return run
}

// A change is a case that begins or has ended.
type change struct {
	n  int
	to phase
}

// pass runs those items that fit, some at a time, and tells of each.
func (r *round) pass(jobs int, fits func(*item) bool) {
	queue, changes := make(chan int), make(chan change)
	go func() {
		defer close(queue)
		for i, it := range r.items {
			if fits(it) {
				select {
				case queue <- i:
				case <-r.going.Done():
					return
				}
			}
		}
	}()
	var workers sync.WaitGroup
	for range min(jobs, len(r.items)) {
		workers.Go(func() { r.work(queue, changes) })
	}
	go func() { workers.Wait(); close(changes) }()
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	stopped := r.suite.stopped
	for {
		select {
		case <-stopped: // who ended the run may not wait for its end
			r.keeper.write()
			stopped = nil
		case <-r.keeper.due:
			r.keeper.write()
		case <-ticker.C:
			r.suite.progress.tick()
		case c, ok := <-changes:
			if !ok {
				return
			}
			if c.to == over {
				r.suite.progress.end(r.run.Cases[c.n])
			} else {
				r.suite.progress.start(r.run.Cases[c.n].ID)
			}
			r.keeper.set(c.n, c.to)
		}
	}
}

func (r *round) work(queue chan int, changes chan change) {
	for i := range queue {
		if r.going.Err() != nil {
			continue
		}
		changes <- change{i, begun}
		c := r.run.Cases[i]
		r.suite.try(r.items[i], c)
		if most := int64(r.suite.MaxFail); c.Status == report.Failed && r.failures.Add(1) >= most && most > 0 {
			r.stop()
		}
		changes <- change{i, over}
	}
}

// try runs an item, again if it fails and may be tried again.
func (s *Suite) try(it *item, c *report.Case) {
	defer func() {
		if r := recover(); r != nil {
			a := report.Attempt{Began: time.Now()}
			broken(&a, &loop.PanicError{Value: r, Stack: debug.Stack()})
			a.Details = failuresText(it, a.Failures)
			c.Attempts, c.Status = append(c.Attempts, a), report.Failed
		}
	}()
	for n := 1; ; n++ {
		s.company.enter(it)
		a, e := s.attempt(it)
		beside := s.company.leave(it)
		if a.Status == report.Skipped && a.Unmet && s.Require {
			a.Status, a.Failures = report.Failed, []luabind.Failure{{Kind: luabind.ScriptFailed, Message: a.Reason + ", which is required"}}
			e = new(evidence)
		}
		if n > 1 && (a.Status == report.Skipped || a.Status == report.XFailed) {
			a, e = undecided(c.Last(), a), new(evidence)
		}
		if a.Status == report.Failed {
			e.beside = beside
			if err := s.leave(it, n, &a, e); err != nil {
				fmt.Fprintf(s.Streams.Err, "socksh: %v\n", err)
			}
			a.Details = s.details(it, &a, e)
		}
		c.Attempts = append(c.Attempts, a)
		if a.Status != report.Failed || n > s.Retries || s.why() != "" {
			break
		}
	}
	last := c.Last()
	c.Status, c.Reason = last.Status, last.Reason
	if len(c.Attempts) == 1 && c.Status != report.Failed {
		s.tidy(it)
	}
	if c.Status == report.Passed && len(c.Attempts) > 1 {
		c.Status = report.Flaky
	}
}

// undecided makes a failure of an attempt that says nothing of the failed one before it:
// only what passes is flaky.
func undecided(before *report.Attempt, a report.Attempt) report.Attempt {
	f := before.Failures[0]
	f.Message += fmt.Sprintf("; tried again it was %s: %s", a.Status, a.Reason)
	a.Status, a.Reason, a.Unmet, a.Failures = report.Failed, "", false, []luabind.Failure{f}
	return a
}
