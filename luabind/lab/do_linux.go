package lab

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"socksh/luabind/journal"
	"socksh/luabind/loop"
	"socksh/luabind/sock"
)

// parts are what a lab is made of once it has begun.
type parts struct {
	helper *helper
	cable  *cable
}

// Begin starts the lab, without hosts, if it has not begun.
func (l *Lab) Begin() error { return l.begin() }

// Close ends the lab: its handles are closed, its hosts are gone.
func (l *Lab) Close() {
	for _, h := range l.hosts {
		l.tab.CloseOn(h)
		l.view.Leave(h)
		h.close()
		if l.OnEnd != nil {
			l.OnEnd(h)
		}
	}
	l.hosts = nil
	if l.cable != nil {
		l.cable.close()
		l.cable = nil
	}
	if l.helper != nil {
		l.helper.close()
		l.helper = nil
	}
}

// act returns what the verb of that name does.
func (l *Lab) act(verb string) func(*loop.Task, *sock.Table, *sock.Args) (sock.Result, error) {
	return map[string]func(*loop.Task, *sock.Table, *sock.Args) (sock.Result, error){
		"lab": l.doLab, "host": l.doHost, "hold": l.doHold, "step": l.doStep, "release": l.doRelease, "drop": l.doDrop,
		"delay": l.doDelay, "duplicate": l.doDuplicate, "reorder": l.doReorder, "cut": l.doCut, "heal": l.doHeal,
		"wire": l.doWire, "sysctl": l.doSysctl, "exec": l.doExec,
	}[verb]
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
		all = append(all, segmentText(f.value()))
	}
	return all
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

// filterOf reads the parameters of chosen, the first of which is i.
func (l *Lab) filterOf(a *sock.Args, i int) *filter {
	f := &filter{flags: anyFlags}
	if a.Value(i).Type != sock.Nil {
		f.flags = a.Int(i)
	}
	f.from, _ = a.Value(i + 1).Any.(*Host)
	f.to, _ = a.Value(i + 2).Any.(*Host)
	f.data = a.Value(i+3).Type != sock.Nil && a.Int(i+3) != 0
	if function := a.Value(i + 4); function.Type != sock.Nil && l.Choose != nil {
		f.when = func(s journal.Segment) bool { return l.Choose(function.Any, s) }
	}
	return f
}

func (l *Lab) doHold(_ *loop.Task, _ *sock.Table, a *sock.Args) (sock.Result, error) {
	c, err := l.running()
	if err == nil {
		c.hold = l.filterOf(a, 0)
	}
	return nil, err
}

func (l *Lab) doStep(_ *loop.Task, _ *sock.Table, a *sock.Args) (sock.Result, error) {
	c, err := l.running()
	if err != nil {
		return nil, err
	}
	if len(c.held) == 0 {
		return nil, misuse("nothing is held")
	}
	return a.Give(segments(c.step(a.Int(0)))), nil
}

func (l *Lab) doRelease(_ *loop.Task, _ *sock.Table, a *sock.Args) (sock.Result, error) {
	c, err := l.running()
	if err != nil {
		return nil, err
	}
	return a.Give(segments(c.release())), nil
}

func (l *Lab) doDrop(_ *loop.Task, _ *sock.Table, a *sock.Args) (sock.Result, error) {
	c, err := l.running()
	if err != nil {
		return nil, err
	}
	f, n := l.filterOf(a, 1), a.Int(0)
	if n == 0 {
		n = always
	}
	gone := c.dropHeld(f, &n)
	c.rule(f, lose, n)
	return a.Give(segments(gone)), nil
}

func (l *Lab) doDuplicate(_ *loop.Task, _ *sock.Table, a *sock.Args) (sock.Result, error) {
	return nil, l.fault(a, twice)
}

func (l *Lab) doReorder(_ *loop.Task, _ *sock.Table, a *sock.Args) (sock.Result, error) {
	return nil, l.fault(a, behind)
}

func (l *Lab) fault(a *sock.Args, d deed) error {
	c, err := l.running()
	if err != nil {
		return err
	}
	n := a.Int(0)
	if n == 0 {
		n = always
	}
	c.rule(l.filterOf(a, 1), d, n)
	return nil
}

func (l *Lab) doDelay(_ *loop.Task, _ *sock.Table, a *sock.Args) (sock.Result, error) {
	c, err := l.running()
	if err == nil {
		c.delay = time.Duration(a.Int(0))
	}
	return nil, err
}

func (l *Lab) doCut(_ *loop.Task, _ *sock.Table, a *sock.Args) (sock.Result, error) {
	c, err := l.running()
	if err == nil {
		h, _ := a.Value(0).Any.(*Host)
		c.cuts = append(c.cuts, h)
	}
	return nil, err
}

func (l *Lab) doHeal(*loop.Task, *sock.Table, *sock.Args) (sock.Result, error) {
	c, err := l.running()
	if err == nil {
		c.heal()
	}
	return nil, err
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
