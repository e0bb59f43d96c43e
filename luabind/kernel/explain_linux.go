package kernel

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"socksh/luabind/sock"
)

// Explain tells from the facts of now why a call failed, and what to do; "" where
// the facts tell nothing. Nothing is guessed.
func (v *View) Explain(tab *sock.Table, e *sock.Error) string {
	h, _ := tab.Find(strconv.Itoa(e.Handle))
	address, _ := netip.ParseAddrPort(e.Address)
	x := explanation{v, tab, h, address}
	switch name := e.Errno(); {
	case name == "EADDRINUSE":
		return x.holder()
	case name == "EADDRNOTAVAIL" && e.Op == "bind":
		return x.ownAddresses()
	case name == "EACCES" && e.Op == "bind" && address.IsValid():
		return privilegedPort(address.Port())
	case name == "ECONNREFUSED" && e.Op == "connect" && address.IsValid() && x.stream():
		return x.nobody()
	case h == nil:
		return ""
	case name == "EINVAL" && e.Op == "accept":
		return "it does not listen: listen " + h.Label() + " first"
	case name == "EINVAL" && e.Op == "bind":
		return x.bound()
	case name == "EISCONN":
		return x.connected()
	case name == "ENOTCONN" && x.stream():
		return x.unconnected()
	case name == "EPIPE" && x.stream():
		return x.broken()
	case e.Timeout() && e.Op == "connect" || name == "ETIMEDOUT":
		return x.unanswered()
	}
	return ""
}

// An explanation is what is at hand for one.
type explanation struct {
	view    *View
	tab     *sock.Table
	handle  *sock.Handle // nil if it is closed
	address netip.AddrPort
}

func (x *explanation) stream() bool {
	if x.handle == nil {
		return false
	}
	family, kind := x.handle.Kind()
	return kind == unix.SOCK_STREAM && family != unix.AF_UNIX
}

// at returns the sockets, TCP or UDP as the handle is, whose local port is that of
// the address.
func (x *explanation) at() []entry {
	protocol := uint8(unix.IPPROTO_TCP)
	if x.handle != nil && !x.stream() {
		protocol = unix.IPPROTO_UDP
	}
	var all []entry
	for _, family := range []uint8{unix.AF_INET, unix.AF_INET6} {
		some, err := x.view.dump(request{host: x.network(), family: family, protocol: protocol, states: everyState, local: netip.AddrPortFrom(netip.Addr{}, x.address.Port())})
		if err == nil {
			all = append(all, some...)
		}
	}
	return all
}

// who names the owner of a socket: a handle, or a program as far as /proc shows it.
func (x *explanation) who(e entry) string {
	for _, h := range x.tab.Handles() {
		if h.Cookie() == e.cookie {
			return "handle " + h.Label()
		}
	}
	if !x.tab.Policy.Loopback { // a sandbox does not tell which programs run
		if program := owner(e.inode); program != "" {
			return program
		}
	}
	return "another program"
}

func (x *explanation) holder() string {
	address := x.address
	if !address.IsValid() && x.handle != nil { // listen tells no address
		address, _ = x.tab.Ends(x.handle)
		x.address = address
	}
	var waits *entry
	for _, e := range x.at() {
		local, err := netip.ParseAddrPort(e.local)
		if err != nil || !overlap(local.Addr(), address.Addr()) || x.handle != nil && e.cookie == x.handle.Cookie() {
			continue
		}
		if e.state == "TIME_WAIT" {
			waits = &e
			continue
		}
		if e.inode == 0 {
			continue // it waits in a queue: its listener is the holder
		}
		doing := map[string]string{"LISTEN": "listens there", "CLOSE": "is bound to it"}[e.state]
		if doing == "" {
			doing = "has a connection there (" + e.state + ")"
		}
		return x.who(e) + " " + doing
	}
	if waits != nil {
		return fmt.Sprintf("a closed connection to %s has it in TIME_WAIT for %s more; with SO_REUSEADDR, set before bind and on the old listener too, it is no hindrance", waits.peer, waits.expires.Round(time.Second))
	}
	return ""
}

// overlap reports whether sockets bound to these addresses are in each other's way.
func overlap(a, b netip.Addr) bool {
	return a.IsUnspecified() || b.IsUnspecified() || a.Unmap() == b.Unmap()
}

