package stdlib

import (
	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
	"github.com/yuin/gopher-lua/parse"

	"socksh/luabind/source"
)

// Load makes a function of a chunk of Lua; name stands for it in messages. The
// error is a *parse.Error or a *lua.CompileError.
func Load(L *lua.LState, code, name string) (*lua.LFunction, error) {
	chunk, err := source.Parse(code, name)
	if err != nil {
		return nil, err
	}
	return Compile(L, chunk, name)
}

// Compile makes a function of a parsed chunk. What gopher-lua's instructions do
// otherwise than the manual says is done by functions of this package, which are
// put among the constants of the code: see instruction.
func Compile(L *lua.LState, chunk []ast.Stmt, name string) (*lua.LFunction, error) {
	var r repair
	r.block(chunk)
	marks := r.mark()
	proto, err := lua.Compile(chunk, name)
	if err != nil {
		return nil, err
	}
	functions := make(map[lua.LValue]lua.LValue)
	for text, op := range marks {
		functions[lua.LString(text)] = L.NewFunction(goFunction(op.name, op.call))
	}
	if err := finish(proto, functions); err != nil {
		return nil, &parse.Error{Pos: ast.Position{Source: name, Line: 1}, Message: err.Error()}
	}
	return L.NewFunctionFromProto(proto), nil
}

// An instruction is one of gopher-lua's whose place a function takes.
type instruction struct {
	name string
	call func(call) int
}

var (
	concatInstruction = &instruction{"..", stringConcat}
	loopInstruction   = &instruction{"for", loopNumber}
)

// finish puts functions into the constants that are their marks, and repairs what
// needs it in the code.
func finish(proto *lua.FunctionProto, functions map[lua.LValue]lua.LValue) error {
	if len(functions) > 0 {
		for i, value := range proto.Constants {
			if f, ok := functions[value]; ok {
				proto.Constants[i] = f
			}
		}
	}
	if err := repairConstructors(proto); err != nil {
		return err
	}
	for _, inner := range proto.FunctionPrototypes {
		if err := finish(inner, functions); err != nil {
			return err
		}
	}
	return nil
}

// instructionCall returns a call of op, as an expression at the place of another. What
// it calls is a text until mark and finish have made it a function.
func (r *repair) instructionCall(op *instruction, at ast.PositionHolder, args ...ast.Expr) ast.Expr {
	if r.uses == nil {
		r.uses = make(map[*instruction][]*ast.StringExpr)
	}
	f := &ast.StringExpr{}
	r.uses[op] = append(r.uses[op], f)
	for _, a := range args {
		firstValue(a)
	}
	call := &ast.FuncCallExpr{Func: f, Args: args, AdjustRet: true}
	for _, made := range []ast.Expr{f, call} {
		made.SetLine(at.Line())
		made.SetLastLine(at.LastLine())
	}
	return call
}

// mark gives each instruction that is used a text that the chunk does not hold.
func (r *repair) mark() map[string]*instruction {
	marks := make(map[string]*instruction)
	for op, uses := range r.uses {
		text := op.name
		for r.holds(text) {
			text += "."
		}
		marks[text] = op
		for _, use := range uses {
			use.Value = text
		}
	}
	return marks
}

func (r *repair) holds(text string) bool {
	for _, e := range r.texts {
		if e.Value == text {
			return true
		}
	}
	return false
}

// firstValue makes of an operand with many values its first, as an operator does.
func firstValue(e ast.Expr) {
	switch e := e.(type) {
	case *ast.FuncCallExpr:
		e.AdjustRet = true
	case *ast.Comma3Expr:
		e.AdjustRet = true
	}
}
