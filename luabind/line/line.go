// Package line decides what one line of input means: a command, an assignment
// from a command, or Lua. The same rule serves the prompt, pipes, transcripts
// and recordings. It is lexical: it looks at the line and at the names of the
// commands, never at variables or sockets, so a line means the same every day.
//
// With W the first word of the line:
//
//  1. ":" forces a command, "=" a Lua expression; "?" asks for help; "--" is a comment.
//  2. "W?" asks for help on W.
//  3. W is a command and nothing follows: the command.
//  4. W is a command and ( . : [ " ' follows directly: Lua.
//  5. W is a command and, after blanks, = , ( { [[ [= == ~= .. (but not ../) < > or an
//     operator standing alone follows: Lua. Anything else: the command.
//  6. "targets = W arguments" with W and its arguments as in 4 and 5: the command,
//     its results assigned.
//  7. All else is Lua: an expression if it is one, else a statement.
//  8. Lua that only lacks its end goes on with the next line; an unfinished short
//     string does not.
//
// Nothing that rules 1 to 6 did not select ever runs as a command.
package line

import (
	"errors"
	"strings"

	"github.com/yuin/gopher-lua/ast"
	"github.com/yuin/gopher-lua/parse"

	"socksh/luabind/source"
)

// A Kind is what a line is.
type Kind uint8

// The kinds of lines.
const (
	Empty   Kind = iota // nothing, or a comment
	Command             // Verb with Words
	Assign              // Targets = Verb with Words
	Lua                 // Code
	More                // Lua that goes on with the next line
)

// A Line is one parsed line.
type Line struct {
	Kind    Kind
	Verb    string // the command's name as typed
	Words   []Word
	Job     bool   // a trailing "&": do not wait for it
	Targets string // the left side of an assignment, without "local"
	Code    string // a Lua chunk
	Expr    bool   // Code is a list of expressions
}

// Identifier returns the identifier that text begins with, or "".
func Identifier(text string) string {
	for i, c := range []byte(text) {
		if c != '_' && (c|0x20 < 'a' || c|0x20 > 'z') && (i == 0 || c < '0' || c > '9') {
			return text[:i]
		}
	}
	return text
}

// Parse parses text, which may hold newlines; known tells the commands' names.
// An error is about the form of a command or a Lua syntax error.
func Parse(text string, known func(string) bool) (Line, error) {
	s := strings.Trim(text, " \t\r\n")
	if s == "" || isComment(s) {
		return Line{Kind: Empty}, nil
	}
	switch s[0] {
	case ':':
		return forced(strings.TrimLeft(s[1:], " \t"), known)
	case '=':
		return lua("return "+s[1:], true)
	case '?':
		return command("help "+s[1:], "help")
	case '!':
		return Line{}, errors.New("! runs nothing here: this is no system shell")
	}
	word := Identifier(s)
	if word != "" && s == word+"?" {
		return command("help "+word, "help")
	}
	if !strings.Contains(s, "\n") {
		if isCommand(s, known) {
			return command(s, word)
		}
		if targets, rest, ok := assignment(s, known); ok {
			l, err := command(rest, Identifier(rest))
			l.Kind, l.Targets = Assign, targets
			return l, err
		}
	}
	return classify(s)
}

func isComment(s string) bool {
	return strings.HasPrefix(s, "--") && !strings.HasPrefix(s, "--[") && !strings.Contains(s, "\n")
}

func forced(s string, known func(string) bool) (Line, error) {
	word := Identifier(s)
	if word == "" || !known(word) {
		return Line{}, &UnknownError{strings.SplitN(s+" ", " ", 2)[0]}
	}
	return command(s, word)
}

// An UnknownError reports a word that is no command where one must be.
type UnknownError struct{ Word string }

func (e *UnknownError) Error() string { return "no command is called " + shown(e.Word) }

// isCommand is rules 3 to 5.
func isCommand(s string, known func(string) bool) bool {
	word := Identifier(s)
	if word == "" || !known(word) {
		return false
	}
	rest := s[len(word):]
	if strings.TrimSpace(rest) == "" {
		return true
	}
	if rest[0] != ' ' && rest[0] != '\t' && rest[0] != '&' {
		return false
	}
	rest = strings.TrimLeft(rest, " \t")
	if strings.IndexByte("({,=<>", rest[0]) >= 0 {
		return false
	}
	for _, lua := range []string{"[[", "[=", "~=", ".."} {
		if strings.HasPrefix(rest, lua) && !strings.HasPrefix(rest, "../") { // a path
			return false
		}
	}
	first, after, _ := strings.Cut(rest, " ")
	switch first {
	case "+", "-", "*", "/", "%", "^", "and", "or":
		return after == ""
	}
	return true
}

// assignment is rule 6.
func assignment(s string, known func(string) bool) (targets, rest string, ok bool) {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth--
		case '"', '\'':
			return "", "", false
		case '=':
			if depth != 0 {
				continue
			}
			if i == 0 || i+1 < len(s) && s[i+1] == '=' || strings.IndexByte("~<>=", s[i-1]) >= 0 {
				return "", "", false
			}
			rest = strings.TrimLeft(s[i+1:], " \t")
			if Identifier(rest) == strings.TrimSpace(rest) || !isCommand(rest, known) {
				return "", "", false
			}
			targets = strings.TrimSpace(s[:i])
			chunk, err := source.Parse(targets+"=nil", "")
			if err != nil || len(chunk) != 1 {
				return "", "", false
			}
			switch chunk[0].(type) {
			case *ast.LocalAssignStmt:
				targets = strings.TrimSpace(strings.TrimPrefix(targets, "local"))
			case *ast.AssignStmt:
			default:
				return "", "", false
			}
			return targets, rest, true
		}
	}
	return "", "", false
}

func command(s, verb string) (Line, error) {
	l := Line{Kind: Command, Verb: verb}
	err := l.split(s[len(verb):])
	return l, err
}

// classify is rules 7 and 8.
func classify(s string) (Line, error) {
	if l, err := lua("return "+s, true); err == nil && l.Kind == Lua {
		return l, nil
	}
	l, err := lua(s, false)
	if err == nil {
		return l, nil
	}
	if e, _ := lua("return "+s, true); e.Kind == More {
		return e, nil
	}
	return Line{Kind: Lua, Code: s}, err
}

// lua parses a chunk. Kind is More when it only lacks its end.
func lua(code string, expr bool) (Line, error) {
	_, err := source.Parse(code, "")
	if err == nil {
		return Line{Kind: Lua, Code: code, Expr: expr}, nil
	}
	var e *parse.Error
	if errors.As(err, &e) && e.Pos.Line == parse.EOF {
		return Line{Kind: More}, nil
	}
	return Line{Kind: Lua, Code: code, Expr: expr}, err
}

// fullWidth are the punctuation marks that an input method for Chinese or
// Japanese types where ASCII is meant.
var fullWidth = strings.NewReplacer("（", "(", "）", ")", "，", ",", "；", ";", "“", `"`, "”", `"`, "‘", "'", "’", "'", "：", ":", "　", " ", "＝", "=", "。", ".")

// Fold returns s with full-width punctuation made ASCII.
func Fold(s string) string { return fullWidth.Replace(s) }
