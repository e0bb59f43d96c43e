package repl

import (
	"bytes"
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

	mu     sync.Mutex
	prompt string
	line   []rune
	cursor int
}

// mark surrounds the painter's own cursor motion in readline's output.
const mark = "\x00motion\x00"

func (s *screen) setPrompt(p string) {
	s.mu.Lock()
	s.prompt = p
	s.mu.Unlock()
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
	s.line, s.cursor = append(s.line[:0], line...), cursor
	prompt := runewidth.StringWidth(s.prompt)
	s.mu.Unlock()
	if n := len(line); n > 0 && line[n-1] == '\n' {
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

// Write puts the painter's motion in the place of readline's.
func (s *screen) Write(p []byte) (int, error) {
	out := p
	if before, rest, ok := bytes.Cut(p, []byte(mark)); ok {
		if motion, _, ok := bytes.Cut(rest, []byte(mark)); ok {
			out = append(append([]byte(nil), before...), motion...)
		}
	}
	if _, err := s.to.Write(out); err != nil {
		return 0, err
	}
	return len(p), nil
}
