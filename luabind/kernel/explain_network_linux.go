package kernel

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"

	"socksh/luabind/sock"
)

func (x *explanation) ownAddresses() string {
	texts, who := []string{"127.0.0.1"}, "this machine"
	if host := x.host(); host != nil {
		who = "host " + host.Name()
		for _, ip := range host.Addresses() {
			texts = append(texts, ip.String())
		}
	} else {
		all, err := net.InterfaceAddrs()
		if err != nil {
			return ""
		}
		texts = nil
		for _, a := range all {
			if n, ok := a.(*net.IPNet); ok {
				texts = append(texts, n.IP.String())
			}
		}
	}
	return fmt.Sprintf("%s is no address of %s; it has %s", x.address.Addr(), who, strings.Join(texts, ", "))
}

// host returns the host whose network the handle is in, nil for the real one.
func (x *explanation) host() sock.Host {
	if x.handle == nil {
		return nil
	}
	return x.handle.Host
}

// network returns the host whose sockets the address leads to: in a lab the one that
// has it.
func (x *explanation) network() sock.Host {
	own := x.host()
	if own == nil || x.tab.Hosts == nil {
		return own
	}
	for _, host := range x.tab.Hosts() {
		if slices.Contains(host.Addresses(), x.address.Addr().Unmap()) {
			return host
		}
	}
	return own
}

// isOwn reports whether an address is of this machine, or of the lab that the handle
// is in.
func (x *explanation) isOwn(ip netip.Addr) bool {
	ip = ip.Unmap()
	if ip.IsLoopback() || ip.IsUnspecified() {
		return true
	}
	if x.host() != nil {
		return slices.Contains(x.network().Addresses(), ip)
	}
	all, _ := net.InterfaceAddrs()
	for _, a := range all {
		if n, ok := a.(*net.IPNet); ok && n.IP.Equal(net.IP(ip.AsSlice())) {
			return true
		}
	}
	return false
}
