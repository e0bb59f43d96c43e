package stdlib

import (
	"bytes"
	"math"

	lua "github.com/yuin/gopher-lua"
)

// packing are Lua 5.3's string.pack, unpack and packsize. "=" is the order of
// nearly every machine, "<"; whole numbers beyond 2^53 are u64 or i64 values.
func packing() []Function {
	pack := func(c call) int { return c.text(c.pack(1, 0)) }
	return []Function{
		function("string.pack(format, ...)", "values as bytes, in Lua 5.3's formats", pack).detailed(
			"< and > are the byte orders; b B h H i I l L j J are whole numbers of 1, 2, 4, 4, 8 and 8 bytes, i3 and I3 of three; f and d floats; " +
				"s a text after its length of 8 bytes, s2 of two; z one before a zero; c5 one of five bytes; x a zero. ! aligns, X aligns to the option after it. " +
				"Unsigned ones are upper case. Whole numbers from 2^53 on are u64 or i64 values."),
		function("string.unpack(format, data [, i])", "the values in data from i on, and the position after them", func(c call) int {
			return c.unpack(string(c.data(1)), c.data(2), 3)
		}),
		function("string.packsize(format)", "how many bytes a format without s and z takes", func(c call) int {
			f := c.format(string(c.data(1)), 0)
			for o, ok := f.next(); ok; o, ok = f.next() {
				if o.kind == packString || o.kind == packZero {
					c.bad(1, "variable-size format in packsize")
				}
			}
			return c.give(lua.LNumber(f.total))
		}),
		function("pack(format, ...)", "the same as string.pack", pack),
	}
}

// pack writes the values after the format, which is argument n. offset is where
// they will lie, for their alignment.
func (c call) pack(n, offset int) []byte {
	var out []byte
	f := c.format(string(c.data(n)), offset)
	for o, ok := f.next(); ok; o, ok = f.next() {
		out = append(out, make([]byte, o.pad)...)
		switch o.kind {
		case packInt, packUint:
			n++
			out = c.packWhole(out, f, o, n)
		case packFloat:
			n++
			var b [8]byte
			if v := c.num(n); o.size == 4 {
				out = append(out, store(f.little, b[:4], uint64(math.Float32bits(float32(v))))...)
			} else {
				out = append(out, store(f.little, b[:], math.Float64bits(v))...)
			}
		case packChars:
			n++
			data := c.data(n)
			if len(data) > o.size {
				c.bad(n, "string longer than given size")
			}
			out = append(append(out, data...), make([]byte, o.size-len(data))...)
		case packString:
			n++
			data := c.data(n)
			if o.size < 4 && len(data)>>(8*o.size) != 0 {
				c.bad(n, "string length does not fit in given size")
			}
			out = appendWhole(out, f.little, o.size, uint64(len(data)), 0)
			out = append(out, data...)
			f.add(len(data))
		case packZero:
			n++
			data := c.data(n)
			if bytes.IndexByte(data, 0) >= 0 {
				c.bad(n, "string contains zeros")
			}
			out = append(append(out, data...), 0)
			f.add(len(data) + 1)
		case packPadding:
			out = append(out, 0)
		}
		if n&(1<<10-1) == 0 {
			pulse(c.L)
		}
	}
	return out
}

// add counts bytes whose number the format does not tell.
func (f *packFormat) add(n int) {
	if f.total += n; f.total > maxBuffer {
		f.c.bad(1, "format result too large")
	}
}

func (c call) packWhole(out []byte, f *packFormat, o packOption, n int) []byte {
	if o.size >= 8 { // as in Lua 5.3, all 64 bits fit, whatever the sign
		i := c.whole(n)
		var sign byte
		if i.signed && int64(i.bits) < 0 {
			sign = 0xff
		}
		if o.kind == packInt && !i.signed && i.bits > math.MaxInt64 && o.size == 8 {
			c.bad(n, "integer overflow")
		}
		return appendWhole(out, f.little, o.size, i.bits, sign)
	}
	return appendWhole(out, f.little, o.size, c.fits(n, o.size, o.kind == packInt), 0)
}

// appendWhole adds a whole number of any size; beyond 8 bytes it is filled up
// with bytes of its sign.
func appendWhole(out []byte, little bool, size int, v uint64, sign byte) []byte {
	at := len(out)
	for range size {
		out = append(out, sign)
	}
	field := out[at:]
	if size > 8 {
		if little {
			field = field[:8]
		} else {
			field = field[size-8:]
		}
	}
	store(little, field, v)
	return out
}

// unpack reads the values of a format from data, from the position in argument n
// on; their number is how many the script gets.
func (c call) unpack(format string, data []byte, n int) int {
	at := c.optInteger(n, 1)
	if at < 0 {
		at += len(data) + 1
	}
	if at--; at < 0 || at > len(data) {
		c.bad(n, "initial position out of string")
	}
	results := 0
	f := c.format(format, at)
	for o, ok := f.next(); ok; o, ok = f.next() {
		at += o.pad
		if o.size > len(data)-at {
			c.bad(n-1, "data string too short")
		}
		field := data[at : at+o.size]
		at += o.size
		if results&(1<<10-1) == 0 {
			pulse(c.L)
		}
		if results >= 64 && results&(results-1) == 0 {
			c.room(results, "too many results")
		}
		results++
		switch o.kind {
		case packInt, packUint:
			c.L.Push(c.unpackWhole(f, field, o.kind == packInt).value(c.L))
		case packFloat:
			if v := load(f.little, field); o.size == 4 {
				c.L.Push(lua.LNumber(math.Float32frombits(uint32(v))))
			} else {
				c.L.Push(lua.LNumber(math.Float64frombits(v)))
			}
		case packChars:
			c.L.Push(lua.LString(field))
		case packString:
			length := c.unpackWhole(f, field, false).bits
			if length > uint64(len(data)-at) {
				c.bad(n-1, "data string too short")
			}
			c.L.Push(lua.LString(data[at : at+int(length)]))
			at += int(length)
			f.add(int(length))
		case packZero:
			length := bytes.IndexByte(data[at:], 0)
			if length < 0 {
				c.bad(n-1, "unfinished string for format 'z'")
			}
			c.L.Push(lua.LString(data[at : at+length]))
			at += length + 1
			f.add(length + 1)
		default:
			results--
		}
	}
	c.L.Push(lua.LNumber(at + 1))
	return results + 1
}

// unpackWhole reads a whole number of any size.
func (c call) unpackWhole(f *packFormat, b []byte, signed bool) Integer {
	low, high := b, []byte(nil)
	if len(b) > 8 && f.little {
		low, high = b[:8], b[8:]
	} else if len(b) > 8 {
		low, high = b[len(b)-8:], b[:len(b)-8]
	}
	v := load(f.little, low)
	if unused := 64 - 8*len(low); signed && unused > 0 {
		v = uint64(int64(v<<unused) >> unused)
	}
	var sign byte
	if signed && int64(v) < 0 {
		sign = 0xff
	}
	for _, x := range high {
		if x != sign {
			c.raise("%d-byte integer does not fit into 64 bits", len(b))
		}
	}
	return Integer{v, signed}
}
