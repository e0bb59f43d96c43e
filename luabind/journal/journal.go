// Package journal is the one log of what happens in a session: what was typed,
// which call began and how it ended, what the kernel changed, which segments were
// seen. Everything that tells of it later is drawn from these events alone: the
// lines at the prompt, ladders, pages, recordings, the files of a failed scenario.
//
// A session without a journal pays nothing for it: whoever has something to tell
// asks whether the pointer is nil first. A [Journal] belongs to its loop's
// goroutine.
package journal

import (
	"cmp"
	"slices"
	"time"

	"socksh/luabind/loop"
)

// An Event is one thing that happened.
type Event struct {
	N      int           // 1, 2, 3… in the order of the log
	At     time.Duration // since the journal began, by the monotonic clock
	Task   int           // which task did it, 0 for what nobody here did
	During int           // N of the call's begin that it belongs to, 0 for none
	Handle int           // the handle that it is about, 0 for none
	Fact   Fact
}

// A Journal keeps the last events, and tells its followers of each.
type Journal struct {
	// OnReturn are asked at the end of each call, with the handle that it was about, and
	// by [Journal.Look], with 0, to tell what has changed meanwhile. They add events
	// of their own.
	OnReturn []func(handle int)
	// Before are called before those, for what goes on because of a call: frames on a
	// cable. They may call Look.
	Before []func()

	began     time.Time
	size      int // of the ring
	ring      []Event
	last      int     // N of the youngest event
	typed     []Event // that have fallen out of the ring
	lost      int     // N of the youngest of those that are not kept either
	followers []func(*Event)
	open      map[int][]Event // the calls that each task is in, by the task's number: one within the other
	looking   bool
	ending    *Return // what [Journal.End] is about to tell
}

// New returns a journal that keeps the last size events.
func New(size int) *Journal {
	return &Journal{began: time.Now(), size: size, open: make(map[int][]Event)}
}

// Follow has f told of each event from now on. It must not keep the pointer.
func (j *Journal) Follow(f func(*Event)) { j.followers = append(j.followers, f) }

// Add adds an event about a handle (0 for none), in the name of the task that runs,
// and returns its number.
func (j *Journal) Add(t *loop.Task, handle int, fact Fact) int {
	e := Event{At: time.Since(j.began), Handle: handle, Fact: fact}
	if t != nil {
		e.Task = t.Number()
		if calls := j.open[e.Task]; len(calls) > 0 {
			e.During = calls[len(calls)-1].N
		}
	}
	return j.append(e)
}

// Since returns how long ago, by the journal's clock, t was.
func (j *Journal) Since(t time.Time) time.Duration { return t.Sub(j.began) }

// Time returns when it was at by the journal's clock.
func (j *Journal) Time(at time.Duration) time.Time { return j.began.Add(at) }

func (j *Journal) append(e Event) int {
	j.last++
	e.N = j.last
	if len(j.ring) < j.size {
		j.ring = append(j.ring, e)
	} else {
		place := &j.ring[(j.last-1)%j.size]
		j.outlive(*place)
		*place = e
	}
	for _, f := range j.followers {
		f(&e)
	}
	return e.N
}

// Begin tells of a call's begin and returns the event's number, for [Journal.End].
func (j *Journal) Begin(t *loop.Task, handle int, c Call) int {
	n := j.Add(t, handle, c)
	begun := Event{N: n, At: time.Since(j.began), Task: t.Number(), Handle: handle, Fact: c}
	j.open[t.Number()] = append(j.open[t.Number()], begun)
	return n
}

// Pending returns the begins of the calls that a task is in, or any task for 0, the
// oldest first, also where the journal does not keep them any more.
func (j *Journal) Pending(task int) []Event {
	if task != 0 {
		return j.open[task]
	}
	var all []Event
	for _, calls := range j.open {
		all = append(all, calls...)
	}
	slices.SortFunc(all, func(a, b Event) int { return cmp.Compare(a.N, b.N) })
	return all
}

// Now returns the time by the journal's clock.
func (j *Journal) Now() time.Duration { return time.Since(j.began) }

// End tells of the end of the call that began as event n, and of what it changed.
func (j *Journal) End(t *loop.Task, n, handle int, r Return) {
	r.Call = n
	j.ending = &r
	j.look(handle)
	j.ending = nil
	j.Add(t, handle, r)
	if calls := j.open[t.Number()]; len(calls) > 1 {
		j.open[t.Number()] = calls[:len(calls)-1]
	} else {
		delete(j.open, t.Number())
	}
}

// Ending returns how the call has ended at whose end it is asked what has changed, nil at
// any other time.
func (j *Journal) Ending() *Return { return j.ending }

// Look asks what has changed, whatever handle it is about.
func (j *Journal) Look() { j.look(0) }

func (j *Journal) look(handle int) {
	if j.looking {
		return
	}
	for _, f := range j.Before {
		f()
	}
	j.looking = true
	for _, f := range j.OnReturn {
		f(handle)
	}
	j.looking = false
}

// Events returns the events after number n that are kept, oldest first.
func (j *Journal) Events(n int) []Event {
	first := j.last - len(j.ring) // N of the youngest that is gone
	all := make([]Event, 0, j.last-max(n, first))
	for i := max(n, first); i < j.last; i++ {
		all = append(all, j.ring[i%j.size])
	}
	return all
}

// Last returns the number of the youngest event, 0 if there is none.
func (j *Journal) Last() int { return j.last }

// Dropped returns how many events are not kept any more.
func (j *Journal) Dropped() int { return j.last - len(j.ring) }
