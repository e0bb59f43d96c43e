package lab

import (
	"golang.org/x/sys/unix"

	"socksh/luabind/loop"
	"socksh/luabind/sock"
)

// A tap is a packet(7) socket at one interface. It gets what comes in there.
type tap struct {
	loop.Source
	buf []byte
}

// receiveBuffer is what is asked for; net.core.rmem_max bounds what comes of it.
const receiveBuffer = 8 << 20

// frameRoom is the room for one frame: lo may carry 64 KiB.
const frameRoom = 1<<16 + 64

// listen opens a tap at an interface of the network with that number.
func (l *Lab) listen(network, index int) (*tap, error) {
	fd, _, err := l.helper.ask(&request{op: opPacket, network: network})
	if err != nil {
		return nil, err
	}
	t := &tap{buf: make([]byte, frameRoom)}
	t.Init(l.tab.Loop, fd)
	err = unix.SetsockoptInt(fd, unix.SOL_PACKET, unix.PACKET_IGNORE_OUTGOING, 1)
	if err == nil {
		err = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, receiveBuffer)
	}
	if err == nil {
		err = unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: sock.NetworkOrder(unix.ETH_P_ALL), Ifindex: index})
	}
	if err != nil {
		unix.Close(fd)
		return nil, err
	}
	return t, nil
}

// next returns the next frame, valid until the next call, or nil.
func (t *tap) next() []byte {
	for {
		n, err := unix.Read(t.FD, t.buf)
		switch {
		case err == unix.EINTR:
			continue
		case err != nil || n == 0:
			t.Drained(loop.Read)
			return nil
		}
		return t.buf[:n]
	}
}

// write sends a frame out by the tap's own interface.
func (t *tap) write(frame []byte) error {
	_, err := unix.Write(t.FD, frame)
	return err
}

// missed returns how many frames the kernel has dropped because nobody took them in
// time, since it was last asked.
func (t *tap) missed() int {
	stats, err := unix.GetsockoptTpacketStats(t.FD, unix.SOL_PACKET, unix.PACKET_STATISTICS)
	if err != nil {
		return 0
	}
	return int(stats.Drops)
}

// send sends a frame out by another interface of the tap's network.
func (t *tap) send(index int, frame []byte) error {
	return unix.Sendto(t.FD, frame, 0, &unix.SockaddrLinklayer{Ifindex: index, Protocol: sock.NetworkOrder(unix.ETH_P_ALL)})
}

func (t *tap) close() {
	t.Source.Close()
	unix.Close(t.FD)
}
