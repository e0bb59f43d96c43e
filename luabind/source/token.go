package source

import "strings"

// A Token is a piece of code: a name or keyword, a numeral, a text in quotes, a comment,
// or a text in long brackets. Signs are left out.
type Token struct {
	Kind     TokenKind
	From, To int // in the code
}

// A TokenKind is what a token is.
type TokenKind uint8

// The kinds of tokens.
const (
	Name TokenKind = iota
	Numeral
	Text    // between quotes
	Comment // with its "--"
	Long    // a text in long brackets
)

// Tokens returns the tokens of code. What is wrong with it is not found here.
func Tokens(code string) []Token {
	r := rewriter{code: code}
	var all []Token
	for r.at < len(code) {
		from := r.at
		kind := Name
		switch c := code[r.at]; {
		case c == '"' || c == '\'':
			kind = Text
			if r.text() != nil {
				r.at = len(code)
			}
		case c == '[' && longBracket(code[r.at:]) >= 0:
			kind = Long
			r.skipLong(longBracket(code[r.at:]))
		case strings.HasPrefix(code[r.at:], "--"):
			kind = Comment
			r.comment()
		case isName(c):
			if isDigit(c) {
				kind = Numeral
			}
			for r.at < len(code) && isName(code[r.at]) {
				r.at++
			}
		default:
			r.at++
			continue
		}
		r.at = max(r.at, from+1)
		all = append(all, Token{kind, from, r.at})
	}
	return all
}

// Unquote returns what a text in quotes stands for, false if it is not whole.
func Unquote(text string) (string, bool) {
	if len(text) < 2 || text[0] != text[len(text)-1] {
		return "", false
	}
	var b strings.Builder
	for rest := text[1 : len(text)-1]; rest != ""; {
		if rest[0] != '\\' {
			b.WriteByte(rest[0])
			rest = rest[1:]
			continue
		}
		value, n, err := Escape(rest)
		if err != nil {
			return "", false
		}
		b.WriteString(value)
		rest = rest[n:]
	}
	return b.String(), true
}
