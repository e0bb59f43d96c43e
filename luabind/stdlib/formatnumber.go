package stdlib

import (
	"math"
	"strconv"
	"strings"
)

// signed writes an integer, as %d.
func (f *formatSpec) signed(n int64) string {
	magnitude := uint64(n)
	if n < 0 {
		magnitude = -magnitude
	}
	return f.digits(f.sign(n < 0), strconv.FormatUint(magnitude, 10), magnitude == 0)
}

// unsigned writes an integer, as %u, %o, %x and %X.
func (f *formatSpec) unsigned(n uint64) string {
	switch f.verb {
	case 'o':
		s := strconv.FormatUint(n, 8)
		if f.alternate && n != 0 && f.precision <= len(s) {
			s = "0" + s
		}
		if f.alternate && n == 0 && f.precision == 0 {
			return f.pad("", "0", false)
		}
		return f.digits("", s, n == 0)
	case 'x', 'X':
		s, prefix := strconv.FormatUint(n, 16), ""
		if f.alternate && n != 0 {
			prefix = "0x"
		}
		if f.verb == 'X' {
			s, prefix = strings.ToUpper(s), strings.ToUpper(prefix)
		}
		return f.digits(prefix, s, n == 0)
	}
	return f.digits("", strconv.FormatUint(n, 10), n == 0)
}

// digits writes the digits of an integer, at least as many as the precision; none
// if that and the integer are zero.
func (f *formatSpec) digits(sign, s string, zero bool) string {
	if f.precision < 0 {
		return f.pad(sign, s, true)
	}
	if zero && f.precision == 0 {
		s = ""
	}
	if missing := f.precision - len(s); missing > 0 {
		s = strings.Repeat("0", missing) + s
	}
	return f.pad(sign, s, false)
}

// float writes a number, as %e, %f and %g.
func (f *formatSpec) float(n float64) string {
	sign := f.sign(math.Signbit(n))
	upper := f.verb < 'a'
	s := unusual(n)
	finite := s == ""
	if finite {
		s = f.decimal(math.Abs(n))
	}
	if upper {
		s = strings.ToUpper(s)
	}
	return f.pad(sign, s, finite)
}

// decimal writes a finite number without its sign.
func (f *formatSpec) decimal(n float64) string {
	verb, precision := f.verb|0x20, f.precision
	if precision < 0 {
		precision = 6
	}
	s := strconv.FormatFloat(n, verb, precision, 64)
	if !f.alternate {
		return s
	}
	if verb == 'g' {
		return allDigits(s, n, max(precision, 1))
	}
	return withPoint(s)
}

// allDigits writes what s, made by %g, leaves out: zeros at the end, up to the
// precision.
func allDigits(s string, n float64, precision int) string {
	scientific := strconv.FormatFloat(n, 'e', precision-1, 64)
	_, exponent, _ := strings.Cut(scientific, "e")
	if strings.Contains(s, "e") {
		return withPoint(scientific)
	}
	digits, _ := strconv.Atoi(exponent)
	return withPoint(strconv.FormatFloat(n, 'f', precision-1-digits, 64))
}

// withPoint adds the decimal point that a number without digits after it lacks.
func withPoint(s string) string {
	if strings.Contains(s, ".") {
		return s
	}
	mantissa, exponent, ok := strings.Cut(s, "e")
	if ok {
		exponent = "e" + exponent
	}
	return mantissa + "." + exponent
}
