package stdlib

import "github.com/yuin/gopher-lua/ast"

// gopher-lua takes the way back to the begin of a loop for another if there is a jump
// without a condition: the loop skips its work, or never ends. The functions here see
// to it that there is none.

// tested makes a condition that is never met one that is tested.
func tested(e ast.Expr) ast.Expr {
	switch e.(type) {
	case *ast.FalseExpr, *ast.NilExpr:
		yes := &ast.TrueExpr{}
		yes.SetLine(e.Line())
		no := &ast.UnaryNotOpExpr{Expr: yes}
		no.SetLine(e.Line())
		return no
	}
	return e
}

// decided returns what is left of an "and" or "or" whose first operand is a constant.
func decided(e *ast.LogicalOpExpr) ast.Expr {
	var truth bool
	switch e.Lhs.(type) {
	case *ast.TrueExpr, *ast.NumberExpr, *ast.StringExpr:
		truth = true
	case *ast.FalseExpr, *ast.NilExpr:
	default:
		return e
	}
	if truth == (e.Operator == "or") {
		return e.Lhs
	}
	firstValue(e.Rhs)
	return e.Rhs
}

// mayBeginWithJump reports whether the first that is compiled of a block may be a
// jump without a condition.
func mayBeginWithJump(stmts []ast.Stmt) bool {
	if len(stmts) == 0 {
		return false
	}
	switch s := stmts[0].(type) {
	case *ast.BreakStmt, *ast.GotoStmt, *ast.LabelStmt, *ast.DoBlockStmt, *ast.WhileStmt, *ast.RepeatStmt:
		return true
	case *ast.IfStmt:
		switch s.Condition.(type) {
		case *ast.TrueExpr, *ast.NumberExpr, *ast.StringExpr:
			return true
		}
	}
	return false
}

// withoutJump puts a declaration before the jump that a loop may begin with.
func withoutJump(stmts []ast.Stmt, loop ast.Stmt) []ast.Stmt {
	if !mayBeginWithJump(stmts) {
		return stmts
	}
	none := &ast.NilExpr{}
	none.SetLine(loop.Line())
	begin := &ast.LocalAssignStmt{Names: []string{"(begin)"}, Exprs: []ast.Expr{none}}
	begin.SetLine(loop.Line())
	begin.SetLastLine(loop.Line())
	return append([]ast.Stmt{begin}, stmts...)
}
