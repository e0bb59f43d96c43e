package loop

// Dir is a set of directions.
type Dir uint8

// The directions of a descriptor.
const (
	Read Dir = 1 << iota
	Write
)

// A Source is a descriptor that tasks wait for. The poller is edge-triggered, so
// a Source remembers what may be ready: a caller tries its call, says
// [Source.Drained] when the kernel answered EAGAIN, and only then waits.
type Source struct {
	FD int

	loop       *Loop
	registered bool
	closed     bool
	hup        bool // the peer has hung up: reads no longer block
	ready      Dir
	waiters    [2][]*Task  // for Read, for Write; the first came first
	room       [2][1]*Task // where waiters most often fit
}

// Init makes s the source of descriptor fd, which must be nonblocking.
func (s *Source) Init(l *Loop, fd int) {
	s.FD, s.loop = fd, l
	for i := range s.waiters {
		s.waiters[i] = s.room[i][:0]
	}
}

// Ready reports whether a call in direction dir is worth trying.
func (s *Source) Ready(dir Dir) bool { return !s.registered || s.hup || s.ready&dir != 0 }

// Drained says that a call in direction dir would block.
func (s *Source) Drained(dir Dir) {
	if s.registered {
		s.ready &^= dir
	}
}

// Close ends every wait for s with [ErrClosed] and makes the loop forget it. The
// caller closes the descriptor afterwards.
func (s *Source) Close() {
	if s.closed {
		return
	}
	s.closed = true
	if s.registered {
		s.registered = false
		s.loop.sources[s.FD] = nil
		s.loop.poll.remove(s.FD)
	}
	s.wake(Read|Write, ErrClosed)
}

func (s *Source) register() error {
	if s.closed {
		return ErrClosed
	}
	if s.registered {
		return nil
	}
	for len(s.loop.sources) <= s.FD {
		s.loop.sources = append(s.loop.sources, nil)
	}
	if err := s.loop.poll.add(s.FD); err != nil {
		return err
	}
	s.loop.sources[s.FD] = s
	s.registered = true
	s.ready = 0 // what is ready now is reported as the first edge
	return nil
}

func (s *Source) remember(t *Task, dir Dir) {
	for i := range s.waiters {
		if dir&(1<<i) != 0 {
			s.waiters[i] = append(s.waiters[i], t)
		}
	}
}

func (s *Source) forget(t *Task, dir Dir) {
	for i := range s.waiters {
		if dir&(1<<i) == 0 {
			continue
		}
		for k, w := range s.waiters[i] {
			if w == t {
				s.waiters[i] = append(s.waiters[i][:k], s.waiters[i][k+1:]...)
				break
			}
		}
	}
}

func (s *Source) wake(dir Dir, why error) {
	for i := range s.waiters {
		for dir&(1<<i) != 0 && len(s.waiters[i]) > 0 {
			s.waiters[i][0].ready(why) // which takes it off the list
		}
	}
}

// event is the poller's report on one descriptor.
func (l *Loop) event(fd int, dir Dir, hup bool) {
	if fd >= len(l.sources) || l.sources[fd] == nil {
		return
	}
	s := l.sources[fd]
	s.hup = s.hup || hup
	s.ready |= dir
	s.wake(dir, nil)
}
