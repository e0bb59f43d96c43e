//go:build !linux

package kernel

import (
	"errors"

	"socksh/luabind/loop"
	"socksh/luabind/sock"
)

// errUnseen is what other systems than Linux answer.
var errUnseen = errors.New("only Linux tells this")

type conn struct{}

func (*conn) close() {}

type counterFiles struct{}

func (*counterFiles) close() {}

func (v *View) entry(*sock.Table, *sock.Handle) (entry, error) { return entry{}, errUnseen }

func (v *View) afterwards(*sock.Handle, ends) string { return "gone" }

func (v *View) glance(*sock.Table, *sock.Handle, ends) glance { return glance{} }

func (v *View) incomplete(*sock.Handle, ends) int { return 0 }

func (v *View) readCounters(sock.Host) (map[string]int64, error) { return nil, errUnseen }

type leftovers struct{}

func (v *View) leftovers(*sock.Table) *leftovers { return nil }

func (*leftovers) of(*sock.Handle) (entry, bool) { return entry{}, false }

func (v *View) present(*sock.Table, *sock.Handle, *leftovers) (entry, bool) { return entry{}, false }

// Explain tells why a call failed, from what the kernel says; nothing here.
func (v *View) Explain(*sock.Table, *sock.Error) string { return "" }

func (v *View) doctor(*loop.Task, *sock.Table, *sock.Args) (sock.Result, error) {
	return nil, errUnseen
}

func (v *View) queues(*loop.Task, *sock.Table, *sock.Args) (sock.Result, error) {
	return nil, errUnseen
}

func (v *View) sockets(*loop.Task, *sock.Table, *sock.Args) (sock.Result, error) {
	return nil, errUnseen
}

func (v *View) counters(*loop.Task, *sock.Table, *sock.Args) (sock.Result, error) {
	return nil, errUnseen
}
