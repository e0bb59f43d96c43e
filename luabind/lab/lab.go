// Package lab makes private networks without root: hosts with addresses, ports and
// counters of their own, and a cable between them that is this program.
//
// The program itself stays in the real network. At the first call it starts a
// helper, which is this binary again in user and network namespaces of its own,
// user_namespaces(7). The helper makes a network namespace for each host, and opens
// descriptors in them: sockets, netlink, files of /proc. They come over a unix
// socket and are used here like any other, for who owns a user namespace may do
// everything to its networks but enter them. So handles of all networks are in one
// table, and one wait serves them all.
//
// The helper ends when it reads the end of its socket: with [Lab.Close], and with
// this program, however that ends. Before it goes it aborts what the hosts' kernels
// still try to send, which would keep the namespaces for minutes.
//
// What a host sends waits at the cable until the cable takes it, and the kernels do
// their part within the call that delivers a frame, or are waited for: so whoever steps through a
// connection sees the same on every run, as long as no timer of a kernel runs out.
// Those go on while a segment is held.
//
// A [Lab] belongs to its loop's goroutine. The package knows no Lua; its verbs join
// the registry of package sock.
package lab

import (
	"errors"
	"fmt"

	"socksh/luabind/journal"
	"socksh/luabind/kernel"
	"socksh/luabind/sock"
)

// A Lab is the private network of a session. It costs nothing until the first host
// is made.
type Lab struct {
	// OnBegin is told that the lab has begun, Made of each new host, and OnEnd of each
	// host that is no more. They may be nil.
	OnBegin     func()
	Made, OnEnd func(*Host)
	// Choose asks a function of the script language whether it wants a segment.
	Choose func(function any, s journal.Segment) bool

	tab    *sock.Table
	view   *kernel.View
	system bool // the hosts' settings are the system's own
	hosts  []*Host
	parts
}

// New returns a lab without hosts, for the handles of a table.
func New(tab *sock.Table, view *kernel.View) *Lab {
	l := &Lab{tab: tab, view: view}
	tab.FindHost, tab.Hosts = l.find, l.all
	return l
}

// Program returns the program whose process the helper is: this one. Tests have another
// built of the same code be it where this one is slow to start, as under the race detector.
var Program = func() (string, error) { return "/proc/self/exe", nil }

var (
	errNone    = errors.New("there is no lab yet; host NAME makes one")
	errSandbox = errors.New("the sandbox starts no programs")
	errMany    = fmt.Errorf("the sandbox has at most %d hosts", sandboxHosts)
)

// sandboxHosts is how many hosts a script from a stranger may make: each costs the kernel
// a network.
const sandboxHosts = 16

func (l *Lab) find(name string) (sock.Host, error) {
	for _, h := range l.hosts {
		if h.name == name {
			return h, nil
		}
	}
	err := fmt.Errorf("no host is called %s", sock.Quote(name))
	if len(l.hosts) == 0 {
		err = fmt.Errorf("%w: %w", err, errNone)
	}
	return nil, err
}

func (l *Lab) all() []sock.Host {
	var all []sock.Host
	for _, h := range l.hosts {
		all = append(all, h)
	}
	return all
}
