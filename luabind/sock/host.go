package sock

import (
	"fmt"
	"net/netip"

	"golang.org/x/sys/unix"
)

// A Host is a network that handles may be in beside the real one: it has addresses,
// ports and counters of its own.
type Host interface {
	Name() string
	// Addresses are those that others reach it by, without the loopback.
	Addresses() []netip.Addr
	// Socket is socket(2) in that network; the descriptor is nonblocking, and closed
	// on exec.
	Socket(family, sotype, protocol int) (fd int, err error)
	// Open opens a file under /proc, for reading, as one who is in that network sees it.
	Open(path string) (fd int, err error)
}

// RealNetwork is the word for the network that is no lab's.
const RealNetwork = "real"

// HostName returns a host's name, "" for the real network.
func HostName(h Host) string {
	if h == nil {
		return ""
	}
	return h.Name()
}

// hostName is [HostName] for people: the real network has a name, too.
func hostName(any any) string {
	if h, ok := any.(Host); ok {
		return h.Name()
	}
	return RealNetwork
}

// HostValue makes a value of a host, nil for the real network.
func HostValue(h Host) Value {
	if h == nil {
		return Value{Type: AHost}
	}
	return Value{Type: AHost, Any: h}
}

// HostArg returns the host that parameter i was given, or the one where the table is.
func (t *Table) HostArg(a *Args, i int) Host {
	v := a.Value(i)
	if v.Type == Nil {
		return t.Here
	}
	h, _ := v.Any.(Host)
	return h
}

func (t *Table) hostOf(v Value) (Value, error) {
	switch v.Type {
	case AHost:
		return v, nil
	case Text, Bytes:
		if v.Str == RealNetwork {
			return HostValue(nil), nil
		}
		if t.FindHost == nil {
			break
		}
		h, err := t.FindHost(v.Str)
		return HostValue(h), err
	}
	return v, fmt.Errorf("%s is not a host", v.word())
}

func socketOn(h Host, family, sotype, protocol int) (int, error) {
	if h == nil {
		return sysSocket(family, sotype, protocol)
	}
	return h.Socket(family, sotype, protocol)
}

// prefixOf reads an address of a host with the length of its network, 24 or 64 unless
// it is given.
func prefixOf(v Value) (netip.Prefix, error) {
	if p, err := netip.ParsePrefix(v.Str); err == nil {
		return p, nil
	}
	ip, err := netip.ParseAddr(v.Str)
	if err != nil || ip.Zone() != "" || ip.Is4In6() {
		return netip.Prefix{}, fmt.Errorf("%s is not an IP address; write 10.0.0.1 or 10.0.0.1/24", v.word())
	}
	bits := 24
	if ip.Is6() {
		bits = 64
	}
	return netip.PrefixFrom(ip, bits), nil
}

// CloseOn closes every handle in the network of a host.
func (t *Table) CloseOn(host Host) {
	for _, h := range t.Handles() {
		if h.Host == host {
			t.forget(h)
			if h.lingers {
				setLinger(h.FD, -1)
			}
			closing(h.FD, unix.Close)
		}
	}
	for i, h := range t.closed {
		if h != nil && h.Host == host {
			t.closed[i] = nil
		}
	}
	if t.Here == host {
		t.Here = nil
	}
}
