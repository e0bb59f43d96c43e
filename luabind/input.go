package luabind

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"

	"socksh/luabind/loop"
	"socksh/luabind/stdlib"
)

// openInput defines what reads and writes the session's own input and output.
func (s *Session) openInput() {
	s.tostring = s.lua.G.Global.RawGetString("tostring").(*lua.LFunction)
	s.replace("", "print", s.print)
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
	s.shown.prints(b.String())
	io.WriteString(s.Out, b.String())
	return 0
}

// readLine reads a line of the session's input; false at its end. What io.read has
// left of a line is the next one.
func (s *Session) readLine(L *lua.LState, prompt string) (string, bool) {
	if s.stdin.Buffered() > 0 {
		text, _ := s.stdin.ReadString('\n')
		return strings.TrimSuffix(text, "\n"), true
	}
	text, err := s.askLine(prompt)
	switch {
	case errors.Is(err, io.EOF):
		return "", false
	case err != nil:
		s.raise(L, fmt.Errorf("input: %w", err))
	}
	return text, true
}

// askLine reads a line without its end from where the session's input comes from.
func (s *Session) askLine(prompt string) (string, error) {
	if len(s.typed) > 0 {
		text := s.typed[0]
		s.typed = s.typed[1:]
		return text, nil
	}
	if s.ReadLine == nil {
		return "", io.EOF
	}
	s.Flush() // the prompt goes out on another goroutine, behind what came before
	return loop.Block(s.Loop.Current(), time.Time{}, func(ctx context.Context) (string, error) {
		return s.ReadLine(ctx, prompt)
	}, func(text string) { s.typed = append(s.typed, text) })
}

// flush writes out what is buffered.
func flush(w io.Writer) {
	if f, ok := w.(interface{ Flush() error }); ok {
		f.Flush()
	}
}

// Flush writes out buffered results.
func (s *Session) Flush() { flush(s.Out); flush(s.Err) }
