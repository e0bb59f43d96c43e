package stdlib

import (
	lua "github.com/yuin/gopher-lua"
)

// OpenDebug makes the library debug as far as gopher-lua has it; sealed leaves what
// shows and changes nothing: getinfo and traceback.
func OpenDebug(L *lua.LState, sealed bool) {
	L.Push(L.NewFunction(lua.OpenDebug))
	L.Push(lua.LString(lua.DebugLibName))
	L.Call(1, 0)
	library := L.GetGlobal(lua.DebugLibName).(*lua.LTable)
	stock := library.RawGetString("getinfo").(*lua.LFunction).GFunction
	library.RawSetString("getinfo", L.NewFunction(goFunction("getinfo", func(c call) int { return c.getinfo(stock) })))
	if !sealed {
		return
	}
	var names []string
	library.ForEach(func(name, _ lua.LValue) { names = append(names, name.String()) })
	for _, name := range names {
		if name != "getinfo" && name != "traceback" {
			library.RawSetString(name, lua.LNil)
		}
	}
}

// getinfo is debug.getinfo(function or level [, what]), with the fields that
// gopher-lua leaves out.
func (c call) getinfo(stock lua.LGFunction) int {
	n := stock(c.L)
	info, ok := c.L.Get(-1).(*lua.LTable)
	if !ok {
		return n
	}
	source := info.RawGetString("source")
	if info.RawGetString("what") == lua.LString("G") {
		info.RawSetString("what", lua.LString("C"))
		info.RawSetString("source", lua.LString("=[C]"))
		source = lua.LString("[C]")
	}
	info.RawSetString("short_src", source)
	info.RawSetString("namewhat", lua.LString(""))
	return n
}
