package source

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Escape decodes the escape that s begins with: what it stands for, and its length
// with the backslash.
//
//	\a \b \f \n \r \t \v \\ \" \'   as in C
//	\ and the end of a line         the end of a line
//	\ddd                            the byte of that decimal number
//	\xHH                            the byte of that hexadecimal one
//	\u{HHHH}                        a character in UTF-8
//	\z                              nothing, and white space after it is skipped
//
// What else follows the backslash stands for itself; see [IsEscape].
func Escape(s string) (value string, length int, err error) {
	if len(s) < 2 {
		return "", len(s), errors.New("a backslash at the end")
	}
	c := s[1]
	if i := strings.IndexByte("abfnrtv", c); i >= 0 {
		return "\a\b\f\n\r\t\v"[i : i+1], 2, nil
	}
	switch {
	case isDigit(c):
		end := 2
		for end < len(s) && end < 4 && isDigit(s[end]) {
			end++
		}
		n, _ := strconv.Atoi(s[1:end])
		if n > 255 {
			return "", end, fmt.Errorf(`%s is more than a byte`, s[:end])
		}
		return string([]byte{byte(n)}), end, nil
	case c == 'x':
		end := min(len(s), 4)
		n, err := strconv.ParseUint(s[2:end], 16, 8)
		if err != nil || end < 4 {
			return "", end, errors.New(`\x needs two hex digits, as in \x41`)
		}
		return string([]byte{byte(n)}), end, nil
	case c == 'u':
		digits, _, ok := strings.Cut(strings.TrimPrefix(s[2:], "{"), "}")
		n, err := strconv.ParseUint(digits, 16, 32)
		if !ok || err != nil || s[2] != '{' || n > utf8.MaxRune {
			return "", 2, errors.New(`\u needs the number of a character, as in \u{20AC}`)
		}
		return encode(rune(n)), len(`\u{}`) + len(digits), nil
	case c == 'z':
		return "", len(s) - len(strings.TrimLeft(s[2:], " \t\n\v\f\r")), nil
	case c == '\r' && strings.HasPrefix(s[2:], "\n"):
		return "\n", 3, nil
	}
	return s[1:2], 2, nil
}

// IsEscape reports whether the character after a backslash has a meaning there.
func IsEscape(c byte) bool {
	return isDigit(c) || strings.IndexByte("abfnrtvxuz\\\"'\n\r", c) >= 0
}

// encode writes a character as Lua does: a surrogate, too, which Go refuses.
func encode(r rune) string {
	if 0xd800 <= r && r < 0xe000 {
		return string([]byte{byte(0xe0 | r>>12), byte(0x80 | r>>6&0x3f), byte(0x80 | r&0x3f)})
	}
	return string(r)
}
