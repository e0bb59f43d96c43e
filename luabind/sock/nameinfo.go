package sock

import (
	"context"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"socksh/luabind/loop"
)

func doGetnameinfo(t *loop.Task, tab *Table, a *Args) (Result, error) {
	flags := a.Int(1)
	addr, err := tab.resolved(t, a.Addr(0), unix.AF_INET, a.Deadline())
	if err != nil {
		return nil, err
	}
	if addr.family != unix.AF_INET && addr.family != unix.AF_INET6 || addr.raw != "" {
		return nil, &lookupError{"EAI_FAMILY", "the address is not of the internet"}
	}
	ip := addr.ip.Addr()
	host := ip.String()
	if flags&niNumerichost == 0 {
		name, err := tab.hostName(t, ip, a.Deadline())
		if err != nil {
			return nil, err
		}
		if name == "" && flags&niNamereqd != 0 {
			return nil, &lookupError{"EAI_NONAME", "the address has no name"}
		}
		if flags&niNofqdn != 0 {
			name, _, _ = strings.Cut(name, ".")
		}
		if name != "" {
			host = name
		}
	}
	service := strconv.Itoa(int(addr.ip.Port()))
	if flags&niNumericserv == 0 {
		network := "tcp"
		if flags&niDgram != 0 {
			network = "udp"
		}
		if name := serviceName(service + "/" + network); name != "" {
			service = name
		}
	}
	return a.Give(Str(host), Str(service)), nil
}

// hostName returns the first name of an address, "" if it has none or must not be
// asked for.
func (t *Table) hostName(task *loop.Task, ip netip.Addr, deadline time.Time) (string, error) {
	if t.Policy.allow(ipAddr(netip.AddrPortFrom(ip, 0)), nil) != nil {
		return "", nil
	}
	return loop.Block(task, deadline, func(ctx context.Context) (string, error) {
		names, err := resolver().LookupAddr(ctx, ip.String())
		if e, ok := err.(*net.DNSError); ok && e.IsNotFound || err == nil && len(names) == 0 {
			return "", nil
		}
		if err != nil {
			return "", err
		}
		return strings.TrimSuffix(names[0], "."), nil
	}, nil)
}

// serviceName finds the name of "80/tcp" in the services file, services(5).
func serviceName(port string) string {
	text, err := os.ReadFile("/etc/services")
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(text)) {
		line, _, _ = strings.Cut(line, "#")
		if words := strings.Fields(line); len(words) >= 2 && words[1] == port {
			return words[0]
		}
	}
	return ""
}
