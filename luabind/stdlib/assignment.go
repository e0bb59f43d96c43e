package stdlib

import (
	"slices"
	"strconv"

	"github.com/yuin/gopher-lua/ast"
)

// untangle sees to it that a multiple assignment evaluates all its expressions before
// it assigns (manual 2.4.3). gopher-lua assigns to a local variable as soon as it has
// the value, so that x, y = y, x would give both the same, and mixes up registers
// where names and items are assigned together. All parts go to variables of their own
// first.
func untangle(s *ast.AssignStmt) ast.Stmt {
	if len(s.Rhs) <= len(s.Lhs) && (len(s.Lhs) == 1 || isSimple(s)) {
		return s
	}
	n := 0
	at := func(node ast.PositionHolder) {
		node.SetLine(s.Line())
		node.SetLastLine(s.LastLine())
	}
	fresh := func(keep *ast.LocalAssignStmt) *ast.IdentExpr {
		n++
		name := &ast.IdentExpr{Value: "(part " + strconv.Itoa(n) + ")"}
		at(name)
		keep.Names = append(keep.Names, name.Value)
		return name
	}
	places, values := &ast.LocalAssignStmt{}, &ast.LocalAssignStmt{Exprs: s.Rhs}
	for _, target := range s.Lhs {
		if item, ok := target.(*ast.AttrGetExpr); ok {
			places.Exprs = append(places.Exprs, item.Object, item.Key)
			item.Object, item.Key = fresh(places), fresh(places)
		}
	}
	block := &ast.DoBlockStmt{Stmts: []ast.Stmt{values}}
	if len(places.Names) > 0 {
		block.Stmts = []ast.Stmt{places, values}
	}
	var assigns []ast.Stmt
	for _, target := range s.Lhs {
		one := &ast.AssignStmt{Lhs: []ast.Expr{target}, Rhs: []ast.Expr{fresh(values)}}
		at(one)
		assigns = append(assigns, one)
	}
	slices.Reverse(assigns) // as lua5.1 does
	fillNames(values)
	block.Stmts = append(block.Stmts, assigns...)
	for _, made := range []ast.Stmt{places, values, block} {
		at(made)
	}
	return block
}

// fillNames gives a name to each value of a declaration that has too many of them:
// gopher-lua mixes up the registers of the others.
func fillNames(s *ast.LocalAssignStmt) {
	for i := len(s.Names); i < len(s.Exprs); i++ {
		s.Names = append(s.Names, "(spare "+strconv.Itoa(i)+")")
	}
}

// isSimple reports whether gopher-lua compiles a multiple assignment as it should:
// constants, or the results of one call, to names; or anything to items, if what is
// assigned is no variable that changes before.
func isSimple(s *ast.AssignStmt) bool {
	names, items := 0, 0
	for _, target := range s.Lhs {
		if _, ok := target.(*ast.IdentExpr); ok {
			names++
		} else {
			items++
		}
	}
	constants, variables := 0, 0
	for _, value := range s.Rhs {
		switch value.(type) {
		case *ast.NumberExpr, *ast.StringExpr, *ast.NilExpr, *ast.TrueExpr, *ast.FalseExpr:
			constants++
		case *ast.IdentExpr:
			variables++
		}
	}
	switch {
	case items == 0:
		return constants == len(s.Rhs) || len(s.Rhs) == 1
	case names == 0:
		return variables == 0 || variables+constants == len(s.Rhs)
	}
	return false
}
