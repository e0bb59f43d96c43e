package sock

import (
	"os"
	"os/exec"
	"sync/atomic"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// TestStart closes descriptors while programs are started, in namespaces of their own
// too, for which Go forks: each close is the last one, and the peer sees the end at once.
//
// Who reads the links of /proc/PID/fd, as ss -p does, holds a file for that moment
// (proc_fd_link, fs/proc/fd.c), and its end is late as well. So one late end proves
// nothing; those of programs that are started come every time.
func TestStart(t *testing.T) {
	own := &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}}
	for name, attributes := range map[string]*syscall.SysProcAttr{"plain": nil, "namespaces": own} {
		t.Run(name, func(t *testing.T) {
			late := 0
			for range 5 {
				if late = lateEnds(t, attributes); late == 0 {
					return
				}
			}
			t.Errorf("%d ends came late, and some in each of four tries before", late)
		})
	}
}

// lateEnds starts forty programs, closes meanwhile, and returns how many peers have
// not seen the end at once.
func lateEnds(t *testing.T, attributes *syscall.SysProcAttr) (late int) {
	t.Helper()
	var done atomic.Bool
	ended := make(chan error)
	go func() {
		var err error
		for i := 0; err == nil && i < 40; i++ {
			cmd := exec.Command("/bin/true")
			cmd.SysProcAttr = attributes
			if err = Start(cmd); err == nil {
				cmd.Wait()
			}
		}
		done.Store(true)
		ended <- err
	}()
	for !done.Load() {
		fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
		if err != nil {
			t.Fatal(err)
		}
		closing(fds[0], unix.Close)
		if n, err := unix.Read(fds[1], make([]byte, 1)); n != 0 || err != nil {
			late++
		}
		unix.Close(fds[1])
	}
	if err := <-ended; err != nil {
		t.Skip(err)
	}
	return late
}
