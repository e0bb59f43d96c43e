package luabind

import (
	lua "github.com/yuin/gopher-lua"

	"socksh/luabind/stdlib"
)

// mainDepth is how deep calls of a script's main chunk may be in each other:
// an error there costs the square of it, for gopher-lua counts the frames anew for
// each line of the traceback. mainStep is by how many values its stack grows.
const (
	mainDepth = 6000
	mainStep  = 16 << 10
)

// threadOptions keep a waiting task small; CallStackSize is how deep its calls
// may be in each other.
var threadOptions = lua.Options{
	RegistrySize: 32, RegistryMaxSize: 1 << 20, RegistryGrowStep: 224,
	CallStackSize: 500, MinimizeStackMemory: true,
}

// openLua makes the Lua state: the standard library as far as it fits one loop,
// the verbs, and what scripts have beyond them.
func (s *Session) openLua() {
	options := threadOptions
	options.SkipOpenLibs = true
	options.RegistrySize = 128 // NewState takes less for its default, which is 40 times that
	s.lua = lua.NewState(options)
	s.lua.Options = threadOptions
	s.hook = &hook{session: s, meter: meter{Limits: s.Limits}}
	for _, lib := range []struct {
		name string
		open lua.LGFunction
	}{{lua.BaseLibName, lua.OpenBase}, {lua.LoadLibName, lua.OpenPackage}} {
		s.lua.Push(s.lua.NewFunction(lib.open))
		s.lua.Push(lua.LString(lib.name))
		s.lua.Call(1, 0)
	}
	stdlib.OpenBase(s.lua)
	stdlib.OpenString(s.lua)
	stdlib.OpenTable(s.lua)
	stdlib.OpenMath(s.lua)
	stdlib.OpenDebug(s.lua, s.Sandbox)
	stdlib.OpenOS(s.lua, system{s})
	s.stdin, s.endIO = stdlib.OpenIO(s.lua, system{s})
	s.builtins = s.lua.CreateTable(0, 2*len(s.verbs))
	meta := s.lua.CreateTable(0, 1)
	meta.RawSetString("__index", s.builtins)
	s.lua.SetMetatable(s.lua.G.Global, meta)
	s.openErrors()
	s.openVerbs()
	s.openHosts()
	s.openProtected()
	s.openLoad()
	s.openCoroutines()
	s.openTasks()
	s.openInput()
	s.openExpect()
	s.openExpectRecv()
	s.openExpectNothing()
	s.openExpectQuiet()
	s.openEventually()
	s.openScenarios()
	s.openPeer()
	s.knowing("expect", "peer")
	s.openBytes()
	s.openPatterns()
	s.openModules()
}

// replace puts f in the place of a function of the standard library.
func (s *Session) replace(table, name string, f lua.LGFunction) {
	t := s.lua.G.Global
	if table != "" {
		t = t.RawGetString(table).(*lua.LTable)
	}
	t.RawSetString(name, s.lua.NewFunction(f))
}

// thread returns a Lua thread that nobody uses; give it back with release.
func (s *Session) thread() *lua.LState {
	if n := len(s.idle); n > 0 {
		th := s.idle[n-1]
		s.idle = s.idle[:n-1]
		return th
	}
	th, _ := s.lua.NewThread()
	th.SetContext(s.hook)
	return th
}

// threadFor is thread, but for a script's main chunk with room for deep calls.
func (s *Session) threadFor(l *local) *lua.LState {
	if l.group == nil || l.depth > 1 || l.group.main != s.Loop.Current() {
		return s.thread()
	}
	s.lua.Options.CallStackSize, s.lua.Options.RegistryGrowStep = mainDepth, mainStep
	th, _ := s.lua.NewThread()
	s.lua.Options = threadOptions
	th.SetContext(s.hook)
	return th
}

func (s *Session) release(th *lua.LState) {
	th.SetTop(0)
	th.Env = s.lua.Env // which setfenv(0) changes
	if len(s.idle) < 1024 && th.Options.CallStackSize == threadOptions.CallStackSize {
		s.idle = append(s.idle, th)
	}
}
