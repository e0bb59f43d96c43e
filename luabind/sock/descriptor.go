package sock

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"socksh/luabind/loop"
)

// noSocket is the family of handles that are no sockets: pipes and files.
const noSocket = -1

// descriptorVerbs are the calls on the descriptors behind handles.
func descriptorVerbs() []Verb {
	handle := Param{Name: "socket", Kind: HandleKind}
	state := Param{Name: "state", Kind: SwitchKind, Optional: true}
	return []Verb{
		{Name: "dup", Makes: true, Gives: "the new handle",
			Summary: "make a second handle of the same socket",
			Details: "Both have their own descriptor; the connection ends when both are closed, or with shutdown. Options and O_NONBLOCK are the socket's, and so of both. Received bytes that a handle holds stay with it.",
			Params:  []Param{handle},
			Errors:  []Cause{{"EMFILE", "this program has no descriptors left"}},
			Example: "dup 2 as again", See: "dup(2)", Run: doDup},
		{Name: "adopt", Makes: true, Gives: "the handle, or one for each descriptor",
			Summary: "make handles of descriptors that this program was started with",
			Details: "DESCRIPTOR is a number; listen for all that systemd or its like passed on (LISTEN_FDS); or one of their names (LISTEN_FDNAMES). Family, type and state are the kernel's. 0, 1 and 2 are duplicated, others taken over. O_NONBLOCK stays as it is.",
			Params:  []Param{{Name: "descriptor", Kind: DescriptorKind}},
			Errors:  []Cause{{"EBADF", "no such descriptor is open"}},
			Example: "adopt 3 as srv", See: "sd_listen_fds(3), fcntl(2)", Run: doAdopt},
		{Name: "nonblock", Gives: "on or off, if no state is given",
			Summary: "set whether calls on a handle wait",
			Details: "On, a call that would wait fails with EAGAIN, and connect with EINPROGRESS; poll tells when to go on. dontwait does it for one call. Of a descriptor that is shared this is the kernel's O_NONBLOCK, for all that share it.",
			Params:  []Param{handle, state},
			Example: "nonblock 2 on", See: "fcntl(2), socket(7)", Run: doNonblock},
		{Name: "cloexec", Gives: "on or off, if no state is given",
			Summary: "set whether programs that are started here lack the descriptor",
			Details: "It is on for every new handle.",
			Params:  []Param{handle, state},
			Example: "cloexec 2 off", See: "fcntl(2)", Run: doCloexec},
	}
}

// take makes a handle of a descriptor from outside: what it is, the kernel tells.
func (t *Table) take(fd int) *Handle {
	unix.CloseOnExec(fd)
	family, sotype, listening, ok := sysKind(fd)
	if !ok {
		family, sotype = noSocket, unix.SOCK_STREAM
	}
	h := t.add(fd, family, sotype)
	h.mode, h.listening = foreign, listening
	if !ok {
		return h
	}
	if l, err := unix.GetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER); err == nil {
		h.lingering(l)
	}
	for i, name := range []int{unix.SO_RCVTIMEO, unix.SO_SNDTIMEO} {
		if tv, err := unix.GetsockoptTimeval(fd, unix.SOL_SOCKET, name); err == nil {
			h.patience[i] = time.Duration(tv.Nano())
		}
	}
	return h
}

// owner returns the handle that has descriptor fd, or nil.
func (t *Table) owner(fd int) *Handle {
	for _, h := range t.open {
		if h.FD == fd {
			return h
		}
	}
	return nil
}

