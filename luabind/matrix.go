package luabind

import (
	"sort"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// matrix is matrix{...}: the values of the present run.
func (s *Session) matrix(L *lua.LState) *lua.LTable {
	p := s.planOf(L, "matrix")
	if p.many || len(p.scenarios) > 0 {
		L.RaiseError(`a file with scenarios writes scenario("name", {matrix = {...}}, f)`)
	}
	if p.combinations != nil {
		L.RaiseError("a file has one matrix")
	}
	axes := map[string][]lua.LValue{}
	s.readAxes(L, 1, L.CheckTable(1), axes)
	sc := scenario{}
	_, sc.Line = s.where(L)
	p.combinations = s.combine(sc, axes)
	if p.listing {
		s.exit(s.Loop.Current(), 0)
		L.RaiseError("exit")
	}
	for _, one := range p.combinations {
		if p.wanted == "" || one.Name == p.wanted {
			return one.values
		}
	}
	L.RaiseError("the matrix has no %s", p.wanted)
	return nil
}

func (s *Session) readAxes(L *lua.LState, n int, table *lua.LTable, axes map[string][]lua.LValue) {
	table.ForEach(func(k, v lua.LValue) {
		list, ok := v.(*lua.LTable)
		if _, named := k.(lua.LString); !named || !ok || list.Len() == 0 {
			L.ArgError(n, "a matrix has names with lists of values, as {ip = {4, 6}}")
		}
		for i := 1; i <= list.Len(); i++ {
			axes[k.String()] = append(axes[k.String()], list.RawGetInt(i))
		}
	})
}

// combine returns sc once for each combination of the values of axes.
func (s *Session) combine(sc scenario, axes map[string][]lua.LValue) []*scenario {
	names := make([]string, 0, len(axes))
	for name := range axes {
		names = append(names, name)
	}
	sort.Strings(names)
	all := []*scenario{&sc}
	for _, name := range names {
		var longer []*scenario
		for _, one := range all {
			for _, value := range axes[name] {
				longer = append(longer, s.extend(*one, name, value))
			}
		}
		all = longer
	}
	return all
}

// extend returns sc with one value more: "name [ip=4]" becomes "name [ip=4,size=1]".
func (s *Session) extend(sc scenario, name string, value lua.LValue) *scenario {
	label := name + "=" + strings.NewReplacer("\n", " ", "]", ")").Replace(s.show(value))
	values := s.lua.NewTable()
	if sc.values != nil {
		sc.values.ForEach(values.RawSet)
		sc.Name = strings.TrimSuffix(sc.Name, "]") + "," + label + "]"
	} else {
		sc.Name = strings.TrimLeft(sc.Name+" ["+label+"]", " ")
	}
	values.RawSetString(name, value)
	sc.values = values
	return &sc
}
