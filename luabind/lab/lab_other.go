//go:build !linux

package lab

import (
	"errors"
	"net/netip"

	"socksh/luabind/journal"
	"socksh/luabind/loop"
	"socksh/luabind/sock"
)

// errLinux is what other systems answer.
var errLinux = errors.New("only Linux has labs")

type parts struct{}

// A Host is one network of a lab. There is none here.
type Host struct {
	name   string
	Script any // the script language's object for it
}

// Name returns what the host is called.
func (h *Host) Name() string { return h.name }

// Addresses returns those that the other hosts reach it by.
func (*Host) Addresses() []netip.Addr { return nil }

// Socket is socket(2) on the host.
func (*Host) Socket(family, sotype, protocol int) (int, error) { return -1, errLinux }

// Open opens a file under /proc for reading, as the host sees it.
func (*Host) Open(string) (int, error) { return -1, errLinux }

// frame and port are what filters look at.
type (
	frame struct {
		journal.Segment
		bits     byte
		from, to *port
	}
	port struct{ host *Host }
)

// Begin starts the lab.
func (*Lab) Begin() error { return errLinux }

// Close ends the lab.
func (*Lab) Close() {}

// Pump moves what is on the cable and not held.
func (*Lab) Pump() {}

// Holds reports whether the cable keeps segments.
func (*Lab) Holds() bool { return false }

// Timer tells which timer runs for a held segment.
func (*Lab) Timer(journal.Segment) string { return "" }

// Held returns the held segments in words.
func (*Lab) Held() []string { return nil }

func refuse(*loop.Task, *sock.Table, *sock.Args) (sock.Result, error) { return nil, errLinux }

// act returns what the verb of that name does: nothing here.
func (*Lab) act(string) func(*loop.Task, *sock.Table, *sock.Args) (sock.Result, error) { return refuse }
