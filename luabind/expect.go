package luabind

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"socksh/luabind/loop"
)

// openExpect defines the checks of scenarios. Each raises at the line that
// called it, with what was expected and what was there.
func (s *Session) openExpect() {
	s.builtins.RawSetString("expect", s.lua.CreateTable(0, 32))
	s.define("expect.equal(got, want [, note])", "the same value; tables are compared by their items", func(L *lua.LState) int {
		got, want := L.Get(1), L.Get(2)
		if L.GetTop() < 2 {
			L.ArgError(2, "two values are compared")
		}
		if !s.same(L, got, want, 0) {
			s.differ(L, 3, want, got)
		}
		return 0
	})
	s.define("expect.match(text, pattern [, note])", "a Lua pattern is found in the text; gives the captures", func(L *lua.LState) int {
		pattern := L.CheckString(2)
		text, ok := lua.LVAsString(L.Get(1)), lua.LVCanConvToString(L.Get(1))
		if !ok {
			s.unmet(L, 3, "expected something like %s, got %s", s.inspect(lua.LString(pattern)), s.came(L.Get(1)))
		}
		match := s.lua.GetField(s.lua.GetGlobal("string"), "match")
		found, err := s.call(match, []lua.LValue{lua.LString(text), lua.LString(pattern)}, nil)
		if err != nil {
			L.Error(s.errorObject(err), 0)
		}
		if len(found) == 0 || found[0] == lua.LNil {
			hint := ""
			if strings.Contains(text, pattern) {
				hint = "; it is there letter by letter, but in a pattern ^$()%.[]*+-? mean more: write %- for -"
			}
			s.unmet(L, 3, "expected something like %s, got %s%s", s.inspect(lua.LString(pattern)), s.inspect(lua.LString(text)), hint)
		}
		return push(L, found)
	})
	s.define("expect.truthy(value [, note])", "neither nil nor false; gives the value", func(L *lua.LState) int {
		if lua.LVIsFalse(L.Get(1)) {
			s.unmet(L, 2, "expected a value, got %s", s.came(L.Get(1)))
		}
		L.Push(L.Get(1))
		return 1
	})
	s.define("expect.errno(name, f, ...)", "f(...) fails with this errno; gives the error", func(L *lua.LState) int {
		return s.expectError(L, func(e *lua.LTable) string { return lua.LVAsString(e.RawGetString("errno")) }, L.CheckString(1), 2)
	})
	s.define("expect.timeout(f, ...)", "f(...) ends by its timeout; gives the error", func(L *lua.LState) int {
		return s.expectError(L, func(e *lua.LTable) string {
			if e.RawGetString("timeout") == lua.LTrue {
				return "timeout"
			}
			return ""
		}, "timeout", 1)
	})
	s.define("expect.eof(socket [, options])", "the peer has ended the stream, and nothing came before; within 5 s unless a timeout is given", func(L *lua.LState) int {
		L.CheckAny(1)
		options := s.lua.CreateTable(0, 1)
		options.RawSetString("timeout", lua.LNumber(s.optionTimeout(L, 2).Seconds()))
		results, err := s.call(s.builtins.RawGetString("recv"), []lua.LValue{L.Get(1), lua.LNumber(65536), options}, nil)
		if err != nil {
			if s.Loop.Current().Stopping() {
				L.RaiseError("%s", loop.ErrCancelled)
			}
			s.unmet(L, 3, "expected eof, got %s", s.caught(err))
		}
		if len(results) < 2 || results[0] != lua.LNil {
			s.unmet(L, 3, "expected eof, got %s", s.inspect(results[0]))
		}
		return 0
	})
	s.define("expect.error(f, ...)", "f(...) raises an error; gives it", func(L *lua.LState) int {
		results, err := s.call(s.callable(L, 1), values(L, 2), nil)
		if s.Loop.Current().Stopping() {
			L.RaiseError("%s", loop.ErrCancelled)
		}
		if err == nil {
			s.unmet(L, 0, "expected an error, got %s", s.inspectAll(results))
		}
		L.Push(s.errorObject(err))
		return 1
	})
}

