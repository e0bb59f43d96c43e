package stdlib

import (
	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
)

// concatName is where the strings' metatable holds the operator: no script uses
// it by chance, for it is no name.
const concatName = ".."

// ConcatCall returns what to compile in the place of a .. b: a call of this
// package's operator, one for a whole row of them. gopher-lua's own writes numbers
// as Go does (1e15 as 1000000000000000, 1/0 as +Inf). The call finds the operator
// through the strings' metatable that OpenString makes, whatever the environment.
func ConcatCall(e *ast.StringConcatOpExpr) ast.Expr {
	call := &ast.FuncCallExpr{
		Func:      &ast.AttrGetExpr{Object: &ast.StringExpr{}, Key: &ast.StringExpr{Value: concatName}},
		Args:      []ast.Expr{firstValue(e.Lhs)},
		AdjustRet: true,
	}
	rest := e.Rhs
	for {
		next, ok := rest.(*ast.StringConcatOpExpr)
		if !ok {
			break
		}
		call.Args = append(call.Args, firstValue(next.Lhs))
		rest = next.Rhs
	}
	call.Args = append(call.Args, firstValue(rest))
	for _, made := range []ast.Expr{call, call.Func, call.Func.(*ast.AttrGetExpr).Object, call.Func.(*ast.AttrGetExpr).Key} {
		made.SetLine(e.Line())
		made.SetLastLine(e.LastLine())
	}
	return call
}

// firstValue makes of an operand with many values its first, as the operator does.
func firstValue(e ast.Expr) ast.Expr {
	switch e := e.(type) {
	case *ast.FuncCallExpr:
		e.AdjustRet = true
	case *ast.Comma3Expr:
		e.AdjustRet = true
	}
	return e
}

// stringConcat is the operator over its arguments (manual 2.5.4): texts and numbers
// in a row at once, else by the metamethod of one of the two, from the right.
func stringConcat(c call) int {
	n := c.L.GetTop()
	value := c.L.Get(n)
	for n--; n > 0; {
		first := n
		for first > 0 && isText(c.L.Get(first)) && isText(value) {
			first--
		}
		if first < n {
			value = c.join(first+1, n, value)
			n = first
			continue
		}
		value = c.concatMeta(c.L.Get(n), value)
		n--
	}
	return c.push(value)
}

func isText(v lua.LValue) bool {
	t := v.Type()
	return t == lua.LTString || t == lua.LTNumber
}

// join returns the arguments from first to last and then the value as one text.
func (c call) join(first, last int, value lua.LValue) lua.LValue {
	size := 0
	for i := first; i <= last; i++ {
		s, _ := c.L.Get(i).(lua.LString)
		size += len(s)
	}
	end, _ := asString(value)
	out := builder{call: c}
	out.reserve(size + len(end))
	for i := first; i <= last; i++ {
		s, _ := asString(c.L.Get(i))
		out.add(s)
	}
	out.add(end)
	return lua.LString(out.String())
}

// concatMeta is the operator on two values that are not both texts or numbers.
func (c call) concatMeta(a, b lua.LValue) lua.LValue {
	f := c.L.GetMetaField(a, "__concat")
	if f == lua.LNil {
		f = c.L.GetMetaField(b, "__concat")
	}
	if f == lua.LNil {
		if isText(a) {
			a = b
		}
		c.raise("attempt to concatenate a %s value", a.Type())
	}
	c.L.Push(f)
	c.L.Push(a)
	c.L.Push(b)
	c.L.Call(2, 1)
	value := c.L.Get(-1)
	c.L.Pop(1)
	return value
}
