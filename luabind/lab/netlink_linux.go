package lab

import (
	"encoding/binary"
	"net/netip"

	"golang.org/x/sys/unix"
)

// routes is an rtnetlink(7) socket of one network. The kernel answers within the
// call that asks, so nothing here waits.
type routes struct{ fd int }

// attr is one attribute of a message, padded to its end.
func attr(kind uint16, value []byte) []byte {
	b := binary.NativeEndian.AppendUint16(nil, uint16(4+len(value)))
	b = binary.NativeEndian.AppendUint16(b, kind)
	b = append(b, value...)
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}

func number(n int) []byte { return binary.NativeEndian.AppendUint32(nil, uint32(n)) }

func join(parts ...[]byte) []byte {
	var b []byte
	for _, p := range parts {
		b = append(b, p...)
	}
	return b
}

// change sends one message and returns what the kernel says to it.
func (r routes) change(kind, flags uint16, body ...[]byte) error {
	b := join(body...)
	ne := binary.NativeEndian
	msg := ne.AppendUint32(nil, uint32(unix.SizeofNlMsghdr+len(b)))
	msg = ne.AppendUint16(msg, kind)
	msg = ne.AppendUint16(msg, flags|unix.NLM_F_REQUEST|unix.NLM_F_ACK)
	msg = append(msg, make([]byte, 8)...) // number and sender: nobody needs them
	if err := unix.Sendto(r.fd, append(msg, b...), 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return err
	}
	room := make([]byte, 4096)
	n, _, err := unix.Recvfrom(r.fd, room, 0)
	switch {
	case err != nil:
		return err
	case n < unix.SizeofNlMsghdr+4 || ne.Uint16(room[4:]) != unix.NLMSG_ERROR:
		return unix.EPROTO
	}
	if errno := int32(ne.Uint32(room[unix.SizeofNlMsghdr:])); errno != 0 {
		return unix.Errno(-errno)
	}
	return nil
}

const create = unix.NLM_F_CREATE | unix.NLM_F_EXCL

// link is struct ifinfomsg.
func link(index int, flags, which uint32) []byte {
	return join(make([]byte, 4), number(index), number(int(flags)), number(int(which)))
}

// vethPeer is VETH_INFO_PEER of linux/veth.h.
const vethPeer = 1

// pair makes a veth(4) pair: name in this network, and peer, which has the link
// address mac, in the one that the file network stands for.
func (r routes) pair(name, peer string, mac []byte, network int) error {
	other := join(link(0, 0, 0), attr(unix.IFLA_IFNAME, append([]byte(peer), 0)), attr(unix.IFLA_ADDRESS, mac), attr(unix.IFLA_NET_NS_FD, number(network)))
	kind := join(attr(unix.IFLA_INFO_KIND, []byte("veth")), attr(unix.IFLA_INFO_DATA, attr(vethPeer, other)))
	return r.change(unix.RTM_NEWLINK, create, link(0, 0, 0), attr(unix.IFLA_IFNAME, append([]byte(name), 0)), attr(unix.IFLA_LINKINFO, kind))
}

func (r routes) up(index int) error {
	return r.change(unix.RTM_NEWLINK, 0, link(index, unix.IFF_UP, unix.IFF_UP))
}

func family(ip netip.Addr) byte {
	if ip.Is4() {
		return unix.AF_INET
	}
	return unix.AF_INET6
}

// address gives an interface an address, without the route that usually comes with
// it, and without asking others whether they have it.
func (r routes) address(index int, p netip.Prefix) error {
	ip := p.Addr().AsSlice()
	return r.change(unix.RTM_NEWADDR, create, []byte{family(p.Addr()), byte(p.Bits()), 0, unix.RT_SCOPE_UNIVERSE}, number(index),
		attr(unix.IFA_LOCAL, ip), attr(unix.IFA_ADDRESS, ip), attr(unix.IFA_FLAGS, number(unix.IFA_F_NOPREFIXROUTE|unix.IFA_F_NODAD)))
}

// neighbour tells which link address an IP address is at.
func (r routes) neighbour(index int, ip netip.Addr, mac []byte) error {
	return r.change(unix.RTM_NEWNEIGH, unix.NLM_F_CREATE|unix.NLM_F_REPLACE, []byte{family(ip), 0, 0, 0}, number(index),
		[]byte{unix.NUD_PERMANENT, 0, 0, 0}, attr(unix.NDA_DST, ip.AsSlice()), attr(unix.NDA_LLADDR, mac))
}

// A route leads to the addresses of a prefix by an interface.
type route struct {
	to    netip.Prefix
	from  netip.Addr // the own address that is preferred
	index int
	local bool // they are own addresses
	quick bool // acknowledge at once: TCP's ACKs do not wait for company
}

func (r routes) route(to route) error {
	table, kind, scope := byte(unix.RT_TABLE_MAIN), byte(unix.RTN_UNICAST), byte(unix.RT_SCOPE_LINK)
	if to.local {
		table, kind, scope = unix.RT_TABLE_LOCAL, unix.RTN_LOCAL, unix.RT_SCOPE_HOST
	}
	if to.to.Addr().Is6() {
		scope = unix.RT_SCOPE_UNIVERSE
	}
	body := join([]byte{family(to.to.Addr()), byte(to.to.Bits()), 0, 0, table, unix.RTPROT_KERNEL, scope, kind}, number(0),
		attr(unix.RTA_DST, to.to.Masked().Addr().AsSlice()), attr(unix.RTA_OIF, number(to.index)))
	if to.from.IsValid() {
		body = append(body, attr(unix.RTA_PREFSRC, to.from.AsSlice())...)
	}
	if to.quick {
		body = append(body, attr(unix.RTA_METRICS, attr(unix.RTAX_QUICKACK, number(1)))...)
	}
	return r.change(unix.RTM_NEWROUTE, unix.NLM_F_CREATE|unix.NLM_F_REPLACE, body)
}
