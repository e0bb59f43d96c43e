package stdlib

import (
	"strings"
)

// stringFormat is string.format(format, ...), as C's printf with the conversions
// c d i o u x X e E f F g G s, and q for a text that Lua reads back. Texts may
// hold any bytes.
func stringFormat(c call) int {
	rest := c.str(1)
	out := builder{call: c}
	out.reserve(len(rest))
	for argument := 2; ; argument++ {
		plain, after, ok := strings.Cut(rest, "%")
		out.add(plain)
		if !ok {
			return out.push()
		}
		if strings.HasPrefix(after, "%") {
			out.add("%")
			rest = after[1:]
			argument--
			continue
		}
		if argument > c.L.GetTop() {
			c.fail(argument, "no value")
		}
		spec, length := c.parseSpec(after)
		out.add(c.convert(spec, argument))
		rest = after[length:]
	}
}

// A formatSpec is one conversion of a format.
type formatSpec struct {
	left, plus, space, alternate, zeros bool
	width                               int
	precision                           int // -1 if there is none
	verb                                byte
}

// parseSpec reads a conversion after its "%" and returns its length, too.
func (c call) parseSpec(s string) (f formatSpec, length int) {
	i := 0
flags:
	for ; i < len(s); i++ {
		switch s[i] {
		case '-':
			f.left = true
		case '+':
			f.plus = true
		case ' ':
			f.space = true
		case '#':
			f.alternate = true
		case '0':
			f.zeros = true
		default:
			break flags
		}
	}
	if i > 5 {
		c.raise("invalid format (repeated flags)")
	}
	f.precision = -1
	f.width, i = twoDigits(s, i)
	if i < len(s) && s[i] == '.' {
		f.precision, i = twoDigits(s, i+1)
	}
	if i < len(s) && asciiDigit(s[i]) {
		c.raise("invalid format (width or precision too long)")
	}
	if i == len(s) {
		c.raise("invalid option '%%' to 'format'")
	}
	f.verb = s[i]
	return f, i + 1
}

// twoDigits reads a number of at most two digits and returns where it ends.
func twoDigits(s string, i int) (n, end int) {
	for end = i; end < len(s) && end < i+2 && asciiDigit(s[end]); end++ {
		n = n*10 + int(s[end]-'0')
	}
	return n, end
}

// convert returns the argument as the conversion writes it.
func (c call) convert(f formatSpec, argument int) string {
	switch f.verb {
	case 's':
		s := c.str(argument)
		if f.precision >= 0 {
			s = s[:min(f.precision, len(s))]
		}
		return f.pad("", s, false)
	case 'q':
		return quoteText(c.str(argument))
	case 'c':
		return f.pad("", string([]byte{byte(toInt64(c.num(argument)))}), false)
	case 'd', 'i':
		return f.signed(toInt64(c.num(argument)))
	case 'u', 'o', 'x', 'X':
		return f.unsigned(toUint64(c.num(argument)))
	case 'e', 'E', 'f', 'F', 'g', 'G':
		return f.float(c.num(argument))
	}
	c.raise("invalid option '%%%s' to 'format'", string([]byte{f.verb}))
	return ""
}

// quoteText writes s in double quotes so that Lua reads the same bytes back.
func quoteText(s string) string {
	return `"` + quoting.Replace(s) + `"`
}

var quoting = strings.NewReplacer(`"`, `\"`, `\`, `\\`, "\n", "\\\n", "\r", `\r`, "\x00", `\000`)

// pad brings what a conversion writes, with its sign or prefix before it, to the
// width: by spaces, or by zeros after the sign.
func (f *formatSpec) pad(sign, s string, zeros bool) string {
	missing := f.width - len(sign) - len(s)
	switch {
	case missing <= 0:
		return sign + s
	case f.left:
		return sign + s + strings.Repeat(" ", missing)
	case zeros && f.zeros:
		return sign + strings.Repeat("0", missing) + s
	}
	return strings.Repeat(" ", missing) + sign + s
}

// sign returns what goes before a number.
func (f *formatSpec) sign(negative bool) string {
	switch {
	case negative:
		return "-"
	case f.plus:
		return "+"
	case f.space:
		return " "
	}
	return ""
}