// callable takes an argument that can be called: what else is there comes by a slip, as
// expect.error(f()) for expect.error(f).
func (s *Session) callable(L *lua.LState, n int) lua.LValue {
	v := L.Get(n)
	if v.Type() != lua.LTFunction && s.lua.GetMetaField(v, "__call") == lua.LNil {
		L.ArgError(n, "a function and its arguments are expected, not what it gives: "+s.inspect(v))
	}
	return v
}

// expectError calls the function at argument n and wants kind(error) to be want.
func (s *Session) expectError(L *lua.LState, kind func(*lua.LTable) string, want string, n int) int {
	results, err := s.call(s.callable(L, n), values(L, n+1), nil)
	if s.Loop.Current().Stopping() {
		L.RaiseError("%s", loop.ErrCancelled)
	}
	if err == nil {
		s.unmet(L, 0, "expected %s, got %s", want, s.inspectAll(results))
	}
	e, ok := s.errorObject(err).(*lua.LTable)
	if !ok || kind(e) != want {
		s.unmet(L, 0, "expected %s, got %s", want, s.caught(err))
	}
	L.Push(e)
	return 1
}

func (s *Session) inspectAll(vs []lua.LValue) string {
	if len(vs) == 0 {
		return "success"
	}
	var parts []string
	for _, v := range vs {
		parts = append(parts, s.inspect(v))
	}
	return "success: " + strings.Join(parts, " ")
}

// unmet raises a failed check; argument n, if given, is a note that goes first. An error
// among args, by %w, is its cause.
func (s *Session) unmet(L *lua.LState, n int, format string, args ...any) {
	L.Error(s.unmetValue(L, n, format, args...), 0)
}

// differ raises a failed check that compared two values.
func (s *Session) differ(L *lua.LState, n int, want, got lua.LValue) {
	wanted, came := s.inspect(want), s.came(got)
	switch {
	case wanted != came:
	case want.Type() != got.Type():
		wanted, came = wanted+" ("+want.Type().String()+")", came+" ("+got.Type().String()+")"
	case want.Type() == lua.LTNumber:
		wanted, came = exactly(want.(lua.LNumber)), exactly(got.(lua.LNumber))
	}
	e := s.unmetValue(L, n, "expected %s, got %s", wanted, came)
	e.RawSetString("expected", want)
	e.RawSetString("got", got)
	L.Error(e, 0)
}

// exactly returns a number with all of its digits.
func exactly(n lua.LNumber) string {
	if math.IsNaN(float64(n)) {
		return "nan, which equals nothing"
	}
	return strconv.FormatFloat(float64(n), 'g', 17, 64)
}

func (s *Session) unmetValue(L *lua.LState, n int, format string, args ...any) *lua.LTable {
	err := fmt.Errorf(format, args...)
	if n > 0 && L.Get(n) != lua.LNil {
		if note, ok := L.Get(n).(lua.LString); ok {
			err = fmt.Errorf("%s: %w", string(note), err)
		}
	}
	e := s.errorValue(err, s.at(L)).(*lua.LTable)
	e.RawSetString("op", lua.LString("expect"))
	return e
}

// came shows a value that is not as expected. nil is what a verb gives at the end of a
// stream.
func (s *Session) came(v lua.LValue) string {
	if v == lua.LNil && s.ended != nil {
		return fmt.Sprintf("nil: %s came to the end of the stream", s.ended.Name)
	}
	return s.inspect(v)
}

// same compares as expect.equal does.
func (s *Session) same(L *lua.LState, a, b lua.LValue, depth int) bool {
	ta, ok := a.(*lua.LTable)
	tb, ok2 := b.(*lua.LTable)
	if !ok || !ok2 || ta == tb || depth > 50 {
		return L.Equal(a, b)
	}
	equal := true
	count := 0
	ta.ForEach(func(k, v lua.LValue) {
		count++
		equal = equal && s.same(L, v, tb.RawGet(k), depth+1)
	})
	tb.ForEach(func(lua.LValue, lua.LValue) { count-- })
	return equal && count == 0
}