func doDup(_ *loop.Task, tab *Table, a *Args) (Result, error) {
	h := a.Handle(0)
	if err := tab.allowMore(1); err != nil {
		return nil, err
	}
	fd, err := unix.FcntlInt(uintptr(h.FD), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	h.share()
	d := tab.add(fd, h.family, h.sotype)
	d.Host, d.mode, d.listening, d.deaf = h.Host, foreign, h.listening, h.deaf
	d.lingers, d.resets, d.patience, d.lowWater = h.lingers, h.resets, h.patience, h.lowWater
	return a.Give(handleValue(d)), nil
}

// descriptorsNamed reads what adopt takes as a list of numbers. sd_listen_fds(3): the
// descriptors begin at 3, and are for the process LISTEN_PID alone.
func descriptorsNamed(v Value) ([]Value, error) {
	if n, err := integer(v, 0, 1<<31-1); err == nil {
		return []Value{Num(n)}, nil
	}
	if v.Type != Text && v.Type != Bytes {
		return nil, fmt.Errorf("%s is not a descriptor", v.word())
	}
	if _, err := strconv.Atoi(v.Str); err == nil {
		return nil, fmt.Errorf("%s is not a descriptor", v.word())
	}
	count, err := strconv.Atoi(os.Getenv("LISTEN_FDS"))
	if err != nil || count < 0 || count > 1<<20 || os.Getenv("LISTEN_PID") != strconv.Itoa(os.Getpid()) {
		return nil, fmt.Errorf("%s: no descriptors were passed on to this program (LISTEN_FDS, LISTEN_PID)", v.word())
	}
	var fds []Value
	names := strings.Split(os.Getenv("LISTEN_FDNAMES"), ":")
	for i := range count {
		if v.Str == "listen" || i < len(names) && names[i] == v.Str {
			fds = append(fds, Num(3+i))
		}
	}
	if len(fds) == 0 {
		return nil, fmt.Errorf("none of the %d descriptors is called %s (LISTEN_FDNAMES)", count, v.word())
	}
	return fds, nil
}

func doAdopt(_ *loop.Task, tab *Table, a *Args) (Result, error) {
	fds := a.Value(0).Any.([]Value)
	if err := tab.Policy.allowForeign(); err != nil {
		return nil, err
	}
	if err := tab.allowMore(len(fds)); err != nil {
		return nil, err
	}
	for _, v := range fds {
		fd := int(v.Num)
		flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0)
		if err != nil {
			return nil, &Error{Op: "adopt", Address: strconv.Itoa(fd), Err: err}
		}
		if h := tab.owner(fd); h != nil {
			return nil, misuse(fmt.Sprintf("descriptor %d is handle %d already", fd, h.N))
		}
		if flags&unix.FD_CLOEXEC != 0 { // so it was not inherited
			return nil, misuse(fmt.Sprintf("descriptor %d is this program's own", fd))
		}
	}
	out := a.out[:0]
	for _, v := range fds {
		fd := int(v.Num)
		if fd <= 2 { // this program's own, too
			var err error
			if fd, err = unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 3); err != nil {
				return nil, err
			}
		}
		out = append(out, handleValue(tab.take(fd)))
	}
	a.out = out
	return out, nil
}

func doNonblock(_ *loop.Task, _ *Table, a *Args) (Result, error) {
	h := a.Handle(0)
	if a.Value(1).Type == Nil {
		return a.Give(Flag(h.dontWait())), nil
	}
	on := a.Int(1) != 0
	if h.isForeign() {
		if err := unix.SetNonblock(h.FD, on); err != nil {
			return nil, err
		}
	}
	h.setNonblock(on)
	return nil, nil
}

func doCloexec(_ *loop.Task, _ *Table, a *Args) (Result, error) {
	fd := uintptr(a.Handle(0).FD)
	if a.Value(1).Type == Nil {
		flags, err := unix.FcntlInt(fd, unix.F_GETFD, 0)
		return a.Give(Flag(flags&unix.FD_CLOEXEC != 0)), err
	}
	_, err := unix.FcntlInt(fd, unix.F_SETFD, a.Int(1)*unix.FD_CLOEXEC)
	return nil, err
}

// fileType names what a handle that is no socket is.
func (h *Handle) fileType() string {
	var info unix.Stat_t
	if unix.Fstat(h.FD, &info) != nil {
		return "?"
	}
	switch info.Mode & unix.S_IFMT {
	case unix.S_IFIFO:
		return "pipe"
	case unix.S_IFREG:
		return "regular"
	case unix.S_IFDIR:
		return "directory"
	case unix.S_IFCHR:
		return "device"
	}
	return "other"
}

func (h *Handle) isPipe() bool { return h.family == noSocket && h.fileType() == "pipe" }
