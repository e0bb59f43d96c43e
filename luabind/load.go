package luabind

import (
	"strings"

	lua "github.com/yuin/gopher-lua"

	"socksh/luabind/source"
	"socksh/luabind/stdlib"
)

// openLoad defines what makes functions of code (manual 5.1 and 5.3). Files are
// those that the session may read.
func (s *Session) openLoad() {
	s.replace("", "loadstring", func(L *lua.LState) int {
		code := L.CheckString(1)
		return s.loadCode(L, code, chunkName(L.OptString(2, code)))
	})
	s.replace("", "load", s.loadParts)
	s.replace("", "loadfile", func(L *lua.LState) int {
		file := L.CheckString(1)
		code, err := s.readFile(file)
		if err != nil {
			return refuse(L, "cannot read "+file+": "+reason(err))
		}
		return s.loadCode(L, source.File(string(code)), file)
	})
	s.replace("", "dofile", func(L *lua.LState) int {
		file := L.CheckString(1)
		code, err := s.readFile(file)
		if err != nil {
			L.RaiseError("cannot read %s: %s", file, reason(err))
		}
		top := L.GetTop()
		if s.loadCode(L, source.File(string(code)), file) > 1 {
			L.Error(L.Get(-1), 0)
		}
		L.Call(0, lua.MultRet)
		return L.GetTop() - top
	})
	s.lua.GetField(s.lua.GetGlobal("package"), "loaders").(*lua.LTable).RawSetInt(2, s.lua.NewFunction(s.findModule))
	s.replace("package", "loadlib", func(L *lua.LState) int {
		refuse(L, "there are no libraries of C here")
		L.Push(lua.LString("absent"))
		return 3
	})
}

// refuse gives nil and a message.
func refuse(L *lua.LState, message string) int {
	L.Push(lua.LNil)
	L.Push(lua.LString(message))
	return 2
}

// loadCode gives the function of a chunk, or nil and a message.
func (s *Session) loadCode(L *lua.LState, code, name string) int {
	f, err := stdlib.Load(L, code, name)
	if err != nil {
		return refuse(L, syntaxText(err, name))
	}
	L.Push(f)
	return 1
}

// loadParts is load(f [, name]): the chunk is what f gives until it gives nothing.
func (s *Session) loadParts(L *lua.LState) int {
	f, name := L.CheckFunction(1), chunkName(L.OptString(2, "=(load)"))
	var code strings.Builder
	for {
		results, err := s.call(f, nil, nil)
		if err != nil {
			L.Push(lua.LNil)
			L.Push(s.errorObject(err))
			return 2
		}
		if len(results) == 0 || results[0] == lua.LNil || results[0] == lua.LString("") {
			return s.loadCode(L, code.String(), name)
		}
		part, ok := results[0].(lua.LString)
		if !ok {
			return refuse(L, "reader function must return a string")
		}
		code.WriteString(string(part))
	}
}

// chunkName returns how messages name a chunk: "=name" and "@file" without their
// sign, and a text as what it is, by its begin.
func chunkName(name string) string {
	if rest := strings.TrimLeft(name[:min(1, len(name))], "=@"); rest == "" && name != "" {
		return name[1:]
	}
	const most = 45
	first, _, more := strings.Cut(name, "\n")
	if len(first) > most {
		first, more = first[:most], true
	}
	if more {
		first += "..."
	}
	return `[string "` + first + `"]`
}

// findModule is the function by which require finds a module of Lua: in the files
// that package.path names.
func (s *Session) findModule(L *lua.LState) int {
	name := L.CheckString(1)
	paths, ok := s.lua.GetField(s.lua.GetGlobal("package"), "path").(lua.LString)
	if !ok {
		L.RaiseError("package.path must be a string")
	}
	tried := ""
	for _, pattern := range strings.Split(string(paths), ";") {
		file := strings.ReplaceAll(pattern, "?", strings.ReplaceAll(name, ".", "/"))
		code, err := s.readFile(file)
		if err != nil {
			tried += "\n\tno file '" + file + "'"
			continue
		}
		if s.loadCode(L, source.File(string(code)), file) > 1 {
			L.RaiseError("error loading module '%s' from file '%s':\n\t%s", name, file, L.Get(-1))
		}
		return 1
	}
	L.Push(lua.LString(tried))
	return 1
}
