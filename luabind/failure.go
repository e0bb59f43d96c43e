package luabind

import (
	"errors"
	"fmt"
	"regexp"
	"sort"
	"strings"
	"sync"
	"unicode/utf8"

	lua "github.com/yuin/gopher-lua"

	"socksh/luabind/loop"
	"socksh/luabind/sock"
)

// Kinds of failures.
const (
	CheckFailed  = "check"       // an expect was not met
	ScriptFailed = "error"       // a call or the script raised an error
	TimedOut     = "timeout"     // a deadline ended it
	Leaked       = "leak"        // something is open or running that should not be
	Interrupted  = "interrupted" // someone ended the run
	Bug          = "bug"         // of this program
)

// A Failure is one thing that went wrong in a trial.
type Failure struct {
	Kind    string
	Phase   string // "" for the scenario's own body, "setup", a subtest's name…
	Message string
	Where   string   // "file.lua:12", "" where no line is to blame
	Callers []string // of the function which that line is in, the nearest first
	Why     string   // the cause, as far as the kernel tells it
	// Compared says that Expected and Got are what a check compared, as texts or bytes.
	Compared      bool
	Expected, Got string
	Blocked       []string // what each task did, where a deadline ended it
	Stack         []byte   // of a bug
}

// String returns the failure in a line: where, in which phase, and what.
func (f Failure) String() string {
	text := f.Message
	if note, _, found := strings.Cut(text, "expected "); f.Compared && found && len(text) > 2*comparedSize {
		at := Alike(f.Expected, f.Got)
		text = fmt.Sprintf("%sexpected %s, got %s", note, window(f.Expected, at), window(f.Got, at))
	}
	if f.Phase != "" {
		text = f.Phase + ": " + text
	}
	if f.Where != "" {
		text = f.Where + ": " + text
	}
	return text
}

// comparedSize is how much a failure's line shows of each of two values that are long.
const comparedSize = 200

// Alike returns how many bytes two texts begin with that are the same.
func Alike(a, b string) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

// window quotes the part of a long value where it differs from another, at that byte.
func window(text string, at int) string {
	at = min(at, len(text))
	from := 0
	if at > comparedSize/2 || len(sock.Quote(text[:at])) > comparedSize/2 {
		from = max(0, at-comparedSize/4)
		for from < at && (len(sock.Quote(text[from:at])) > comparedSize/3 || !utf8.RuneStart(text[from])) {
			from++
		}
	}
	quoted := cut(sock.Quote(text[from:min(len(text), from+comparedSize)]))
	if from > 0 {
		quoted = "…" + quoted
	}
	if from+comparedSize < len(text) && !strings.HasSuffix(quoted, "…") {
		quoted += "…"
	}
	return quoted
}

func cut(text string) string {
	if len(text) <= comparedSize {
		return text
	}
	return strings.ToValidUTF8(text[:comparedSize], "") + "…"
}

// judge describes an error that has ended a task of Lua.
func (s *Session) judge(err error) (f Failure) {
	f = Failure{Kind: ScriptFailed, Message: err.Error()}
	if failed := new(sock.Error); errors.As(err, &failed) {
		f.Why = s.kernel.Explain(s.Table, failed)
	}
	var panicked *loop.PanicError
	if errors.As(err, &panicked) {
		f.Kind, f.Stack = Bug, panicked.Stack
		return f
	}
	var raised *raisedError
	if !errors.As(err, &raised) {
		return f
	}
	defer func() { f.Callers = callers(raised.trace, f.Where) }()
	if e, ok := raised.value.(*lua.LTable); ok && e.Metatable == s.errorMeta {
		f.Message = lua.LVAsString(e.RawGetString("message"))
		f.Where = strings.TrimRight(lua.LVAsString(e.RawGetString("where")), ": ")
		if s.isCheck(e) {
			f.Kind = CheckFailed
		}
		if want, got := e.RawGetString("expected"), e.RawGetString("got"); want != lua.LNil || got != lua.LNil {
			f.Compared, f.Expected, f.Got = true, s.plain(want), s.plain(got)
		}
		return f
	}
	if m := positioned().FindStringSubmatch(f.Message); m != nil {
		f.Where, f.Message = m[1], m[2]
	}
	return f
}

// callersMost is how many callers a failure names.
const callersMost = 5

// callers returns the positions of a traceback that are above where.
func callers(trace, where string) []string {
	var all []string
	found := false
	for _, m := range traced().FindAllStringSubmatch(trace, -1) {
		at := m[1]
		switch file, _, _ := strings.Cut(at, ":"); {
		case at == where:
			found = true
		case found && !embedded(file) && len(all) < callersMost:
			all = append(all, at)
		}
	}
	return all
}

// traced finds the positions of a traceback.
var traced = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?m)^\t(\S+:\d+): in `) })

// positioned finds the position at the begin of Lua's own errors.
var positioned = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?s)^(\S+?:\d+):\s*(.*)$`) })

// plain returns a value to be compared line by line: texts as they are.
func (s *Session) plain(v lua.LValue) string {
	switch v := v.(type) {
	case lua.LString:
		return string(v)
	case *lua.LTable:
		if v.Metatable == lua.LNil {
			return strings.Join(s.itemsOf(v), "\n")
		}
	}
	return s.inspect(v)
}

// itemsOf returns the items of a table, one each.
func (s *Session) itemsOf(t *lua.LTable) []string {
	var listed, named []string
	n := t.Len()
	t.ForEach(func(k, v lua.LValue) {
		if i, ok := k.(lua.LNumber); ok && i >= 1 && int(i) <= n {
			listed = append(listed, fmt.Sprintf("[%d] = %s", int(i), s.inspect(v)))
			return
		}
		named = append(named, s.show(k)+" = "+s.inspect(v))
	})
	sort.Strings(named)
	return append(listed, named...)
}
