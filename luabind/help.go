package luabind

import (
	"cmp"
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"socksh/luabind/sock"
)

// A function is one that scripts have beyond the verbs and Lua's own.
type function struct{ usage, summary, details string }

func (f function) name() string {
	if end := strings.IndexAny(f.usage, "({"); end >= 0 {
		return f.usage[:end]
	}
	return f.usage
}

// define makes a builtin that help knows.
func (s *Session) define(usage, summary string, f lua.LGFunction) {
	added := function{usage: usage, summary: summary}
	name := added.name()
	s.functions = append(s.functions, added)
	s.place(name, s.lua.NewFunction(f))
}

// place makes v a global that a script may shadow or, where the name has a point,
// the field of a table.
func (s *Session) place(name string, v lua.LValue) {
	table, field, ok := strings.Cut(name, ".")
	if !ok {
		s.builtins.RawSetString(name, v)
		return
	}
	t, ok := s.lua.GetGlobal(table).(*lua.LTable)
	if !ok {
		t = s.lua.CreateTable(0, 8)
		s.builtins.RawSetString(table, t)
	}
	t.RawSetString(field, v)
}

// knowing has tables of functions say what they do not have.
func (s *Session) knowing(tables ...string) {
	for _, table := range tables {
		meta := s.lua.CreateTable(0, 1)
		meta.RawSetString("__index", s.lua.NewFunction(func(L *lua.LState) int {
			name := lua.LVAsString(L.Get(2))
			hint := cmp.Or(didYouMean(name, namesIn(L.CheckTable(1))), "; help "+table+" lists what there is")
			L.RaiseError("there is no %s.%s%s", table, s.show(L.Get(2)), hint)
			return 0
		}))
		s.builtins.RawGetString(table).(*lua.LTable).Metatable = meta
	}
}

// Help returns the text on a verb, a function, a topic or an errno, or the overview for "".
func (s *Session) Help(topic string) (string, error) {
	if topic == "" {
		return s.overview(), nil
	}
	if v := s.Verb(topic); v != nil {
		return s.describeVerb(v), nil
	}
	if text := s.describeFunctions(topic); text != "" {
		return text, nil
	}
	if t := topicOf(topic); t != nil {
		return t.text, nil
	}
	if text := s.describeErrno(strings.ToUpper(topic)); text != "" {
		return text, nil
	}
	if o := sock.DescribeOption(topic); o != nil {
		return o[0] + "\n" + strings.TrimRight(wrapAll(o[1:], "  "), "\n"), nil
	}
	names := s.names()
	for _, f := range s.functions {
		if strings.HasSuffix(f.name(), "."+topic) {
			return s.describeFunctions(f.name()), nil
		}
		names = append(names, f.name())
	}
	for _, t := range topics {
		names = append(names, t.name)
	}
	if near := sock.Nearest(topic, names); near != "" {
		return "", fmt.Errorf("no help on %s; did you mean %s?", sock.Quote(topic), near)
	}
	return "", fmt.Errorf("no help on %s; help lists all there is", sock.Quote(topic))
}

// describeFunctions tells of the function that is called topic, and of those in
// the table or of the objects of that name; "" if there are none.
func (s *Session) describeFunctions(topic string) string {
	var parts []string
	for _, f := range s.functions {
		name := f.name()
		if name == topic || strings.HasPrefix(name, topic+".") || strings.HasPrefix(name, topic+":") {
			parts = append(parts, strings.TrimRight(f.usage+"\n"+wrap(f.summary, "  ")+wrap(f.details, "  "), "\n"))
		}
	}
	return strings.Join(parts, "\n")
}

// describeErrno tells which verbs give an errno, and when; "" if none does.
func (s *Session) describeErrno(name string) string {
	text := ""
	for i := range s.verbs {
		for _, c := range s.verbs[i].Errors {
			if c.Errno == name {
				text += fmt.Sprintf("\n  %-12s %s", s.verbs[i].Name, c.When)
			}
		}
	}
	if text == "" {
		return ""
	}
	return name + text
}

