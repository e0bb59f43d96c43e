package sock

import (
	"context"
	"io"
	"net"
	"os"
	"strconv"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// TestLingerSignals sends signals to all threads while a close lingers: it must go on
// waiting until the other side has taken what was sent.
func TestLingerSignals(t *testing.T) {
	narrow := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) error {
		return c.Control(func(fd uintptr) { unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUF, 4096) })
	}}
	l, err := narrow.Listen(context.Background(), "tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_SNDBUF, 32768)
	unix.SetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1, Linger: 60})
	if err := unix.Connect(fd, &unix.SockaddrInet4{Port: l.Addr().(*net.TCPAddr).Port, Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	peer, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer peer.Close()
	sent := int64(0)
	for {
		n, err := unix.SendmsgN(fd, make([]byte, 100000), nil, nil, unix.MSG_DONTWAIT)
		if err != nil {
			break
		}
		sent += int64(n)
	}
	closed := make(chan error, 1)
	go func() { closed <- closeLingering(fd) }()
	for range 500 {
		threads, err := os.ReadDir("/proc/self/task")
		if err != nil {
			t.Fatal(err)
		}
		for _, thread := range threads {
			if tid, err := strconv.Atoi(thread.Name()); err == nil {
				unix.Tgkill(os.Getpid(), tid, unix.SIGURG) // which the runtime itself uses
			}
		}
		select {
		case err := <-closed:
			t.Fatalf("a signal has ended it: %v", err)
		default:
		}
	}
	if n, err := io.Copy(io.Discard, peer); err != nil || n != sent {
		t.Errorf("%d bytes of %d have come: %v", n, sent, err)
	}
	if err := <-closed; err != nil {
		t.Error(err)
	}
}
