package stdlib

import "github.com/yuin/gopher-lua/ast"

// A repair goes through a chunk and changes what gopher-lua would compile into
// something else than the manual says.
type repair struct {
	texts []*ast.StringExpr                  // all in the chunk
	uses  map[*instruction][]*ast.StringExpr // the functions of the calls that were put in
}

func (r *repair) block(stmts []ast.Stmt) {
	for i := range stmts {
		r.stmt(&stmts[i])
	}
}

func (r *repair) stmt(at *ast.Stmt) {
	switch s := (*at).(type) {
	case *ast.AssignStmt:
		r.exprs(s.Lhs)
		r.exprs(s.Rhs)
		*at = untangle(s)
	case *ast.LocalAssignStmt:
		r.exprs(s.Exprs)
		fillNames(s)
	case *ast.FuncCallStmt:
		r.expr(&s.Expr)
	case *ast.DoBlockStmt:
		r.block(s.Stmts)
	case *ast.WhileStmt:
		r.expr(&s.Condition)
		s.Condition = tested(s.Condition)
		r.block(s.Stmts)
	case *ast.RepeatStmt:
		r.expr(&s.Condition)
		r.block(s.Stmts)
	case *ast.IfStmt:
		r.expr(&s.Condition)
		s.Condition = tested(s.Condition)
		r.block(s.Then)
		r.block(s.Else)
	case *ast.NumberForStmt:
		r.expr(&s.Init)
		r.expr(&s.Limit)
		r.expr(&s.Step)
		s.Init = r.loopValue(s, s.Init, "initial value")
		s.Limit = r.loopValue(s, s.Limit, "limit")
		s.Step = r.loopValue(s, s.Step, "step")
		r.block(s.Stmts)
	case *ast.GenericForStmt:
		r.exprs(s.Exprs)
		s.Exprs = fillLoop(s.Exprs)
		r.block(s.Stmts)
		s.Stmts = withoutJump(s.Stmts, s)
	case *ast.FuncDefStmt:
		r.expr(&s.Name.Func)
		r.expr(&s.Name.Receiver)
		r.block(s.Func.Stmts)
	case *ast.ReturnStmt:
		r.exprs(s.Exprs)
	}
}

func (r *repair) exprs(es []ast.Expr) {
	for i := range es {
		r.expr(&es[i])
	}
}

func (r *repair) expr(at *ast.Expr) {
	switch e := (*at).(type) {
	case *ast.StringExpr:
		r.texts = append(r.texts, e)
	case *ast.AttrGetExpr:
		r.expr(&e.Object)
		r.expr(&e.Key)
	case *ast.TableExpr:
		for _, f := range e.Fields {
			r.expr(&f.Key)
			r.expr(&f.Value)
			if f.Key != nil {
				firstValue(f.Value) // or the items before it take its other values
			}
		}
		*at = wholeTable(e)
	case *ast.FuncCallExpr:
		r.expr(&e.Func)
		r.expr(&e.Receiver)
		r.exprs(e.Args)
	case *ast.LogicalOpExpr:
		r.expr(&e.Lhs)
		r.expr(&e.Rhs)
		*at = decided(e)
	case *ast.RelationalOpExpr:
		r.expr(&e.Lhs)
		r.expr(&e.Rhs)
	case *ast.ArithmeticOpExpr:
		r.expr(&e.Lhs)
		r.expr(&e.Rhs)
	case *ast.UnaryMinusOpExpr:
		r.expr(&e.Expr)
	case *ast.UnaryNotOpExpr:
		r.expr(&e.Expr)
	case *ast.UnaryLenOpExpr:
		r.expr(&e.Expr)
	case *ast.FunctionExpr:
		r.block(e.Stmts)
	case *ast.StringConcatOpExpr:
		*at = r.concat(e)
	}
}
