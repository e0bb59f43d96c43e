package scripts

import (
	"fmt"
	"time"

	"socksh/luabind"
	"socksh/scripts/report"
)

// A keeper writes the reports of a run while it goes on, so that a program which is
// killed or crashes leaves them too. It writes for at most a tenth of the time.
type keeper struct {
	suite  *Suite
	run    *report.Run
	phases []phase // of the run's cases
	next   time.Time
	due    <-chan time.Time // when something has changed since it was written last
	failed bool             // to write; the report at the end will tell why
}

// A phase is where a case is.
type phase int

const (
	toCome phase = iota
	begun
	over
)

// dead is why a report that a keeper wrote is the last one.
const dead = "socksh was killed or has crashed"

func newKeeper(s *Suite, run *report.Run) *keeper {
	k := &keeper{suite: s, run: run, phases: make([]phase, len(run.Cases))}
	k.write()
	return k
}

// set says where a case is. It writes, or makes it due if it has done so lately.
func (k *keeper) set(n int, to phase) {
	k.phases[n] = to
	if wait := time.Until(k.next); wait <= 0 {
		k.write()
	} else if k.due == nil {
		k.due = time.After(wait)
	}
}

func (k *keeper) write() {
	k.due = nil
	if k.failed || len(k.suite.Reports) == 0 {
		return
	}
	began := time.Now()
	run := k.sofar()
	for _, t := range k.suite.Reports {
		if !t.Once() {
			k.failed = k.failed || t.Write(run) != nil
		}
	}
	k.next = time.Now().Add(9 * time.Since(began))
}

// sofar returns the run as it is if the program ends now: what runs has failed then.
// Cases that have not ended belong to others, but for what was known before.
func (k *keeper) sofar() *report.Run {
	run := &report.Run{Began: k.run.Began, Took: time.Since(k.run.Began), Properties: k.run.Properties, Stopped: dead}
	for i, c := range k.run.Cases {
		if k.phases[i] != over {
			c = &report.Case{ID: c.ID, File: c.File, Name: c.Name, Line: c.Line, Tags: c.Tags, Again: c.Again, Status: report.NotRun, Reason: dead}
		}
		if k.phases[i] == begun {
			text := dead + " while this ran"
			c.Status, c.Reason = report.Failed, ""
			c.Attempts = []report.Attempt{{Status: report.Failed, Began: run.Began, Failures: []luabind.Failure{{Kind: luabind.Interrupted, Message: text}},
				Details: fmt.Sprintf("%s\nagain: %s\n", text, c.Again)}}
		}
		run.Cases = append(run.Cases, c)
	}
	return run
}
