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

// withoutJump puts a declaration before the "break" that a loop begins with.
func withoutJump(stmts []ast.Stmt, loop ast.Stmt) []ast.Stmt {
	first := stmts
	for len(first) > 0 {
		block, ok := first[0].(*ast.DoBlockStmt)
		if !ok {
			break
		}
		first = block.Stmts
	}
	if len(first) == 0 {
		return stmts
	}
	if _, ok := first[0].(*ast.BreakStmt); !ok {
		return stmts
	}
	none := &ast.NilExpr{}
	none.SetLine(loop.Line())
	begin := &ast.LocalAssignStmt{Names: []string{"(begin)"}, Exprs: []ast.Expr{none}}
	begin.SetLine(loop.Line())
	begin.SetLastLine(loop.Line())
	return append([]ast.Stmt{begin}, stmts...)
}
