//go:build !linux

package sock

import "golang.org/x/sys/unix"

// What is not known here.
const (
	msgZerocopy = 0
	msgFastopen = 0
	msgCloexec  = 0
)

func sysSendmsg(fd int, m *message, flags int, r *rawAddr) (int, error) {
	parts := make([][]byte, len(m.parts))
	for i, part := range m.parts {
		parts[i] = []byte(part)
	}
	var to unix.Sockaddr
	if m.to != nil {
		to = r.sa
	}
	return unix.SendmsgBuffers(fd, parts, m.control, to, flags|unix.MSG_DONTWAIT)
}

func sysRecvmsg(fd int, rooms [][]byte, control []byte, flags int, r *rawAddr) (arrival, error) {
	n, used, told, from, err := unix.RecvmsgBuffers(fd, rooms, control, flags|unix.MSG_DONTWAIT)
	if err != nil {
		return arrival{}, err
	}
	eachControl(control[:used], func(level, kind int, data []byte) {
		if isRights(level, kind) {
			for fd := range descriptors(data) {
				unix.CloseOnExec(fd)
			}
		}
	})
	r.sa = from
	return arrival{size: n, flags: told, control: control[:used], from: r.decode()}, nil
}

func (m *message) pin(int) (free func(), err error) { return func() {}, nil }
