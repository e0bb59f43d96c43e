package stdlib

import "strings"

// A packKind is what an option of a pack format stands for.
type packKind int

const (
	packInt packKind = iota
	packUint
	packFloat
	packChars   // c[n]: so many bytes
	packString  // s[n]: a length of n bytes, then the bytes
	packZero    // z: the bytes, then a zero
	packPadding // x: a zero
	packAlign   // X: padding for the option that follows
	packNothing // a change of order or alignment, or a space
)

// What fits into a machine's own types, as in C on 64 bits.
const (
	maxIntSize     = 16
	nativeAlign    = 8
	nativeIntSize  = 4
	nativeLongSize = 8
)

// A packOption is one option: how many bytes it takes, without what comes before
// for alignment; of a string, those of its length.
type packOption struct {
	kind packKind
	size int
	pad  int // zeros before it
}

// A packFormat reads the formats of string.pack, Lua 5.3's manual, 6.4.2.
type packFormat struct {
	c      call
	text   string
	little bool
	align  int // the most that options are aligned to
	total  int // bytes so far
}

func (c call) format(text string, total int) *packFormat {
	return &packFormat{c: c, text: text, little: true, align: 1, total: total}
}

// next reads an option and counts its bytes; false at the end of the format.
func (f *packFormat) next() (packOption, bool) {
	if f.text == "" {
		return packOption{}, false
	}
	o := f.option()
	align := o.size
	switch {
	case o.kind == packAlign:
		if f.text == "" {
			f.c.bad(1, "invalid next option for option 'X'")
		}
		if next := f.option(); next.kind != packChars {
			align = next.size
		}
		if align == 0 {
			f.c.bad(1, "invalid next option for option 'X'")
		}
	case o.kind == packChars || o.kind == packPadding:
		align = 1
	}
	if align = min(align, f.align); align > 1 {
		if align&(align-1) != 0 {
			f.c.bad(1, "format asks for alignment not power of 2")
		}
		o.pad = -f.total & (align - 1)
	}
	f.total += o.pad + o.size
	if f.total > maxBuffer {
		f.c.bad(1, "format result too large")
	}
	return o, true
}

// option reads one option as it is written.
func (f *packFormat) option() packOption {
	letter := f.text[0]
	f.text = f.text[1:]
	switch letter {
	case 'b':
		return packOption{kind: packInt, size: 1}
	case 'B':
		return packOption{kind: packUint, size: 1}
	case 'h':
		return packOption{kind: packInt, size: 2}
	case 'H':
		return packOption{kind: packUint, size: 2}
	case 'l', 'j':
		return packOption{kind: packInt, size: nativeLongSize}
	case 'L', 'J', 'T':
		return packOption{kind: packUint, size: nativeLongSize}
	case 'i':
		return packOption{kind: packInt, size: f.limited(nativeIntSize)}
	case 'I':
		return packOption{kind: packUint, size: f.limited(nativeIntSize)}
	case 's':
		return packOption{kind: packString, size: f.limited(nativeLongSize)}
	case 'f':
		return packOption{kind: packFloat, size: 4}
	case 'd', 'n':
		return packOption{kind: packFloat, size: 8}
	case 'c':
		size, ok := f.digits()
		if !ok {
			f.c.raise("missing size for format option 'c'")
		}
		return packOption{kind: packChars, size: size}
	case 'z':
		return packOption{kind: packZero}
	case 'x':
		return packOption{kind: packPadding, size: 1}
	case 'X':
		return packOption{kind: packAlign}
	case ' ':
	case '<', '=':
		f.little = true
	case '>':
		f.little = false
	case '!':
		f.align = f.limited(nativeAlign)
	default:
		f.c.raise("invalid format option '%s'", string([]byte{letter}))
	}
	return packOption{kind: packNothing}
}

// digits reads a number.
func (f *packFormat) digits() (n int, ok bool) {
	rest := strings.TrimLeft(f.text, "0123456789")
	digits := f.text[:len(f.text)-len(rest)]
	f.text = rest
	for _, d := range []byte(digits) {
		n = min(10*n+int(d-'0'), maxBuffer+1)
	}
	return n, digits != ""
}

// limited reads the size of a whole number.
func (f *packFormat) limited(otherwise int) int {
	n, ok := f.digits()
	if !ok {
		return otherwise
	}
	if n < 1 || n > maxIntSize {
		f.c.raise("integral size (%d) out of limits [1,%d]", n, maxIntSize)
	}
	return n
}
