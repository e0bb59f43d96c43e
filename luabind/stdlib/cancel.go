package stdlib

import lua "github.com/yuin/gopher-lua"

// pulse ends the running function with an error if the state's context is done.
// gopher-lua asks between instructions only, so a function that may run long
// calls this every few thousand steps. Other tasks may run meanwhile.
func pulse(L *lua.LState) {
	ctx := L.Context()
	if ctx == nil {
		return
	}
	select {
	case <-ctx.Done():
		L.RaiseError("%s", ctx.Err())
	default:
	}
}
