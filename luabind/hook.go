package luabind

import (
	"context"

	"socksh/luabind/loop"
)

// hook is the context of every Lua thread. gopher-lua asks it before each
// instruction, so here a running script is cancelled or gives way to others.
type hook struct {
	context.Context
	session    *Session
	count      uint32
	meter      meter
	abandoning bool // a coroutine that nobody resumes any more is being ended
}

var closed = func() chan struct{} { c := make(chan struct{}); close(c); return c }()

func (h *hook) Done() <-chan struct{} {
	if h.abandoning {
		return closed
	}
	t := h.session.Loop.Current()
	if t == nil {
		return nil
	}
	if h.count++; h.count%stepsAtOnce == 0 || h.meter.tooLarge.Load() {
		h.breathe(t)
	}
	if t.Stopping() {
		return closed
	}
	return nil // a nil channel: select takes its default at once
}

// Pulse is called by library functions that run long: see [stdlib.Pulser].
func (h *hook) Pulse() {
	if t := h.session.Loop.Current(); t != nil {
		h.breathe(t)
	}
}

func (h *hook) breathe(t *loop.Task) {
	if limit := h.meter.check(stepsAtOnce); limit != nil && h.meter.passed == nil {
		h.session.enforce(t, limit)
	}
	t.Breathe()
}

func (h *hook) Err() error { return loop.ErrCancelled }
