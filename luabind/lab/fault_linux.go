package lab

import (
	"slices"
	"time"

	"socksh/luabind/journal"
	"socksh/luabind/loop"
	"socksh/luabind/sock"
)

// filterOf reads the parameters of chosen, the first of which is i.
func (l *Lab) filterOf(a *sock.Args, i int) *filter {
	f := &filter{flags: anyFlags}
	if a.Value(i).Type != sock.Nil {
		f.flags = a.Int(i)
	}
	f.from, _ = a.Value(i + 1).Any.(*Host)
	f.to, _ = a.Value(i + 2).Any.(*Host)
	f.data = a.Value(i+3).Type != sock.Nil && a.Int(i+3) != 0
	if function := a.Value(i + 4); function.Type != sock.Nil && l.Choose != nil {
		f.when = func(s journal.Segment) bool { return l.Choose(function.Any, s) }
	}
	return f
}

func (l *Lab) doHold(_ *loop.Task, _ *sock.Table, a *sock.Args) (sock.Result, error) {
	c, err := l.running()
	if err == nil {
		c.hold = l.filterOf(a, 0)
	}
	return nil, err
}

func (l *Lab) doStep(_ *loop.Task, _ *sock.Table, a *sock.Args) (sock.Result, error) {
	c, err := l.running()
	if err != nil {
		return nil, err
	}
	if len(c.held) == 0 {
		return nil, misuse("nothing is held")
	}
	return a.Give(segments(c.step(a.Int(0)))), nil
}

func (l *Lab) doRelease(_ *loop.Task, _ *sock.Table, a *sock.Args) (sock.Result, error) {
	c, err := l.running()
	if err != nil {
		return nil, err
	}
	return a.Give(segments(c.release())), nil
}

func (l *Lab) doDrop(_ *loop.Task, _ *sock.Table, a *sock.Args) (sock.Result, error) {
	c, err := l.running()
	if err != nil {
		return nil, err
	}
	f, n := l.filterOf(a, 1), times(a)
	gone := c.dropHeld(f, &n)
	c.rule(f, lose, n)
	return a.Give(segments(gone)), nil
}

func (l *Lab) doDuplicate(_ *loop.Task, _ *sock.Table, a *sock.Args) (sock.Result, error) {
	return nil, l.fault(a, twice)
}

func (l *Lab) doReorder(_ *loop.Task, _ *sock.Table, a *sock.Args) (sock.Result, error) {
	return nil, l.fault(a, behind)
}

func (l *Lab) fault(a *sock.Args, d deed) error {
	c, err := l.running()
	if err != nil {
		return err
	}
	c.rule(l.filterOf(a, 1), d, times(a))
	return nil
}

// times is how often a fault is to be: the first parameter, 0 for always.
func times(a *sock.Args) int {
	if n := a.Int(0); n != 0 {
		return n
	}
	return always
}

func (l *Lab) doDelay(_ *loop.Task, _ *sock.Table, a *sock.Args) (sock.Result, error) {
	c, err := l.running()
	if err == nil {
		c.delay = time.Duration(a.Int(0))
	}
	return nil, err
}

func (l *Lab) doCut(_ *loop.Task, _ *sock.Table, a *sock.Args) (sock.Result, error) {
	c, err := l.running()
	if err == nil {
		h, _ := a.Value(0).Any.(*Host)
		c.cuts = append(c.cuts, h)
	}
	return nil, err
}

func (l *Lab) doHeal(*loop.Task, *sock.Table, *sock.Args) (sock.Result, error) {
	c, err := l.running()
	if err == nil {
		c.heal()
	}
	return nil, err
}

// heal ends all faults; what is held stays so.
func (c *cable) heal() {
	c.cuts, c.rules, c.delay = nil, nil, 0
	c.sendLate()
	c.pump()
}

// dropHeld drops the first n held frames that fit, and takes them off n.
func (c *cable) dropHeld(f *filter, n *int) []*frame {
	var gone []*frame
	c.held = slices.DeleteFunc(c.held, func(h *frame) bool {
		if *n == 0 || !f.fits(h) {
			return false
		}
		if *n != always {
			*n--
		}
		gone = append(gone, h)
		return true
	})
	for _, h := range gone {
		c.lost++
		c.note(h, journal.Dropped)
	}
	return gone
}
