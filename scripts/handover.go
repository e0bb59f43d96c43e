package scripts

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"socksh/luabind"
	"socksh/luabind/loop"
)

// An adopted is a descriptor that scenarios get as a handle: each a duplicate of its
// own, under a name.
type adopted struct {
	name string
	fd   int
}

// takeAdopted reads --adopt NAME=FD.
func (s *Suite) takeAdopted() error {
	s.adopted = nil
	for _, text := range s.Adopt {
		name, digits, ok := strings.Cut(text, "=")
		fd, err := strconv.Atoi(digits)
		if !ok || name == "" || err != nil || fd < 0 {
			return fmt.Errorf("--adopt takes NAME=DESCRIPTOR, not %q", text)
		}
		flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0)
		if err != nil || flags&unix.FD_CLOEXEC != 0 { // it is not open, or the program's own
			return fmt.Errorf("--adopt %s=%d: descriptor %d was not passed to socksh", name, fd, fd)
		}
		s.adopted = append(s.adopted, adopted{name, fd})
	}
	return nil
}

// handOver gives a session the handles that were given to the suite.
func (s *Suite) handOver(session *luabind.Session, t *loop.Task) error {
	for _, a := range s.adopted {
		fd, err := syscall.Dup(a.fd)
		if err != nil {
			return fmt.Errorf("--adopt %s=%d: %w", a.name, a.fd, os.NewSyscallError("dup", err))
		}
		if err := session.Adopt(t, fd, a.name); err != nil {
			syscall.Close(fd)
			return fmt.Errorf("--adopt %s=%d: %w", a.name, a.fd, err)
		}
	}
	return nil
}
