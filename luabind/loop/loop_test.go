package loop

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// start returns a loop and a way to run tasks on it to their end.
func start(t *testing.T) (*Loop, func(...func(*Task) error) []error) {
	t.Helper()
	l, err := New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	return l, func(fs ...func(*Task) error) []error {
		var tasks []*Task
		for _, f := range fs {
			tasks = append(tasks, l.Go(f))
		}
		l.Run(func() bool {
			for _, task := range tasks {
				if !task.ended {
					return false
				}
			}
			return true
		})
		var errs []error
		for _, task := range tasks {
			errs = append(errs, task.err)
		}
		return errs
	}
}

// pair returns the two ends of a connection.
func pair(t *testing.T, l *Loop) (a, b *Source) {
	t.Helper()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	a, b = new(Source), new(Source)
	for i, s := range []*Source{a, b} {
		unix.SetNonblock(fds[i], true)
		s.Init(l, fds[i])
		t.Cleanup(func() { s.Close(); unix.Close(s.FD) })
	}
	return a, b
}

func deadline(d time.Duration) time.Time { return time.Now().Add(d) }

// TestWait checks each way in which a wait ends, and that waiting costs no CPU.
func TestWait(t *testing.T) {
	l, run := start(t)
	a, b := pair(t, l)
	buf := make([]byte, 8)
	read := func(task *Task) error {
		for {
			if _, err := unix.Read(a.FD, buf); err != unix.EAGAIN {
				return err
			}
			a.Drained(Read)
			if err := task.Wait(a, Read, time.Time{}); err != nil {
				return err
			}
		}
	}
	if errs := run(read, func(*Task) error { _, err := unix.Write(b.FD, []byte("x")); return err }); errs[0] != nil || errs[1] != nil {
		t.Errorf("ready: %v", errs)
	}

	var before, after unix.Rusage
	unix.Getrusage(unix.RUSAGE_SELF, &before)
	began := time.Now()
	errs := run(func(task *Task) error { return task.Wait(a, Read, deadline(60*time.Millisecond)) })
	unix.Getrusage(unix.RUSAGE_SELF, &after)
	if took := time.Since(began); errs[0] != ErrTimeout || took < 60*time.Millisecond {
		t.Errorf("deadline: %v after %v", errs[0], took)
	}
	if cpu := time.Duration(after.Utime.Nano() + after.Stime.Nano() - before.Utime.Nano() - before.Stime.Nano()); cpu > 40*time.Millisecond {
		t.Errorf("a wait of 60ms used %v of CPU", cpu)
	}

	waiter := l.Go(read)
	if run(func(*Task) error { waiter.Cancel(); return nil }, func(task *Task) error { return task.Join(waiter, time.Time{}) }); waiter.err != ErrCancelled {
		t.Errorf("cancelled: %v", waiter.err)
	}
	waiter = l.Go(read)
	if run(func(task *Task) error { task.Yield(); a.Close(); return task.Join(waiter, time.Time{}) }); waiter.err != ErrClosed {
		t.Errorf("closed: %v", waiter.err)
	}
	if errs := run(read); errs[0] != ErrClosed && errs[0] != nil {
		t.Errorf("wait for a closed source: %v", errs[0])
	}
}

// TestWithin checks that the time of a scope ends every wait in it, the inner
// scope alone, and only until the scope is over.
func TestWithin(t *testing.T) {
	l, run := start(t)
	a, _ := pair(t, l)
	run(func(task *Task) error {
		outer := task.Within(10*time.Second, func() {
			inner := task.Within(10*time.Millisecond, func() {
				for range 3 {
					if err := task.Wait(a, Read, time.Time{}); err != ErrTimeout || !task.Stopping() {
						t.Errorf("inside: %v", err)
					}
				}
			})
			if !inner || task.Stopping() {
				t.Errorf("after the inner scope: expired %v, stopping %v", inner, task.Stopping())
			}
			if err := task.Sleep(deadline(time.Millisecond)); err != nil {
				t.Errorf("sleep: %v", err)
			}
		})
		if outer {
			t.Error("the outer scope expired")
		}
		return nil
	})
}

