// Package report holds what came of a run of scenarios, and writes it in the forms
// that CI systems read. It runs nothing.
package report

import (
	"errors"
	"fmt"
	"io"
	"os"
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

// A Target is a report that is asked for: its form and its file, "-" for the standard
// output.
type Target struct{ Format, File string }

// ParseTarget reads "junit=report.xml".
func ParseTarget(text string) (Target, error) {
	format, file, ok := strings.Cut(text, "=")
	if formats[format] == nil || !ok || file == "" {
		return Target{}, fmt.Errorf("--report takes FORMAT=FILE, where FORMAT is one of %s, not %q", strings.Join(Formats(), ", "), text)
	}
	return Target{format, file}, nil
}

// IsOutput reports whether the report goes to the standard output.
func (t Target) IsOutput() bool { return t.File == "-" }

// Replaces reports whether both are written to the same file, of which one is left then.
func (t Target) Replaces(other Target) bool {
	return !t.Once() && filepath.Clean(t.place()) == filepath.Clean(other.place())
}

// Once reports whether the report can be written but once, at the end.
func (t Target) Once() bool { return t.IsOutput() || t.isStream() }

// Check reports whether the file could be written, as far as that shows before.
func (t Target) Check() error {
	if t.IsOutput() {
		return nil
	}
	if info, err := os.Stat(t.File); err == nil && info.IsDir() {
		return fmt.Errorf("--report %s=%s: that is a folder", t.Format, t.File)
	}
	if t.isStream() {
		return nil
	}
	f, err := t.create()
	if err != nil {
		return fmt.Errorf("--report %s=%s: %w", t.Format, t.File, err)
	}
	f.Close()
	return os.Remove(f.Name())
}

// isStream reports whether the file is a device, a pipe or the like, or is what the program
// writes to already: it is written to, and not replaced.
func (t Target) isStream() bool {
	info, err := os.Stat(t.File)
	if err != nil {
		return false
	}
	_, err = filepath.EvalSymlinks(t.File) // as of a descriptor whose file has no name
	return err != nil || !info.Mode().IsRegular() || standard(info) != nil
}

// standard returns which stream of the program a file is, nil for none.
func standard(file os.FileInfo) *os.File {
	for _, f := range []*os.File{os.Stdout, os.Stderr} {
		if info, err := f.Stat(); err == nil && os.SameFile(file, info) {
			return f
		}
	}
	return nil
}

// place is the file itself where the path leads to it by links.
func (t Target) place() string {
	if file, err := filepath.EvalSymlinks(t.File); err == nil {
		return file
	}
	return t.File
}

// create makes the file that becomes the report's when it is whole.
func (t Target) create() (*os.File, error) {
	dir := filepath.Dir(t.place())
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	return os.CreateTemp(dir, ".socksh-report-*")
}

// Write writes the report. A file is whole or not there at all.
func (t Target) Write(r *Run) error {
	switch {
	case t.IsOutput():
		return formats[t.Format](os.Stdout, r)
	case t.isStream():
		if info, err := os.Stat(t.File); err == nil && standard(info) != nil {
			return formats[t.Format](standard(info), r)
		}
		f, err := os.OpenFile(t.File, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		err = formats[t.Format](f, r)
		return errors.Join(err, f.Close())
	}
	f, err := t.create()
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	err = formats[t.Format](f, r)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Chmod(f.Name(), 0o644)
	}
	if err == nil {
		err = os.Rename(f.Name(), t.place())
	}
	return err
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
// the others, and terminals obey them.
func Visible(text string) string {
	var b strings.Builder
	for i, r := range text {
		switch {
		case r == '\n' || r == '\t':
			b.WriteRune(r)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\uFFFD' && text[i] != 0xEF, r < ' ', r >= 0x7f && r < 0xa0, r == 0xFFFE, r == 0xFFFF:
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