func (x *explanation) nobody() string {
	if !x.isOwn(x.address.Addr()) {
		return "" // of another machine's sockets nothing is known
	}
	text := fmt.Sprintf("nobody listens at port %d", x.address.Port())
	for _, e := range x.at() {
		local, err := netip.ParseAddrPort(e.local)
		switch {
		case err != nil:
		case e.state == "LISTEN" && !overlap(local.Addr(), x.address.Addr()):
			text = fmt.Sprintf("%s listens at %s, which is another address", x.who(e), e.local)
		case e.state == "CLOSE" && e.inode != 0 && overlap(local.Addr(), x.address.Addr()):
			return x.who(e) + " is bound to it, and does not listen"
		}
	}
	return text
}

func privilegedPort(port uint16) string {
	text, err := os.ReadFile("/proc/sys/net/ipv4/ip_unprivileged_port_start")
	first, err2 := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || err2 != nil || int(port) >= first {
		return ""
	}
	return fmt.Sprintf("ports below %d are for root (net.ipv4.ip_unprivileged_port_start)", first)
}

func (x *explanation) bound() string {
	if local, _ := x.tab.Ends(x.handle); local.IsValid() && local.Port() != 0 {
		return "it has the address " + local.String() + " already"
	}
	return ""
}

func (x *explanation) connected() string {
	if _, peer := x.tab.Ends(x.handle); peer.IsValid() {
		return "it is connected to " + peer.String()
	}
	return ""
}

func (x *explanation) unconnected() string {
	e, err := x.view.entry(x.tab, x.handle)
	switch {
	case err != nil:
	case e.state == "CLOSE":
		return "it is CLOSE: never connected, or its connection is over"
	case e.state == "SYN_SENT":
		return "it is SYN_SENT: the handshake is not over"
	case e.state == "LISTEN":
		return "it is LISTEN: data goes over what accept gives"
	}
	return ""
}

func (x *explanation) broken() string {
	e, err := x.view.entry(x.tab, x.handle)
	switch {
	case err != nil:
	case e.state == "FIN_WAIT1" || e.state == "FIN_WAIT2" || e.state == "LAST_ACK" || e.state == "CLOSING":
		return "it is " + e.state + ": this side has shut down its sending"
	case e.state == "CLOSE":
		return "it is CLOSE: never connected, or the peer has reset the connection"
	case e.state == "LISTEN":
		return "it is LISTEN: data goes over what accept gives"
	case e.state == "TIME_WAIT":
		return "it is TIME_WAIT: both sides have ended the connection"
	}
	return ""
}

// unanswered looks at who should have answered a SYN, if that is on this machine.
func (x *explanation) unanswered() string {
	e, err := x.view.entry(x.tab, x.handle)
	if err != nil || !x.address.IsValid() || !x.isOwn(x.address.Addr()) {
		return ""
	}
	for _, l := range x.at() {
		local, err := netip.ParseAddrPort(l.local)
		if err == nil && l.state == "LISTEN" && overlap(local.Addr(), x.address.Addr()) && l.recv > l.send {
			return fmt.Sprintf("%s listens, but its queue is full: %d of at most %d; accept makes room", x.who(l), l.recv, l.send+1)
		}
	}
	if e.state == "SYN_SENT" {
		return "it is SYN_SENT: no answer has come, and the kernel goes on trying"
	}
	return ""
}

// owner returns the program that holds a socket with this inode, "" if /proc does
// not show it: it is another user's, or none has it.
func owner(inode uint32) string {
	if inode == 0 {
		return ""
	}
	want := fmt.Sprintf("socket:[%d]", inode)
	links, _ := filepath.Glob("/proc/[0-9]*/fd/*")
	for _, link := range links {
		if target, err := os.Readlink(link); err != nil || target != want {
			continue
		}
		dir := filepath.Dir(filepath.Dir(link))
		name, err := os.ReadFile(filepath.Join(dir, "comm"))
		if err != nil {
			return "" // it has ended
		}
		return fmt.Sprintf("%s (process %s)", strings.TrimSpace(string(name)), filepath.Base(dir))
	}
	return ""
}
