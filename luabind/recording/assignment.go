package recording

import (
	"slices"

	"github.com/yuin/gopher-lua/ast"

	"socksh/luabind/source"
)

// learnNames finds the variables that assignments give handles to.
func (w *writer) learnNames(st *step) {
	if st.out == nil || len(st.out.Made) == 0 || st.line.Expr {
		return
	}
	names := assignedNames(st.line.Code)
	if names == nil {
		names = w.makers(st.line.Code)
	}
	if len(names) != len(st.out.Made) && len(st.out.Made) != 1 || len(names) == 0 {
		return
	}
	for i, n := range st.out.Made {
		w.call(int(n), names[i])
	}
}

// makers returns the variables that calls which make handles are assigned to, in order, of
// code that is a list of statements.
func (w *writer) makers(code string) []string {
	chunk, err := source.Parse(code, "")
	if err != nil {
		return nil
	}
	var all []string
	for _, statement := range chunk {
		names, values := parts(statement)
		if len(values) != 1 {
			continue
		}
		f, ok := values[0].(*ast.FuncCallExpr)
		if !ok {
			continue
		}
		verb := f.Method
		if id, plain := f.Func.(*ast.IdentExpr); plain {
			verb = id.Value
		}
		if v := w.session.Verb(verb); v != nil && v.Makes {
			all = append(all, names...)
		}
	}
	return all
}

// assignedNames returns the variables of code that is one assignment to variables alone, nil
// for other code.
func assignedNames(code string) []string {
	names, _ := assignment(code)
	if slices.Contains(names, "") {
		return nil
	}
	return names
}

// assignment returns the variables, "" for a field, and the values of code that is one
// assignment.
func assignment(code string) (names []string, values []ast.Expr) {
	chunk, err := source.Parse(code, "")
	if err != nil || len(chunk) != 1 {
		return nil, nil
	}
	return parts(chunk[0])
}

// parts returns the variables and the values of a statement that is an assignment.
func parts(statement ast.Stmt) (names []string, values []ast.Expr) {
	switch a := statement.(type) {
	case *ast.LocalAssignStmt:
		return a.Names, a.Exprs
	case *ast.AssignStmt:
		for _, e := range a.Lhs {
			name := ""
			if id, ok := e.(*ast.IdentExpr); ok {
				name = id.Value
			}
			names = append(names, name)
		}
		return names, a.Rhs
	}
	return nil, nil
}
