package stdlib

import (
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// find is string.find(s, pattern [, init [, plain]]): where the first match begins
// and ends, and its captures; nil if there is none.
func (ps *patterns) find(c call) int {
	s, pattern := c.str(1), c.str(2)
	init := c.begin(3, s)
	if lua.LVAsBool(c.L.Get(4)) || isPlain(pattern) {
		at := strings.Index(s[init:], pattern)
		if at < 0 {
			return c.push(lua.LNil)
		}
		c.L.Push(numberValue(init + at + 1))
		c.L.Push(numberValue(init + at + len(pattern)))
		return 2
	}
	m, start, end := ps.first(c, s, pattern, init)
	n := 1
	if start < 0 {
		c.L.Push(lua.LNil)
	} else {
		c.L.Push(numberValue(start + 1))
		c.L.Push(numberValue(end))
		n = 2
		if len(m.captures) > 0 {
			n += m.pushCaptures(start, end)
		}
	}
	ps.release(m)
	return n
}

// match is string.match(s, pattern [, init]): the captures of the first match, or
// all of it if there are none; nil if there is no match.
func (ps *patterns) match(c call) int {
	s, pattern := c.str(1), c.str(2)
	m, start, end := ps.first(c, s, pattern, c.begin(3, s))
	n := 1
	if start < 0 {
		c.L.Push(lua.LNil)
	} else {
		n = m.pushCaptures(start, end)
	}
	ps.release(m)
	return n
}

// begin takes the argument that says where in s to begin, as an offset.
func (c call) begin(n int, s string) int {
	return min(max(absolute(c.optInteger(n, 1), len(s))-1, 0), len(s))
}

// first finds the first match from init on; its start is -1 if there is none.
func (ps *patterns) first(c call, s, pattern string, init int) (m *matcher, start, end int) {
	unanchored, anchored := strings.CutPrefix(pattern, "^")
	m = ps.matcher(c, unanchored, s)
	if !anchored {
		start, end = m.find(init)
		return m, start, end
	}
	if end = m.match(init); end < 0 {
		return m, -1, -1
	}
	return m, init, end
}

// gmatch is string.gmatch(s, pattern): an iterator over the matches. A "^" in the
// pattern is an ordinary byte.
func (ps *patterns) gmatch(c call) int {
	s, pattern := c.str(1), c.str(2)
	m := new(matcher)
	m.begin(c, ps.compile(pattern), s)
	from := 0
	return c.push(c.L.NewFunction(func(L *lua.LState) int {
		m.call.L = L // which may be another coroutine than last time
		start, end := m.find(from)
		if start < 0 {
			from = len(s) + 1
			return 0
		}
		if from = end; start == end {
			from++
		}
		return m.pushCaptures(start, end)
	}))
}
