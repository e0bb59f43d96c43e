package recording

import (
	"fmt"
	"strconv"
	"strings"

	"socksh/luabind/journal"
	"socksh/luabind/line"
	"socksh/luabind/sock"
)

// A call is one as Lua writes it.
type call struct {
	verb    *sock.Verb
	handle  string // the expression of the first argument, "" if that is no handle
	host    string // of a lab, whose method it is, "" for none
	args    []string
	options []string // "timeout = 0.5"
	data    int      // how many bytes it sends, -1 if that is not known
	flags   string   // that were typed
	option  string   // the socket option
	address string   // that was typed
	timed   bool     // its arguments, which are Lua's own, have a timeout
}

// isPath reports whether an expression is a name or a field, which may have a method.
func isPath(expr string) bool {
	for _, name := range strings.Split(expr, ".") {
		if !sock.IsName(name) {
			return false
		}
	}
	return true
}

func (c *call) list() []string {
	all := c.args
	if len(c.options) > 0 {
		all = append(all[:len(all):len(all)], "{"+strings.Join(c.options, ", ")+"}")
	}
	return all
}

// String returns the call: "s:send(data)", or "send(1, data)" where the handle is no
// variable.
func (c *call) String() string {
	if isPath(c.handle) {
		return c.handle + ":" + c.verb.Name + "(" + strings.Join(c.list(), ", ") + ")"
	}
	if c.host != "" {
		return c.host + ":" + c.verb.Name + "(" + strings.Join(c.list(), ", ") + ")"
	}
	f, args := c.function()
	return f + "(" + args + ")"
}

// function returns the function and its arguments.
func (c *call) function() (f, args string) {
	all := c.list()
	if c.host != "" {
		return c.host + "." + c.verb.Name, strings.Join(append([]string{c.host}, all...), ", ")
	}
	if c.handle != "" {
		all = append([]string{c.handle}, all...)
	}
	return c.verb.Name, strings.Join(all, ", ")
}

// passed returns the function and its arguments as arguments of another.
func (c *call) passed() string {
	f, args := c.function()
	return strings.TrimSuffix(f+", "+args, ", ")
}

// bounded is c with an end to its waiting, if it has none: what does not come is a failure, and no halt.
func (c *call) bounded(seconds int) *call {
	if !c.verb.Waits || c.timed {
		return c
	}
	for _, o := range c.options {
		if strings.HasPrefix(o, "timeout ") {
			return c
		}
	}
	limited := *c
	limited.options = append(c.options[:len(c.options):len(c.options)], fmt.Sprintf("timeout = %d", seconds))
	return &limited
}

// command makes a call of a command's words.
func (w *writer) command(st *step) *call {
	c := &call{verb: st.verb, data: -1}
	position := 0
	words := st.line.Words
	params := st.verb.Params
	if st.about != 0 && len(params) > 0 && params[0].Kind == sock.HandleKind && !hasPositional(words) {
		c.handle = w.name(st.about)
		position = 1
	}
	for i := 0; i < len(words); i++ {
		word := words[i]
		if text, plain := word.Plain(); plain && word.Name == "host" && sock.IsName(text) && c.handle == "" {
			c.host = text
			continue
		}
		if word.Name != "" {
			key := word.Name
			if !sock.IsName(key) {
				key = "[" + sock.Quote(key) + "]"
			}
			c.options = append(c.options, key+" = "+w.word(paramNamed(st.verb, word.Name), word, st))
			continue
		}
		p := paramAt(st.verb, position)
		text, plain := word.Plain()
		switch {
		case position == 0 && p != nil && p.Kind == sock.HandleKind:
			c.handle = w.handle(word, st.about)
			position++
			continue
		case plain && p != nil && p.Kind == sock.AddressKind:
			if i+1 < len(words) && words[i+1].Name == "" {
				if port, ok := words[i+1].Plain(); ok && sock.PortFollows(text, port) {
					text = sock.JoinPort(text, port)
					i++
				}
			}
			c.args = append(c.args, w.typedAddress(c, st.about, st.out, text))
		case p != nil && p.Kind == sock.AddressKind && st.verb.Records != sock.RecordNamed && st.out != nil && st.out.Ended == "" && w.isTarget(st.about):
			c.args = append(c.args, w.typedAddress(c, st.about, st.out, w.sockets[st.about].Peer))
		default:
			if p != nil && p.Kind == sock.BytesKind && plain {
				c.data = max(c.data, 0) + len(w.data(word))
			}
			if p != nil && p.Kind == sock.FlagsKind {
				c.flags = text
			}
			if p != nil && p.Kind == sock.OptionKind {
				c.option = strings.ToUpper(text)
			}
			c.args = append(c.args, w.word(p, word, st))
		}
		position++
	}
	return c
}

