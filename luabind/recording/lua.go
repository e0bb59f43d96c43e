package recording

import (
	"fmt"
	"strings"

	"github.com/yuin/gopher-lua/ast"

	"socksh/luabind/journal"
	"socksh/luabind/sock"
	"socksh/luabind/source"
)

// lua writes Lua as it was typed, with what it gave.
func (w *writer) lua(st *step) {
	w.learnNames(st)
	code := w.code(strings.TrimSpace(st.text))
	expr := st.line.Expr
	if expr {
		code = strings.TrimSpace(strings.TrimPrefix(code, "="))
	}
	c := w.verbCall(st, code)
	if c != nil && c.verb.Records == sock.RecordNone {
		return
	}
	if c == nil || st.job != "" {
		for n := range st.calls {
			delete(w.quiet, n)
		}
	}
	if st.job != "" {
		w.jobs[st.job] = true
		w.put(w.local(st.job) + st.job + " = spawn(function()\n" + code + "\nend)")
		return
	}
	out := st.out
	switch {
	case c != nil && (out.Ended != "" || len(out.Values) > 0 || c.verb.Name == "close"):
		w.before(c)
		w.writeOut(st, w.expect(c, out))
		w.afterwards(st, c)
	case out.Ended != "":
		w.failing(st, code)
	case expr:
		w.expression(st, code)
		if c != nil {
			w.afterwards(st, c)
		}
	default:
		check := w.assigned(st)
		if check == "" {
			w.uncompared(st)
		}
		w.put(code)
		if check != "" {
			w.put(check)
			for n := range st.got {
				w.quiet[n] = st.ended
			}
		}
	}
}

// uncompared says so where code receives what nothing is expected of.
func (w *writer) uncompared(st *step) {
	if len(st.got) > 0 && !strings.Contains(st.text, "expect.") {
		w.put("-- What comes here is not compared:")
	}
}

// assigned is what a variable must be that has got what the step received, and nothing else.
func (w *writer) assigned(st *step) string {
	names, exprs := assignment(st.line.Code)
	if len(exprs) != 1 || len(st.came) != 1 || names[0] == "" {
		return ""
	}
	if f, ok := exprs[0].(*ast.FuncCallExpr); !ok || !exact[f.Method] && !isExact(f.Func) {
		return ""
	}
	e := expectation{call: names[0]}
	if w.compare(&e, st.came[0]); e.check == "" {
		return ""
	}
	return w.statement(e)
}

func isExact(f ast.Expr) bool {
	id, ok := f.(*ast.IdentExpr)
	return ok && exact[id.Value]
}

// failing writes code that has raised an error.
func (w *writer) failing(st *step, code string) {
	if st.line.Expr {
		if st.out.Calls == 0 {
			return // a slip: no call was made
		}
		code = "return " + code
	}
	body := "function() " + code + " end"
	if strings.Contains(code, "\n") {
		body = "function()\n" + code + "\nend"
	}
	switch out := st.out; {
	case out.Ended == journal.TimedOut:
		w.put("expect.timeout(" + body + ")")
	case out.Errno != "":
		w.put(fmt.Sprintf("expect.errno(%q, %s)", out.Errno, body))
	default:
		w.put("expect.error(" + body + ")")
	}
}

// unsteady are the names in code whose values are others on each run.
var unsteady = lazy(`\b(clock|time|date|random|fd|tostring|collectgarbage|getenv|tmpname|execute|popen|handles|counters|sockets|jobs|state|options|info|wire|buffer|input|debug)\b`)

// expression writes an expression, and that its value is the same again.
func (w *writer) expression(st *step, code string) {
	out := st.out
	chunk, err := source.Parse("return "+code, "")
	if err != nil || len(chunk) != 1 {
		return
	}
	exprs := chunk[0].(*ast.ReturnStmt).Exprs
	if len(exprs) == 0 {
		return
	}
	_, isCall := exprs[0].(*ast.FuncCallExpr)
	if len(out.Values) > 0 {
		if n, ok := out.Values[0].(journal.HandleNumber); ok && w.names[int(n)] == "" && len(exprs) == 1 && isCall {
			w.writeOut(st, expectation{call: code, makes: []int{int(n)}})
			return
		}
		e := expectation{call: code}
		if len(exprs) == 1 && !unsteady().MatchString(code) && hasName(code) {
			w.compare(&e, out.Values[0])
		}
		if e.check != "" {
			if text, ok := out.Values[0].(string); !ok || !isAddress(text) || w.known(text) {
				w.put(w.statement(e))
				return
			}
		}
	}
	if isCall && len(exprs) == 1 {
		w.uncompared(st)
		w.put(code)
	}
}

func (w *writer) known(address string) bool { _, ok := w.addresses(address); return ok }

func hasName(code string) bool {
	for _, t := range source.Tokens(code) {
		if name := code[t.From:t.To]; t.Kind == source.Name && name != "true" && name != "false" && name != "nil" && name != "not" && name != "and" && name != "or" {
			return true
		}
	}
	return false
}

var (
	method   = lazy(`(?s)^([A-Za-z_][\w.]*):(\w+)\((.*)\)$`)
	function = lazy(`(?s)^(\w+)\(\s*(?:([A-Za-z_][\w.]*|\d+)\s*(?:,\s*(.*))?)?\)$`)
)

// verbCall takes code that is one call of a verb as the call, nil for any other.
func (w *writer) verbCall(st *step, code string) *call {
	if !st.line.Expr {
		return nil
	}
	chunk, err := source.Parse("return "+code, "")
	if err != nil || len(chunk) != 1 {
		return nil
	}
	exprs := chunk[0].(*ast.ReturnStmt).Exprs
	if len(exprs) != 1 {
		return nil
	}
	f, ok := exprs[0].(*ast.FuncCallExpr)
	if !ok {
		return nil
	}
	handle, name, args := "", "", ""
	if m := method().FindStringSubmatch(code); m != nil && f.Method == m[2] {
		handle, name, args = m[1], m[2], m[3]
	} else if m := function().FindStringSubmatch(code); m != nil && f.Method == "" {
		if id, plain := f.Func.(*ast.IdentExpr); !plain || id.Value != m[1] {
			return nil
		}
		name, handle, args = m[1], m[2], m[3]
	} else {
		return nil
	}
	v := w.session.Verb(name)
	if v == nil || handle != "" && (len(v.Params) == 0 || v.Params[0].Kind != sock.HandleKind) {
		return nil
	}
	c := &call{verb: v, handle: handle, data: -1}
	if args = strings.TrimSpace(args); args != "" {
		c.args = []string{args}
		tokens := source.Tokens(args)
		if p := paramAt(v, 1); p != nil && p.Kind == sock.AddressKind && len(tokens) == 1 && tokens[0].Kind == source.Text && tokens[0].To == len(args) {
			if text, ok := source.Unquote(args); ok {
				c.args = []string{w.typedAddress(c, w.numberOf(handle), st.out, text)}
			}
		}
	}
	if strings.Contains(args, "{") {
		c.timed = true
	}
	for _, flag := range []string{"peek", "oob", "trunc", "errqueue"} {
		if strings.Contains(args, `"`) && strings.Contains(strings.ToLower(args), flag) {
			c.flags += flag
		}
	}
	return c
}