// TestBlock checks a function on another goroutine: its result, its error, and
// that a wait given up hands what still comes to lost.
func TestBlock(t *testing.T) {
	l, run := start(t)
	boom := errors.New("boom")
	lost := make(chan int, 1)
	release := make(chan bool)
	errs := run(
		func(task *Task) error {
			n, err := Block(task, time.Time{}, func(context.Context) (int, error) { return 7, nil }, nil)
			if n != 7 {
				t.Errorf("got %d", n)
			}
			return err
		},
		func(task *Task) error {
			_, err := Block(task, time.Time{}, func(context.Context) (int, error) { return 0, boom }, nil)
			return err
		},
		func(task *Task) error {
			_, err := Block(task, deadline(5*time.Millisecond), func(ctx context.Context) (int, error) {
				<-ctx.Done()
				<-release
				return 9, nil
			}, func(n int) { lost <- n })
			return err
		})
	if errs[0] != nil || errs[1] != boom || errs[2] != ErrTimeout {
		t.Errorf("errors %v", errs)
	}
	close(release)
	l.Run(func() bool { return len(lost) > 0 })
	if n := <-lost; n != 9 {
		t.Errorf("lost %d", n)
	}
}

// TestFair checks that neither a task that never waits nor one that spins keeps
// the others from running.
func TestFair(t *testing.T) {
	_, run := start(t)
	stop := false
	run(
		func(task *Task) error {
			for !stop {
				task.Spent(1000)
			}
			return nil
		},
		func(task *Task) error {
			for !stop {
				task.Breathe()
			}
			return nil
		},
		func(task *Task) error {
			defer func() { stop = true }()
			return task.Sleep(deadline(20 * time.Millisecond))
		})
}

// TestPanic checks that a panic ends its task alone.
func TestPanic(t *testing.T) {
	_, run := start(t)
	errs := run(func(*Task) error { panic("ouch") }, func(*Task) error { return nil })
	var p *PanicError
	if !errors.As(errs[0], &p) || p.Value != "ouch" || errs[1] != nil {
		t.Errorf("errors %v", errs)
	}
}

// TestClose checks that closing a loop ends tasks, descriptors and goroutines.
func TestClose(t *testing.T) {
	before := runtime.NumGoroutine()
	l, err := New()
	if err != nil {
		t.Fatal(err)
	}
	ended := 0
	for range 100 {
		l.Go(func(task *Task) error {
			defer func() { ended++ }()
			return task.Sleep(deadline(time.Hour))
		})
	}
	turns := 0
	l.Run(func() bool { turns++; return turns > 1 })
	l.Close()
	l.Post(func() { t.Error("a closed loop runs functions") })
	if ended != 100 {
		t.Errorf("%d of 100 tasks ended", ended)
	}
	for limit := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before; {
		if runtime.Gosched(); time.Now().After(limit) {
			t.Fatalf("%d goroutines, %d before", runtime.NumGoroutine(), before)
		}
	}
}

// TestPost checks that functions come in order from many goroutines at once.
func TestPost(t *testing.T) {
	l, _ := start(t)
	count := 0
	for range 4 {
		go func() {
			last := -1
			for i := range 1000 {
				l.Post(func() {
					if i != last+1 {
						t.Errorf("%d after %d", i, last)
					}
					last = i
					count++
				})
			}
		}()
	}
	l.Run(func() bool { return count == 4000 })
}

// TestQuiet asks while a task has not had its turn, when there is nothing, and while a
// descriptor has something to tell that nobody has heard yet.
func TestQuiet(t *testing.T) {
	l, run := start(t)
	a, b := pair(t, l)
	var got []bool
	run(func(task *Task) error {
		return task.Wait(a, Read, time.Time{})
	}, func(task *Task) error {
		got = append(got, l.Quiet())
		task.Yield()
		got = append(got, l.Quiet())
		unix.Write(b.FD, []byte("x"))
		got = append(got, l.Quiet())
		return nil
	}, func(*Task) error { return nil })
	if want := []bool{false, true, false}; !slices.Equal(got, want) {
		t.Errorf("quiet: %v, not %v", got, want)
	}
}
