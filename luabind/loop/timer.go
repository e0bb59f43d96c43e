package loop

import (
	"container/heap"
	"time"
)

// A timer ends a task's wait, or a scope when it has one.
type timer struct {
	timers *timers
	when   time.Time
	index  int // in the heap, -1 while stopped
	task   *Task
	scope  *scope
}

// timers is a heap, the earliest first.
type timers []*timer

func (t *timer) init(all *timers, task *Task, s *scope) {
	*t = timer{timers: all, index: -1, task: task, scope: s}
}

func (t *timer) start(when time.Time) {
	t.when = when
	heap.Push(t.timers, t)
}

func (t *timer) stop() {
	if t.index >= 0 {
		heap.Remove(t.timers, t.index)
	}
}

// next returns how long to sleep: 0 when a timer is due, -1 when there is none.
func (h timers) next() time.Duration {
	if len(h) == 0 {
		return -1
	}
	return max(0, time.Until(h[0].when))
}

func (h *timers) fire() {
	if len(*h) == 0 {
		return
	}
	for now := time.Now(); len(*h) > 0 && !(*h)[0].when.After(now); {
		t := heap.Pop(h).(*timer)
		if t.scope != nil {
			t.scope.expired = true
			t.task.stopping++
		}
		t.task.ready(ErrTimeout)
	}
}

func (h timers) Len() int           { return len(h) }
func (h timers) Less(i, j int) bool { return h[i].when.Before(h[j].when) }
func (h timers) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}

func (h *timers) Push(x any) {
	t := x.(*timer)
	t.index = len(*h)
	*h = append(*h, t)
}

func (h *timers) Pop() any {
	old := *h
	t := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	t.index = -1
	return t
}

// A scope is the time that a [Task.Within] gives.
type scope struct {
	timer   timer
	expired bool
}

// Within runs f and reports whether d passed before it ended. From then on
// every wait in f ends with [ErrTimeout] and [Task.Stopping] says so, until f
// has returned.
func (t *Task) Within(d time.Duration, f func()) (expired bool) {
	s := new(scope)
	s.timer.init(&t.loop.timers, t, s)
	s.timer.start(time.Now().Add(d))
	defer func() {
		s.timer.stop()
		if s.expired {
			t.stopping--
		}
	}()
	f()
	expired = s.expired
	return expired
}
