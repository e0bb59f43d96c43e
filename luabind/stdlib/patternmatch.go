package stdlib

import (
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// A matcher matches one pattern against one subject. It goes forward through the
// items; where it could have gone on otherwise it notes a choice, and comes back
// to the last one when an item does not match. There is at most one choice for
// each item, so its memory grows with the pattern and never with the subject.
//
// A capture needs no undoing: whatever comes after it is reached through it again.
type matcher struct {
	*pattern
	call    call
	subject string
	work    int // steps until the next pulse
	spans   []span
	choices []choice
}

// A span is where a capture begins and ends.
type span struct{ start, end int }

// A choice is where a match can go on in another way.
type choice struct {
	item    int
	at, low int // where the repetition ends now, and at least
}

// begin makes m ready to match p against the subject.
func (m *matcher) begin(c call, p *pattern, subject string) {
	m.pattern, m.call, m.subject, m.work = p, c, subject, pulseSteps
	if cap(m.spans) < len(p.captures) {
		m.spans = make([]span, len(p.captures))
	}
	m.spans = m.spans[:len(p.captures)]
}

// pulseSteps is how many steps of a match, mostly bytes looked at, go by between
// two pulses: well under a millisecond.
const pulseSteps = 1 << 16

func (m *matcher) spend(steps int) {
	if m.work -= steps; m.work < 0 {
		m.work = pulseSteps
		pulse(m.call.L)
	}
}

// find returns the first match that begins at from or later, or -1.
func (m *matcher) find(from int) (start, end int) {
	for s := from; s <= len(m.subject); s++ {
		if m.lead != nil {
			skipped := m.lead.index(m.subject[s:])
			if skipped < 0 {
				break
			}
			s += skipped
			m.spend(skipped)
		}
		if end := m.match(s); end >= 0 {
			return s, end
		}
		m.spend(1)
	}
	return -1, -1
}

// match tries the pattern at s and returns the end of what it matches, or -1.
func (m *matcher) match(s int) int {
	m.choices = m.choices[:0]
	for i := 0; ; {
		next := m.step(i, s)
		for next < 0 {
			if i, next = m.retry(); i < 0 {
				return -1
			}
		}
		if m.items[i].kind == itemDone {
			return next
		}
		i, s = i+1, next
	}
}

// step matches the i-th item at s and returns where it ends, or -1.
func (m *matcher) step(i, s int) int {
	it := &m.items[i]
	matches := false
	switch it.kind {
	case itemLiteral:
		if strings.HasPrefix(m.subject[s:], it.text) {
			return s + len(it.text)
		}
	case itemSingle:
		if s < len(m.subject) && it.has(m.subject[s]) {
			return s + 1
		}
	case itemGreedy:
		end := m.span(it, s)
		if end > s+it.min {
			m.choices = append(m.choices, choice{i, end, s + it.min})
		}
		if end >= s+it.min {
			return end
		}
	case itemLazy:
		m.choices = append(m.choices, choice{item: i, at: s})
		matches = true
	case itemOptional:
		if s < len(m.subject) && it.has(m.subject[s]) {
			m.choices = append(m.choices, choice{item: i, at: s})
			return s + 1
		}
		matches = true
	case itemOpen:
		m.spans[it.n].start = s
		matches = true
	case itemClose:
		m.spans[it.n].end = s
		matches = true
	case itemBack:
		same := m.subject[m.spans[it.n].start:m.spans[it.n].end]
		m.spend(len(same))
		if strings.HasPrefix(m.subject[s:], same) {
			return s + len(same)
		}
	case itemBalance:
		return m.balance(it, s)
	case itemFrontier:
		matches = !it.set[m.byteAt(s-1)] && it.set[m.byteAt(s)]
	case itemTail:
		matches = s == len(m.subject)
	case itemDone:
		matches = true
	case itemBroken:
		m.call.raise("%s", it.text)
	}
	if matches {
		return s
	}
	return -1
}

// retry takes the last choice: it returns its item, and where that ends now; or
// -1 if there is none left.
func (m *matcher) retry() (i, end int) {
	for len(m.choices) > 0 {
		last := len(m.choices) - 1
		c := &m.choices[last]
		it := &m.items[c.item]
		before, ok := c.at, true
		switch it.kind {
		case itemGreedy:
			ok = m.shorten(it, c)
		case itemLazy:
			ok = m.lengthen(it, c)
		}
		m.spend(1 + max(before-c.at, c.at-before))
		i, end = c.item, c.at
		if !ok || it.kind == itemOptional {
			m.choices = m.choices[:last]
		}
		if ok {
			return i, end
		}
	}
	return -1, -1
}

// shorten gives back bytes of a greedy repetition until the next item could match.
func (m *matcher) shorten(it *patternItem, c *choice) bool {
	c.at--
	if it.next >= 0 && c.at >= c.low {
		window := m.subject[c.low:min(c.at+1, len(m.subject))]
		c.at = c.low + strings.LastIndexByte(window, byte(it.next))
	}
	return c.at >= c.low
}

// lengthen adds bytes to a lazy repetition until the next item could match.
func (m *matcher) lengthen(it *patternItem, c *choice) bool {
	for c.at < len(m.subject) && it.has(m.subject[c.at]) {
		c.at++
		if it.next < 0 {
			return true
		}
		if it.set == nil {
			skipped := strings.IndexByte(m.subject[c.at:], byte(it.next))
			if skipped < 0 {
				m.spend((len(m.subject) - c.at) / 16) // a search is that much faster
				return false
			}
			c.at += skipped
			return true
		}
		if c.at < len(m.subject) && m.subject[c.at] == byte(it.next) {
			return true
		}
	}
	return false
}

// span returns where the bytes of the item's set end that begin at s.
func (m *matcher) span(it *patternItem, s int) int {
	end := len(m.subject)
	if it.set != nil {
		for end = s; end < len(m.subject) && it.set[m.subject[end]]; {
			end++
		}
	}
	m.spend(end - s)
	return end
}

// balance matches from an x at s to its y.
func (m *matcher) balance(it *patternItem, s int) int {
	if s >= len(m.subject) || m.subject[s] != it.x {
		return -1
	}
	depth := 1
	for i := s + 1; i < len(m.subject); i++ {
		switch m.subject[i] {
		case it.y:
			if depth--; depth == 0 {
				m.spend(i - s)
				return i + 1
			}
		case it.x:
			depth++
		}
	}
	m.spend(len(m.subject) - s)
	return -1
}

// byteAt returns the byte at i, or 0 outside the subject.
func (m *matcher) byteAt(i int) byte {
	if i < 0 || i >= len(m.subject) {
		return 0
	}
	return m.subject[i]
}

// capture returns the n-th capture, from 0, of a match from start to end. Without
// any captures the first is all of the match.
func (m *matcher) capture(n, start, end int) lua.LValue {
	if n >= len(m.captures) {
		if n == 0 {
			return cutPiece(m.subject, start, end)
		}
		m.call.raise("invalid capture index")
	}
	switch m.captures[n] {
	case capturePosition:
		return numberValue(m.spans[n].start + 1)
	case captureUnfinished:
		m.call.raise("unfinished capture")
	}
	return cutPiece(m.subject, m.spans[n].start, m.spans[n].end)
}

// pushCaptures pushes all captures of a match and returns how many.
func (m *matcher) pushCaptures(start, end int) int {
	n := max(len(m.captures), 1)
	for i := range n {
		m.call.L.Push(m.capture(i, start, end))
	}
	return n
}
