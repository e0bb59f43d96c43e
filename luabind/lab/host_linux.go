package lab

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"socksh/luabind/sock"
	"socksh/luabind/wire"
)

// A Host is one network of a lab, with an interface at the cable.
type Host struct {
	lab       *Lab
	name      string
	number    int // the helper's, from 1
	prefixes  []netip.Prefix
	addresses []netip.Addr
	network   int // the file that stands for it
	control   int // a socket there, for ioctl
	routes    routes
	index     int // of its interface
	port      *port
	loopback  *tap
	tracker   wire.Tracker // of the loopback
	ended     bool
	Script    any // the script language's object for it
}

// device is the host's interface at the cable.
const device = "eth0"

// Name returns what the host is called.
func (h *Host) Name() string { return h.name }

// Addresses returns those that the other hosts reach it by.
func (h *Host) Addresses() []netip.Addr { return h.addresses }

var errEnded = errors.New("the lab of this host has ended")

// ask is the helper's, while the host is there.
func (h *Host) ask(r *request, with ...int) (fd, number int, err error) {
	if h.ended {
		return -1, 0, errEnded
	}
	return h.lab.helper.ask(r, with...)
}

// Socket is socket(2) on the host.
func (h *Host) Socket(family, sotype, protocol int) (int, error) {
	fd, _, err := h.ask(&request{op: opSocket, network: h.number, numbers: [3]int{family, sotype, protocol}})
	return fd, err
}

// Open opens a file under /proc for reading, as the host sees it.
func (h *Host) Open(path string) (int, error) {
	fd, _, err := h.ask(&request{op: opOpen, network: h.number, numbers: [3]int{unix.O_RDONLY}, text: path})
	return fd, err
}

// set writes a sysctl of the host's network.
func (h *Host) set(name, value string) error {
	_, _, err := h.ask(&request{op: opSysctl, network: h.number, text: name + "=" + value})
	return err
}

func (h *Host) mac() []byte { return []byte{2, 0, 0, 0, 0, byte(h.number)} }

// textbook are the settings with which TCP does the same on every run, beside quick
// ACKs and an MTU of 1500 on the loopback, too. Where one is refused or unknown,
// the system's own stays.
var textbook = [][2]string{
	{"net.ipv4.tcp_congestion_control", "reno"},
	{"net.ipv4.tcp_syncookies", "0"},
	{"net.ipv4.tcp_no_metrics_save", "1"},
	{"net.ipv4.tcp_rto_min_us", "1000000"}, // RFC 6298, section 2: a second; Linux takes a fifth
	{"net.ipv4.tcp_early_retrans", "0"},    // no tail loss probes, RFC 8985
	{"net.ipv4.tcp_recovery", "0"},         // three duplicate ACKs, RFC 5681, and no clock, where the kernel can do that still
}

// quiet keeps IPv6 from talking by itself on interfaces to come.
var quiet = [][2]string{
	{"net.ipv6.conf.default.addr_gen_mode", "1"},
	{"net.ipv6.conf.default.accept_ra", "0"},
	{"net.ipv6.conf.default.dad_transmits", "0"},
	{"net.ipv6.conf.default.router_solicitations", "0"},
}

const mtu = 1500

// add makes a host with these addresses and plugs it in.
func (l *Lab) add(name string, prefixes []netip.Prefix) (*Host, error) {
	if l.tab.Policy.Loopback && len(l.hosts) >= sandboxHosts {
		return nil, errMany
	}
	if err := l.begin(); err != nil {
		return nil, err
	}
	h := &Host{lab: l, name: name, prefixes: prefixes, network: -1, control: -1, routes: routes{-1}}
	if len(prefixes) == 0 {
		next := 10<<24 + len(l.hosts) + 1
		h.prefixes = []netip.Prefix{netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 0, byte(next >> 8), byte(next)}), 24)}
	}
	for _, p := range h.prefixes {
		h.addresses = append(h.addresses, p.Addr())
	}
	if err := h.build(); err != nil {
		h.close()
		return nil, &sock.Error{Op: "host", Address: name, Err: err}
	}
	l.hosts = append(l.hosts, h)
	return h, nil
}

func (h *Host) build() (err error) {
	if h.network, h.number, err = h.ask(&request{op: opHost}); err != nil {
		return refused(err)
	}
	if h.control, err = h.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0); err != nil {
		return err
	}
	if h.routes.fd, err = h.Socket(unix.AF_NETLINK, unix.SOCK_RAW, unix.NETLINK_ROUTE); err != nil {
		return err
	}
	settings := quiet
	if !h.lab.system {
		settings = slices.Concat(quiet, textbook)
	}
	for _, s := range settings {
		h.set(s[0], s[1]) // best effort, see textbook
	}
	if err := h.buildLoopback(); err != nil {
		return err
	}
	if h.port, err = h.lab.cable.plug(h); err != nil {
		return err
	}
	if err := h.buildDevice(); err != nil {
		return err
	}
	for _, other := range h.lab.hosts {
		if err := h.meet(other); err != nil {
			return err
		}
		if err := other.meet(h); err != nil {
			return err
		}
	}
	return h.awaitCarrier()
}

