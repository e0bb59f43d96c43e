package luabind

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"

	"socksh/luabind/loop"
	"socksh/luabind/sock"
	"socksh/luabind/source"
)

// A Scenario is one that a file has: the file itself, or a scenario("name", f) in it;
// with a matrix there is one for each combination of its values.
type Scenario struct {
	Name  string // "" where the file is the scenario and has no matrix
	Tags  []string
	Line  int           // where it is defined
	Limit time.Duration // how long it may take: 0 where it does not say, NoLimit for as long as it likes
}

// NoLimit is the limit of a scenario that says timeout = 0.
const NoLimit time.Duration = -1

// A scenario is one with its body.
type scenario struct {
	Scenario
	body   *lua.LFunction
	values *lua.LTable // of the matrix, nil without one
}

// A plan is what a file's main chunk has defined.
type plan struct {
	scenarios       []*scenario
	named           map[string]bool
	setup, teardown []lua.LValue
	combinations    []*scenario // of the matrix that belongs to the whole file
	wanted          string      // which of these runs, "" for the first
	listing         bool        // nothing but the definitions is wanted
	many            bool        // the file has scenarios
	complete        bool        // a scenario runs: what is defined now would never run
}

// planLimit is how long a file may take to define its scenarios.
const planLimit = 20 * time.Second

// Scenarios returns the scenarios of a file. Only a file that calls scenario or matrix
// is run for that, as far as its main chunk goes; use a session that does nothing else.
// Where that fails there are those defined before it, if any, and the error.
func (s *Session) Scenarios(t *loop.Task, code, name string) ([]Scenario, error) {
	chunk, err := source.Parse(source.File(code), name)
	if err != nil {
		return nil, syntaxError(err, name, code)
	}
	whole := []Scenario{{Line: 1}}
	many := mentions(chunk, "scenario")
	if !many && !mentions(chunk, "matrix") {
		return tagged(whole, code), nil
	}
	f, args, err := s.prepare(code, name, nil)
	if err != nil {
		return nil, err
	}
	g := newGroup()
	g.plan.listing, g.plan.many = true, many
	g.main = s.Loop.Go(func(main *loop.Task) error {
		main.Local = &local{group: g}
		return s.runGroup(main, g, f, args)
	})
	if t.Join(g.main, time.Now().Add(planLimit)) != nil {
		s.cancelGroup(g)
		return nil, fmt.Errorf("%s: the scenarios are not defined after %s: what takes long belongs into them", name, planLimit)
	}
	if _, err = g.main.Ended(); g.skipped != nil {
		err = nil
	}
	found := g.plan.scenarios
	if !many {
		found = g.plan.combinations
	}
	switch {
	case len(found) == 0 && err != nil:
		return nil, err
	case len(found) == 0:
		return tagged(whole, code), nil
	}
	var all []Scenario
	for _, sc := range found {
		all = append(all, sc.Scenario)
	}
	return tagged(all, code), err
}

// definesScenarios reports whether code calls scenario, if only under a condition.
func definesScenarios(code string) bool {
	chunk, err := source.Parse(source.File(code), "")
	return err == nil && mentions(chunk, "scenario") && !source.Locals(code)["scenario"] && !source.Functions(code)["scenario"]
}

// empty reports whether nothing of code runs: there are comments in it at most.
func empty(code string) bool {
	chunk, err := source.Parse(source.File(code), "")
	return err == nil && len(chunk) == 0
}

// headTags finds the line "-- tags: slow manual" among a file's first comments.
var headTags = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?m)\A(?:(?:--|#).*\n|\n)*?(?:--|#) *tags: *(.+)$`)
})

// HeadTags returns the tags that the first comments of a file give it.
func HeadTags(text string) []string {
	if m := headTags().FindStringSubmatch(text); m != nil {
		return strings.FieldsFunc(m[1], func(r rune) bool { return r == ',' || r == ' ' || r == '\r' })
	}
	return nil
}

func tagged(all []Scenario, code string) []Scenario {
	for i := range all {
		all[i].Tags = append(HeadTags(code), all[i].Tags...)
	}
	return all
}

// mentions reports whether code calls the global function of that name.
func mentions(chunk []ast.Stmt, name string) bool {
	found := false
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Interface, reflect.Pointer:
			if call, ok := v.Interface().(*ast.FuncCallExpr); ok && call != nil {
				id, ok := call.Func.(*ast.IdentExpr)
				found = found || ok && id.Value == name
			}
			if !v.IsNil() {
				walk(v.Elem())
			}
		case reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i))
			}
		case reflect.Struct:
			for i := range v.NumField() {
				if f := v.Field(i); f.CanInterface() {
					walk(f)
				}
			}
		}
	}
	walk(reflect.ValueOf(chunk))
	return found
}

