package stdlib

// patterns holds what the pattern functions of one Lua state use again: patterns
// taken apart, and matchers between two uses.
type patterns struct {
	compiled map[string]*pattern
	idle     []*matcher
}

// Bounds of what is kept.
const (
	maxCompiled = 256 // patterns
	maxLength   = 128 // bytes of one
	maxIdle     = 8   // matchers: one for each call inside a callback of another
)

// compile is parsePattern, but a pattern used before is at hand.
func (ps *patterns) compile(source string) *pattern {
	if p := ps.compiled[source]; p != nil {
		return p
	}
	p := parsePattern(source)
	if len(source) <= maxLength {
		if len(ps.compiled) >= maxCompiled || ps.compiled == nil {
			ps.compiled = make(map[string]*pattern)
		}
		ps.compiled[source] = p
	}
	return p
}

// matcher returns one for the call; give it back with release.
func (ps *patterns) matcher(c call, source, subject string) *matcher {
	var m *matcher
	if last := len(ps.idle) - 1; last >= 0 {
		m, ps.idle = ps.idle[last], ps.idle[:last]
	} else {
		m = new(matcher)
	}
	m.begin(c, ps.compile(source), subject)
	return m
}

// release takes back a matcher that is no longer used.
func (ps *patterns) release(m *matcher) {
	m.call, m.subject = call{}, ""
	if len(ps.idle) < maxIdle {
		ps.idle = append(ps.idle, m)
	}
}
