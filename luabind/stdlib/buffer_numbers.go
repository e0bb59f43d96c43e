package stdlib

import (
	"math"
	"strconv"

	lua "github.com/yuin/gopher-lua"
)

// A field is a number as it lies in memory.
type field struct {
	name  string // the method that reads it; with set_ before it, the one that writes
	size  int    // in bytes
	float bool
	sign  bool
}

// bufferNumbers read and write one number each. Network order is the default.
func bufferNumbers() []Function {
	var rows []Function
	for _, f := range []field{
		{"u8", 1, false, false}, {"u16", 2, false, false}, {"u32", 4, false, false}, {"u64", 8, false, false},
		{"i8", 1, false, true}, {"i16", 2, false, true}, {"i32", 4, false, true}, {"i64", 8, false, true},
		{"f32", 4, true, true}, {"f64", 8, true, true},
	} {
		what := map[bool]string{false: "unsigned", true: "signed"}[f.sign] + " number of " + strconv.Itoa(8*f.size) + " bits"
		if f.float {
			what = "float of " + strconv.Itoa(8*f.size) + " bits"
		}
		rows = append(rows,
			function("buffer:"+f.name+"(i [, order])", "the "+what+" at i; order is \">\", the network's, or \"<\"", f.read),
			function("buffer:set_"+f.name+"(i, x [, order])", "write x at i as "+what, f.write))
	}
	return rows
}

func (f field) read(c call) int {
	b := c.buffer().Bytes()
	i := c.within(2, len(b), 0)
	if i+f.size > len(b) {
		c.bad(2, "%d bytes at %d go beyond the end, %d", f.size, i+1, len(b))
	}
	v := load(c.little(3), b[i:i+f.size])
	switch {
	case f.float && f.size == 4:
		return c.give(lua.LNumber(math.Float32frombits(uint32(v))))
	case f.float:
		return c.give(lua.LNumber(math.Float64frombits(v)))
	case f.sign:
		unused := 64 - 8*f.size
		v = uint64(int64(v<<unused) >> unused)
	}
	return c.give(Integer{v, f.sign}.value(c.L))
}

func (f field) write(c call) int {
	b := c.buffer()
	i := c.within(2, b.length, 1)
	var v uint64
	switch {
	case f.float && f.size == 4:
		v = uint64(math.Float32bits(float32(c.num(3))))
	case f.float:
		v = math.Float64bits(c.num(3))
	default:
		v = c.fits(3, f.size, f.sign)
	}
	var data [8]byte
	c.put(b, i, store(c.little(4), data[:f.size], v))
	return c.itself()
}

// fits returns argument n, a whole number of so many bytes, with or without sign.
func (c call) fits(n, size int, sign bool) uint64 {
	i := c.whole(n)
	top := uint(8*size - 1)
	switch {
	case sign && i.signed && int64(i.bits)>>top != 0 && int64(i.bits)>>top != -1, sign && !i.signed && i.bits>>top != 0:
		c.bad(n, "integer overflow")
	case !sign && (i.signed && int64(i.bits) < 0 || i.bits>>top>>1 != 0):
		c.bad(n, "unsigned overflow")
	}
	return i.bits
}

// load reads a whole number of at most 8 bytes.
func load(little bool, b []byte) uint64 {
	var v uint64
	for i := range b {
		at := i
		if little {
			at = len(b) - 1 - i
		}
		v = v<<8 | uint64(b[at])
	}
	return v
}

// store writes v into b, which has at most 8 bytes, and returns b.
func store(little bool, b []byte, v uint64) []byte {
	for i := range b {
		at := i
		if !little {
			at = len(b) - 1 - i
		}
		b[at] = byte(v >> (8 * i))
	}
	return b
}
