// Package source reads Lua: gopher-lua's parser, brought to what the manual of Lua
// 5.1 says of a program's text (2.1), and to the escapes of later Lua that data
// for a socket needs.
//
// The text is put into the words that the parser takes as they are meant; its
// lines stay where they are:
//
//   - "\x41", "\u{20AC}" and "\z" are what they are in Lua 5.2 to 5.4. Any other
//     letter after a backslash stands for itself, as in 5.1.
//   - "\300" is an error, not another byte.
//   - A numeral is what C reads: 0010 is ten, 1e999 infinite, 0xffffffffffffffff
//     no mistake; 3x and 1..2 are errors.
//   - "--[==" without a second bracket is a comment to the end of its line.
package source

import (
	"errors"
	"fmt"
	"strings"

	"github.com/yuin/gopher-lua/ast"
	"github.com/yuin/gopher-lua/parse"
)

// Parse parses a chunk; name stands for it in messages. All errors are of the type
// *parse.Error.
func Parse(code, name string) ([]ast.Stmt, error) {
	text, err := rewrite(code)
	if err != nil {
		err.Pos.Source = name
		return nil, err
	}
	chunk, failed := parse.Parse(strings.NewReader(text), name)
	var e *parse.Error
	if errors.As(failed, &e) && e.Message == unterminated { // the parser is in the next line then
		if e.Pos.Line--; e.Pos.Line < 0 {
			e.Pos.Line = 1 + strings.Count(text, "\n")
		}
	}
	return chunk, failed
}

// unterminated is what the parser says of a text that its line does not end.
const unterminated = "unterminated string"

// File returns the code of a file: its first line is none where it starts with
// "#", for the system's sake.
func File(text string) string {
	if !strings.HasPrefix(text, "#") {
		return text
	}
	if end := strings.IndexByte(text, '\n'); end >= 0 {
		return text[end:]
	}
	return ""
}

// A rewriter goes through code and copies it, with changes.
type rewriter struct {
	code   string
	at     int // what is read
	copied int // what is written
	out    strings.Builder
}

// rewrite returns code in words that gopher-lua's parser takes as the manual does.
func rewrite(code string) (string, *parse.Error) {
	r := rewriter{code: code}
	for r.at < len(code) {
		var err error
		switch c := code[r.at]; {
		case c == '"' || c == '\'':
			err = r.text()
		case c == '[':
			if level := longBracket(code[r.at:]); level >= 0 {
				r.skipLong(level)
			} else {
				r.at++
			}
		case strings.HasPrefix(code[r.at:], "--"):
			r.comment()
		case isDigit(c), c == '.' && r.at+1 < len(code) && isDigit(code[r.at+1]):
			err = r.numeral()
		case isName(c):
			for r.at < len(code) && isName(code[r.at]) {
				r.at++
			}
		case c == '.':
			r.at += len(code[r.at:]) - len(strings.TrimLeft(code[r.at:], "."))
		default:
			r.at++
		}
		if err != nil {
			line := 1 + strings.Count(code[:min(r.at, len(code))], "\n")
			return "", &parse.Error{Pos: ast.Position{Line: line}, Message: err.Error()}
		}
	}
	if r.copied == 0 {
		return code, nil
	}
	r.put(r.at, "")
	return r.out.String(), nil
}

// put copies what precedes from, and writes text in the place of what is between
// there and what is read.
func (r *rewriter) put(from int, text string) {
	r.out.WriteString(r.code[r.copied:from])
	r.out.WriteString(text)
	r.copied = r.at
}

// text reads a text in quotes.
func (r *rewriter) text() error {
	quote := r.code[r.at]
	lines := 0 // that "\z" has taken out
	for r.at++; r.at < len(r.code); {
		switch c := r.code[r.at]; c {
		case '\n', '\r':
			return nil // which the parser finds
		case quote:
			r.at++
			if lines > 0 {
				r.put(r.at, strings.Repeat("\n", lines))
			}
			return nil
		case '\\':
			from := r.at
			value, length, err := Escape(r.code[r.at:])
			if err != nil {
				return err
			}
			r.at += length
			switch skipped := r.code[from:r.at]; skipped[1:2] {
			case "z":
				lines += strings.Count(skipped, "\n")
				r.put(from, "")
			case "x", "u":
				decimal := ""
				for _, b := range []byte(value) {
					decimal += fmt.Sprintf(`\%03d`, b)
				}
				r.put(from, decimal)
			}
		default:
			r.at++
		}
	}
	return nil
}

// longBracket returns how many = a long bracket has that s begins with, or -1.
func longBracket(s string) int {
	inner := strings.TrimLeft(s[1:], "=")
	if !strings.HasPrefix(inner, "[") {
		return -1
	}
	return len(s) - 1 - len(inner)
}

func (r *rewriter) skipLong(level int) {
	end := strings.Index(r.code[r.at:], "]"+strings.Repeat("=", level)+"]")
	if end < 0 {
		r.at = len(r.code)
		return
	}
	r.at += end + level + 2
}

func (r *rewriter) comment() {
	r.at += 2
	if rest := r.code[r.at:]; strings.HasPrefix(rest, "[") {
		if level := longBracket(rest); level >= 0 {
			r.skipLong(level)
			return
		}
		r.put(r.at, " ")
	}
	end := strings.IndexAny(r.code[r.at:], "\r\n")
	if end < 0 {
		end = len(r.code) - r.at
	}
	r.at += end
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isName(c byte) bool {
	return c == '_' || isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'z'
}
