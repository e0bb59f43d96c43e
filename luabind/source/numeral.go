package source

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// numeral reads a number as Lua's own lexer does: all that could belong to one,
// and then it must be one.
func (r *rewriter) numeral() error {
	from := r.at
	for r.at < len(r.code) && (isDigit(r.code[r.at]) || r.code[r.at] == '.') {
		r.at++
	}
	if r.at < len(r.code) && r.code[r.at]|0x20 == 'e' {
		r.at++
		if r.at < len(r.code) && (r.code[r.at] == '+' || r.code[r.at] == '-') {
			r.at++
		}
	}
	for r.at < len(r.code) && isName(r.code[r.at]) {
		r.at++
	}
	word := r.code[from:r.at]
	n, ok := ParseNumber(word)
	switch {
	case !ok:
		return fmt.Errorf("malformed number near %s", word)
	case math.IsInf(n, 0):
		r.put(from, "(1/0)")
	case word[0] == '0' && len(word) > 1:
		r.put(from, strconv.FormatFloat(n, 'g', -1, 64))
	}
	return nil
}

// ParseNumber reads a text as Lua 5.1 does where a text stands for a number: what
// C's strtod takes, decimal or hexadecimal, with white space around it, but no words
// such as "inf" (manual 2.2.1). A text with anything else in it, a zero byte too, is
// none.
func ParseNumber(s string) (float64, bool) {
	s = strings.Trim(s, " \t\n\v\f\r")
	digits, negative := strings.TrimPrefix(s, "+"), false
	if len(digits) == len(s) {
		digits, negative = strings.CutPrefix(s, "-")
	}
	if digits == "" || digits[0] != '.' && !isDigit(digits[0]) || strings.Contains(digits, "_") {
		return 0, false
	}
	if len(digits) > 1 && digits[1]|0x20 == 'x' && !strings.ContainsAny(digits, "pP") {
		digits += "p0" // which Go asks for
	}
	n, err := strconv.ParseFloat(digits, 64)
	if err != nil && !math.IsInf(n, 0) { // a number too large is infinite
		return 0, false
	}
	if negative {
		n = math.Copysign(n, -1)
	}
	return n, true
}
