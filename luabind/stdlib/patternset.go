package stdlib

import "strings"

// A byteSet tells which bytes belong to a class of a pattern.
type byteSet [256]bool

func setOf(bytes string) *byteSet {
	s := new(byteSet)
	for i := range len(bytes) {
		s[bytes[i]] = true
	}
	return s
}

// addClass adds the bytes of %c; those of a letter that is no class, and of any
// other byte, are the byte itself.
func (s *byteSet) addClass(c byte) {
	in := classOf(c)
	if in == nil {
		s[c] = true
		return
	}
	complement := c&0x20 == 0
	for b := range 256 {
		if in(byte(b)) != complement {
			s[b] = true
		}
	}
}

func (s *byteSet) invert() {
	for b := range s {
		s[b] = !s[b]
	}
}

// classOf returns the class of a letter of either case, or nil.
func classOf(c byte) func(byte) bool {
	if !asciiLetter(c) {
		return nil
	}
	return classes[c|0x20]
}

// classes are the letters after % that stand for a class, as in the C locale.
var classes = map[byte]func(byte) bool{
	'a': asciiLetter,
	'c': func(b byte) bool { return b < ' ' || b == 0x7f },
	'd': asciiDigit,
	'l': func(b byte) bool { return 'a' <= b && b <= 'z' },
	'p': func(b byte) bool { return ' ' < b && b < 0x7f && !asciiLetter(b) && !asciiDigit(b) },
	's': func(b byte) bool { return b == ' ' || '\t' <= b && b <= '\r' },
	'u': func(b byte) bool { return 'A' <= b && b <= 'Z' },
	'w': func(b byte) bool { return asciiLetter(b) || asciiDigit(b) },
	'x': func(b byte) bool { return asciiDigit(b) || 'a' <= b|0x20 && b|0x20 <= 'f' },
	'z': func(b byte) bool { return b == 0 },
}

func asciiLetter(b byte) bool { return 'a' <= b|0x20 && b|0x20 <= 'z' }

func asciiDigit(b byte) bool { return '0' <= b && b <= '9' }

// class reads one class: a byte, an escape, "." (whose set is nil) or a set in
// brackets. plain is the byte, if it is one.
func (p *patternParser) class() (s *byteSet, plain string, ok bool) {
	c := p.peek(0)
	p.at++
	switch c {
	case '.':
		return nil, "", true
	case '[':
		return p.brackets()
	case '%':
		if p.left() == 0 {
			p.broken = "malformed pattern (ends with '%')"
			return nil, "", false
		}
		c = p.peek(0)
		p.at++
		if classOf(c) != nil {
			s = new(byteSet)
			s.addClass(c)
			return s, "", true
		}
	}
	return nil, p.source[p.at-1 : p.at], true
}

// brackets reads a set after its "[".
func (p *patternParser) brackets() (s *byteSet, plain string, ok bool) {
	s = new(byteSet)
	inverted := p.peek(0) == '^'
	if inverted {
		p.at++
	}
	end := p.bracket()
	if end < 0 {
		p.broken = "malformed pattern (missing ']')"
		return nil, "", false
	}
	for p.at < end {
		switch c := p.peek(0); {
		case c == '%':
			s.addClass(p.peek(1))
			p.at += 2
		case p.peek(1) == '-' && p.at+2 < end:
			for b := int(c); b <= int(p.peek(2)); b++ {
				s[b] = true
			}
			p.at += 3
		default:
			s[c] = true
			p.at++
		}
	}
	p.at = end + 1
	if inverted {
		s.invert()
	}
	return s, "", true
}

// bracket returns where the "]" of a set is, or -1. As its first byte "]" is one
// of the set.
func (p *patternParser) bracket() int {
	for i := p.at; i < len(p.source); i++ {
		switch {
		case p.source[i] == '%':
			i++
		case p.source[i] == ']' && i > p.at:
			return i
		}
	}
	return -1
}

// has reports whether the byte belongs to the item's set.
func (it *patternItem) has(b byte) bool { return it.set == nil || it.set[b] }

// index returns where the item's kind of match could begin in s, or -1.
func (it *patternItem) index(s string) int {
	if it.kind == itemLiteral {
		return strings.Index(s, it.text)
	}
	for i := range len(s) {
		if it.set[s[i]] {
			return i
		}
	}
	return -1
}
