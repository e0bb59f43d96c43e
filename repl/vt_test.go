package repl

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"
)

// vt is as much of a terminal as the prompt uses: it keeps every line that was
// ever shown, as a person who scrolls back would see them.
type vt struct {
	width, height int
	lines         [][]rune // a wide character is followed by 0
	row, column   int
	wrap          bool // the last column was written; the next character wraps
	rest          []byte
}

func newVT(width, height int) *vt { return &vt{width: width, height: height, lines: [][]rune{nil}} }

func (v *vt) text() []string {
	all := make([]string, len(v.lines))
	for i, line := range v.lines {
		all[i] = strings.TrimRight(strings.ReplaceAll(string(line), "\x00", ""), " ")
	}
	return all
}

func (v *vt) write(p []byte) {
	b := append(v.rest, p...)
	v.rest = nil
	for len(b) > 0 {
		if b[0] == 0x1b {
			n := v.escape(b)
			if n == 0 {
				v.rest = append([]byte(nil), b...)
				return
			}
			b = b[n:]
			continue
		}
		if !utf8.FullRune(b) {
			v.rest = append([]byte(nil), b...)
			return
		}
		r, n := utf8.DecodeRune(b)
		b = b[n:]
		switch r {
		case '\r':
			v.column, v.wrap = 0, false
		case '\n':
			v.down()
		case '\b':
			v.column, v.wrap = max(0, v.column-1), false
		case '\a':
		default:
			v.put(r)
		}
	}
}

func (v *vt) down() {
	if v.row++; v.row == len(v.lines) {
		v.lines = append(v.lines, nil)
	}
	v.wrap = false
}

func (v *vt) put(r rune) {
	w := runewidth.RuneWidth(r)
	if w == 0 {
		return
	}
	if v.wrap || v.column+w > v.width {
		v.column = 0
		v.down()
	}
	line := v.lines[v.row]
	for len(line) < v.column+w {
		line = append(line, ' ')
	}
	line[v.column] = r
	if w == 2 {
		line[v.column+1] = 0
	}
	v.lines[v.row] = line
	if v.column += w; v.column == v.width {
		v.column, v.wrap = v.width-1, true
	}
}

// escape carries out a sequence and returns its length, 0 if it is not whole.
func (v *vt) escape(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	if b[1] != '[' {
		return 2
	}
	for i := 2; i < len(b); i++ {
		if b[i] < 0x40 || b[i] > 0x7e {
			continue
		}
		n, err := strconv.Atoi(string(b[2:i]))
		one := max(1, n)
		switch b[i] {
		case 'A':
			v.row = max(0, v.row-one)
		case 'C':
			v.column = min(v.width-1, v.column+one)
		case 'D':
			v.column = max(0, v.column-one)
		case 'H':
			v.row, v.column = max(0, len(v.lines)-v.height), 0
		case 'J':
			if err == nil && n == 2 {
				break
			}
			v.cut(v.row, v.column)
			v.lines = v.lines[:v.row+1]
		case 'K':
			if n == 2 {
				v.lines[v.row] = nil
			} else {
				v.cut(v.row, v.column)
			}
		}
		if b[i] != 'm' && b[i] != 'h' && b[i] != 'l' {
			v.wrap = false
		}
		return i + 1
	}
	return 0
}

func (v *vt) cut(row, column int) {
	if len(v.lines[row]) > column {
		v.lines[row] = v.lines[row][:column]
	}
}
