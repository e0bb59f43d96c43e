package loop

import "iter"

// A worker is a coroutine that runs one task after another.
type worker struct {
	task  *Task
	next  func() (struct{}, bool)
	stop  func()
	yield func(struct{}) bool
}

func (l *Loop) newWorker() *worker {
	w := new(worker)
	w.next, w.stop = iter.Pull(func(yield func(struct{}) bool) {
		w.yield = yield
		for {
			w.task.main()
			w.task = nil
			if !yield(struct{}{}) {
				return
			}
		}
	})
	return w
}
