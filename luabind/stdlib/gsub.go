package stdlib

import (
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// gsub is string.gsub(s, pattern, repl [, n]): s with its matches replaced, at most
// n of them, and how many there were. repl is a text, in which %1 to %9 stand for
// captures and %0 for the match; or a table or function that gives the text for
// the first capture, nil or false to leave the match as it is.
func (ps *patterns) gsub(c call) int {
	s, pattern := c.str(1), c.str(2)
	most := c.optInteger(4, len(s)+1)
	switch c.L.Get(3).(type) {
	case lua.LString, lua.LNumber, *lua.LTable, *lua.LFunction:
	default:
		c.fail(3, "string/function/table expected")
	}
	unanchored, anchored := strings.CutPrefix(pattern, "^")
	m := ps.matcher(c, unanchored, s)
	r := replacer{matcher: m, out: builder{call: c}, value: c.L.Get(3)}
	r.template, _ = asString(r.value)
	count, copied, from := 0, 0, 0
	for count < most {
		start, end := 0, -1
		if anchored {
			end = m.match(0)
		} else {
			start, end = m.find(from)
		}
		if end < 0 {
			break
		}
		if count++; count == 1 {
			r.out.reserve(len(s))
		}
		r.out.add(s[copied:start])
		r.replace(start, end)
		copied = end
		if from = end; start == end {
			from++
		}
		if anchored || from > len(s) {
			break
		}
	}
	ps.release(m)
	if count == 0 {
		c.L.Push(lua.LString(s))
	} else {
		r.out.add(s[copied:])
		r.out.push()
	}
	c.L.Push(numberValue(count))
	return 2
}

// A replacer puts together what gsub gives.
type replacer struct {
	*matcher
	out      builder
	value    lua.LValue // the third argument
	template string     // if it is a text
}

// replace adds what comes in the place of a match.
func (r *replacer) replace(start, end int) {
	L := r.call.L
	var with lua.LValue
	switch v := r.value.(type) {
	case *lua.LTable:
		with = L.GetTable(v, r.capture(0, start, end))
	case *lua.LFunction:
		L.Push(v)
		L.Call(r.pushCaptures(start, end), 1)
		with = L.Get(-1)
		L.Pop(1)
	default:
		r.fill(start, end)
		return
	}
	s, ok := asString(with)
	switch {
	case ok:
		r.out.add(s)
	case lua.LVAsBool(with):
		r.call.raise("invalid replacement value (a %s)", with.Type())
	default:
		r.out.add(r.subject[start:end])
	}
}

// fill adds the template, its marks filled in.
func (r *replacer) fill(start, end int) {
	rest := r.template
	for {
		text, after, ok := strings.Cut(rest, "%")
		r.out.add(text)
		if !ok {
			return
		}
		if after == "" {
			r.call.raise("invalid use of '%%' in replacement string: it ends with '%%'")
		}
		switch mark := after[0]; {
		case mark == '0':
			r.out.add(r.subject[start:end])
		case asciiDigit(mark):
			s, _ := asString(r.capture(int(mark)-'1', start, end))
			r.out.add(s)
		default:
			r.out.add(after[:1])
		}
		rest = after[1:]
	}
}
