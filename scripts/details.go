package scripts

import (
	"encoding/hex"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/diff"

	"socksh/luabind"
	"socksh/luabind/sock"
	"socksh/scripts/report"
)

// What the details of a failure show: lines of source around the one to blame, lines of
// output and of a difference; characters of a line; bytes from the first that differs, and
// of a message.
const (
	sourceAround = 2
	lineWidth    = 240
	differWidth  = 40
	messageSize  = 1200
	outputLines  = 40
	diffLines    = 60
)

// details tells all that is known of a failed attempt.
func (s *Suite) details(it *item, a *report.Attempt, e *evidence) string {
	var b strings.Builder
	b.WriteString(failuresText(it, a.Failures))
	for _, name := range e.notGiven {
		fmt.Fprintf(&b, "vars.%s was not given: --var %s=…\n", name, name)
	}
	if a.Output != "" {
		b.WriteString("output:\n")
		indent(&b, lastLines(a.Output, outputLines), "  | ")
	}
	tellEvents(&b, e)
	if e.handles != "" && e.handles != "no handles" {
		b.WriteString("handles, when it failed (R: can be read, W: written, X: has urgent data):\n")
		indent(&b, e.handles, "  ")
	}
	if e.beside != "" {
		fmt.Fprintf(&b, "beside it ran: %s (-j 1, or the tag serial, has it run alone)\n", e.beside)
	}
	text := s.redactor.text(b.String())
	b.Reset()
	fmt.Fprintf(&b, "again: %s\n", s.again(it)) // it hides secrets itself: a flag may look like a piece of one
	if len(a.Files) > 0 {
		dir, names := filepath.Dir(a.Files[0]), make([]string, len(a.Files))
		for i, file := range a.Files {
			names[i] = filepath.Base(file)
		}
		fmt.Fprintf(&b, "files: %s%c %s\n", dir, filepath.Separator, strings.Join(names, " "))
	}
	return text + b.String()
}

func failuresText(it *item, all []luabind.Failure) string {
	var b strings.Builder
	for _, f := range all {
		tellFailure(&b, it, f)
	}
	return b.String()
}

func tellFailure(b *strings.Builder, it *item, f luabind.Failure) {
	fmt.Fprintln(b, report.Shorten(f.String(), messageSize))
	if f.Why != "" {
		fmt.Fprintf(b, "why: %s\n", f.Why)
	}
	tellLines(b, it, f.Where, sourceAround)
	for i, caller := range f.Callers {
		fmt.Fprintf(b, "called from %s\n", caller)
		around := 0
		if i == len(f.Callers)-1 { // the scenario itself, most often
			around = sourceAround
		}
		tellLines(b, it, caller, around)
	}
	if f.Compared {
		tellDifference(b, f.Expected, f.Got)
	}
	if len(f.Blocked) > 0 {
		b.WriteString("what each task did then:\n")
		indent(b, strings.Join(f.Blocked, "\n"), "  ")
	}
	if len(f.Stack) > 0 {
		b.WriteString("This is a bug of socksh; please report it with what you did.\n")
		indent(b, string(f.Stack), "  ")
	}
}

// tellLines shows a line, and as many before and after it, if they are the item's.
func tellLines(b *strings.Builder, it *item, where string, around int) {
	file, digits, _ := strings.Cut(where[max(0, strings.LastIndexByte(where, '/')):], ":")
	n, err := strconv.Atoi(digits)
	if err != nil || !strings.HasSuffix(strings.TrimSuffix(it.file, ".lua"), strings.TrimSuffix(file, ".lua")) {
		return
	}
	lines := strings.Split(strings.TrimSuffix(it.code, "\n"), "\n")
	for i := max(1, n-around); i <= min(len(lines), n+around); i++ {
		mark := " "
		if i == n {
			mark = ">"
		}
		indent(b, fmt.Sprintf("%s %4d | %s", mark, i, lines[i-1]), "  ")
	}
}

// tellDifference shows how two values differ, line by line, and byte by byte where
// they are not plain text.
func tellDifference(b *strings.Builder, want, got string) {
	tellFirst(b, want, got)
	if strings.Contains(strings.TrimSuffix(want, "\n")+got, "\n") {
		b.WriteString("difference (- expected, + got):\n")
		indent(b, firstLines(difference(lined(report.Visible(want)), lined(report.Visible(got))), diffLines), "  ")
	}
	if got != "" && (!plainText(want) || !plainText(got)) {
		b.WriteString("bytes (- expected, + got):\n")
		indent(b, firstLines(difference(hex.Dump([]byte(want)), hex.Dump([]byte(got))), diffLines), "  ")
	}
}

// tellFirst tells where two long values begin to differ.
func tellFirst(b *strings.Builder, want, got string) {
	at := luabind.Alike(want, got)
	if at == 0 || len(want) == len(got) && at == len(want) || max(len(want), len(got)) <= differWidth/2 {
		return
	}
	from := func(text string) string {
		switch rest := text[at:]; {
		case rest == "":
			return "ends there"
		case len(rest) > differWidth:
			return "goes on " + sock.Quote(rest[:differWidth]) + "…"
		default:
			return "goes on " + sock.Quote(rest)
		}
	}
	fmt.Fprintf(b, "the first %d bytes are the same; what was expected (%d bytes) %s, what came (%d bytes) %s\n", at, len(want), from(want), len(got), from(got))
}

// difference returns the lines of a unified diff without its heads.
func difference(want, got string) string {
	lines := strings.Split(strings.TrimSuffix(string(diff.Diff("expected", []byte(want), "got", []byte(got))), "\n"), "\n")
	const heads = 3
	kept := slices.DeleteFunc(lines[min(heads, len(lines)):], func(line string) bool { return strings.HasPrefix(line, "@@") })
	return strings.Join(kept, "\n")
}

// lined ends text with the end of a line, so that a diff does not speak of that.
func lined(text string) string {
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	return text
}

func plainText(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' || r == 0x7f })
}

func indent(b *strings.Builder, text, with string) {
	for line := range strings.Lines(text) {
		line := []rune(strings.TrimRight(with+strings.TrimRight(line, "\n"), " "))
		if len(line) > lineWidth {
			line = append(line[:lineWidth:lineWidth], '…')
		}
		b.WriteString(string(line) + "\n")
	}
}

func lastLines(text string, n int) string {
	lines := strings.SplitAfter(text, "\n")
	if len(lines) <= n+1 {
		return text
	}
	return fmt.Sprintf("(%d lines before)\n", len(lines)-n-1) + strings.Join(lines[len(lines)-n-1:], "")
}

func firstLines(text string, n int) string {
	lines := strings.Split(text, "\n")
	if len(lines) <= n {
		return text
	}
	return strings.Join(lines[:n], "\n") + fmt.Sprintf("\n(%d lines more)", len(lines)-n)
}
