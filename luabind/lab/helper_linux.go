package lab

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"golang.org/x/sys/unix"

	"socksh/luabind/kernel"
	"socksh/luabind/sock"
)

// A helper is the process that makes a lab's namespaces, seen from this program.
type helper struct {
	process *exec.Cmd
	control int // requests and answers
	rights  int // descriptors
	cable   int // the file of its own network
	stderr  bytes.Buffer
	ended   chan struct{}
	buf     []byte
}

// answerLimit is how long the helper may take for an answer, in seconds: it takes
// microseconds, but a person may have stopped it.
const answerLimit = 10

// start runs the helper.
func start() (*helper, error) {
	program, err := Program()
	if err != nil {
		return nil, err
	}
	control, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	rights, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		unix.Close(control[0])
		unix.Close(control[1])
		return nil, err
	}
	h := &helper{control: control[0], rights: rights[0], cable: -1, ended: make(chan struct{}), buf: make([]byte, answerSize)}
	theirs := []*os.File{os.NewFile(uintptr(control[1]), ""), os.NewFile(uintptr(rights[1]), "")}
	own := kernel.OwnNetwork()
	own.Setpgid = true // ^C and ^Z of the terminal are not for it
	h.process = &exec.Cmd{Path: program, Args: []string{helperName}, Env: append(os.Environ(), "GOMAXPROCS=1"), Dir: "/",
		Stderr: &h.stderr, ExtraFiles: theirs, SysProcAttr: own}
	err = sock.Start(h.process)
	for _, f := range theirs {
		f.Close()
	}
	if err != nil {
		unix.Close(h.control)
		unix.Close(h.rights)
		return nil, refused(err)
	}
	go func() {
		h.process.Wait()
		close(h.ended)
	}()
	unix.SetsockoptTimeval(h.control, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Sec: answerLimit})
	if h.cable, _, err = h.ask(&request{op: opHello}); err != nil {
		h.close()
		return nil, refused(err)
	}
	return h, nil
}

// refused says why there is no private network.
func refused(err error) error {
	f := kernel.RefusedNamespaces(err)
	return fmt.Errorf("no private network: %s; %s", f.Why, f.Remedy)
}

// close ends the helper and waits for that. Descriptors that it gave stay open.
func (h *helper) close() {
	unix.Close(h.control)
	unix.Close(h.rights)
	if h.cable >= 0 {
		unix.Close(h.cable)
	}
	<-h.ended
}

var errNoAnswer = errors.New("the lab's helper process does not answer")

// ask makes a request, with descriptors to go with it, and returns the descriptor
// (-1 for none) and the number that come back.
func (h *helper) ask(r *request, with ...int) (fd, number int, err error) {
	var control []byte
	if len(with) > 0 {
		control = unix.UnixRights(with...)
	}
	if err := unix.Sendmsg(h.control, r.encode(), control, nil, unix.MSG_NOSIGNAL); err != nil {
		if err == unix.EMSGSIZE {
			return -1, 0, err
		}
		return -1, 0, h.gone()
	}
	var n int
	for {
		if n, _, err = unix.Recvfrom(h.control, h.buf, 0); err != unix.EINTR {
			break
		}
	}
	if err == unix.EAGAIN {
		return -1, 0, errNoAnswer
	}
	a, ok := decodeAnswer(h.buf[:max(n, 0)])
	switch {
	case err != nil || !ok:
		return -1, 0, h.gone()
	case a.errno != 0:
		return -1, 0, a.errno
	case !a.sends:
		return -1, a.number, nil
	}
	room, one := make([]byte, unix.CmsgSpace(4)), make([]byte, 1)
	_, size, flags, _, err := unix.Recvmsg(h.rights, one, room, unix.MSG_CMSG_CLOEXEC|unix.MSG_DONTWAIT)
	if err != nil {
		return -1, 0, err
	}
	fds := rights(room[:size])
	if len(fds) != 1 {
		if flags&unix.MSG_CTRUNC != 0 { // there was no room for it in this process
			return -1, 0, unix.EMFILE
		}
		return -1, 0, errNoAnswer
	}
	return fds[0], a.number, nil
}

// gone says how the helper has ended.
func (h *helper) gone() error {
	unix.Shutdown(h.control, unix.SHUT_RDWR)
	<-h.ended
	text, _, _ := strings.Cut(strings.TrimSpace(h.stderr.String()), "\n")
	if text != "" {
		text = ": " + text
	}
	return fmt.Errorf("the lab's helper process has ended (%v)%s", h.process.ProcessState, text)
}
