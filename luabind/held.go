package luabind

import (
	"fmt"
	"strings"
	"time"

	"socksh/luabind/journal"
	"socksh/luabind/loop"
)

// execHeld runs an input while the cable holds segments, in a task of its own: if that
// comes to wait for a socket of the lab it becomes a job, for only an input to come can
// let go of what it waits for.
func (s *Session) execHeld(t *loop.Task, text string) error {
	in := localOf(t).input
	child := s.Loop.Go(func(c *loop.Task) error {
		if in != nil {
			localOf(c).input, in.task = in, c
		}
		err := s.exec(c, text)
		if j := localOf(c).job; j != nil {
			j.Err = err
			s.finish(nil, j)
			return nil
		}
		return err
	})
	var still stillness
	for {
		stalled := s.stalled(t, child)
		if ended, err := child.Ended(); ended {
			return err
		}
		if stalled {
			j := s.Table.AddJob(child, text)
			localOf(child).job = j
			s.goesOn(in, j)
			s.result(j.Name())
			return nil
		}
		err := t.Join(child, time.Now().Add(heldPause))
		if s.Notify == nil && err == loop.ErrTimeout {
			if err = still.whyStuck(s); err == nil {
				continue
			}
		}
		if err != nil && err != loop.ErrTimeout {
			child.Cancel()
			t.Join(child, time.Time{})
			return err
		}
	}
}

// heldPause is how often execHeld looks whether its input has come to a halt.
const heldPause = 5 * time.Millisecond

// stalled reports whether a task waits for a socket of the lab, and nothing that moves
// on the cable will end that.
func (s *Session) stalled(t, child *loop.Task) bool {
	ofLab := func(source *loop.Source) bool {
		for _, h := range s.Table.Handles() {
			if &h.Source == source {
				return h.Host != nil
			}
		}
		return false
	}
	for range 3 { // the poller tells of what is ready when the loop turns
		t.Yield()
		s.lab.Pump()
		if !child.Watches(ofLab) {
			return false
		}
	}
	return true
}

// A stillness tells a session that is stuck from one whose next step the poller has not
// told yet: nothing may have happened between two looks, each after a turn of the loop.
type stillness struct{ last int }

// whyStuck looks, and says why nothing goes on; nil if something may.
func (q *stillness) whyStuck(s *Session) error {
	last := s.Record().Last()
	still := s.Loop.Quiet() && last == q.last
	q.last = last
	if !still {
		return nil
	}
	return s.whyStuck()
}

// whyStuck says who waits in what, and what the cable holds; nil if it holds nothing.
func (s *Session) whyStuck() error {
	held := s.lab.Held()
	if len(held) == 0 {
		return nil
	}
	var waiting []string
	for _, begin := range s.Journal().Pending(0) {
		waiting = append(waiting, begin.Fact.(journal.Call).Text)
	}
	return fmt.Errorf("nothing goes on: every task waits, in %s, and the cable holds %s; step or release lets go of it",
		strings.Join(waiting, ", "), strings.Join(held, ", "))
}

// endStuck ends the script that runs, if all that could go on is held by the cable. At
// a prompt the person goes on.
func (s *Session) endStuck() {
	if s.Notify != nil || len(s.groups) == 0 {
		return
	}
	if why := s.whyStuck(); why != nil {
		s.stuck = why
		s.cancelGroup(s.groups[len(s.groups)-1])
	}
}
