package loop

import (
	"errors"
	"fmt"
	"runtime/debug"
	"time"
)

// What ends a wait before its time.
var (
	ErrTimeout   = errors.New("timed out")
	ErrCancelled = errors.New("cancelled")
	ErrClosed    = errors.New("handle was closed")
)

// A PanicError is a Go panic that ended a task.
type PanicError struct {
	Value any
	Stack []byte
}

func (e *PanicError) Error() string { return fmt.Sprintf("internal error: %v", e.Value) }

// A Task is one line of execution. Its methods are for the loop's goroutine;
// those that wait are for the task itself.
type Task struct {
	// Local belongs to whoever started the task.
	Local any
	// Waiting says what the task waits for, for listings; its owner sets it.
	Waiting string

	loop   *Loop
	worker *worker
	run    func(*Task) error
	index  int  // in loop.live
	parked bool // waits, and is not in the run queue
	ended  bool
	number uint32
	err    error

	cancelled bool
	stopping  int     // reasons to unwind: the cancellation, expired scopes
	wake      error   // why the present wait ends
	waits     []wait  // where the task is waited for, while it waits
	room      [1]wait // where waits most often fit
	timer     timer   // the present wait's deadline
	joiners   []*Task // those waiting for its end
}

type wait struct {
	source *Source
	dir    Dir
}

// Go starts a task that runs f when its turn comes. What f returns is the
// task's error.
func (l *Loop) Go(f func(*Task) error) *Task {
	l.begun++
	t := &Task{loop: l, run: f, index: len(l.live), number: l.begun}
	t.waits = t.room[:0]
	t.timer.init(&l.timers, t, nil)
	if n := len(l.workers); n > 0 {
		t.worker = l.workers[n-1]
		l.workers = l.workers[:n-1]
	} else {
		t.worker = l.newWorker()
	}
	t.worker.task = t
	l.live = append(l.live, t)
	t.enqueue()
	return t
}

func (t *Task) main() {
	defer func() {
		if r := recover(); r != nil {
			t.err = &PanicError{r, debug.Stack()}
		}
		t.ended = true
	}()
	t.err = t.run(t)
}

func (l *Loop) retire(t *Task) {
	last := l.live[len(l.live)-1]
	l.live[t.index], last.index = last, t.index
	l.live[len(l.live)-1] = nil
	l.live = l.live[:len(l.live)-1]
	for _, j := range t.joiners {
		j.ready(nil)
	}
	t.joiners, t.run = nil, nil
	if len(l.workers) < spareWorkers {
		l.workers = append(l.workers, t.worker)
	} else {
		t.worker.stop()
	}
	t.worker = nil
}

// Loop returns the loop that t runs on.
func (t *Task) Loop() *Loop { return t.loop }

// Number returns which task of its loop this is: 1 for the first.
func (t *Task) Number() int { return int(t.number) }

// Ended reports whether t has ended, and with which error.
func (t *Task) Ended() (bool, error) { return t.ended, t.err }

// Cancel makes every wait of t, the present one included, end with
// [ErrCancelled]. A task that never waits learns of it from [Task.Stopping].
func (t *Task) Cancel() {
	if t.ended || t.cancelled {
		return
	}
	t.cancelled = true
	t.stopping++
	t.ready(ErrCancelled)
}

// Cancelled reports whether [Task.Cancel] was called.
func (t *Task) Cancelled() bool { return t.cancelled }

// Stopping reports whether t must unwind now: it was cancelled, or the time of a
// [Task.Within] is up. Code that never waits asks now and then.
func (t *Task) Stopping() bool { return t.stopping > 0 }

// Interrupted returns why t must unwind: [ErrCancelled], [ErrTimeout] or nil.
func (t *Task) Interrupted() error {
	switch {
	case t.stopping == 0:
		return nil
	case t.cancelled:
		return ErrCancelled
	}
	return ErrTimeout
}

func (t *Task) enqueue() { t.loop.ready = append(t.loop.ready, t) }

// ready ends the wait of t, if it waits; why is what the wait returns.
func (t *Task) ready(why error) {
	if !t.parked {
		return
	}
	t.parked = false
	t.wake = why
	t.timer.stop()
	t.unwatch()
	t.enqueue()
}

