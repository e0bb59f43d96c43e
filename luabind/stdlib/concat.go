package stdlib

import (
	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
)

// mostOperands is how many operands of .. are joined at once: each takes a register
// of the function it is in, which has some 200.
const mostOperands = 50

// concat returns what to compile in the place of a .. b: a call of this package's
// operator, one for a whole row of them. gopher-lua's own writes numbers as Go does
// (1e15 as 1000000000000000, 1/0 as +Inf).
func (r *repair) concat(e *ast.StringConcatOpExpr) ast.Expr {
	var args []ast.Expr
	rest := ast.Expr(e)
	for len(args) < mostOperands-1 {
		row, ok := rest.(*ast.StringConcatOpExpr)
		if !ok {
			break
		}
		args = append(args, row.Lhs)
		rest = row.Rhs
	}
	args = append(args, rest)
	r.exprs(args)
	return r.instructionCall(concatInstruction, e, args...)
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
		switch v := c.L.Get(i).(type) {
		case lua.LString:
			size += len(v)
		case lua.LNumber:
			size += 8
		}
	}
	if s, ok := value.(lua.LString); ok {
		size += len(s)
	}
	if size > maxString {
		c.raise("string length overflow (more than 1 GiB)")
	}
	out := builder{call: c}
	out.reserve(size)
	for i := first; i <= last; i++ {
		out.addValue(c.L.Get(i))
	}
	out.addValue(value)
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
