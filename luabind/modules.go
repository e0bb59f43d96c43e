package luabind

import (
	"embed"
	"io/fs"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// modules are the ones that require finds without a file: the parts of LuaSocket
// that are written in C there, over the handles of this session.
//
//go:embed modules
var modules embed.FS

// embedded reports whether a chunk of that name is an embedded module.
func embedded(chunk string) bool {
	_, err := fs.Stat(modules, "modules/"+strings.ReplaceAll(chunk, ".", "/")+".lua")
	return err == nil
}

// openModules puts the embedded modules before those of package.path, so that a
// script gets socket.core whatever else is installed.
func (s *Session) openModules() {
	loaders, ok := s.lua.GetField(s.lua.GetGlobal("package"), "loaders").(*lua.LTable)
	if !ok {
		return
	}
	loaders.Insert(2, s.lua.NewFunction(func(L *lua.LState) int {
		name := L.CheckString(1)
		text, err := fs.ReadFile(modules, "modules/"+strings.ReplaceAll(name, ".", "/")+".lua")
		if err != nil {
			L.Push(lua.LString("\n\tno embedded module '" + name + "'"))
			return 1
		}
		f, err := s.compile(string(text), name, false)
		if err != nil {
			L.RaiseError("%s", err)
		}
		f.Env = s.moduleEnv()
		L.Push(f)
		return 1
	}))
}

// moduleEnv is what an embedded module sees as globals: the session's own
// functions, whatever the script has called its variables.
func (s *Session) moduleEnv() *lua.LTable {
	env := s.lua.NewTable()
	s.lua.G.Global.ForEach(func(name, value lua.LValue) {
		if s.builtins.RawGet(name) == lua.LNil {
			env.RawSet(name, value)
		}
	})
	env.Metatable = s.lua.NewTable()
	env.Metatable.(*lua.LTable).RawSetString("__index", s.builtins)
	return env
}
