package lab

import (
	"fmt"
	"net/netip"
	"strings"

	"golang.org/x/sys/unix"

	"socksh/luabind/journal"
	"socksh/luabind/loop"
	"socksh/luabind/sock"
)

// act returns what the verb of that name does.
func (l *Lab) act(verb string) func(*loop.Task, *sock.Table, *sock.Args) (sock.Result, error) {
	switch verb {
	case "lab":
		return l.doLab
	case "host":
		return l.doHost
	case "hold":
		return l.doHold
	case "step":
		return l.doStep
	case "release":
		return l.doRelease
	case "drop":
		return l.doDrop
	case "delay":
		return l.doDelay
	case "duplicate":
		return l.doDuplicate
	case "reorder":
		return l.doReorder
	case "cut":
		return l.doCut
	case "heal":
		return l.doHeal
	case "wire":
		return l.doWire
	case "sysctl":
		return l.doSysctl
	case "exec":
		return l.doExec
	}
	panic("the lab has no verb " + verb)
}

// Pump moves what is on the cable and not held, until nothing moves.
func (l *Lab) Pump() {
	if l.cable != nil {
		l.cable.pump()
	}
}

// Holds reports whether the cable keeps segments, or will.
func (l *Lab) Holds() bool {
	return l.cable != nil && (l.cable.hold != nil || len(l.cable.held) > 0)
}

// Held returns the held segments in words: "client → server SYN seq=0".
func (l *Lab) Held() []string {
	if l.cable == nil {
		return nil
	}
	var all []string
	for _, f := range l.cable.held {
		all = append(all, f.text())
	}
	return all
}

// Timer tells of a segment that is held which kernel's timer runs for it, and how long:
// "client: retransmission in 1s". It is "" for others.
func (l *Lab) Timer(s journal.Segment) string {
	if l.cable == nil {
		return ""
	}
	for _, f := range l.cable.held {
		if f.From == s.From && f.To == s.To && f.Seq == s.Seq && f.Flags == s.Flags && f.Len == s.Len {
			if at, timer, left := l.cable.timer(f); timer != "" {
				return timerText(at.host.name, timer, left.Seconds())
			}
		}
	}
	return ""
}

func misuse(format string, args ...any) error { return sock.Misuse(fmt.Sprintf(format, args...)) }

func (l *Lab) running() (*cable, error) {
	if l.cable == nil {
		return nil, errNone
	}
	l.cable.pump()
	return l.cable, nil
}

func (l *Lab) doLab(_ *loop.Task, _ *sock.Table, a *sock.Args) (sock.Result, error) {
	if a.Text(0) == "end" {
		l.Close()
	}
	if a.Value(1).Type != sock.Nil {
		if len(l.hosts) > 0 {
			return nil, misuse("the lab has hosts already; lab end ends it")
		}
		l.system = a.Text(1) == "system"
	}
	if a.Text(0) == "end" {
		return nil, nil
	}
	settings := "textbook"
	if l.system {
		settings = "system"
	}
	var hosts []sock.Value
	for _, h := range l.hosts {
		var addresses []sock.Value
		for _, p := range h.prefixes {
			addresses = append(addresses, sock.Str(p.String()))
		}
		hosts = append(hosts, sock.Value{Type: sock.Record, Any: []sock.Field{
			{Name: "name", Value: sock.Str(h.name)}, {Name: "addresses", Value: sock.Value{Type: sock.List, Any: addresses}}}})
	}
	return a.Give(sock.Value{Type: sock.Record, Any: []sock.Field{
		{Name: "settings", Value: sock.Str(settings)}, {Name: "hosts", Value: sock.Value{Type: sock.List, Any: hosts}}}}), nil
}

// mostHosts is how many networks a request can name.
const mostHosts = 250

func (l *Lab) doHost(_ *loop.Task, tab *sock.Table, a *sock.Args) (sock.Result, error) {
	name := a.Text(0)
	if h, _ := l.find(name); h != nil {
		return nil, misuse("there is a host called %s already", name)
	}
	if name == sock.RealNetwork {
		return nil, misuse("%s is the network outside of the lab", name)
	}
	if err := tab.MayName(nil, name); err != nil {
		return nil, misuse("%v", err)
	}
	if len(l.hosts) == mostHosts {
		return nil, misuse("%d hosts are the most", mostHosts)
	}
	var prefixes []netip.Prefix
	for _, v := range a.Rest() {
		prefixes = append(prefixes, v.Any.(netip.Prefix))
	}
	for i, p := range prefixes {
		for _, q := range prefixes[:i] {
			if p.Addr() == q.Addr() {
				return nil, unix.EEXIST
			}
		}
		for _, h := range l.hosts {
			for _, ip := range h.addresses {
				if ip == p.Addr() {
					return nil, unix.EEXIST
				}
			}
		}
	}
	h, err := l.add(name, prefixes)
	if err != nil {
		return nil, err
	}
	l.cable.task.Nudge() // it watches the new host from now on
	if l.Made != nil {
		l.Made(h)
	}
	return a.Give(sock.HostValue(h)), nil
}

func (l *Lab) doSysctl(_ *loop.Task, _ *sock.Table, a *sock.Args) (sock.Result, error) {
	h, err := hostOf(a, 0)
	if err != nil {
		return nil, err
	}
	name := a.Text(1)
	if a.Value(2).Type != sock.Nil {
		return nil, named(name, h.set(name, a.Text(2)))
	}
	fd, err := h.Open("/proc/sys/" + strings.ReplaceAll(name, ".", "/"))
	if err != nil {
		return nil, named(name, err)
	}
	defer unix.Close(fd)
	text := make([]byte, 4096)
	n, err := unix.Read(fd, text)
	if err != nil {
		return nil, named(name, err)
	}
	return a.Give(sock.Str(strings.TrimSpace(string(text[:n])))), nil
}

func named(name string, err error) error {
	if err == nil {
		return nil
	}
	return &sock.Error{Op: "sysctl", Address: name, Err: err}
}

func (l *Lab) doWire(_ *loop.Task, _ *sock.Table, a *sock.Args) (sock.Result, error) {
	c, err := l.running()
	if err != nil {
		return nil, err
	}
	return a.Give(c.describe()), nil
}

// hostOf returns the host of an argument, for verbs that are for hosts alone.
func hostOf(a *sock.Args, i int) (*Host, error) {
	h, ok := a.Value(i).Any.(*Host)
	if !ok {
		return nil, misuse("it is for hosts of a lab")
	}
	return h, nil
}
