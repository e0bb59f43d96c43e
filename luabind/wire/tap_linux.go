package wire

import (
	"encoding/binary"
	"fmt"
	"net"
	"time"

	"golang.org/x/sys/unix"

	"socksh/luabind/loop"
	"socksh/luabind/sock"
)

// A tap is a packet socket; see packet(7).
type tap struct {
	name    string
	fd      int
	link    linkType
	source  loop.Source
	at      time.Time     // when the frame passed that next has read, by the clock on the wall
	stamp   time.Time     // the kernel's, zero if it has none: then at is when it was read
	floor   time.Time     // when one was read that has no stamp: those that come after it are not told as older
	told    time.Duration // when it passed, by the journal's clock
	length  int           // how long it was
	room    []byte
	control [64]byte
	drops   uint64 // frames that were lost as nobody read them in time
	seen    uint64
}

// roomMost is more than any frame has: 64 KB with its headers. receiveMost is how many bytes
// may wait, as far as the system lets that be.
const (
	roomMost    = 64<<10 + 256
	receiveMost = 32 << 20
)

// A refusal is the kernel's, with what to do about it.
type refusal struct {
	errno unix.Errno
	text  string
}

func (e *refusal) Error() string { return e.text }
func (e *refusal) Unwrap() error { return e.errno }

// openTap begins a capture on an interface.
func openTap(name string) (*tap, error) {
	at, err := net.InterfaceByName(name)
	if err != nil {
		return nil, &refusal{unix.ENODEV, "no interface is called " + sock.Quote(name)}
	}
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0) // protocol 0: nothing comes before bind
	switch err {
	case nil:
	case unix.EPERM:
		return nil, &refusal{err.(unix.Errno), "seeing segments outside of a lab needs CAP_NET_RAW: run as root, or sudo setcap cap_net_raw+ep socksh"}
	default:
		return nil, err
	}
	if at.Flags&net.FlagLoopback != 0 {
		err = unix.SetsockoptInt(fd, unix.SOL_PACKET, unix.PACKET_IGNORE_OUTGOING, 1)
	}
	if err == nil {
		err = unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: sock.NetworkOrder(unix.ETH_P_ALL), Ifindex: at.Index})
	}
	if err != nil {
		unix.Close(fd)
		return nil, err
	}
	return newTap(fd, name)
}

// newTap makes a tap of a packet socket that is bound. It closes the descriptor if it
// cannot.
func newTap(fd int, name string) (*tap, error) {
	t := &tap{name: name, fd: fd, link: linkEthernet, room: make([]byte, roomMost)}
	from, err := unix.Getsockname(fd)
	if err == nil {
		err = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1)
	}
	if err == nil {
		switch at := from.(*unix.SockaddrLinklayer); {
		case at.Hatype == unix.ARPHRD_NONE || at.Hatype == unix.ARPHRD_RAWIP || at.Hatype == unix.ARPHRD_PPP:
			t.link = linkIP
		case at.Hatype != unix.ARPHRD_ETHER && at.Hatype != unix.ARPHRD_LOOPBACK:
			err = fmt.Errorf("the frames of %s are of a kind that is not known: %d", name, at.Hatype)
		}
	}
	if err != nil {
		unix.Close(fd)
		return nil, err
	}
	if unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, receiveMost) != nil {
		unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, receiveMost) // the system takes what it allows
	}
	return t, nil
}

func (t *tap) close() {
	t.source.Close()
	unix.Close(t.fd)
}

// next reads a frame that is there, up to most bytes of it. It is valid until the next
// one is read. Nil says that there is none.
func (t *tap) next(most int) []byte {
	for {
		asked := time.Now()
		n, controls, _, _, err := unix.Recvmsg(t.fd, t.room[:min(most, len(t.room))], t.control[:], unix.MSG_TRUNC)
		switch err {
		case nil:
		case unix.EINTR, unix.ENETDOWN: // an interface that went down says so once
			continue
		default:
			t.source.Drained(loop.Read)
			return nil
		}
		t.seen++
		t.length = n
		t.date(stamp(t.control[:controls]), asked)
		return t.room[:min(n, most, len(t.room))]
	}
}

// date notes when a frame passed, of which the kernel says at; it was asked for then.
func (t *tap) date(at, asked time.Time) {
	t.at, t.stamp = at, at
	if !at.Before(asked) {
		t.stamp = time.Time{} // that is when it was read, or as good as that
	}
	if t.at.Before(t.floor) {
		t.at = t.floor
	}
	if t.stamp.IsZero() {
		t.floor = t.at
	}
}

// stamp returns the time that SO_TIMESTAMPNS tells, or now. The kernel begins to stamp
// frames a moment after it was told to, and those of that moment get the time at which they
// are read: see __sock_recv_timestamp, linux/net/socket.c.
func stamp(b []byte) time.Time {
	for len(b) > 0 {
		head, data, rest, err := unix.ParseOneSocketControlMessage(b)
		if err != nil {
			break
		}
		if head.Level == unix.SOL_SOCKET && head.Type == unix.SO_TIMESTAMPNS {
			switch order := binary.NativeEndian; len(data) {
			case 16:
				return time.Unix(int64(order.Uint64(data)), int64(order.Uint64(data[8:])))
			case 8:
				return time.Unix(int64(order.Uint32(data)), int64(order.Uint32(data[4:])))
			}
		}
		b = rest
	}
	return time.Now()
}

// lost returns how many frames were lost since it was last asked.
func (t *tap) lost() int {
	s, err := unix.GetsockoptTpacketStats(t.fd, unix.SOL_PACKET, unix.PACKET_STATISTICS)
	if err != nil {
		return 0
	}
	t.drops += uint64(s.Drops)
	return int(s.Drops)
}

// protocolOf returns the protocol of a handle as packets name it.
func protocolOf(h *sock.Handle) string {
	n, err := unix.GetsockoptInt(h.FD, unix.SOL_SOCKET, unix.SO_PROTOCOL)
	switch {
	case err != nil:
		return ""
	case n == unix.IPPROTO_MPTCP:
		return "TCP"
	case n == unix.IPPROTO_UDPLITE:
		return protocolName(unix.IPPROTO_UDPLITE)
	}
	return protocolName(byte(n))
}
