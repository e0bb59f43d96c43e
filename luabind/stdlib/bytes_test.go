package stdlib

import (
	"context"
	"os/exec"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// newState returns a state with the byte tools where scripts find them.
func byteState(t testing.TB) *lua.LState {
	L := newState(t)
	for _, f := range Bytes(L) {
		v := f.Value
		if f.Call != nil {
			v = L.NewFunction(f.Call)
		}
		if v == nil {
			continue
		}
		name, _, _ := strings.Cut(f.Usage, "(")
		table, field, ok := strings.Cut(name, ".")
		if !ok {
			L.SetGlobal(name, v)
			continue
		}
		if L.GetGlobal(table) == lua.LNil {
			L.SetGlobal(table, L.NewTable())
		}
		L.SetField(L.GetGlobal(table), field, v)
	}
	return L
}

// eval runs code that returns values and gives their texts, joined, or the
// error's without its position.
func eval(L *lua.LState, code string) string {
	top := L.GetTop()
	defer L.SetTop(top)
	f, err := Load(L, code, "test")
	if err != nil {
		return "syntax: " + err.Error()
	}
	L.Push(f)
	if err := L.PCall(0, lua.MultRet, nil); err != nil {
		text := err.Error()
		if api, ok := err.(*lua.ApiError); ok {
			text = api.Object.String()
		}
		if _, after, ok := strings.Cut(text, "test:1: "); ok {
			text = after
		}
		return "! " + text
	}
	var parts []string
	for i := top + 1; i <= L.GetTop(); i++ {
		parts = append(parts, L.ToStringMeta(L.Get(i)).String())
	}
	return strings.Join(parts, " ")
}

// checkAll evaluates pairs of code and what it gives.
func checkAll(t *testing.T, pairs [][2]string) {
	t.Helper()
	L := byteState(t)
	for _, p := range pairs {
		if got := eval(L, p[0]); got != p[1] {
			t.Errorf("%s\n got %q\nwant %q", p[0], got, p[1])
		}
	}
}

// pipe runs a program with text as its input and returns what it prints. If it
// is not installed the test is skipped.
func pipe(t *testing.T, text, program string, args ...string) []string {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Skip("needs " + program)
	}
	cmd := exec.Command(program, args...)
	cmd.Stdin = strings.NewReader(text)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v", program, err)
	}
	return strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
}

type stopped struct{ context.Context }

var closedChannel = func() chan struct{} { c := make(chan struct{}); close(c); return c }()

func (stopped) Done() <-chan struct{} { return closedChannel }
func (stopped) Err() error            { return context.Canceled }

// TestStopped checks that a task which must stop is let go by whatever takes long.
func TestStopped(t *testing.T) {
	L := byteState(t)
	text := lua.LString(strings.Repeat("a", 4<<20))
	list := L.NewTable()
	for i := range 5000 {
		list.Append(lua.LNumber(i))
	}
	many := make([]lua.LValue, 0, 2001)
	many = append(many, lua.LString(strings.Repeat("B", 2000)))
	for range 2000 {
		many = append(many, lua.LNumber(1))
	}
	for _, c := range []struct {
		name string
		args []lua.LValue
	}{
		{"json.decode", []lua.LValue{lua.LString("[" + strings.Repeat("1,", 5000) + "1]")}},
		{"json.encode", []lua.LValue{list}},
		{"hexdump", []lua.LValue{text}},
		{"base64.encode", []lua.LValue{text}},
		{"base64.decode", []lua.LValue{text}},
		{"crc32", []lua.LValue{text}},
		{"adler32", []lua.LValue{text}},
		{"sha256", []lua.LValue{text}},
		{"inet_checksum", []lua.LValue{text}},
		{"string.unpack", []lua.LValue{many[0], text}},
		{"string.pack", many},
	} {
		f := L.GetGlobal(c.name)
		if table, field, ok := strings.Cut(c.name, "."); ok {
			f = L.GetField(L.GetGlobal(table), field)
		}
		call := func() error { return L.CallByParam(lua.P{Fn: f, Protect: true}, c.args...) }
		if err := call(); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		L.SetContext(stopped{context.Background()})
		if err := call(); err == nil || !strings.Contains(err.Error(), context.Canceled.Error()) {
			t.Errorf("%s goes on: %v", c.name, err)
		}
		L.RemoveContext()
	}
}
