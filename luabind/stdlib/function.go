package stdlib

import (
	"fmt"
	"strings"
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// A Function is one row of what scripts have beyond Lua 5.1. Usage starts with
// the name: "crc32(data)" is a global, "bit.band(...)" a field, "string.pack(...)"
// a field of Lua's own table, "json.null" a Value, and "buffer:find(...)" a
// method, which is on its objects already and so has neither Call nor Value.
// Summary is one line; Details is what else there is to know, or "".
type Function struct {
	Usage, Summary, Details string
	Call                    lua.LGFunction
	Value                   lua.LValue
}

func (f Function) detailed(details string) Function {
	f.Details = details
	return f
}

// Bytes makes the byte tools for L and returns their rows in the order of help.
func Bytes(L *lua.LState) []Function {
	var all []Function
	for _, rows := range [][]Function{buffers(L), packing(), bitwise(), integers(L), hexes(), base64s(), checksums(), jsons(L)} {
		all = append(all, rows...)
	}
	return all
}

// function makes a row whose messages use the name that usage starts with.
func function(usage, summary string, f func(call) int) Function {
	path, _, _ := strings.Cut(usage, "(")
	name := path[strings.LastIndexAny(path, ".:")+1:]
	return Function{Usage: usage, Summary: summary, Call: goFunction(name, f)}
}

// methods makes the metatable called name of rows that are methods: each can
// be called on an object, and help knows it.
func methods(L *lua.LState, name string, rows []Function) *lua.LTable {
	meta := L.NewTypeMetatable(name)
	index := L.CreateTable(0, len(rows))
	for i, r := range rows {
		path, _, _ := strings.Cut(r.Usage, "(")
		index.RawSetString(path[strings.IndexByte(path, ':')+1:], L.NewFunction(r.Call))
		rows[i].Call = nil
	}
	meta.RawSetString("__index", index)
	return meta
}

// bad is fail with a format.
func (c call) bad(n int, format string, args ...any) { c.fail(n, fmt.Sprintf(format, args...)) }

// arg returns argument n, nil if it was left out.
func (c call) arg(n int) lua.LValue { return c.L.Get(n) }

// given reports whether argument n is there and not nil.
func (c call) given(n int) bool { return c.arg(n) != lua.LNil }

// shown returns argument n as a message quotes it.
func (c call) shown(n int) string {
	if text, ok := asString(c.arg(n)); ok {
		return text
	}
	return c.arg(n).Type().String()
}

// data returns the bytes of argument n: a string, a number or a buffer. They
// must not be written to, and those of a buffer change with it.
func (c call) data(n int) []byte {
	switch v := c.arg(n).(type) {
	case lua.LString:
		return bytesOf(string(v))
	case lua.LNumber:
		return appendNumber(nil, float64(v))
	case *lua.LUserData:
		switch x := v.Value.(type) {
		case *Buffer:
			return x.Bytes()
		case Integer:
			return []byte(x.String())
		}
	}
	c.expected(n, "string")
	return nil
}

// little reads a byte order: "<", or ">", which is also meant where none is given.
func (c call) little(n int) bool {
	switch c.arg(n) {
	case lua.LNil, lua.LString(">"):
		return false
	case lua.LString("<"):
		return true
	}
	c.bad(n, `a byte order is ">" or "<"`)
	return false
}

// give returns values to the script.
func (c call) give(values ...lua.LValue) int {
	for _, v := range values {
		c.L.Push(v)
	}
	return len(values)
}

// text returns as a string bytes that nobody else has or will write to.
func (c call) text(fresh []byte) int { return c.give(lua.LString(stringOf(fresh))) }

// within turns positions i to j as string.sub takes them into a range of n bytes.
func within(i, j, n int) (from, to int) {
	if i < 0 {
		i = max(n+i+1, 1)
	}
	if j < 0 {
		j = n + j + 1
	}
	i, j = min(max(i, 1), n+1), min(j, n)
	return i - 1, max(j, i-1)
}

// bytesOf and stringOf see the same memory as the other type, without a copy.
func bytesOf(s string) []byte  { return unsafe.Slice(unsafe.StringData(s), len(s)) }
func stringOf(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// piece is how much data is worked on between two pulses.
const piece = 1 << 20

// pieces calls f with data in order, not too much at a time.
func pieces(L *lua.LState, data []byte, f func([]byte)) {
	for len(data) > piece {
		f(data[:piece])
		data = data[piece:]
		pulse(L)
	}
	f(data)
}

// quoteByte shows a byte in a message: 'x', or '\xff'.
func quoteByte(b byte) string {
	if b < 0x20 || b > 0x7e {
		return fmt.Sprintf(`'\x%02x'`, b)
	}
	return "'" + string(rune(b)) + "'"
}
