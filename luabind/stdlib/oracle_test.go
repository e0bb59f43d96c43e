package stdlib

import (
	"encoding/hex"
	"fmt"
	"math"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// newState returns a Lua state whose basic functions and libraries are this
// package's.
func newState(t testing.TB) *lua.LState {
	L := lua.NewState(lua.Options{RegistrySize: 128, RegistryMaxSize: 1 << 20, RegistryGrowStep: 224})
	t.Cleanup(L.Close)
	OpenBase(L)
	OpenString(L)
	OpenTable(L)
	OpenMath(L)
	return L
}

// check is what calls are run with: a line for each, that tells what it gave.
// show is Lua's own, so that it shares nothing with what is tested.
const check = `
local write, format, byte, pcall, type, select = io.write, string.format, string.byte, pcall, type, select
local function hex(s)
  local out = {}
  for i = 1, #s do out[i] = format("%02x", byte(s, i)) end
  return table.concat(out)
end
local text
function text(v)
  if type(v) == "number" then return format("n%.17g", v) end
  if type(v) == "string" then return "s" .. hex(v) end
  if type(v) == "table" then
    local out = {}
    for i = 1, #v do out[i] = text(v[i]) end
    return "{" .. table.concat(out, " ") .. "}"
  end
  return type(v) == "boolean" and tostring(v) or type(v)
end
function show(...)
  for i = 1, select("#", ...) do write(text((select(i, ...))), " ") end
  write("\n")
end
`

// showInGo is show for a gopher-lua state.
func showInGo(out *strings.Builder) lua.LGFunction {
	var text func(v lua.LValue) string
	text = func(v lua.LValue) string {
		switch v := v.(type) {
		case lua.LNumber:
			f := float64(v)
			if math.IsNaN(f) || math.IsInf(f, 0) {
				return "n" + FormatNumber(f)
			}
			return "n" + strconv.FormatFloat(f, 'g', 17, 64)
		case lua.LString:
			return "s" + hex.EncodeToString([]byte(v))
		case *lua.LTable:
			var items []string
			for i := 1; i <= v.Len(); i++ {
				items = append(items, text(v.RawGetInt(i)))
			}
			return "{" + strings.Join(items, " ") + "}"
		}
		if v.Type() == lua.LTBool {
			return v.String()
		}
		return v.Type().String()
	}
	return func(L *lua.LState) int {
		for i := 1; i <= L.GetTop(); i++ {
			out.WriteString(text(L.Get(i)) + " ")
		}
		out.WriteByte('\n')
		return 0
	}
}

// outcomes runs each call, Lua code that returns values, in one lua5.1 and in one
// state of ours. It returns a line for each: what it gave or its error.
func outcomes(t *testing.T, prelude string, calls []string) (want, got []string) {
	t.Helper()
	path, err := exec.LookPath("lua5.1")
	if err != nil {
		t.Skip("SKIPPED: lua5.1 is not installed, so nothing was compared")
	}
	var script strings.Builder
	script.WriteString(strings.ReplaceAll(prelude, "\n", " ") + "\n")
	for _, c := range calls {
		fmt.Fprintf(&script, "show(pcall(function() %s end))\n", c)
	}
	reference := exec.Command(path, "-")
	reference.Stdin = strings.NewReader(strings.ReplaceAll(check, "\n", " ") + script.String())
	output, err := reference.Output()
	if err != nil {
		t.Fatalf("lua5.1: %v", err)
	}
	var ours strings.Builder
	L := newState(t)
	L.SetGlobal("show", L.NewFunction(showInGo(&ours)))
	f, err := Load(L, script.String(), "stdin")
	if err != nil {
		t.Fatal(err)
	}
	L.Push(f)
	if err := L.PCall(0, 0, nil); err != nil {
		t.Fatal(err)
	}
	want = strings.Split(string(output), "\n")
	got = strings.Split(ours.String(), "\n")
	if len(want) != len(calls)+1 || len(got) != len(want) {
		t.Fatalf("%d calls, %d lines of lua5.1, %d of ours", len(calls), len(want), len(got))
	}
	return want, got
}

// readable turns a line of outcomes into text.
func readable(line string) string {
	words := strings.Fields(line)
	for i, w := range words {
		if b, err := hex.DecodeString(strings.TrimPrefix(w, "s")); err == nil && strings.HasPrefix(w, "s") {
			words[i] = strconv.Quote(string(b))
		}
	}
	return strings.Join(words, " ")
}

// quoted writes a Lua literal of any bytes.
func quoted(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range []byte(s) {
		fmt.Fprintf(&b, `\%03d`, c)
	}
	b.WriteByte('"')
	return b.String()
}

// compiled is Load for code that is right.
func compiled(t testing.TB, L *lua.LState, code string) *lua.LFunction {
	t.Helper()
	f, err := Load(L, code, "code")
	if err != nil {
		t.Fatal(err)
	}
	return f
}