// park gives the loop away until something calls ready.
func (t *Task) park() error {
	if t.loop.current != t {
		panic("loop: a wait outside its own task")
	}
	t.parked = true
	t.worker.yield(struct{}{})
	if err := t.Interrupted(); err != nil {
		return err
	}
	return t.wake
}

// sleepUntil parks with a deadline; zero is none.
func (t *Task) sleepUntil(deadline time.Time) error {
	if !deadline.IsZero() {
		t.timer.start(deadline)
	}
	return t.park()
}

// Wait waits until s may be ready in one of the directions of dir. A deadline
// of zero is none. It returns nil, [ErrTimeout], [ErrCancelled], [ErrClosed],
// or the system's refusal to watch the descriptor. It may return nil early, so
// the caller tries and waits again.
func (t *Task) Wait(s *Source, dir Dir, deadline time.Time) error {
	if err := t.Watch(s, dir); err != nil {
		return err
	}
	return t.WaitWatched(deadline)
}

// Watch adds s to what the next [Task.WaitWatched] of t waits for.
func (t *Task) Watch(s *Source, dir Dir) error {
	err := t.Interrupted()
	if err == nil {
		err = s.register()
	}
	if err != nil {
		t.unwatch()
		return err
	}
	s.remember(t, dir)
	t.waits = append(t.waits, wait{s, dir})
	return nil
}

func (t *Task) unwatch() {
	for _, w := range t.waits {
		w.source.forget(t, w.dir)
	}
	t.waits = t.waits[:0]
}

// WaitWatched is [Task.Wait] for all that [Task.Watch] was told.
func (t *Task) WaitWatched(deadline time.Time) error { return t.sleepUntil(deadline) }

// Sleep waits until the deadline and returns nil then.
func (t *Task) Sleep(deadline time.Time) error {
	if err := t.Interrupted(); err != nil {
		return err
	}
	if err := t.sleepUntil(deadline); err != ErrTimeout || t.Interrupted() != nil {
		return err
	}
	return nil
}

// Nudge ends the present wait of t early, if it waits, as if what it waits for might be
// ready. Only who knows that t will look and wait again may nudge it.
func (t *Task) Nudge() { t.ready(nil) }

// Watches reports whether t waits for one of the sources that fit.
func (t *Task) Watches(fits func(*Source) bool) bool {
	for _, w := range t.waits {
		if t.parked && fits(w.source) {
			return true
		}
	}
	return false
}

// Join waits until other ends. It does not look at other's error.
func (t *Task) Join(other *Task, deadline time.Time) error {
	for !other.ended {
		if err := t.Interrupted(); err != nil {
			return err
		}
		other.joiners = append(other.joiners, t)
		if err := t.sleepUntil(deadline); err != nil {
			other.dropJoiner(t)
			return err
		}
	}
	return nil
}

func (t *Task) dropJoiner(j *Task) {
	for i, x := range t.joiners {
		if x == j {
			t.joiners = append(t.joiners[:i], t.joiners[i+1:]...)
			return
		}
	}
}

// Yield lets every other ready task run once.
func (t *Task) Yield() {
	t.enqueue()
	t.worker.yield(struct{}{})
}

// Spent accounts for n units of work, about a byte each, and yields when the
// task has used up its turn: a task whose calls never block must not starve
// the others.
func (t *Task) Spent(n int) {
	t.Spend(n)
	t.Share()
}

// Spend is the part of [Task.Spent] that counts, and Share the part that yields.
// They are for work whose result lies where the next task would overwrite it: Share
// before the work, Spend after it.
func (t *Task) Spend(n int) { t.loop.used += n + 1024 }

// Share yields when the task has used up its turn; see Spend.
func (t *Task) Share() {
	if t.loop.used > budget {
		t.Yield()
	}
}

// Breathe yields when the task has kept the loop for a time slice. Code that
// may run for long calls it now and then.
func (t *Task) Breathe() {
	now := time.Now()
	if t.loop.since.IsZero() {
		t.loop.since = now
	} else if now.Sub(t.loop.since) > slice {
		t.Yield()
	}
}
