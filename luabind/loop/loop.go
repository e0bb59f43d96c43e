// Package loop runs tasks. One goroutine owns a [Loop], its descriptors and
// everything its tasks touch, so nothing above it needs a lock.
//
// A [Task] is a coroutine over a Go function. It runs until it waits, for a
// descriptor, another task, the clock or a function on another goroutine; then
// the next one runs. A wait ends with what was waited for, with a deadline, or
// because the task was cancelled: this is the only place that waits, tells the
// time or cancels. Other goroutines reach the loop by [Loop.Post] alone.
//
// The package knows neither sockets nor Lua. The goroutine that calls [Loop.Run]
// must not be locked to its thread: iter.Pull forbids it.
package loop

import (
	"sync"
	"time"
)

// budget is how much a task may do before the others get their turn, in the
// units of [Task.Spent].
const budget = 256 << 10

// slice is how long a task that never waits keeps the loop.
const slice = 10 * time.Millisecond

// spareWorkers is how many coroutines are kept for the tasks to come.
const spareWorkers = 1024

// A Loop is one event loop. Its zero value is not usable; see [New].
type Loop struct {
	// Idle is called before the loop sleeps, to flush what is buffered.
	Idle func()
	// Stuck is called before the loop sleeps while it is [Loop.Quiet]. It may be nil.
	Stuck func()

	poll    poller
	sources []*Source // by descriptor
	ready   []*Task   // in the order they will run
	turn    []*Task   // those that run before them, in the present turn
	spare   []*Task   // the array that ready grows into next
	current *Task
	used    int       // of the current task's budget
	since   time.Time // when the current task was first seen running; zero before
	timers  timers
	workers []*worker // coroutines between tasks
	live    []*Task
	begun   uint32 // tasks, ever
	blocked int    // functions of Block that run

	mu     sync.Mutex // guards what follows
	posted []func()
	closed bool
}

// New returns a loop with nothing to do. Its error is the system's, when there
// are no descriptors left.
func New() (*Loop, error) {
	l := new(Loop)
	if err := l.poll.open(); err != nil {
		return nil, err
	}
	return l, nil
}

// Post runs f on the loop's goroutine. It may be called from any goroutine, and
// does nothing once the loop is closed.
func (l *Loop) Post(f func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return
	}
	l.posted = append(l.posted, f)
	if len(l.posted) == 1 {
		l.poll.wake()
	}
}

// Run turns the loop until done reports true.
func (l *Loop) Run(done func() bool) {
	for !done() {
		batch := l.ready
		l.ready = l.spare[:0]
		for i, t := range batch {
			batch[i], l.turn = nil, batch[i+1:]
			l.step(t)
		}
		l.spare = batch
		l.runPosted()
		if done() {
			return
		}
		timeout := time.Duration(0)
		if len(l.ready) == 0 {
			timeout = l.timers.next()
			if timeout != 0 && l.Idle != nil {
				l.Idle()
			}
			if timeout < 0 && l.Stuck != nil {
				if l.Quiet() {
					l.Stuck()
				}
				if len(l.ready) > 0 || l.hasPosted() {
					continue
				}
			}
		}
		l.poll.wait(timeout, l.event)
		l.timers.fire()
	}
}

// Close cancels every task, waits until all have ended, and gives back the
// loop's own descriptors. Sources still open are left to their owners.
func (l *Loop) Close() {
	for _, t := range l.live {
		t.Cancel()
	}
	l.Run(func() bool { return len(l.live) == 0 })
	l.mu.Lock()
	l.closed = true
	l.posted = nil
	l.mu.Unlock()
	for _, w := range l.workers {
		w.stop()
	}
	l.workers = nil
	l.poll.close()
}

// Quiet reports whether every task but the current one waits, and nothing that could end a
// wait is there yet: no descriptor is ready, nothing is posted, no task has a deadline.
func (l *Loop) Quiet() bool {
	if len(l.timers) > 0 || l.blocked > 0 || len(l.turn) > 0 || l.hasPosted() {
		return false
	}
	l.poll.wait(0, l.event)
	return len(l.ready) == 0
}

// Current returns the task that is running, or nil between tasks.
func (l *Loop) Current() *Task { return l.current }

// Tasks returns the tasks that have not ended, in no order. The slice is valid
// until the next one starts or ends.
func (l *Loop) Tasks() []*Task { return l.live }

func (l *Loop) runPosted() {
	l.mu.Lock()
	fs := l.posted
	l.posted = nil
	l.mu.Unlock()
	for _, f := range fs {
		f()
	}
}

func (l *Loop) hasPosted() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.posted) > 0
}

// step runs t until it waits or ends.
func (l *Loop) step(t *Task) {
	l.current, l.used, l.since = t, 0, time.Time{}
	t.worker.next()
	l.current = nil
	if t.ended {
		l.retire(t)
	}
}
