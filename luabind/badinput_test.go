package luabind

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"socksh/luabind/loop"
	"socksh/luabind/sock"
)

// good are arguments that fit each kind of parameter: as a command's word, and
// as Lua. 1 and 2 are a pair of sockets, 3 is closed.
var good = map[sock.Kind][2]string{
	sock.HandleKind:   {"1", "1"},
	sock.HandlesKind:  {"1", "1"},
	sock.AddressKind:  {"@socksh-nobody", `"@socksh-nobody"`},
	sock.WordKind:     {"", ""}, // the parameter's first choice
	sock.IntKind:      {"1", "1"},
	sock.RoomKind:     {"1", "buffer(9)"},
	sock.BytesKind:    {"data", `"data"`},
	sock.FlagsKind:    {"dontwait", `"dontwait"`},
	sock.EventsKind:   {"in", `"in"`},
	sock.OptionKind:   {"SO_KEEPALIVE", `"SO_KEEPALIVE"`},
	sock.ValueKind:    {"on", "true"},
	sock.DurationKind: {"0", "0"},
	sock.TextKind:     {"127.0.0.1", `"127.0.0.1"`},
	sock.NameKind:     {"fresh", `"fresh"`},
	sock.JobKind:      {"j1", `"j1"`},
	sock.FileKind:     {"/nonexistent/x", `"/nonexistent/x"`},
	sock.VerbKind:     {"send", `"send"`},
	sock.FuncKind:     {"print", "print"},

	sock.ControlKind:    {"x", `"x"`}, // control messages go by name
	sock.BitsKind:       {"0", "0"},
	sock.FamilyKind:     {"unix", `"unix"`},
	sock.TypeKind:       {"stream", `"stream"`},
	sock.ProtocolKind:   {"0", "0"},
	sock.DescriptorKind: {"999999", "999999"},
	sock.SwitchKind:     {"off", "false"},
	sock.HostKind:       {"real", `"real"`},
	sock.PrefixKind:     {"10.0.0.1", `"10.0.0.1"`},
}

// bad are words that few parameters take, and Lua values that none does.
var (
	badWords = []string{"99", "3", "banana", "-1", "0", "1.5", "99999999999999999999", "1e999", "NaN", `\x00`, `\xFF`, `a\nb`, `\x1B[2J`, "",
		"[::1", "127.0.0.1:70000", "256.1.1.1:80", "fe80::1%\\n", "unix:\\x00", "j99", "peek|banana", strings.Repeat("w", 300), strings.Repeat("语", 100), "x" + strings.Repeat("é", 200)}
	badValues = []string{"nil", "true", "print", "{{}}", "(function() local t={} t[1]=t return t end)()", "coroutine.create(print)", "0/0", "1/0", "-2^63", "1e300", "socket()",
		`{timeout="x"}`, `{timeout=-1}`, `{timeout=print}`, "{nonsense=1}", "{[print]=1}", `{["\n"]=1}`, `{["\255"]=1}`, "buffer()", "buffer(5):tail(2)", `u64("18446744073709551615")`, "json.null"}
	never = []string{`{timeout="x"}`, `{timeout=-1}`, `{timeout=print}`, "{nonsense=1}", "{[print]=1}"} // accepted
)

// arguments returns, for each parameter of v, all calls with a bad argument in
// its place and good ones before it.
func arguments(v *sock.Verb, form int, bad []string) [][]string {
	var calls [][]string
	var before []string
	for i := range v.Params {
		for _, b := range bad {
			calls = append(calls, append(before[:i:i], b))
		}
		word := good[v.Params[i].Kind][form]
		if v.Params[i].Kind == sock.WordKind {
			word, _, _ = strings.Cut(v.Params[i].Choices[0], "|")
			if form == 1 {
				word = `"` + word + `"`
			}
		}
		before = append(before, word)
	}
	for _, b := range bad {
		calls = append(calls, append(before[:len(before):len(before)], b))
	}
	nine := strings.Split(strings.Repeat("9 ", 9), " ")[:9]
	return append(calls, nil, nine)
}

// TestBadInput gives every verb of the registry what it does not take, typed and
// from Lua. Each call must end, and a refusal is one printable line that names
// the verb.
func TestBadInput(t *testing.T) {
	t.Chdir(t.TempDir()) // recvfile makes files of any name
	names := []string{}
	probe, err := New(Config{Out: io.Discard, Err: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range probe.Verbs() {
		names = append(names, v.Name)
	}
	probe.Close()
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := New(Config{Out: io.Discard, Err: io.Discard})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			v := s.Verb(name)
			quoted := make([]string, len(badWords))
			for i, w := range badWords {
				quoted[i] = `"` + w + `"`
			}
			for _, args := range arguments(v, 0, quoted) {
				line := ":" + strings.Join(append([]string{name}, args...), " ")
				if v.Waits {
					line += " --timeout 1ms"
				}
				try(t, s, v, line, len(args) == 9 && !takesAny(v) || len(args) > 0 && len(v.Params) == 0)
			}
			for _, args := range arguments(v, 1, append(badValues, strings.Split(`"`+strings.Join(badWords, `" "`)+`"`, " ")...)) {
				refused := len(args) == 9 && !takesAny(v)
				if len(args) > 0 {
					for _, n := range never {
						refused = refused || args[len(args)-1] == n
					}
				}
				if v.Waits && !refused {
					args = append(args, "{timeout=0.001}")
				}
				try(t, s, v, "= "+name+"("+strings.Join(args, ", ")+")", refused)
			}
		})
	}
}

// takesAny reports whether a verb takes any number of texts.
func takesAny(v *sock.Verb) bool {
	return slices.ContainsFunc(v.Params, func(p sock.Param) bool { return p.Rest && p.Kind == sock.TextKind })
}

// try runs one bad line in a session that has a pair of sockets and no more.
func try(t *testing.T, s *Session, v *sock.Verb, line string, refuse bool) {
	s.Table.Close()
	s.Table = sock.NewTable(s.Loop)
	s.Table.Variable = s.variable
	err := s.Do(func(task *loop.Task) error { return s.Exec(task, "a, b, c = socketpair(), socket()") })
	if err == nil {
		err = s.Do(func(task *loop.Task) error { return s.Exec(task, "close 3") })
	}
	if err != nil {
		t.Fatal(err)
	}
	err = s.Do(func(task *loop.Task) (err error) {
		limit := 20 * time.Second
		if v.Name == "sleep" {
			limit = time.Millisecond
		}
		if task.Within(limit, func() { err = s.Exec(task, line) }) && v.Name != "sleep" {
			err = fmt.Errorf("still blocked after %s", limit)
		}
		return err
	})
	switch {
	case err == nil && refuse:
		t.Errorf("%s: accepted", line)
	case err == nil || v.Name == "sleep" && err == loop.ErrTimeout:
	case !strings.HasPrefix(err.Error(), v.Name):
		t.Errorf("%s: the verb is not named: %q", line, err)
	case !utf8.ValidString(err.Error()) || strings.ContainsFunc(err.Error(), unicode.IsControl):
		t.Errorf("%s: not one printable line: %q", line, err)
	case len(err.Error()) > 600:
		t.Errorf("%s: an error of %d bytes: %q", line, len(err.Error()), err)
	case strings.Contains(err.Error(), "internal error"):
		t.Errorf("%s: %v", line, err)
	}
}
