package loop

import (
	"context"
	"runtime/debug"
	"time"
)

// Block runs f on a goroutine of its own and waits for its result. When the
// wait ends early, f's context is cancelled and what it still returns is given
// to lost (unless nil), on the loop's goroutine. Where f panics the error is a [PanicError].
func Block[T any](t *Task, deadline time.Time, f func(context.Context) (T, error), lost func(T)) (T, error) {
	var (
		result T
		err    error
		done   bool
		gone   bool
	)
	if err := t.Interrupted(); err != nil {
		return result, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	t.loop.blocked++
	go func() {
		r, e := guarded(ctx, f)
		t.loop.Post(func() {
			t.loop.blocked--
			if gone {
				if lost != nil && e == nil {
					lost(r)
				}
				return
			}
			result, err, done = r, e, true
			t.ready(nil)
		})
	}()
	for !done {
		if e := t.sleepUntil(deadline); e != nil {
			gone = !done
			if done {
				break
			}
			return result, e
		}
	}
	return result, err
}

func guarded[T any](ctx context.Context, f func(context.Context) (T, error)) (result T, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = &PanicError{r, debug.Stack()}
		}
	}()
	return f(ctx)
}