// typedAddress is the argument of a call of handle n that was typed as an address.
func (w *writer) typedAddress(c *call, n int, out *journal.Output, text string) string {
	c.address = text
	switch {
	case out != nil && out.Ended == "" && c.verb.Records == sock.RecordNamed:
		return w.bound(n, text)
	case w.isProgram(text):
		w.target(text)
	}
	return w.address(text)
}

func hasPositional(words []line.Word) bool {
	for _, w := range words {
		if w.Name == "" {
			return true
		}
	}
	return false
}

func paramAt(v *sock.Verb, position int) *sock.Param {
	for i := range v.Params {
		if p := &v.Params[i]; i == position || p.Rest {
			return p
		}
	}
	return nil
}

func paramNamed(v *sock.Verb, name string) *sock.Param {
	for i := range v.Params {
		if v.Params[i].Name == name {
			return &v.Params[i]
		}
	}
	return nil
}

// handle returns the expression of a word that names a handle; n is its number, 0 if that
// is not known.
func (w *writer) handle(word line.Word, n int) string {
	text, plain := word.Plain()
	if !plain {
		return w.interpolated(word)
	}
	if number, err := strconv.Atoi(text); err == nil {
		return w.name(number)
	}
	if text == "." && n != 0 {
		return w.name(n)
	}
	if isPath(text) {
		return text
	}
	return sock.Quote(text)
}

// data returns what a word of data stands for.
func (w *writer) data(word line.Word) string {
	text, _ := word.Plain()
	if n, ok := sock.Fill(text); ok && !word.Quoted {
		return sock.Filling(n)
	}
	return text
}

// word returns a word as the expression that a parameter takes, nil for one that is not
// known.
func (w *writer) word(p *sock.Param, word line.Word, st *step) string {
	text, plain := word.Plain()
	if !plain {
		return w.interpolated(word)
	}
	if p == nil {
		return plainWord(text)
	}
	switch p.Kind {
	case sock.HandleKind:
		return w.handle(word, 0)
	case sock.HandlesKind:
		n, events, own := strings.Cut(text, ":")
		word.Parts = []line.Part{{Text: n}}
		expr := w.handle(word, 0)
		if own {
			return "{{handle = " + expr + ", events = " + sock.Quote(events) + "}}"
		}
		return expr
	case sock.AddressKind:
		return w.address(text)
	case sock.BytesKind:
		return w.literal(w.data(word))
	case sock.JobKind:
		if w.jobs[text] {
			return text
		}
		return sock.Quote(text)
	case sock.IntKind, sock.RoomKind, sock.ValueKind, sock.DurationKind:
		return plainWord(text)
	}
	return w.literal(text)
}

// plainWord returns a number as it is, and any other word in quotes.
func plainWord(text string) string {
	if n, err := strconv.ParseFloat(text, 64); err == nil && !strings.ContainsAny(text, "xXpPnN_") && number(n) == text {
		return text
	}
	return sock.Quote(text)
}

// interpolated returns a word with Lua in it.
func (w *writer) interpolated(word line.Word) string {
	var parts []string
	for _, p := range word.Parts {
		switch {
		case p.Lua == "":
			parts = append(parts, w.literal(p.Text))
		case len(word.Parts) == 1 || isPath(p.Lua):
			parts = append(parts, w.code(p.Lua))
		default:
			parts = append(parts, "("+w.code(p.Lua)+")")
		}
	}
	for i, p := range word.Parts { // data may hold anything
		if p.Lua != "" && len(parts) > 1 && !strings.HasPrefix(p.Lua, "vars.") {
			parts[i] = "tostring(" + w.code(p.Lua) + ")"
		}
	}
	return strings.Join(parts, " .. ")
}
