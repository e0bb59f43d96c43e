package lab

import (
	"bytes"
	"time"

	"golang.org/x/sys/unix"
)

// A backlog is what the kernel's processors have received and not handled yet. A frame
// that a host sends is handled within the call that sends it, but on a busy machine the
// kernel may leave it to ksoftirqd: then it comes a little later, net_rx_action in
// net/core/dev.c. It is the whole system's, from /proc/net/softnet_stat.
type backlog struct {
	fd   int // -1 where nobody can tell
	text []byte
}

func openBacklog() backlog {
	fd, err := unix.Open("/proc/net/softnet_stat", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return backlog{fd: -1}
	}
	return backlog{fd: fd, text: make([]byte, 4<<10)}
}

// drainLimit is how long is waited for frames, which may be others', and drainRounds how
// often in one pump. ksoftirqd competes with whatever computes, and its turn may come
// after tens of milliseconds; others' frames leave a moment between them before that.
const (
	drainLimit  = 200 * time.Millisecond
	drainRounds = 3
	drainPause  = 20 * time.Microsecond
)

// drained waits until nothing waits any more, and reports whether it had to.
func (b *backlog) drained() bool {
	waited := false
	for end := time.Now().Add(drainLimit); b.waits() && time.Now().Before(end); waited = true {
		time.Sleep(drainPause)
	}
	if waited {
		time.Sleep(drainPause) // the last is not counted any more while it is handled
	}
	return waited
}

func (b *backlog) waits() bool {
	if b.fd < 0 {
		return false
	}
	for at := int64(0); ; {
		n, err := unix.Pread(b.fd, b.text, at) // gives whole lines
		if err != nil || n == 0 {
			return false
		}
		if anyWaits(b.text[:n]) {
			return true
		}
		at += int64(n)
	}
}

// anyWaits reads a line for each processor, softnet_seq_show in net/core/net-procfs.c:
// the twelfth field is how many frames wait, in hexadecimal. Kernels before 5.10 do not
// tell.
func anyWaits(stat []byte) bool {
	const field, width = 11, len("00000000 ")
	for line := range bytes.Lines(stat) {
		if len(line) > field*width+8 && string(line[field*width:field*width+8]) != "00000000" {
			return true
		}
	}
	return false
}

func (b *backlog) close() {
	if b.fd >= 0 {
		unix.Close(b.fd)
		b.fd = -1
	}
}
