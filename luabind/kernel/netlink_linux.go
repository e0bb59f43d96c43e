package kernel

import (
	"encoding/binary"
	"errors"
	"fmt"

	"golang.org/x/sys/unix"

	"socksh/luabind/sock"
)

// A conn is a netlink socket of sock_diag(7). The kernel answers within the call
// that asks, so nothing here waits.
type conn struct {
	fd  int
	seq uint32
	buf []byte
}

// dial opens one in the network of host, nil for the real one.
func dial(host sock.Host) (*conn, error) {
	open := unix.Socket
	if host != nil {
		open = host.Socket
	}
	fd, err := open(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_SOCK_DIAG)
	if err != nil {
		return nil, fmt.Errorf("sock_diag: %w", err)
	}
	return &conn{fd: fd, buf: make([]byte, 64<<10)}, nil
}

func (c *conn) close() { unix.Close(c.fd) }

// Sizes of struct nlmsghdr and of an attribute's header, linux/netlink.h.
const (
	headerSize    = 16
	attributeSize = 4
)

var errShort = errors.New("sock_diag: the kernel's answer is too short")

// ask sends a request of SOCK_DIAG_BY_FAMILY with the given body and flags, and gives
// each answer's body to each. Without NLM_F_DUMP there is one answer, or an errno.
func (c *conn) ask(flags uint16, body []byte, each func(body []byte) error) error {
	return c.request(unix.SOCK_DIAG_BY_FAMILY, flags, body, each)
}

// request is ask for any type of message.
func (c *conn) request(kind, flags uint16, body []byte, each func(body []byte) error) error {
	c.seq++
	msg := make([]byte, headerSize, headerSize+len(body))
	ne := binary.NativeEndian
	ne.PutUint32(msg, uint32(headerSize+len(body)))
	ne.PutUint16(msg[4:], kind)
	ne.PutUint16(msg[6:], flags|unix.NLM_F_REQUEST)
	ne.PutUint32(msg[8:], c.seq)
	if err := unix.Sendto(c.fd, append(msg, body...), 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return err
	}
	for {
		n, _, err := unix.Recvfrom(c.fd, c.buf, 0)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return err
		}
		if done, err := c.answers(c.buf[:n], flags&unix.NLM_F_DUMP != 0, each); done || err != nil {
			return err
		}
	}
}

// answers takes the messages of one datagram apart, and reports whether the last
// one was among them.
func (c *conn) answers(b []byte, dump bool, each func(body []byte) error) (done bool, err error) {
	ne := binary.NativeEndian
	for len(b) >= headerSize {
		size, kind := int(ne.Uint32(b)), ne.Uint16(b[4:])
		if size < headerSize || size > len(b) {
			return true, errShort
		}
		body := b[headerSize:size]
		switch {
		case ne.Uint32(b[8:]) != c.seq: // of an earlier request
		case kind == unix.NLMSG_DONE:
			return true, nil
		case kind == unix.NLMSG_ERROR:
			if len(body) < 4 {
				return true, errShort
			}
			if errno := int32(ne.Uint32(body)); errno != 0 {
				return true, unix.Errno(-errno)
			}
			return true, nil
		default:
			if err := each(body); err != nil {
				return true, err
			}
			if !dump {
				return true, nil
			}
		}
		b = b[min((size+3)&^3, len(b)):]
	}
	return false, nil
}

// attributes calls each for every attribute of b, linux/netlink.h struct nlattr,
// whose kind has two more bits for flags.
func attributes(b []byte, each func(kind uint16, value []byte)) {
	ne := binary.NativeEndian
	for len(b) >= attributeSize {
		size := int(ne.Uint16(b))
		if size < attributeSize || size > len(b) {
			return
		}
		each(ne.Uint16(b[2:])&0x3fff, b[attributeSize:size])
		b = b[min((size+3)&^3, len(b)):]
	}
}
