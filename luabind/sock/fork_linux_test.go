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
func TestStart(t *testing.T) {
	own := &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}}
	for name, attributes := range map[string]*syscall.SysProcAttr{"plain": nil, "namespaces": own} {
		t.Run(name, func(t *testing.T) {
			var done atomic.Bool
			ended := make(chan error)
			go func() {
				var err error
				for err == nil && !done.Load() {
					cmd := exec.Command("/bin/true")
					cmd.SysProcAttr = attributes
					if err = Start(cmd); err == nil {
						cmd.Wait()
					}
				}
				ended <- err
			}()
			late := 0
			for range 5000 {
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
			done.Store(true)
			if err := <-ended; err != nil {
				t.Skip(err)
			}
			if late > 0 {
				t.Errorf("%d ends came late", late)
			}
		})
	}
}