// buildLoopback brings lo up, and has what passes there told.
func (h *Host) buildLoopback() error {
	if !h.lab.system {
		if err := noOffloads(h.control, "lo", offloads[:3]...); err != nil { // its checksums are left out: nothing can go wrong there
			return fmt.Errorf("lo: %w", err)
		}
		if err := setMTU(h.control, "lo", mtu); err != nil {
			return fmt.Errorf("lo: %w", err)
		}
	}
	const lo = 1 // the first interface of each network
	if err := h.routes.up(lo); err != nil {
		return fmt.Errorf("lo: %w", err)
	}
	if !h.lab.system {
		for _, to := range []string{"127.0.0.0/8", "127.0.0.1/32"} {
			r := route{to: netip.MustParsePrefix(to), from: netip.AddrFrom4([4]byte{127, 0, 0, 1}), index: lo, local: true, quick: true}
			if err := h.routes.route(r); err != nil {
				return fmt.Errorf("lo: %w", err)
			}
		}
		h.routes.route(route{to: netip.MustParsePrefix("::1/128"), index: lo, local: true, quick: true}) // where there is IPv6
	}
	var err error
	h.loopback, err = h.lab.listen(h.number, lo)
	return err
}

// buildDevice gives the interface its addresses and brings it up.
func (h *Host) buildDevice() error {
	err := noOffloads(h.control, device, offloads...)
	if err != nil {
		return fmt.Errorf("%s: %w", device, err)
	}
	if h.index, err = indexOf(h.control, device); err != nil {
		return err
	}
	if !slices.ContainsFunc(h.addresses, netip.Addr.Is6) {
		h.set("net.ipv6.conf."+device+".disable_ipv6", "1")
	}
	for _, p := range h.prefixes {
		if err := h.routes.address(h.index, p); err != nil {
			return fmt.Errorf("%s: %w", p, err)
		}
	}
	if err := h.routes.up(h.index); err != nil {
		return err
	}
	for _, p := range h.prefixes {
		own := netip.PrefixFrom(p.Addr(), p.Addr().BitLen())
		r := route{to: p, from: p.Addr(), index: h.index, quick: !h.lab.system}
		if err := h.routes.route(r); err != nil {
			return fmt.Errorf("the route to %s: %w", p.Masked(), err)
		}
		if r.quick && p.Addr().Is4() {
			err := h.routes.route(route{to: own, from: p.Addr(), index: h.index, local: true, quick: true})
			if err != nil {
				return fmt.Errorf("%s: %w", p.Addr(), err)
			}
		}
	}
	return nil
}

// meet tells the host where the other is, so that nobody has to ask, and how it
// reaches addresses outside of its own networks.
func (h *Host) meet(other *Host) error {
	for _, ip := range other.addresses {
		i := slices.IndexFunc(h.addresses, func(own netip.Addr) bool { return own.Is4() == ip.Is4() })
		if i < 0 {
			continue
		}
		if err := h.routes.neighbour(h.index, ip, other.mac()); err != nil {
			return fmt.Errorf("neighbour %s: %w", ip, err)
		}
		if slices.ContainsFunc(h.prefixes, func(p netip.Prefix) bool { return p.Contains(ip) }) {
			continue
		}
		r := route{to: netip.PrefixFrom(ip, ip.BitLen()), from: h.addresses[i], index: h.index, quick: !h.lab.system}
		if err := h.routes.route(r); err != nil {
			return fmt.Errorf("the route to %s: %w", ip, err)
		}
	}
	return nil
}

// experiment is the EtherType for local experiments, IEEE 802.
const experiment = 0x88b5

// carrierLimit is how long an interface may take to come up.
const carrierLimit = 2 * time.Second

// awaitCarrier waits until what the host sends arrives at the cable. The kernel says
// that an interface is up before it is: until then it drops silently what is sent.
func (h *Host) awaitCarrier() error {
	to := append(append(append([]byte{}, broadcast...), h.mac()...), experiment>>8, experiment&0xff)
	for end := time.Now().Add(carrierLimit); time.Now().Before(end); time.Sleep(100 * time.Microsecond) {
		h.loopback.send(h.index, to)
		arrived := false
		for frame := h.port.next(); frame != nil; frame = h.port.next() {
			arrived = true
		}
		if arrived {
			return nil
		}
	}
	return fmt.Errorf("its interface did not come up in %s", carrierLimit)
}

var broadcast = []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}

func (h *Host) close() {
	h.ended = true
	for _, fd := range []int{h.network, h.control, h.routes.fd} {
		if fd >= 0 {
			unix.Close(fd)
		}
	}
	for _, t := range []*tap{h.loopback, h.port.own()} {
		if t != nil {
			t.close()
		}
	}
}

func portName(n int) string { return "port" + strconv.Itoa(n) }
