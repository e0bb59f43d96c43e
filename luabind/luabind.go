// Package luabind is the script's side of socksh, and the session that people
// and scripts share: one loop, one handle table, one Lua state.
//
// Every verb of the registry is a global function and a method of the handles.
// A task that waits does so inside the verb, on the loop, and nothing ever
// yields inside Lua: so protected calls, metamethods, iterators and callbacks
// may block, and a script reads as straight lines.
//
// A failed call raises an error value; see errors.go. Everything here belongs to
// the loop's goroutine; another one uses [Session.Query].
package luabind

import (
	"bufio"
	"context"
	"io"
	"io/fs"
	"os"
	"slices"
	"time"

	lua "github.com/yuin/gopher-lua"

	"socksh/luabind/kernel"
	"socksh/luabind/lab"
	"socksh/luabind/loop"
	"socksh/luabind/sock"
	"socksh/luabind/stdlib"
	"socksh/luabind/wire"
)

// A Config is how a session reaches the world.
type Config struct {
	Out, Err io.Writer // results, and messages
	// ReadLine reads one line of input without its end, for input and io.read. It
	// runs on a goroutine of its own; io.EOF ends the input.
	ReadLine func(ctx context.Context, prompt string) (string, error)
	// Library holds the scripts that run finds by name.
	Library fs.FS
	// Prefix goes before each result that is shown, and before notes.
	Prefix, NotePrefix string
	Limits             Limits
	Sandbox            bool // for scripts from strangers: see sandbox.go
	// Abort ends the program, for a script that nothing else can stop. It may be
	// called from any goroutine.
	Abort func(text string)
	// Colour has notes coloured that gain by it.
	Colour bool
	// Width returns how many columns the terminal has. It may be nil.
	Width func() int
	// Notify shows what happens without having been asked for, such as the end of
	// a job. If it is nil, such results are shown when they are waited for.
	Notify func(text string)
	// Vars are the values of vars in Lua.
	Vars map[string]string
	// Secrets are the names of those vars whose values must not be seen.
	Secrets []string
	// Asked is told each var that code mentions, and each that is asked for and was not
	// given. It may be nil.
	Asked func(name string, given bool)
}

// A Session is one loop, one table of handles and one Lua state.
type Session struct {
	Config
	Loop  *loop.Loop
	Table *sock.Table

	kernel    kernel.View
	lab       *lab.Lab
	pumping   bool          // the journal moves what is on the cable
	groups    []*group      // the scripts that run, each within the one before
	stuck     error         // why they are ended
	watch     *kernel.Watch // tells the journal what the kernel has changed
	wire      *wire.Wire
	view      view
	journalOn bool           // its commands know of the journal
	cleared   int            // the last event that pictures leave out
	ended     *sock.Verb     // the last call's, if it came to the end of a stream
	trial     *Trial         // that runs
	notGiven  []string       // what vars was asked for in vain
	recording *recordTo      // nil while nothing is recorded
	failure   *sock.Error    // the last input's that the kernel refused
	explained string         // why
	running   int            // inputs that run in the foreground
	inputs    map[int]*input // those that have not ended, by their event
	shown     *input         // the one whose results are shown now
	verbs     []sock.Verb
	byName    map[string]*sock.Verb
	quit      bool
	status    int // to leave with

	lua        *lua.LState
	idle       []*lua.LState // threads between uses
	hook       *hook
	builtins   *lua.LTable
	handleMeta *lua.LTable
	hostMeta   *lua.LTable
	tostring   *lua.LFunction // the one that print needs no call of
	jobMeta    *lua.LTable
	errorMeta  *lua.LTable
	numbers    [1025]lua.LValue // small numbers, each made when it first comes: results need no allocation
	coroutines map[*lua.LState]*coroutine
	typed      []string      // lines that were read for a reader that had gone
	stdin      *bufio.Reader // what io.read reads
	endIO      func()        // flushes the files of scripts, and ends their programs
	functions  []function
	started    time.Time
	done       chan struct{} // closed with the session
	folder     *os.Root      // what a sandbox may read, nil without one
}

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

