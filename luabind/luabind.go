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

	"socksh/luabind/journal"
	"socksh/luabind/kernel"
	"socksh/luabind/lab"
	"socksh/luabind/loop"
	"socksh/luabind/sock"
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
	// Redact takes them out of events that are drawn. It may be nil.
	Redact func([]journal.Event) []journal.Event
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
	cleaning  int           // how many, interrupted, do yet what they have put off
	stuck     error         // why they are ended
	watch     *kernel.Watch // tells the journal what the kernel has changed
	wire      *wire.Wire
	view      view
	journalOn bool              // its commands know of the journal
	cleared   int               // the last event that pictures leave out
	ended     *sock.Verb        // the last call's, if it came to the end of a stream
	trial     *Trial            // that runs
	notGiven  []string          // what vars was asked for in vain
	recording *recordTo         // nil while nothing is recorded
	recorded  map[string]string // the recordings that were written, by their files
	failure   *sock.Error       // the last input's that the kernel refused
	explained string            // why
	running   int               // inputs that run in the foreground
	inputs    map[int]*input    // those that have not ended, by their event
	shown     *input            // the one whose results are shown now
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
	chunks     map[string]chunk // those compiled, by their names
	started    time.Time
	done       chan struct{} // closed with the session
	folder     *os.Root      // what a sandbox may read, nil without one
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
	s := &Session{Config: c, started: time.Now(), Loop: l, Table: sock.NewTable(l), coroutines: make(map[*lua.LState]*coroutine), inputs: make(map[int]*input), done: make(chan struct{}), chunks: make(map[string]chunk)}
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

// Do runs f as a task, on the goroutine that calls it, and returns its error. Scripts that
// were interrupted have done then what they have put off.
func (s *Session) Do(f func(*loop.Task) error) error {
	t := s.Loop.Go(func(t *loop.Task) error {
		loop.GrowStack()
		return f(t)
	})
	s.Loop.Run(func() bool { ended, _ := t.Ended(); return ended && s.cleaning == 0 })
	_, err := t.Ended()
	return err
}