func (s *Session) overview() string {
	var b strings.Builder
	b.WriteString("Commands (help VERB tells more; the same names are Lua functions):\n")
	for _, v := range s.verbs {
		fmt.Fprintf(&b, "  %-12s %s\n", v.Name, v.Summary)
	}
	b.WriteString("\nA socket is a number, a name given by \"as\" (socket as srv), or . for the current one.\n")
	b.WriteString("Addresses: 127.0.0.1:2333  [::1]:80  localhost:80  :8080  unix:/path  @abstract\n")
	b.WriteString("Data: \"a\\r\\n\\x00\" or a bare word, $name for a Lua variable, #5000 for 5000 bytes.\n")
	b.WriteString("& at the end makes a job. Anything that is no command is Lua: x = recv(3); = 1+1\n")
	for _, t := range topics {
		fmt.Fprintf(&b, "help %s tells %s.\n", t.name, t.about)
	}
	b.WriteString("\nLua has beyond these:\n")
	for _, f := range s.functions {
		if !strings.Contains(f.name(), ":") { // help on its object lists a method
			fmt.Fprintf(&b, "  %-34s %s\n", f.usage, f.summary)
		}
	}
	return strings.TrimRight(b.String(), "\n")
}

func (s *Session) describeVerb(v *sock.Verb) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n  %s", v.Usage(), v.Summary)
	if v.Gives != "" {
		fmt.Fprintf(&b, "; gives %s", v.Gives)
	}
	b.WriteString(".\n")
	if v.Details != "" {
		b.WriteString(wrap(v.Details, "  "))
	}
	for i := range v.Params {
		p := &v.Params[i]
		switch p.Kind {
		case sock.WordKind:
			var words []string
			for _, c := range p.Choices {
				words = append(words, strings.ReplaceAll(c, "|", "="))
			}
			b.WriteString(wrap(strings.ToUpper(p.Name)+": "+strings.Join(words, ", "), "  "))
		case sock.FlagsKind, sock.EventsKind, sock.BitsKind:
			b.WriteString(wrap(strings.ToUpper(p.Name)+", joined by |: "+strings.Join(p.BitNames(), ", "), "  "))
		case sock.FamilyKind:
			b.WriteString(wrap("FAMILY: "+strings.Join(sock.Families(), ", ")+", or a number", "  "))
		case sock.TypeKind:
			b.WriteString(wrap("TYPE: "+strings.Join(sock.SocketTypes(), ", ")+", or a number", "  "))
		case sock.ControlKind:
			for _, c := range sock.ControlNames() {
				fmt.Fprintf(&b, "  --%-10s %s\n", c[0], c[1])
			}
		case sock.OptionKind:
			if v.Name == "setsockopt" {
				for _, l := range sock.OptionNames() {
					b.WriteString(wrap(l[0]+": "+l[1], "  "))
				}
			}
		}
	}
	for _, c := range v.Errors {
		fmt.Fprintf(&b, "  %-15s %s\n", c.Errno, c.When)
	}
	if len(v.Aliases) > 0 {
		fmt.Fprintf(&b, "  also called %s\n", strings.Join(v.Aliases, ", "))
	}
	fmt.Fprintf(&b, "  example: %s\n", v.Example)
	if v.See != "" {
		fmt.Fprintf(&b, "  see: %s\n", v.See)
	}
	return strings.TrimRight(b.String(), "\n")
}

// wrapAll wraps paragraphs.
func wrapAll(texts []string, indent string) string {
	var b strings.Builder
	for _, text := range texts {
		b.WriteString(wrap(text, indent))
	}
	return b.String()
}

// wrap breaks text into lines of at most 78 columns.
func wrap(text, indent string) string {
	var b strings.Builder
	column := 0
	for _, word := range strings.Fields(text) {
		if column > 0 && column+1+len(word) > 78 {
			b.WriteByte('\n')
			column = 0
		}
		if column == 0 {
			b.WriteString(indent)
			column = len(indent)
		} else {
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += len(word)
	}
	b.WriteByte('\n')
	return b.String()
}
