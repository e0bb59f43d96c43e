//go:build !linux

package sock

import "socksh/luabind/loop"

// doSplice copies: this system has no splice(2).
func doSplice(t *loop.Task, tab *Table, a *Args) (Result, error) { return doPump(t, tab, a) }
