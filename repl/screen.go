package repl

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/mattn/go-runewidth"
)

// screen draws the line being typed. It is readline's painter, which sees the
// line, and readline's output, where it replaces the cursor motion: readline
// moves one column for a character, whatever its width.
type screen struct {
	to     io.Writer
	width  func() int
	colour bool
	hint   func(line string) string // what to show in grey after the line's end
	known  func(word string) bool

	out     sync.Mutex // guards what follows, and the order of what is written
	cleared bool       // readline has just wiped the line away
	last    bool       // the submitted line has been drawn: nothing follows it

	mu     sync.Mutex // guards what follows
	prompt string
	line   []rune
	cursor int
	over   bool // the line was submitted
}

// mark surrounds the painter's own cursor motion in readline's output.
const mark = "\x00motion\x00"

// begin is told of a new line and its prompt.
func (s *screen) begin(prompt string) {
	s.out.Lock()
	s.last = false
	s.out.Unlock()
	s.mu.Lock()
	s.prompt, s.line, s.cursor, s.over = prompt, nil, 0, false
	s.mu.Unlock()
}

func (s *screen) submitted() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.over
}

// typed returns the line, and whether the cursor is at its end.
func (s *screen) typed() (line string, atEnd bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return string(s.line), s.cursor == len(s.line)
}

func (s *screen) set(line string) {
	s.mu.Lock()
	s.line = []rune(line)
	s.cursor = len(s.line)
	s.mu.Unlock()
}

// Paint returns how the line looks. A line that ends with a newline is being
// submitted: it is drawn for the last time.
func (s *screen) Paint(line []rune, cursor int) []rune {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.line, s.cursor = append(s.line[:0], line...), cursor
	prompt := runewidth.StringWidth(s.prompt)
	if n := len(line); n > 0 && line[n-1] == '\n' {
		s.over = true
		return []rune(s.decorate(string(line[:n-1])) + "\n")
	}
	width := s.width()
	endRow, endColumn := position(line, prompt, width)
	row, column := position(line[:cursor], prompt, width)
	out := s.decorate(string(line))
	if endColumn == 0 && endRow > 0 {
		out += " \b" // makes the terminal wrap now
	}
	if cursor == len(line) && s.hint != nil {
		if room := width - 1 - endColumn; room > 0 {
			if hint := runewidth.Truncate(s.hint(string(line)), room, ""); hint != "" {
				out += "\x1b[90m" + hint + "\x1b[0m"
			}
		}
	}
	motion := "\r"
	if endRow > row {
		motion += fmt.Sprintf("\x1b[%dA", endRow-row)
	}
	if column > 0 {
		motion += fmt.Sprintf("\x1b[%dC", column)
	}
	return []rune(out + mark + motion + mark)
}

// position returns where the cursor is after text, drawn from column start of a
// screen of that width.
func position(text []rune, start, width int) (row, column int) {
	row, column = start/width, start%width
	for _, r := range text {
		w := runewidth.RuneWidth(r)
		if column+w > width {
			row, column = row+1, 0
		}
		if column += w; column >= width {
			row, column = row+1, column-width
		}
	}
	return row, column
}

func (s *screen) decorate(line string) string {
	if !s.colour {
		return line
	}
	start := len(line) - len(strings.TrimLeft(line, " "))
	end := start
	for end < len(line) && line[end] != ' ' && line[end] != '&' {
		end++
	}
	if s.known(line[start:end]) && !strings.ContainsRune(line[:end], lineBreak) {
		return line[:start] + "\x1b[36m" + line[start:end] + "\x1b[0m" + line[end:]
	}
	return line
}

// above marks text that belongs above the line being typed.
const above = "\x00above\x00"

// wiped is how readline ends wiping the line away.
const wiped = "\x1b[2K\r"

// errBusy refuses text for above the line: the line is in the way, as it is just
// being submitted. It must be tried again.
var errBusy = errors.New("the line is in the way")

// Write puts the painter's motion in the place of readline's.
func (s *screen) Write(p []byte) (int, error) {
	s.out.Lock()
	defer s.out.Unlock()
	if s.last { // a redraw that came too late
		if bytes.HasPrefix(p, []byte(above)) {
			return 0, errBusy
		}
		return len(p), nil
	}
	out := p
	if text, ok := bytes.CutPrefix(p, []byte(above)); ok {
		if !s.cleared {
			return 0, errBusy
		}
		out = text
	} else if before, rest, ok := bytes.Cut(p, []byte(mark)); ok {
		if motion, _, ok := bytes.Cut(rest, []byte(mark)); ok {
			out = append(append([]byte(nil), before...), motion...)
		}
	}
	s.last = s.submitted()
	s.cleared = bytes.HasSuffix(out, []byte(wiped))
	if _, err := s.to.Write(out); err != nil {
		return 0, err
	}
	return len(p), nil
}
