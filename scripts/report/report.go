// Package report holds what came of a run of scenarios, and writes it in the forms
// that CI systems read. It runs nothing.
package report

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"time"
	"unicode/utf8"

	"socksh/luabind"
)

// A Status is what became of a scenario.
type Status string

// What may become of a scenario.
const (
	Passed  Status = "passed"
	Failed  Status = "failed"
	Flaky   Status = "flaky"   // it failed, and passed when it was tried again
	Skipped Status = "skipped" // it cannot be judged here
	XFailed Status = "xfailed" // it failed, as it says
	NotRun  Status = "not run" // the run ended before
)

// An Attempt is one run of a scenario.
type Attempt struct {
	Status   Status
	Reason   string // why it was skipped, or was expected to fail
	Unmet    bool   // it was skipped because a need is missing
	Began    time.Time
	Took     time.Duration
	Failures []luabind.Failure
	Subtests []luabind.Subtest
	Output   string
	Details  string   // all that is known of the failure, for people
	Files    []string // that were left to look at
}

// A Case is one scenario, with all its attempts.
type Case struct {
	ID       string // "echo.lua::two clients (round 2)": each has its own
	File     string
	Name     string // within the file
	Line     int
	Tags     []string
	Status   Status
	Reason   string
	Attempts []Attempt
	Again    string // the command that runs it again
}

// Took returns how long all attempts took.
func (c *Case) Took() (sum time.Duration) {
	for i := range c.Attempts {
		sum += c.Attempts[i].Took
	}
	return sum
}

// Last returns the attempt that decided, nil if there was none.
func (c *Case) Last() *Attempt {
	if len(c.Attempts) == 0 {
		return nil
	}
	return &c.Attempts[len(c.Attempts)-1]
}

// A Run is what came of a run of scenarios, in the order in which they were found.
type Run struct {
	Cases      []*Case
	Began      time.Time
	Took       time.Duration
	Stopped    string      // why it ended before its time, "" if it did not
	Properties [][2]string // version, seed, system
}

// Count returns how many cases have one of the statuses.
func (r *Run) Count(of ...Status) (n int) {
	for _, c := range r.Cases {
		if slices.Contains(of, c.Status) {
			n++
		}
	}
	return n
}

// GiveReason says why what has not run did not.
func (r *Run) GiveReason(why string) {
	for _, c := range r.Cases {
		if c.Status == NotRun {
			c.Reason = why
		}
	}
}

// Summary says in a line what came of the run.
func (r *Run) Summary() string {
	var parts []string
	for _, s := range []Status{Passed, Flaky, Failed, XFailed, Skipped, NotRun} {
		if n := r.Count(s); n > 0 || s == Passed {
			parts = append(parts, fmt.Sprintf("%d %s", n, s))
		}
	}
	exact := 10 * time.Millisecond
	if r.Took < time.Second/10 {
		exact = time.Millisecond / 10
	}
	text := fmt.Sprintf("%s in %s", strings.Join(parts, ", "), r.Took.Round(exact))
	if r.Stopped != "" {
		text += "; " + r.Stopped
	}
	return text
}

// files returns the cases by file, in the order of the files' first cases.
func (r *Run) files() (names []string, cases map[string][]*Case) {
	cases = make(map[string][]*Case)
	for _, c := range r.Cases {
		if cases[c.File] == nil {
			names = append(names, c.File)
		}
		cases[c.File] = append(cases[c.File], c)
	}
	return names, cases
}

// title is the name of a case within its file; that of the file if it is all of it.
func (c *Case) title() string {
	if c.Name != "" {
		return c.Name
	}
	return strings.TrimSuffix(filepath.Base(c.File), filepath.Ext(c.File))
}

var formats = map[string]func(io.Writer, *Run) error{"junit": JUnit, "tap": TAP, "json": JSON, "md": Markdown}

// Formats returns the names of the forms.
func Formats() []string {
	var names []string
	for name := range formats {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// Shorten returns text with at most n bytes, and in the place of more how many are left
// out: its begin and its end tell most.
func Shorten(text string, n int) string {
	if len(text) <= n {
		return text
	}
	head, tail := text[:n/2], text[len(text)-n/2:]
	for head != "" && !utf8.RuneStart(text[len(head)]) {
		head = head[:len(head)-1]
	}
	for tail != "" && !utf8.RuneStart(tail[0]) {
		tail = tail[1:]
	}
	return fmt.Sprintf("%s\n… %d bytes are left out here …\n%s", head, len(text)-len(head)-len(tail), tail)
}

// oneLine returns text as one line of at most n bytes.
func oneLine(text string, n int) string {
	return strings.NewReplacer("\n", " ", "\t", " ").Replace(Shorten(Visible(text), n))
}

// lead returns the first failure of an attempt, and what it says in a line.
func (a *Attempt) lead() (luabind.Failure, string) {
	if a == nil || len(a.Failures) == 0 {
		return luabind.Failure{}, ""
	}
	f := a.Failures[0]
	text := f.String()
	if n := len(a.Failures); n > 1 {
		text += fmt.Sprintf(" (and %d more)", n-1)
	}
	return f, text
}

// Visible returns text with every byte that is no printable character as \xNN, and a
// carriage return as \r, but with line ends and tabs as they are: XML has no way to hold
// the others, terminals obey them, and to YAML some are ends of lines.
func Visible(text string) string {
	var b strings.Builder
	for i, r := range text {
		switch {
		case r == '\n' || r == '\t':
			b.WriteRune(r)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\uFFFD' && text[i] != 0xEF, r < ' ', r >= 0x7f && r < 0xa0, r == '\u2028', r == '\u2029', r == 0xFEFF, r == 0xFFFE, r == 0xFFFF:
			if r == '\uFFFD' {
				fmt.Fprintf(&b, `\x%02x`, text[i])
			} else {
				fmt.Fprintf(&b, `\x%02x`, r)
			}
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
