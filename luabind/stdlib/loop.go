package stdlib

import (
	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"

	"socksh/luabind/source"
)

// loopValue sees to it that a bound of a loop may be a text that stands for a
// number (manual 2.4.5). What is a number in any case stays as it is.
func (r *repair) loopValue(loop *ast.NumberForStmt, e ast.Expr, what string) ast.Expr {
	switch e.(type) {
	case nil, *ast.NumberExpr, *ast.UnaryLenOpExpr, *ast.UnaryMinusOpExpr, *ast.ArithmeticOpExpr:
		return e
	}
	text := &ast.StringExpr{Value: what}
	text.SetLine(loop.Line())
	r.texts = append(r.texts, text)
	return r.instructionCall(loopInstruction, loop, e, text)
}

// loopNumber gives a loop's bound as a number; the second argument says which.
func loopNumber(c call) int {
	switch v := c.arg(1).(type) {
	case lua.LNumber:
		return c.push(v)
	case lua.LString:
		if n, ok := source.ParseNumber(string(v)); ok {
			return c.push(lua.LNumber(n))
		}
	}
	c.raise("'for' %s must be a number", c.arg(2))
	return 0
}

// fillLoop gives a generic loop all of its three values: gopher-lua leaves those
// that are not there as they happen to be (its issue 514).
func fillLoop(es []ast.Expr) []ast.Expr {
	switch last := es[len(es)-1].(type) {
	case *ast.FuncCallExpr:
		if !last.AdjustRet {
			return es
		}
	case *ast.Comma3Expr:
		if !last.AdjustRet {
			return es
		}
	}
	for len(es) < 3 {
		none := &ast.NilExpr{}
		none.SetLine(es[0].Line())
		es = append(es, none)
	}
	return es
}
