package lab

import (
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"socksh/luabind/kernel"
)

// helperName is the helper's argv[0], by which the process knows that it is one: there
// is no variable that programs it starts could inherit.
const helperName = "socksh-lab"

// The helper's descriptors. Descriptors travel apart from answers, and before them:
// the helper has closed its own copy by then, so that this program's close is the
// last one and a FIN goes out.
const (
	controlFD = 3 // requests and answers
	rightsFD  = 4 // descriptors
)

func init() {
	if len(os.Args) == 1 && os.Args[0] == helperName {
		serve()
		os.Exit(0)
	}
}

// server is the helper's side.
type server struct {
	networks []int // files of the network namespaces
	here     int   // which of them the thread is in
	kept     []int // the lab's packet sockets: see serve
	programs map[int]*os.Process
}

// serve answers requests, on one thread that goes from network to network, until
// the program is gone or has closed the lab.
func serve() {
	runtime.LockOSThread()
	unix.CloseOnExec(controlFD)
	unix.CloseOnExec(rightsFD)
	if domain, err := unix.GetsockoptInt(controlFD, unix.SOL_SOCKET, unix.SO_DOMAIN); err != nil || domain != unix.AF_UNIX {
		os.Stderr.WriteString(helperName + " is for socksh alone\n")
		os.Exit(70)
	}
	closeInherited()
	s := &server{programs: make(map[int]*os.Process)}
	defer s.sweep()
	own, err := ownNetwork()
	if err != nil {
		return
	}
	s.networks = []int{own}
	buf, control := make([]byte, maxRequest), make([]byte, unix.CmsgSpace(3*4))
	for {
		n, size, _, _, err := unix.Recvmsg(controlFD, buf, control, unix.MSG_CMSG_CLOEXEC)
		if err == unix.EINTR {
			continue
		}
		r, ok := decodeRequest(buf[:max(n, 0)])
		if err != nil || !ok {
			return
		}
		given := rights(control[:size])
		fd, number, err := s.answer(&r, given)
		for _, f := range given {
			unix.Close(f)
		}
		a := answer{number: number, sends: err == nil && fd >= 0}
		if a.sends {
			err = unix.Sendmsg(rightsFD, []byte{0}, unix.UnixRights(fd), nil, unix.MSG_NOSIGNAL)
			if r.op == opPacket {
				// A packet socket's last close waits for RCU, 10 ms and more: the helper pays that.
				s.kept = append(s.kept, fd)
			} else {
				unix.Close(fd)
			}
		}
		a.errno = errnoOf(err)
		unix.Sendto(controlFD, a.encode(), unix.MSG_NOSIGNAL, nil)
	}
}

// answer does what is asked. The descriptor is -1 where none is given.
func (s *server) answer(r *request, given []int) (fd, number int, err error) {
	if err := s.enter(r.network); err != nil {
		return -1, 0, err
	}
	switch r.op {
	case opHello:
		fd, err = unix.FcntlInt(uintptr(s.networks[0]), unix.F_DUPFD_CLOEXEC, 0)
		return fd, 0, err
	case opHost:
		if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
			return -1, 0, err
		}
		network, err := ownNetwork()
		if err != nil {
			return -1, 0, err
		}
		s.here = len(s.networks)
		s.networks = append(s.networks, network)
		fd, err = unix.FcntlInt(uintptr(network), unix.F_DUPFD_CLOEXEC, 0)
		return fd, s.here, err
	case opSocket:
		fd, err = unix.Socket(r.numbers[0], r.numbers[1]|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, r.numbers[2])
		return fd, 0, err
	case opPacket:
		fd, err = unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
		return fd, 0, err
	case opOpen:
		fd, err = unix.Open(r.text, r.numbers[0]|unix.O_CLOEXEC, 0)
		return fd, 0, err
	case opSysctl:
		name, value, _ := strings.Cut(r.text, "=")
		return -1, 0, os.WriteFile("/proc/sys/"+strings.ReplaceAll(name, ".", "/"), []byte(value), 0)
	case opExec:
		number, err = s.exec(strings.Split(r.text, "\x00"), given)
		return -1, number, err
	case opKill:
		if p := s.programs[r.numbers[0]]; p != nil {
			err = p.Kill()
		}
		return -1, 0, err
	}
	return -1, 0, unix.ENOSYS
}

// enter makes the thread one of network i.
func (s *server) enter(i int) error {
	if i >= len(s.networks) {
		return unix.EINVAL
	}
	if i == s.here {
		return nil
	}
	err := unix.Setns(s.networks[i], unix.CLONE_NEWNET)
	if err == nil {
		s.here = i
	}
	return err
}

// exec starts a program in the network where the thread is. Its end is told, as its
// status in decimal, to the last of the descriptors.
func (s *server) exec(words []string, fds []int) (process int, err error) {
	if len(fds) != 3 || len(words) < 2 {
		return 0, unix.EINVAL
	}
	var files [3]*os.File
	for i := range files {
		fd, err := unix.FcntlInt(uintptr(fds[i]), unix.F_DUPFD_CLOEXEC, 0)
		if err != nil {
			return 0, err
		}
		files[i] = os.NewFile(uintptr(fd), "")
		if i < 2 {
			defer files[i].Close()
		}
	}
	end := files[2]
	program := exec.Cmd{Path: words[1], Args: words[1:], Dir: words[0], Stdin: files[0], Stdout: files[1], Stderr: files[1],
		SysProcAttr: &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}}
	if err := program.Start(); err != nil {
		end.Close()
		return 0, err
	}
	process = program.Process.Pid
	s.programs[process] = program.Process
	go func() {
		program.Wait()
		state := program.ProcessState.Sys().(syscall.WaitStatus)
		status := state.ExitStatus()
		if state.Signaled() {
			status = 128 + int(state.Signal())
		}
		end.WriteString(strconv.Itoa(status))
		end.Close()
	}()
	return process, nil
}

// sweep ends the programs, and aborts the hosts' connections: one that is closed,
// but whose FIN nobody acknowledges now that the cable is gone, would keep its
// network for minutes.
func (s *server) sweep() {
	for _, p := range s.programs {
		unix.Kill(-p.Pid, unix.SIGKILL)
	}
	for i := 1; i < len(s.networks); i++ { // there is no TCP on the cable
		if s.enter(i) == nil {
			kernel.Abort() // what cannot be aborted ends by itself
		}
	}
}

func ownNetwork() (int, error) {
	return unix.Open("/proc/thread-self/ns/net", unix.O_RDONLY|unix.O_CLOEXEC, 0)
}

// closeInherited closes what came through exec beyond the helper's own: a pipe of
// the shell must not stay open in a process that may outlive the program.
func closeInherited() {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return
	}
	for _, e := range entries {
		fd, err := strconv.Atoi(e.Name())
		if err != nil || fd <= rightsFD {
			continue
		}
		if flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err == nil && flags&unix.FD_CLOEXEC == 0 {
			unix.Close(fd)
		}
	}
}
