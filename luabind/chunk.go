package luabind

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"
	"sync"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
	"github.com/yuin/gopher-lua/parse"

	"socksh/luabind/sock"
	"socksh/luabind/source"
	"socksh/luabind/stdlib"
)

// compile makes a function of Lua code. With promote, local variables at its top
// level become global: at a prompt each line is a chunk, and a local would be
// gone with its line.
func (s *Session) compile(code, name string, promote bool) (*lua.LFunction, error) {
	s.mentions(code)
	chunk, err := source.Parse(code, name)
	if err != nil {
		return nil, syntaxError(err, name, code)
	}
	if promote {
		promoteLocals(chunk)
	}
	s.keepChunk(name, code)
	f, err := stdlib.Compile(s.lua, chunk, name)
	if err != nil {
		return nil, syntaxError(err, name, code)
	}
	return f, nil
}

// mentions tells which vars code has the names of.
func (s *Session) mentions(code string) {
	if s.Asked == nil || len(s.Vars) == 0 {
		return
	}
	for _, field := range varsField().FindAllStringSubmatch(code, -1) {
		for name := range s.Vars {
			if field[1] == name || field[1] == "" { // without one it may be any
				s.Asked(name, true)
			}
		}
	}
}

// varsField finds "vars.name", and vars where no name follows.
var varsField = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\bvars\b(?:\s*\.\s*(\w+))?`)
})

func promoteLocals(chunk []ast.Stmt) {
	for i, stmt := range chunk {
		local, ok := stmt.(*ast.LocalAssignStmt)
		if !ok {
			continue
		}
		global := &ast.AssignStmt{Rhs: local.Exprs}
		for _, name := range local.Names {
			id := &ast.IdentExpr{Value: name}
			id.SetLine(local.Line())
			global.Lhs = append(global.Lhs, id)
		}
		if len(global.Rhs) == 0 {
			global.Rhs = []ast.Expr{&ast.NilExpr{}}
		}
		global.SetLine(local.Line())
		global.SetLastLine(local.LastLine())
		chunk[i] = global
	}
}

// A SyntaxError reports code that is no Lua. Nothing of it ran.
type SyntaxError struct{ text string }

func (e *SyntaxError) Error() string { return e.text }

// syntaxError says in one line where and what.
func syntaxError(err error, name, code string) error {
	text := syntaxText(err, name)
	var e *parse.Error
	if errors.As(err, &e) && e.Token == "=" && e.Pos.Line > 0 {
		lines := strings.Split(code, "\n")
		if line := lines[min(e.Pos.Line, len(lines))-1]; namedArgument().MatchString(line) {
			text += "; arguments by name go in braces, f({name = value})"
		}
	}
	if e != nil && (e.Pos.Line == parse.EOF || slices.Contains([]string{")", "}", "end", "until"}, strings.TrimSpace(e.Token))) {
		if b := source.Unclosed(code); b != nil {
			text += fmt.Sprintf("; %s of line %d has no %s", sock.Quote(b.Opened), b.Line, b.Close())
		}
	}
	return &SyntaxError{text}
}

// namedArgument finds "f(timeout = 5".
var namedArgument = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\w\([^(){}]*\b\w+\s*=[^=]`) })

func syntaxText(err error, name string) string {
	var e *parse.Error
	if !errors.As(err, &e) {
		var c *lua.CompileError
		if errors.As(err, &c) {
			return fmt.Sprintf("%s:%d: %s", name, c.Line, c.Message)
		}
		return err.Error()
	}
	where := fmt.Sprintf("%s:%d", name, e.Pos.Line)
	if e.Pos.Line == parse.EOF {
		where = name + ": at the end"
	}
	if strings.EqualFold(e.Message, "invalid token") && e.Token != "" && e.Token[0] >= 0x80 {
		return fmt.Sprintf("%s: only texts in quotes and comments may hold letters beyond ASCII", where)
	}
	if strings.EqualFold(e.Message, "invalid token") && strings.HasPrefix(e.Token, "!") {
		return where + `: there is no ! in Lua: "not equal" is ~=, and "not" is not`
	}
	if e.Token != "" && e.Pos.Line != parse.EOF {
		return fmt.Sprintf("%s: %s near %s", where, e.Message, sock.Quote(strings.TrimSpace(e.Token)))
	}
	return fmt.Sprintf("%s: %s", where, e.Message)
}

// trimWhere drops the position that a single line of input does not need.
func trimWhere(err error) error {
	if text, ok := strings.CutPrefix(err.Error(), "line:1: "); ok {
		return &trimmedError{text, err}
	}
	return err
}

// A trimmedError is an error without its position.
type trimmedError struct {
	text  string
	whole error
}

func (e *trimmedError) Error() string { return e.text }
func (e *trimmedError) Unwrap() error { return e.whole }

// inspect returns v as an expression's value is shown: texts quoted, tables with
// their first items.
func (s *Session) inspect(v lua.LValue) string {
	switch v := v.(type) {
	case lua.LString:
		if len(v) > maxText {
			return fmt.Sprintf("%s... (%d bytes)", sock.Quote(string(v[:maxText])), len(v))
		}
		return sock.Quote(string(v))
	case *lua.LUserData:
		if b, ok := v.Value.(*stdlib.Buffer); ok {
			return "buffer " + s.inspect(lua.LString(b.Bytes()))
		}
	case *lua.LTable:
		if v.Metatable != lua.LNil {
			return s.show(v)
		}
		return s.inspectTable(v, 2)
	}
	return s.show(v)
}

// What inspect shows of long values.
const (
	maxItems = 20
	maxText  = 1000
)

func (s *Session) inspectTable(t *lua.LTable, depth int) string {
	if depth == 0 {
		return "{...}"
	}
	var parts []string
	item := func(v lua.LValue) string {
		if inner, ok := v.(*lua.LTable); ok && inner.Metatable == lua.LNil {
			return s.inspectTable(inner, depth-1)
		}
		return s.inspect(v)
	}
	n := t.Len()
	for i := 1; i <= min(n, maxItems); i++ {
		parts = append(parts, item(t.RawGetInt(i)))
	}
	var named []string
	t.ForEach(func(k, v lua.LValue) {
		if i, ok := k.(lua.LNumber); ok && float64(i) == float64(int(i)) && int(i) >= 1 && int(i) <= n {
			return
		}
		key := "[" + s.inspect(k) + "]"
		if name, ok := k.(lua.LString); ok && sock.IsName(string(name)) {
			key = string(name)
		}
		named = append(named, key+" = "+item(v))
	})
	sort.Strings(named)
	if parts = append(parts, named...); len(parts) > maxItems || n > maxItems {
		parts = append(parts[:min(len(parts), maxItems)], "...")
	}
	return "{" + strings.Join(parts, ", ") + "}"
}