// New returns a session with an empty table.
func New(c Config) (*Session, error) {
	if c.Sandbox {
		c.Limits = c.Limits.bounded()
	}
	l, err := loop.New()
	if err != nil {
		return nil, err
	}
	s := &Session{Config: c, started: time.Now(), Loop: l, Table: sock.NewTable(l), coroutines: make(map[*lua.LState]*coroutine), inputs: make(map[int]*input), done: make(chan struct{})}
	l.Idle, l.Stuck = s.Flush, s.endStuck
	s.Table.Variable, s.Table.Named = s.variable, s.named
	s.Table.Reserved = func(word string) bool { return s.Known(word) || isKeyword(word) || s.isHost(word) }
	s.wire = wire.New(s.Table, s.Journal, s.note)
	s.newLab()
	s.verbs = slices.Concat(sock.Verbs(), s.kernel.Verbs(), s.wire.Verbs(), s.lab.Verbs(), s.commands())
	s.byName = make(map[string]*sock.Verb)
	for i := range s.verbs {
		v := &s.verbs[i]
		s.byName[v.Name] = v
		for _, alias := range v.Aliases {
			s.byName[alias] = v
		}
	}
	s.openLua()
	if s.Limits.Memory > 0 {
		s.hook.meter.most.Store(s.Limits.Memory << 20)
		go s.hook.meter.watchMemory(s.Abort, s.done)
	}
	if err := s.restrict(); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// Close cancels what still runs and closes every handle.
func (s *Session) Close() {
	close(s.done)
	s.Loop.Close()
	s.stopCoroutines()
	s.endIO()
	s.wire.Close()
	s.Table.Close()
	s.lab.Close()
	s.kernel.Close()
	s.lua.Close()
	if s.folder != nil {
		s.folder.Close()
	}
}

// Verbs returns the registry in the order of help.
func (s *Session) Verbs() []sock.Verb { return s.verbs }

// Verb returns the verb of that name or alias, or nil.
func (s *Session) Verb(name string) *sock.Verb { return s.byName[name] }

// Known reports whether name is a command's.
func (s *Session) Known(name string) bool { return s.byName[name] != nil }

// Quit reports whether the session was told to end, and with which status.
func (s *Session) Quit() (bool, int) { return s.quit, s.status }

// Query runs f on the loop's goroutine, which runs elsewhere, and waits for it.
func (s *Session) Query(f func()) {
	done := make(chan struct{})
	s.Loop.Post(func() { f(); close(done) })
	<-done
}

// Do runs f as a task, on the goroutine that calls it, and returns its error.
func (s *Session) Do(f func(*loop.Task) error) error {
	t := s.Loop.Go(func(t *loop.Task) error {
		loop.GrowStack()
		return f(t)
	})
	s.Loop.Run(func() bool { ended, _ := t.Ended(); return ended })
	_, err := t.Ended()
	return err
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

// hook is the context of every Lua thread. gopher-lua asks it before each
// instruction, so here a running script is cancelled or gives way to others.
type hook struct {
	context.Context
	session    *Session
	count      uint32
	meter      meter
	abandoning bool // a coroutine that nobody resumes any more is being ended
}

var closed = func() chan struct{} { c := make(chan struct{}); close(c); return c }()

func (h *hook) Done() <-chan struct{} {
	if h.abandoning {
		return closed
	}
	t := h.session.Loop.Current()
	if t == nil {
		return nil
	}
	if h.count++; h.count%stepsAtOnce == 0 || h.meter.tooLarge.Load() {
		h.breathe(t)
	}
	if t.Stopping() {
		return closed
	}
	return nil // a nil channel: select takes its default at once
}

// Pulse is called by library functions that run long: see [stdlib.Pulser].
func (h *hook) Pulse() {
	if t := h.session.Loop.Current(); t != nil {
		h.breathe(t)
	}
}

func (h *hook) breathe(t *loop.Task) {
	if limit := h.meter.check(stepsAtOnce); limit != nil && h.meter.passed == nil {
		h.session.enforce(t, limit)
	}
	t.Breathe()
}

func (h *hook) Err() error { return loop.ErrCancelled }
