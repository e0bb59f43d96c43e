package scripts

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"sync"

	"socksh/luabind"
	"socksh/luabind/journal"
	"socksh/luabind/sock"
)

// hidden stands where a secret was; leastShown is how long a piece of one may be at
// most: a peer may get it bit by bit, and what is shown may be cut.
const (
	hidden     = "***"
	leastShown = 6
)

// A redactor takes secrets out of texts.
type redactor struct{ forms []string }

func newRedactor(secrets []string) *redactor {
	r := new(redactor)
	for _, s := range secrets {
		quoted := sock.Quote(s)
		forms := []string{s, quoted[1 : len(quoted)-1], url.QueryEscape(s), base64.StdEncoding.EncodeToString([]byte(s))}
		for _, between := range []string{"", " ", ":"} {
			digits := strings.TrimSuffix(strings.ReplaceAll(fmt.Sprintf("% x ", s), " ", between), between)
			forms = append(forms, digits, strings.ToUpper(digits))
		}
		for before := range 3 { // how much of a group of three bytes other data takes
			if form := inBase64(s, before); len(form) >= leastShown {
				forms = append(forms, form)
			}
		}
		for _, form := range forms {
			if form != "" && !slices.Contains(r.forms, form) {
				r.forms = append(r.forms, form)
			}
		}
	}
	return r
}

// inBase64 returns the digits of base64 that s alone decides where so many bytes of a group
// stand before it.
func inBase64(s string, before int) string {
	digits := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat("\x00", before) + s))
	first := (before*8 + 5) / 6
	if (before+len(s))%3 == 0 {
		return digits[first:]
	}
	return digits[first : len(digits)-1]
}

// text returns s with *** for each secret, and for each piece of one.
func (r *redactor) text(s string) string {
	text, _ := r.scan(s, true)
	return text
}

// scan returns s without secrets. Unless it is all, the rest is left that may be the begin
// of a secret.
func (r *redactor) scan(s string, all bool) (shown, rest string) {
	if len(r.forms) == 0 || s == "" {
		return s, ""
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		n := r.match(s[i:])
		switch {
		case !all && r.begins(s[i:]):
			return b.String(), s[i:]
		case n > 0:
			b.WriteString(hidden)
			i += n
		default:
			b.WriteByte(s[i])
			i++
		}
	}
	return b.String(), ""
}

// begins reports whether s is the begin of a secret, and no whole one.
func (r *redactor) begins(s string) bool {
	longer := func(form string) bool { return len(form) > len(s) && strings.HasPrefix(form, s) }
	return slices.ContainsFunc(r.forms, longer) && !slices.Contains(r.forms, s)
}

// match returns how many bytes at the begin of s are of a secret.
func (r *redactor) match(s string) (longest int) {
	for _, form := range r.forms {
		least := min(len(form), leastShown)
		if len(s) < least || !strings.Contains(form, s[:least]) {
			continue
		}
		n := least
		for n < len(s) && n < len(form) && strings.Contains(form, s[:n+1]) {
			n++
		}
		longest = max(longest, n)
	}
	return longest
}

func (r *redactor) failure(f luabind.Failure) luabind.Failure {
	differ := f.Expected != f.Got
	f.Message, f.Why, f.Expected, f.Got = r.text(f.Message), r.text(f.Why), r.text(f.Expected), r.text(f.Got)
	f.Phase = r.text(f.Phase)
	if f.Compared && differ && f.Expected == f.Got {
		f.Message += " (what *** hides differs)"
	}
	for i := range f.Blocked {
		f.Blocked[i] = r.text(f.Blocked[i])
	}
	return f
}

// events returns the events without secrets. The bytes of segments are left out where
// there are secrets at all.
func (r *redactor) events(all []journal.Event) []journal.Event {
	if len(r.forms) == 0 {
		return all
	}
	for i := range all {
		all[i].Fact = all[i].Fact.Redacted(r.text)
	}
	return all
}

// A hiding writer hides secrets. What may be the begin of one is held until it is known, or
// until release.
type hiding struct {
	mu      sync.Mutex
	to      io.Writer
	secrets *redactor
	held    string
	beside  *hiding // what this one has held comes before what that one shows
}

func (h *hiding) Write(p []byte) (int, error) {
	if h.beside != nil {
		h.beside.release()
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	var shown string
	shown, h.held = h.secrets.scan(h.held+string(p), false)
	if _, err := io.WriteString(h.to, shown); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Flush flushes what it writes to, if that can be.
func (h *hiding) Flush() error {
	if f, ok := h.to.(interface{ Flush() error }); ok {
		return f.Flush()
	}
	return nil
}

// release writes what is held, as it comes alone.
func (h *hiding) release() {
	h.mu.Lock()
	defer h.mu.Unlock()
	io.WriteString(h.to, h.secrets.text(h.held))
	h.held = ""
}

// Hide returns a writer to w that shows none of the secrets that were given.
func (s *Streams) Hide(w io.Writer) io.Writer {
	if len(s.Vars.Secrets) == 0 {
		return w
	}
	return &hiding{to: w, secrets: newRedactor(s.Vars.Secrets)}
}
