package stdlib

import "encoding/hex"

const hexDigits = "0123456789abcdef"

// hexes turn bytes into text and back.
func hexes() []Function {
	return []Function{
		function("hex(text)", `the bytes written as hex digits: hex"48 65"`, func(c call) int {
			return c.text(c.unhex(c.data(1)))
		}),
		function("tohex(data [, separator])", `the bytes as hex digits: tohex("He", " ") is "48 65"`, func(c call) int {
			data, between := c.data(1), ""
			if c.given(2) {
				between = string(c.data(2))
			}
			if len(data)*(2+len(between)) > maxBuffer {
				c.bad(1, "the result is too long")
			}
			if between == "" {
				return c.text(hex.AppendEncode(nil, data))
			}
			out := make([]byte, 0, len(data)*(2+len(between)))
			for i, b := range data {
				if i > 0 {
					out = append(out, between...)
				}
				out = append(out, hexDigits[b>>4], hexDigits[b&15])
			}
			return c.text(out)
		}),
		function("hexdump(data)", "rows of 16 bytes: offset, hex, text", func(c call) int {
			data := c.data(1)
			if len(data) > maxBuffer/5 {
				c.bad(1, "the result is too long")
			}
			out := make([]byte, 0, (len(data)+15)/16*rowWidth)
			for at := 0; at < len(data); at += 16 {
				if at > 0 {
					out = append(out, '\n')
				}
				out = appendRow(out, at, data[at:min(at+16, len(data))])
				if at&0xffff == 0 {
					pulse(c.L)
				}
			}
			return c.text(out)
		}),
	}
}

// unhex skips what people put between digits.
func (c call) unhex(text []byte) []byte {
	if out, err := hex.AppendDecode(nil, text); err == nil {
		return out // nothing but digits, the common case, and the fast one
	}
	out := make([]byte, 0, len(text)/2)
	high := -1
	for i, b := range text {
		var digit int
		switch {
		case '0' <= b && b <= '9':
			digit = int(b - '0')
		case 'a' <= b|0x20 && b|0x20 <= 'f':
			digit = int(b|0x20-'a') + 10
		case b == ' ', b == '\t', b == '\r', b == '\n', b == ':':
			continue
		default:
			c.bad(1, "%s at %d is no hex digit", quoteByte(b), i+1)
		}
		if high < 0 {
			high = digit
			continue
		}
		out = append(out, byte(high<<4|digit))
		high = -1
	}
	if high >= 0 {
		c.bad(1, "the number of hex digits is odd")
	}
	return out
}

// rowWidth is the length of a row of hexdump with its end.
const rowWidth = 79

// appendRow adds a row for at most 16 bytes.
func appendRow(out []byte, at int, row []byte) []byte {
	for shift := 28; shift >= 0; shift -= 4 {
		out = append(out, hexDigits[at>>shift&15])
	}
	out = append(out, ' ')
	for i := range 16 {
		if i == 8 {
			out = append(out, ' ')
		}
		if i < len(row) {
			out = append(out, ' ', hexDigits[row[i]>>4], hexDigits[row[i]&15])
		} else {
			out = append(out, "   "...)
		}
	}
	out = append(out, "  |"...)
	for _, b := range row {
		if b < 0x20 || b > 0x7e {
			b = '.'
		}
		out = append(out, b)
	}
	return append(out, '|')
}
