package luabind

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"

	"socksh/luabind/loop"
	"socksh/luabind/source"
	"socksh/luabind/stdlib"
)

// openInput puts the session's own input and output in the place of what would
// go past them, and past the loop.
func (s *Session) openInput() {
	s.tostring = s.lua.G.Global.RawGetString("tostring").(*lua.LFunction)
	s.replace("", "print", s.print)
	write := func(from int) lua.LGFunction {
		return func(L *lua.LState) int {
			for i := from; i <= L.GetTop(); i++ {
				if n, ok := L.Get(i).(lua.LNumber); ok {
					io.WriteString(s.Out, stdlib.FormatNumber(float64(n)))
				} else {
					io.WriteString(s.Out, L.CheckString(i))
				}
			}
			return 0
		}
	}
	s.replace("io", "write", write(1))
	s.replace("io", "read", s.ioRead)
	stockLines := s.lua.GetField(s.lua.GetGlobal("io"), "lines").(*lua.LFunction)
	s.replace("io", "lines", func(L *lua.LState) int {
		if L.GetTop() > 0 {
			return stockLines.GFunction(L)
		}
		L.Push(L.NewFunction(func(L *lua.LState) int { L.Push(s.readFormat(L, "*l")); return 1 }))
		return 1
	})
	s.define("input([prompt])", "read one line of input; nil at its end", func(L *lua.LState) int {
		text, ok := s.readLine(L, L.OptString(1, ""))
		if !ok {
			L.Push(lua.LNil)
			return 1
		}
		L.Push(lua.LString(text))
		return 1
	})
}

// print is print(...): what tostring, which a script may have replaced, gives of
// each value.
func (s *Session) print(L *lua.LState) int {
	tostring, _ := s.lua.G.Global.RawGetString("tostring").(*lua.LFunction)
	var b strings.Builder
	for i, v := range values(L, 1) {
		if i > 0 {
			b.WriteByte('\t')
		}
		if tostring == s.tostring {
			v = stdlib.ToString(L, v)
		} else {
			L.Push(tostring)
			L.Push(v)
			L.Call(1, 1)
			v = L.Get(-1)
			L.Pop(1)
		}
		if v.Type() != lua.LTString && v.Type() != lua.LTNumber {
			L.RaiseError("'tostring' must return a string to 'print'")
		}
		b.WriteString(v.String())
	}
	b.WriteByte('\n')
	io.WriteString(s.Out, b.String())
	return 0
}

// readLine reads a line of the session's input; false at its end.
func (s *Session) readLine(L *lua.LState, prompt string) (string, bool) {
	if s.pending != "" {
		text := s.pending
		s.pending = ""
		return strings.TrimSuffix(text, "\n"), true
	}
	if len(s.typed) > 0 {
		text := s.typed[0]
		s.typed = s.typed[1:]
		return text, true
	}
	if s.ReadLine == nil {
		return "", false
	}
	s.Flush() // the prompt goes out on another goroutine, behind what came before
	text, err := loop.Block(s.Loop.Current(), time.Time{}, func(ctx context.Context) (string, error) {
		return s.ReadLine(ctx, prompt)
	}, func(text string) { s.typed = append(s.typed, text) })
	switch {
	case errors.Is(err, io.EOF):
		return "", false
	case err != nil:
		s.raise(L, fmt.Errorf("input: %w", err))
	}
	return text, true
}

// ioRead is io.read: "*l", "*n", "*a" or a number of bytes for each argument.
func (s *Session) ioRead(L *lua.LState) int {
	if L.GetTop() == 0 {
		L.Push(s.readFormat(L, "*l"))
		return 1
	}
	n := 0
	for _, f := range values(L, 1) {
		v := s.readFormat(L, f.String())
		L.Push(v)
		n++
		if v == lua.LNil {
			break
		}
	}
	return n
}

func (s *Session) readFormat(L *lua.LState, format string) lua.LValue {
	switch {
	case strings.HasPrefix(format, "*l"):
		if text, ok := s.readLine(L, ""); ok {
			return lua.LString(text)
		}
		return lua.LNil
	case strings.HasPrefix(format, "*a"):
		var b strings.Builder
		for s.more(L) {
			b.WriteString(s.pending)
			s.pending = ""
		}
		return lua.LString(b.String())
	case strings.HasPrefix(format, "*n"):
		for s.more(L) {
			if s.pending = strings.TrimLeft(s.pending, " \t\r\n"); s.pending == "" {
				continue
			}
			end := strings.IndexAny(s.pending, " \t\r\n")
			n, ok := source.ParseNumber(s.pending[:end])
			if !ok {
				return lua.LNil
			}
			s.pending = s.pending[end:]
			return lua.LNumber(n)
		}
		return lua.LNil
	}
	count, err := strconv.Atoi(format)
	if err != nil || count < 0 || count > math.MaxInt32 {
		L.ArgError(1, "invalid format")
	}
	data := ""
	for len(data) < count && s.more(L) {
		n := min(count-len(data), len(s.pending))
		data += s.pending[:n]
		s.pending = s.pending[n:]
	}
	if data == "" && !s.more(L) {
		return lua.LNil
	}
	return lua.LString(data)
}

// more sees to it that pending holds input, if there is any.
func (s *Session) more(L *lua.LState) bool {
	if s.pending != "" {
		return true
	}
	text, ok := s.readLine(L, "")
	if ok {
		s.pending = text + "\n"
	}
	return ok
}

// flush writes out what is buffered.
func flush(w io.Writer) {
	if f, ok := w.(interface{ Flush() error }); ok {
		f.Flush()
	}
}

// Flush writes out buffered results.
func (s *Session) Flush() { flush(s.Out); flush(s.Err) }
