package stdlib

import (
	"fmt"
	"strings"
)

// pattern makes a pattern; at times a malformed one.
func (g generator) pattern() string {
	if g.chance(12) {
		return quoted(g.bytes("ab%[]()^$*+-?.0f1", 8))
	}
	if g.chance(12) {
		return quoted(g.bytes("abAB01 ()-", 3))
	}
	var b strings.Builder
	if g.chance(5) {
		b.WriteByte('^')
	}
	captures, unclosed := 0, 0
	for range g.IntN(6) {
		switch g.IntN(12) {
		case 0:
			b.WriteString("(")
			captures++
			unclosed++
			continue
		case 1:
			if unclosed > 0 {
				b.WriteByte(')')
				unclosed--
			}
			continue
		case 2:
			b.WriteString("()")
			captures++
			continue
		case 3:
			b.WriteString(g.pick("%b()", "%bab", "%baa", "%b{}", "%f[%w]", "%f[^a]", "%f[%z]", "%f[a-b]"))
			continue
		case 4:
			if captures > 0 {
				fmt.Fprintf(&b, "%%%d", 1+g.IntN(captures))
			}
			continue
		}
		b.WriteString(g.class())
		b.WriteString(g.pick("", "", "", "*", "+", "-", "?"))
	}
	for range unclosed {
		if !g.chance(20) {
			b.WriteByte(')')
		}
	}
	if g.chance(6) {
		b.WriteByte('$')
	}
	return quoted(b.String())
}

func (g generator) class() string {
	switch g.IntN(6) {
	case 0:
		return "."
	case 1:
		return "%" + string("aAcCdDlLpPsSuUwWxXzZ.%(-g]\xe9"[g.IntN(27)])
	case 2:
		inside := ""
		for range 1 + g.IntN(3) {
			inside += g.pick("a", "b", "a-b", "A-Z", "%w", "%s", "%]", "%-", "]", "-", "^", "%", "0-", "\xe0-\xff", "\x01-\x1f", "%D", "b-a")
		}
		return "[" + g.pick("", "^") + inside + "]"
	}
	return g.pick("a", "b", "A", "0", "1", " ", "_", "\n", "\xe9", "%.")
}

func (g generator) replacement() string {
	switch g.IntN(6) {
	case 0:
		return g.pick("echo", "nothing", "join", "string.upper", "function() return false end", "function(a) return {} end",
			"function(...) return select('#', ...) end")
	case 1:
		return g.pick("{a = 'X', b = 5, aa = false}", "{}", "{a = {}}", "{1, 2, 3}", "setmetatable({}, {__index = function(t, k) return k .. k end})")
	case 2:
		return g.number()
	}
	text := g.bytes("xy\x00%%%0112 ", 6)
	if n := len(text) - len(strings.TrimRight(text, "%")); n%2 == 1 {
		text += "%"
	}
	return quoted(text)
}

// format makes a format and its arguments.
func (g generator) format() string {
	var args []string
	var b strings.Builder
	b.WriteString(g.pick("", "", "\x00"))
	for range g.IntN(4) {
		b.WriteString(g.bytes("ab ", 2))
		if g.chance(10) {
			b.WriteString("%%")
			continue
		}
		b.WriteByte('%')
		for range g.IntN(3) {
			b.WriteString(g.pick("-", "+", " ", "#", "0", ""))
		}
		b.WriteString(g.pick("", "", "", "5", "12", "99", "1", "30"))
		b.WriteString(g.pick("", "", "", ".", ".0", ".1", ".3", ".14", ".20", ".99"))
		verb := g.pick("c", "d", "i", "o", "u", "x", "X", "e", "E", "f", "g", "G", "q", "s", "d", "g", "s", "f")
		if g.chance(40) {
			verb = g.pick("y", "a", "111d", "", "p", "n")
		}
		b.WriteString(verb)
		switch {
		case g.chance(30):
			args = append(args, g.pick("nil", "{}", "true"))
		case verb == "c":
			args = append(args, g.pick("65", "10", "255", "321", "'66'"))
		case verb == "q":
			args = append(args, g.text())
		case verb == "s":
			args = append(args, strings.ReplaceAll(g.text(), `\000`, `\001`))
		default:
			args = append(args, g.number())
		}
	}
	return g.args(append([]string{quoted(b.String())}, args...)...)
}
