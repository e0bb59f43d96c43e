package luabind

import (
	"os"
	"path/filepath"
	"sort"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"socksh/luabind/line"
	"socksh/luabind/sock"
)

// A Candidate is one way to go on with a line.
type Candidate struct{ Text, About string }

// Complete returns the word that text ends with, and what it may become.
func (s *Session) Complete(text string) (word string, candidates []Candidate) {
	text = strings.TrimLeft(strings.TrimPrefix(strings.TrimLeft(text, " "), ":"), " ")
	word = lastWord(text)
	if v, words := s.commandOf(text); v != nil {
		candidates = s.completeArgument(v, words, word)
	} else {
		if strings.HasPrefix(text, "?") {
			word = strings.TrimPrefix(word, "?")
			text = word
		}
		if word == text {
			for i := range s.verbs {
				candidates = append(candidates, Candidate{s.verbs[i].Name, s.verbs[i].Summary})
			}
		}
		word = word[strings.LastIndexAny(word, "({[,;=+-*/<>~#")+1:]
		candidates = append(candidates, s.completeLua(word)...)
	}
	var fitting []Candidate
	seen := make(map[string]bool)
	for _, c := range candidates {
		if strings.HasPrefix(c.Text, word) && !seen[c.Text] {
			seen[c.Text] = true
			fitting = append(fitting, c)
		}
	}
	return word, fitting
}

func lastWord(text string) string { return text[strings.LastIndexAny(text, " \t")+1:] }

// commandOf returns the verb that text begins with, if the line is a command,
// and the finished words after it.
func (s *Session) commandOf(text string) (*sock.Verb, []string) {
	if i := strings.LastIndex(text, "= "); i > 0 && s.Known(strings.Fields(text[i+1:] + " x")[0]) {
		text = strings.TrimLeft(text[i+1:], " ") // an assignment
	}
	name, rest, blank := strings.Cut(text, " ")
	if !blank || !s.Known(name) {
		return nil, nil
	}
	if l, err := line.Parse(name+" "+strings.TrimLeft(rest, " ")+"x", s.Known); err == nil && l.Kind != line.Command {
		return nil, nil
	}
	words := strings.Fields(rest)
	if len(words) > 0 && !strings.HasSuffix(rest, " ") {
		words = words[:len(words)-1]
	}
	return s.Verb(name), words
}

// positional counts the words that are positional arguments. open is the name of
// a --name at the end whose value is still to come.
func positional(words []string) (count int, open string) {
	for i := 0; i < len(words); i++ {
		flag, ok := strings.CutPrefix(words[i], "--")
		switch {
		case !ok:
			count++
		case strings.Contains(flag, "="):
		case i+1 == len(words):
			return count, flag
		default:
			i++ // its value
		}
	}
	return count, ""
}

// place returns the parameter that the next word is for, and the name of a
// --name before it.
func place(v *sock.Verb, words []string) (p *sock.Param, named string) {
	position, named := positional(words)
	for k := range v.Params {
		switch p := &v.Params[k]; {
		case named != "" && p.Name == named, named == "" && (k == position || p.Rest):
			return p, named
		}
	}
	return nil, named
}

func (s *Session) completeArgument(v *sock.Verb, words []string, word string) []Candidate {
	p, named := place(v, words)
	if strings.HasPrefix(word, "--") && named == "" {
		var flags []Candidate
		for i := range v.Params {
			if v.Params[i].Kind == sock.ControlKind {
				for _, c := range sock.ControlNames() {
					flags = append(flags, Candidate{"--" + c[0], c[1]})
				}
				continue
			}
			if v.Params[i].Optional && !v.Params[i].Rest {
				flags = append(flags, Candidate{"--" + v.Params[i].Name, v.Params[i].Usage()})
			}
		}
		if v.Waits {
			flags = append(flags, Candidate{"--timeout", "500ms, 2s, or a number of seconds"})
		}
		return flags
	}
	if p == nil {
		return nil
	}
	var all []Candidate
	switch p.Kind {
	case sock.HandleKind, sock.HandlesKind:
		for _, h := range s.Table.Handles() {
			if p.Fits != nil && !p.Fits(h) {
				continue
			}
			about := s.Table.Summary(h)
			if h.Name != "" {
				all = append(all, Candidate{h.Name, about})
			} else {
				all = append(all, Candidate{sock.Num(h.N).String(), about})
			}
		}
	case sock.AddressKind:
		for _, a := range s.Table.Addresses() {
			all = append(all, Candidate{a, "listens here"})
		}
		all = append(all, Candidate{"127.0.0.1:", ""}, Candidate{"[::1]:", ""}, Candidate{"localhost:", ""}, Candidate{"unix:", ""})
	case sock.WordKind:
		for _, c := range p.Choices {
			name, _, _ := strings.Cut(c, "|")
			all = append(all, Candidate{name, ""})
		}
	case sock.FamilyKind:
		for _, name := range sock.Families() {
			all = append(all, Candidate{name, ""})
		}
	case sock.TypeKind:
		for _, name := range sock.SocketTypes() {
			all = append(all, Candidate{name, ""})
		}
	case sock.SwitchKind:
		all = append(all, Candidate{"on", ""}, Candidate{"off", ""})
	case sock.FlagsKind, sock.EventsKind, sock.BitsKind:
		before := word[:strings.LastIndexByte(word, '|')+1]
		for _, name := range p.BitNames() {
			all = append(all, Candidate{before + name, ""})
		}
	case sock.OptionKind:
		for _, o := range sock.Options() {
			all = append(all, Candidate{o[0], o[1]})
			_, short, _ := strings.Cut(o[0], "_")
			if strings.ToLower(word) == word && word != "" {
				all = append(all, Candidate{strings.ToLower(short), o[1]})
			}
		}
	case sock.ValueKind:
		before := word[:strings.LastIndexByte(word, '|')+1]
		if len(words) > 1 {
			for _, value := range sock.OptionWords(words[1]) {
				all = append(all, Candidate{before + value, ""})
			}
		}
	case sock.JobKind:
		for _, j := range s.Table.Jobs() {
			all = append(all, Candidate{j.Name(), j.Text})
		}
	case sock.HostKind:
		for _, h := range s.Table.Hosts() {
			all = append(all, Candidate{h.Name(), "a host"})
		}
		all = append(all, Candidate{sock.RealNetwork, "the network outside of the lab"})
	case sock.VerbKind:
		for i := range s.verbs {
			all = append(all, Candidate{s.verbs[i].Name, s.verbs[i].Summary})
		}
		for _, f := range s.functions {
			all = append(all, Candidate{f.name(), f.summary})
		}
		for _, t := range topics {
			all = append(all, Candidate{t.name, t.about})
		}
		if strings.Contains(word, "_") {
			for _, o := range sock.Options() {
				all = append(all, Candidate{o[0], o[1]})
			}
		}
	case sock.FileKind:
		all = s.completeFile(word)
	}
	return all
}

