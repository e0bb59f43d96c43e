package sock

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// A Policy says what the calls of a table may do. The zero Policy forbids nothing.
type Policy struct {
	Handles  int  // at most so many may be open; 0 is no limit
	Loopback bool // addresses are of the loopback or of a lab, and no name server is asked
	// OpenFile opens the files of verbs that take one; nil stands for os.OpenFile.
	OpenFile func(path string, flag int) (*os.File, error)
}

var (
	errNotLoopback = errors.New("the sandbox has the loopback only: 127.0.0.1, [::1] or localhost")
	errWildcard    = errors.New("the sandbox has the loopback only: bind to 127.0.0.1 or [::1] first")
)

// allowKind returns an error if sockets of that family and type reach beyond the
// sandbox by themselves. The networks of hosts lead nowhere else.
func (p *Policy) allowKind(family, sotype int, host Host) error {
	switch {
	case !p.Loopback:
	case family != unix.AF_INET && family != unix.AF_INET6 && family != unix.AF_UNIX:
		return errors.New("the sandbox has inet, inet6 and unix sockets only")
	case sotype == unix.SOCK_RAW && host == nil:
		return errors.New("the sandbox has no raw sockets")
	}
	return nil
}

// allowForeign returns an error if descriptors from outside must not be used.
func (p *Policy) allowForeign() error {
	if p.Loopback {
		return errors.New("the sandbox has no descriptors from outside")
	}
	return nil
}

// allow returns an error if a must not be bound, connected or sent to on that host, nil
// for the real network.
func (p *Policy) allow(a *Addr, host Host) error {
	switch {
	case !p.Loopback:
	case a.family == unix.AF_UNIX, a.raw != "", host == nil && !a.ip.Addr().Unmap().IsLoopback():
		return errNotLoopback
	}
	return nil
}

// allowName returns an error if a name must not be looked up.
func (p *Policy) allowName(host string) error {
	if p.Loopback && host != "localhost" {
		return errNotLoopback
	}
	return nil
}

// allowListen returns an error if listening on h would choose an address that must not
// be bound.
func (t *Table) allowListen(h *Handle) error {
	if !t.Policy.Loopback || sysName(h.FD, false, &t.raw) != nil {
		return nil
	}
	if a := t.raw.decode(); a.family != unix.AF_UNIX && t.Policy.allow(a, h.Host) != nil {
		return errWildcard
	}
	return nil
}

// allowMore returns an error if n handles more would be too many.
func (t *Table) allowMore(n int) error {
	if most := t.Policy.Handles; most > 0 && len(t.open)+n > most {
		return fmt.Errorf("no more than %d handles may be open", most)
	}
	return nil
}
