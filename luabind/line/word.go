package line

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"socksh/luabind/source"
)

// A Word is one argument of a command.
type Word struct {
	Name   string // of a "--name value" or "--name=value"; "" for a positional one
	Parts  []Part
	Quoted bool // some of it stood in quotes: it is data and no handle's name
}

// A Part is a piece of a word: a text, or Lua to be evaluated in its place.
type Part struct {
	Text string
	Lua  string // the expression after "$"
}

// Plain returns the word's text, and whether it has no Lua in it.
func (w Word) Plain() (string, bool) {
	var text strings.Builder
	for _, p := range w.Parts {
		if p.Lua != "" {
			return "", false
		}
		text.WriteString(p.Text)
	}
	return text.String(), true
}

func (w *Word) add(text string) {
	if n := len(w.Parts); n > 0 && w.Parts[n-1].Lua == "" {
		w.Parts[n-1].Text += text
		return
	}
	w.Parts = append(w.Parts, Part{Text: text})
}

// refused are the words of a system shell, and what to use instead.
var refused = map[string]string{
	";":  "one command a line",
	"&&": "one command a line; a failure ends a script anyway",
	"||": "use try(...) in Lua",
	"|":  "there are no pipes; results can be assigned: x = recv 1",
	">":  "there is no redirection; in Lua: io.open(\"file\", \"w\"):write(recv(1))",
	">>": "there is no redirection; in Lua: io.open(\"file\", \"a\"):write(recv(1))",
	"<":  "there is no redirection; in Lua: send(1, io.open(\"file\"):read(\"*a\"))",
}

// split cuts a command's arguments into l.Words.
func (l *Line) split(s string) error {
	name := "" // of a --name that waits for its value
	for {
		s = strings.TrimLeft(s, " \t")
		if s == "" || s == "--" || strings.HasPrefix(s, "-- ") || strings.HasPrefix(s, "--\t") {
			break
		}
		if l.Job {
			return errors.New("& ends a command; nothing may follow it")
		}
		w, rest, err := cut(s)
		if err != nil {
			return err
		}
		s = rest
		text, plain := w.Plain()
		if plain && !w.Quoted {
			if why, ok := refused[text]; ok {
				return fmt.Errorf("%s is not known here: %s", text, why)
			}
			if strings.HasSuffix(text, ";") {
				return fmt.Errorf("; is not known here: %s", refused[";"])
			}
			if text == "&" {
				l.Job = true
				continue
			}
			if before, ok := strings.CutSuffix(text, "&"); ok && strings.TrimLeft(s, " \t") == "" {
				l.Job = true
				text, w.Parts = before, []Part{{Text: before}}
			}
			if flag, ok := strings.CutPrefix(text, "--"); ok && name == "" {
				if flag, value, ok := strings.Cut(flag, "="); ok {
					l.Words = append(l.Words, Word{Name: flag, Parts: []Part{{Text: value}}})
				} else {
					name = flag
				}
				continue
			}
		}
		w.Name, name = name, ""
		l.Words = append(l.Words, w)
	}
	if name != "" {
		return fmt.Errorf("--%s needs a value", shown(name))
	}
	return nil
}

// cut takes the first word off s.
func cut(s string) (w Word, rest string, err error) {
	for s != "" && s[0] != ' ' && s[0] != '\t' {
		switch {
		case s[0] == '"' || s[0] == '\'':
			text, after, err := unquote(s)
			if err != nil {
				return w, "", err
			}
			w.Quoted = true
			w.add(text)
			s = after
		case strings.HasPrefix(s, "[[") && len(w.Parts) == 0:
			text, after, ok := strings.Cut(s[2:], "]]")
			if !ok {
				return w, "", errors.New("[[ without ]]")
			}
			w.Quoted = true
			w.add(text)
			s = after
		case s[0] == '$' && len(s) > 1 && (s[1] == '(' || Identifier(s[1:]) != ""):
			code, after, err := expression(s[1:])
			if err != nil {
				return w, "", err
			}
			w.Parts = append(w.Parts, Part{Lua: code})
			s = after
		default:
			_, n := utf8.DecodeRuneInString(s)
			w.add(s[:n])
			s = s[n:]
		}
	}
	if len(w.Parts) == 0 {
		w.Parts = []Part{{}}
	}
	return w, s, nil
}

// expression takes "(expr)" or "name.field" off s.
func expression(s string) (code, rest string, err error) {
	if s[0] != '(' {
		code = Identifier(s)
		for s = s[len(code):]; strings.HasPrefix(s, ".") && Identifier(s[1:]) != ""; {
			field := Identifier(s[1:])
			code += "." + field
			s = s[1+len(field):]
		}
		return code, s, nil
	}
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return s[1:i], s[i+1:], nil
			}
		case '"', '\'':
			_, after, err := unquote(s[i:])
			if err != nil {
				return "", "", err
			}
			i = len(s) - len(after) - 1
		}
	}
	return "", "", errors.New("$( without )")
}

// unquote takes a quoted string off s. The escapes are those of Lua code; what has
// no meaning is an error, for data is not to be guessed.
func unquote(s string) (text, rest string, err error) {
	quote := s[0]
	var b strings.Builder
	for i := 1; i < len(s); {
		switch c := s[i]; {
		case c == quote:
			return b.String(), s[i+1:], nil
		case c != '\\':
			b.WriteByte(c)
			i++
		case i+1 == len(s):
			return "", "", fmt.Errorf("unfinished string %s", shown(s))
		case !source.IsEscape(s[i+1]):
			_, n := utf8.DecodeRuneInString(s[i+1:])
			return "", "", fmt.Errorf(`\%s is no escape; there are \n \r \t \0 \" \\ \xHH \u{HHHH}`, shown(s[i+1:i+1+n]))
		default:
			value, length, err := source.Escape(s[i:])
			if err != nil {
				return "", "", err
			}
			b.WriteString(value)
			i += length
		}
	}
	return "", "", fmt.Errorf("unfinished string %s", shown(s))
}

// shown returns the beginning of s as an error message shows it: on one line.
func shown(s string) string {
	const most = 60
	if len(s) > most {
		s = s[:most] + "..."
	}
	return strings.Map(func(r rune) rune {
		if !strconv.IsPrint(r) {
			return utf8.RuneError
		}
		return r
	}, strings.ToValidUTF8(s, string(utf8.RuneError)))
}
