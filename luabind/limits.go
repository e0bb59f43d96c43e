package luabind

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
	"time"

	"socksh/luabind/loop"
)

// Limits bound what scripts may use; 0 is no limit. A script that goes beyond one
// ends with an error that it cannot catch.
type Limits struct {
	Steps   uint64 // instructions of Lua, in one script or one input
	Memory  uint64 // MiB that the program's objects take
	Handles int    // open at a time
}

// bounded returns l with a bound where it has none.
func (l Limits) bounded() Limits {
	return Limits{cmp.Or(l.Steps, 1e9), cmp.Or(l.Memory, 256), cmp.Or(l.Handles, 1000)}
}

// stepsAtOnce is after how many instructions the hook counts them, and looks at
// the clock.
const stepsAtOnce = 1024

// A meter counts what scripts use.
type meter struct {
	Limits
	steps    uint64
	most     atomic.Uint64 // bytes: the limit of memory as it is now
	tooLarge atomic.Bool   // set by watchMemory
	passed   error         // the limit that a script has passed; it ends now
}

// check counts n steps and returns the limit that is passed, or nil.
func (m *meter) check(n uint64) error {
	m.steps += n
	switch {
	case m.Steps > 0 && m.steps > m.Steps:
		return fmt.Errorf("the limit of %d steps is passed", m.Steps)
	case m.tooLarge.Load():
		return fmt.Errorf("the limit of %d MiB of memory is passed", m.Memory)
	}
	return nil
}

// renew starts to count anew, for the next script or input. What is still held
// of the memory leaves some room, or nobody could let go of it.
func (m *meter) renew() {
	m.steps, m.passed = 0, nil
	if m.tooLarge.Load() {
		m.most.Store(max(m.Memory<<20, heap(true)+m.Memory<<17))
		m.tooLarge.Store(false)
	}
}

// enforce ends the script that t belongs to, or the input that it is.
func (s *Session) enforce(t *loop.Task, limit error) {
	s.hook.meter.passed = limit
	if g := localOf(t).group; g != nil {
		s.cancelGroup(g)
	}
	t.Cancel()
}

// interrupted returns why t must unwind.
func (s *Session) interrupted(t *loop.Task) error {
	if limit := s.hook.meter.passed; limit != nil {
		return limit
	}
	if stuck := s.stuck; stuck != nil {
		s.stuck = nil
		return stuck
	}
	return t.Interrupted()
}

// heap returns how many bytes the program's objects take, garbage included
// unless it is collected first.
func heap(collect bool) uint64 {
	if collect {
		runtime.GC()
	}
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// watchPeriod is how often the memory is looked at: a program can fill some 10
// MiB in that time.
const watchPeriod = time.Millisecond

// watchMemory looks at the memory until done is closed. A single instruction may
// ask for any amount, and cannot be stopped; where twice the limit is passed
// nothing but the end of the program helps.
func (m *meter) watchMemory(abort func(text string), done chan struct{}) {
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(int64(m.Memory << 20)))
	for {
		select {
		case <-done:
			return
		case <-time.After(watchPeriod):
		}
		soft := m.most.Load()
		hard := 2*soft + 64<<20
		switch used := heap(false); {
		case abort != nil && used > hard && heap(true) > hard:
			abort(fmt.Sprintf("the script needs more than %d MiB of memory", m.Memory))
			return
		case used > soft && !m.tooLarge.Load() && heap(true) > soft:
			m.tooLarge.Store(true)
		}
	}
}
