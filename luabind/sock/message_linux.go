package sock

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	msgZerocopy = unix.MSG_ZEROCOPY
	msgFastopen = unix.MSG_FASTOPEN
	msgCloexec  = unix.MSG_CMSG_CLOEXEC
)

// sysSendmsg is sendmsg(2); the address of m is in r already.
func sysSendmsg(fd int, m *message, flags int, r *rawAddr) (int, error) {
	vectors := make([]unix.Iovec, len(m.parts))
	for i, part := range m.parts {
		vectors[i].Base = unsafe.StringData(part)
		vectors[i].SetLen(len(part))
	}
	var head unix.Msghdr
	head.Iov = unsafe.SliceData(vectors)
	head.SetIovlen(len(vectors))
	if m.to != nil {
		head.Name, head.Namelen = (*byte)(unsafe.Pointer(&r.sa)), r.len
	}
	if len(m.control) > 0 {
		head.Control = &m.control[0]
		head.SetControllen(len(m.control))
	}
	n, _, errno := unix.RawSyscall(unix.SYS_SENDMSG, uintptr(fd), uintptr(unsafe.Pointer(&head)), uintptr(flags|unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL))
	return result(n, errno)
}

// sysRecvmsg is recvmsg(2). The control messages it returns are in control.
func sysRecvmsg(fd int, rooms [][]byte, control []byte, flags int, r *rawAddr) (arrival, error) {
	vectors := make([]unix.Iovec, len(rooms))
	for i, room := range rooms {
		vectors[i].Base = unsafe.SliceData(room)
		vectors[i].SetLen(len(room))
	}
	var head unix.Msghdr
	head.Iov = unsafe.SliceData(vectors)
	head.SetIovlen(len(vectors))
	head.Name, head.Namelen = (*byte)(unsafe.Pointer(&r.sa)), uint32(unsafe.Sizeof(r.sa))
	if len(control) > 0 {
		head.Control = &control[0]
		head.SetControllen(len(control))
	}
	n, _, errno := unix.RawSyscall(unix.SYS_RECVMSG, uintptr(fd), uintptr(unsafe.Pointer(&head)), uintptr(flags|unix.MSG_DONTWAIT|unix.MSG_CMSG_CLOEXEC))
	if errno != 0 {
		return arrival{}, errno
	}
	r.len = min(head.Namelen, uint32(unsafe.Sizeof(r.sa)))
	return arrival{size: int(n), flags: int(head.Flags), control: control[:head.Controllen], from: r.decode()}, nil
}

// pin moves the data of m to pages of its own, for MSG_ZEROCOPY: the kernel goes on
// reading them after the call, and memory of Go may hold something else by then.
// Freed pages stay as they are until the kernel has done with them.
func (m *message) pin(total int) (free func(), err error) {
	if total == 0 {
		return func() {}, nil
	}
	pages, err := unix.Mmap(-1, 0, total, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		return nil, err
	}
	at := pages
	for i, part := range m.parts {
		n := copy(at, part)
		m.parts[i], at = stringOf(at[:n:n]), at[n:]
	}
	return func() { unix.Munmap(pages) }, nil
}
