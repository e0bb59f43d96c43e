package stdlib

import "strings"

// A pattern is a Lua pattern (manual 5.4.1), taken apart: its items match one
// after the other. It never changes, so any number of matches may share it.
type pattern struct {
	items    []patternItem
	captures []captureKind
	lead     *patternItem // what every match begins with, nil if that varies
}

// maxCaptures is how many a pattern may have.
const maxCaptures = 32

type captureKind uint8

const (
	captureUnfinished captureKind = iota
	capturePiece                  // of the subject
	capturePosition               // in the subject
)

// A patternItem is a step of a pattern.
type patternItem struct {
	kind itemKind
	text string   // of a literal; of a broken item the error
	set  *byteSet // of the kinds that match bytes of a set; nil is any byte
	min  int      // of greedy: how many at least
	n    int      // of open, close and back: which capture, from 0
	x, y byte     // of balance
	next int      // of greedy and lazy: the byte that must follow, or -1
}

type itemKind uint8

const (
	itemDone     itemKind = iota // the end of the pattern
	itemLiteral                  // these bytes
	itemSingle                   // one byte of the set
	itemGreedy                   // as many as possible: * and +
	itemLazy                     // as few as possible: -
	itemOptional                 // one or none: ?
	itemOpen                     // a capture begins
	itemClose                    // a capture ends
	itemBack                     // what a capture has matched: %1
	itemNever                    // nothing at all: what a position capture "has matched"
	itemBalance                  // %bxy
	itemFrontier                 // %f[set]
	itemTail                     // the end of the subject: $
	itemBroken                   // an error: Lua tells it only when a match gets there
)

// parsePattern takes a pattern apart. The anchor at its begin is the caller's.
func parsePattern(source string) *pattern {
	p := &patternParser{source: source, pattern: new(pattern)}
	for p.at < len(source) && p.broken == "" {
		p.item()
	}
	if p.broken != "" {
		p.add(patternItem{kind: itemBroken, text: p.broken})
	}
	p.add(patternItem{kind: itemDone})
	p.link()
	return p.pattern
}

type patternParser struct {
	*pattern
	source string
	at     int    // what comes next
	row    []byte // plain bytes that make a literal
	broken string // the error that ends it
}

// add puts an item at the end, after the literal that has come up to here.
func (p *patternParser) add(it patternItem) {
	if len(p.row) > 0 {
		p.items = append(p.items, patternItem{kind: itemLiteral, text: string(p.row)})
		p.row = p.row[:0]
	}
	p.items = append(p.items, it)
}

// peek returns the byte at an offset from what comes next, or 0 beyond the end.
func (p *patternParser) peek(offset int) byte {
	if p.at+offset < len(p.source) {
		return p.source[p.at+offset]
	}
	return 0
}

func (p *patternParser) left() int { return len(p.source) - p.at }

// item reads one step of the pattern.
func (p *patternParser) item() {
	switch p.peek(0) {
	case '(':
		p.open()
	case ')':
		p.close()
	case '$':
		if p.left() == 1 {
			p.at++
			p.add(patternItem{kind: itemTail})
			return
		}
		p.bytes()
	case '%':
		switch c := p.peek(1); {
		case c == 'b':
			if p.left() < 4 {
				p.broken = "unbalanced pattern"
				return
			}
			p.add(patternItem{kind: itemBalance, x: p.peek(2), y: p.peek(3)})
			p.at += 4
		case c == 'f':
			p.at += 2
			if p.peek(0) != '[' {
				p.broken = "missing '[' after '%f' in pattern"
				return
			}
			if set, _, ok := p.class(); ok {
				p.add(patternItem{kind: itemFrontier, set: set})
			}
		case '0' <= c && c <= '9':
			p.back(int(c) - '1')
		default:
			p.bytes()
		}
	default:
		p.bytes()
	}
}

func (p *patternParser) open() {
	n := len(p.captures)
	if n == maxCaptures {
		p.broken = "too many captures"
		return
	}
	kind := captureUnfinished
	p.at++
	if p.peek(0) == ')' {
		p.at++
		kind = capturePosition
	}
	p.captures = append(p.captures, kind)
	p.add(patternItem{kind: itemOpen, n: n})
}

func (p *patternParser) close() {
	p.at++
	for n := len(p.captures) - 1; n >= 0; n-- {
		if p.captures[n] == captureUnfinished {
			p.captures[n] = capturePiece
			p.add(patternItem{kind: itemClose, n: n})
			return
		}
	}
	p.broken = "invalid pattern capture"
}

func (p *patternParser) back(n int) {
	p.at += 2
	if n < 0 || n >= len(p.captures) || p.captures[n] == captureUnfinished {
		p.broken = "invalid capture index"
		return
	}
	kind := itemBack
	if p.captures[n] == capturePosition {
		kind = itemNever
	}
	p.add(patternItem{kind: kind, n: n})
}

// bytes reads a class of bytes and how often it comes. Plain bytes in a row make
// one literal.
func (p *patternParser) bytes() {
	set, plain, ok := p.class()
	if !ok {
		return
	}
	it := patternItem{kind: itemSingle, set: set}
	switch p.peek(0) {
	case '*':
		it.kind = itemGreedy
	case '+':
		it.kind, it.min = itemGreedy, 1
	case '-':
		it.kind = itemLazy
	case '?':
		it.kind = itemOptional
	default:
		if plain == "" {
			p.add(it)
		} else {
			p.row = append(p.row, plain...)
		}
		return
	}
	p.at++
	if plain != "" {
		it.set = setOf(plain)
	}
	p.add(it)
}

// link tells each item what it can know of those after it.
func (p *patternParser) link() {
	for i := range p.items {
		p.items[i].next = -1
		if after := p.following(i + 1); after != nil && after.kind == itemLiteral {
			p.items[i].next = int(after.text[0])
		}
	}
	if first := p.following(0); first.kind == itemLiteral || first.set != nil && (first.kind == itemSingle || first.min > 0) {
		p.lead = first
	}
}

// following returns the first item from the i-th on that is no mark of a capture.
func (p *patternParser) following(i int) *patternItem {
	for ; i < len(p.items); i++ {
		if k := p.items[i].kind; k != itemOpen && k != itemClose {
			return &p.items[i]
		}
	}
	return nil
}

// magic are the bytes without which a pattern is a text to be found as it is.
const magic = "^$*+?.([%-"

func isPlain(pattern string) bool { return !strings.ContainsAny(pattern, magic) }
