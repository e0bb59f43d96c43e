package stdlib

import lua "github.com/yuin/gopher-lua"

// A Pulser is a context that wants to hear from functions that run long, to give
// others their turn: gopher-lua itself asks a context between instructions only.
type Pulser interface{ Pulse() }

// pulse ends the running function with an error if the state's context is done.
// A function that may run long calls it every few thousand steps; other tasks
// may run meanwhile.
func pulse(L *lua.LState) {
	ctx := L.Context()
	if ctx == nil {
		return
	}
	if p, ok := ctx.(Pulser); ok {
		p.Pulse()
	}
	select {
	case <-ctx.Done():
		L.RaiseError("%s", ctx.Err())
	default:
	}
}