func (s *Session) completeFile(word string) []Candidate {
	var all []Candidate
	names, _ := filepath.Glob(sock.Path(word) + "*")
	for _, name := range names {
		info, err := os.Stat(name)
		if strings.HasPrefix(word, sock.Home) {
			name = sock.Home + strings.TrimPrefix(name, sock.Path(sock.Home))
		}
		if err == nil && info.IsDir() {
			all = append(all, Candidate{name + "/", ""})
		} else if strings.HasSuffix(name, ".lua") {
			all = append(all, Candidate{name, ""})
		}
	}
	if s.Library != nil {
		all = append(all, libraryNames(s.Library)...)
	}
	return all
}

// completeLua completes a name, or a field or method after its table.
func (s *Session) completeLua(word string) []Candidate {
	dot := strings.LastIndexAny(word, ".:")
	if dot < 0 {
		names := append(tableNames(s.lua.G.Global, ""), tableNames(s.builtins, "")...)
		sort.Slice(names, func(i, k int) bool { return names[i].Text < names[k].Text })
		return names
	}
	v := lua.LValue(s.lua.G.Global)
	for i, name := range strings.FieldsFunc(word[:dot], func(r rune) bool { return r == '.' || r == ':' }) {
		t, ok := v.(*lua.LTable)
		if !ok {
			return nil
		}
		if v = t.RawGetString(name); v == lua.LNil && i == 0 {
			v = s.builtins.RawGetString(name)
		}
	}
	switch v := v.(type) {
	case *lua.LTable:
		return tableNames(v, word[:dot+1])
	case *lua.LUserData:
		if meta, ok := v.Metatable.(*lua.LTable); ok {
			if methods, ok := meta.RawGetString("__index").(*lua.LTable); ok {
				return tableNames(methods, word[:dot+1])
			}
		}
	case lua.LString:
		return tableNames(s.lua.GetGlobal("string").(*lua.LTable), word[:dot+1])
	}
	return nil
}

func tableNames(t *lua.LTable, prefix string) []Candidate {
	var all []Candidate
	t.ForEach(func(k, v lua.LValue) {
		if name, ok := k.(lua.LString); ok && sock.IsName(string(name)) && !strings.HasPrefix(string(name), "_") {
			all = append(all, Candidate{prefix + string(name), v.Type().String()})
		}
	})
	sort.Slice(all, func(i, k int) bool { return all[i].Text < all[k].Text })
	return all
}

// Hint returns what may follow text, as its command's usage tells; "" if text is
// no command. It may be called from any goroutine.
func (s *Session) Hint(text string) string {
	v, words := s.commandOf(strings.TrimLeft(text, " ") + " ")
	if v == nil || strings.TrimSpace(text) == "" {
		return ""
	}
	position, _ := positional(words)
	var rest []string
	for i := range v.Params {
		if i >= position || v.Params[i].Rest {
			rest = append(rest, v.ParamUsage(i))
		}
	}
	if v.Waits && !strings.Contains(text, "--timeout") {
		rest = append(rest, "[--timeout TIME]")
	}
	hint := strings.Join(rest, " ")
	if hint != "" && !strings.HasSuffix(text, " ") {
		hint = " " + hint
	}
	return hint
}
