package stdlib

import lua "github.com/yuin/gopher-lua"

// pulse raises an error if the task that runs on L must stop, and may let other
// tasks run. Whatever takes long calls it every few thousand steps.
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