// openScenarios defines what a file of scenarios is made of.
func (s *Session) openScenarios() {
	s.define("scenario(name [, {tags…, matrix = {…}, timeout = t}], f)", "define a scenario; socksh test runs each in a session of its own", func(L *lua.LState) int {
		s.addScenario(L)
		return 0
	})
	s.define("matrix{name = {values…}, …}", "one scenario for each combination of values; gives this one's, such as {ip = 4}", func(L *lua.LState) int {
		L.Push(s.matrix(L))
		return 1
	})
	s.define("setup(f)", "run f before each scenario of the file", func(L *lua.LState) int {
		p := s.planOf(L, "setup")
		p.setup = append(p.setup, L.CheckFunction(1))
		return 0
	})
	s.define("teardown(f)", "run f after each scenario of the file, however it ended", func(L *lua.LState) int {
		p := s.planOf(L, "teardown")
		p.teardown = append(p.teardown, L.CheckFunction(1))
		return 0
	})
	s.openVerdicts()
	vars := s.lua.CreateTable(0, len(s.Vars))
	for name, value := range s.Vars {
		vars.RawSetString(name, lua.LString(value))
	}
	meta := s.lua.CreateTable(0, 1)
	meta.RawSetString("__index", s.lua.NewFunction(func(L *lua.LState) int {
		if name := L.Get(2).String(); !slices.Contains(s.notGiven, name) {
			s.notGiven = append(s.notGiven, name)
			if s.Asked != nil {
				s.Asked(name, false)
			}
		}
		return 0
	}))
	vars.Metatable = meta
	s.builtins.RawSetString("vars", vars)
	s.functions = append(s.functions, function{usage: "vars", summary: "the values given by --var and --secret, by name"})
}

// groupOf returns the group of the file that calls; what names the function.
func (s *Session) groupOf(L *lua.LState, what string) *group {
	if g := localOf(s.Loop.Current()).group; g != nil {
		return g
	}
	L.RaiseError("%s belongs into a file: socksh test FILE, or run FILE", what)
	return nil
}

func (s *Session) planOf(L *lua.LState, what string) *plan {
	p := s.groupOf(L, what).plan
	if p.complete {
		L.RaiseError("%s belongs outside of the scenarios, into the file itself", what)
	}
	return p
}

func (s *Session) addScenario(L *lua.LState) {
	p, name := s.planOf(L, "scenario"), L.CheckString(1)
	if strings.TrimSpace(name) == "" || strings.ContainsAny(name, "\r\n") {
		L.ArgError(1, "a scenario's name is one line")
	}
	sc := scenario{Scenario: Scenario{Name: name}}
	_, sc.Line = s.where(L)
	axes := map[string][]lua.LValue{}
	body := 2
	if L.GetTop() > 2 {
		body = 3
		L.CheckTable(2).ForEach(func(k, v lua.LValue) { s.scenarioOption(L, &sc, axes, k, v) })
	}
	sc.body = L.CheckFunction(body)
	for _, one := range s.combine(sc, axes) {
		if p.named[one.Name] {
			L.ArgError(1, "there is a scenario called "+sock.Quote(one.Name)+" already")
		}
		p.named[one.Name] = true
		p.scenarios = append(p.scenarios, one)
	}
}

func (s *Session) scenarioOption(L *lua.LState, sc *scenario, axes map[string][]lua.LValue, k, v lua.LValue) {
	switch k {
	case lua.LString("matrix"):
		table, ok := v.(*lua.LTable)
		if !ok {
			L.ArgError(2, "matrix is a table")
		}
		s.readAxes(L, 2, table, axes)
	case lua.LString("timeout"):
		d, err := sock.Duration(s.toValue(v))
		if err != nil {
			L.ArgError(2, "timeout: "+err.Error())
		}
		if sc.Limit = d; d == 0 {
			sc.Limit = NoLimit
		}
	default:
		_, item := k.(lua.LNumber)
		tag, ok := v.(lua.LString)
		if !item || !ok {
			L.ArgError(2, "there is matrix, timeout, and tags without a name, not "+s.show(k))
		}
		sc.Tags = append(sc.Tags, string(tag))
	}
}
