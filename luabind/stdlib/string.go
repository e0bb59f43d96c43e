package stdlib

import (
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// OpenString makes the library string (manual 5.4), and strings' metatable, so
// that s:upper() is string.upper(s) and "10" + 1 is 11. string.dump is refused: there is no bytecode
// to give.
func OpenString(L *lua.LState) {
	ps := new(patterns)
	library := newLibrary(L, lua.StringLibName, map[string]func(call) int{
		"byte":    stringByte,
		"char":    stringChar,
		"dump":    stringDump,
		"find":    ps.find,
		"format":  stringFormat,
		"gmatch":  ps.gmatch,
		"gsub":    ps.gsub,
		"len":     stringLen,
		"lower":   stringLower,
		"match":   ps.match,
		"rep":     stringRep,
		"reverse": stringReverse,
		"sub":     stringSub,
		"upper":   stringUpper,
	})
	library.RawSetString("gfind", library.RawGetString("gmatch"))
	meta := L.CreateTable(0, 8)
	meta.RawSetString("__index", library)
	openArithmetic(L, meta)
	L.SetMetatable(lua.LString(""), meta)
}

// absolute makes of an index that counts from either end one from the begin; what
// lies before the begin is 0.
func absolute(i, length int) int {
	if i < 0 {
		i += length + 1
	}
	return max(i, 0)
}

// slice takes two arguments, the first and the last byte of a piece of s, as
// offsets; from is not below to if the piece is empty.
func (c call) slice(n int, s string, first, last int) (from, to int) {
	from = max(absolute(c.optInteger(n, first), len(s)), 1) - 1
	to = min(absolute(c.optInteger(n+1, last), len(s)), len(s))
	return from, to
}

// stringByte is string.byte(s [, i [, j]]): the numbers of the bytes from i, as a
// rule 1, to j, as a rule i.
func stringByte(c call) int {
	s := c.str(1)
	first := absolute(c.optInteger(2, 1), len(s))
	from, to := c.slice(2, s, 1, first)
	if from >= to {
		return 0
	}
	c.room(to-from, "string slice too long")
	for _, b := range []byte(s[from:to]) {
		c.L.Push(numberValue(int(b)))
	}
	return to - from
}

// stringChar is string.char(...): the text of these bytes.
func stringChar(c call) int {
	bytes := make([]byte, c.L.GetTop())
	for i := range bytes {
		n := c.integer(i + 1)
		if n < 0 || n > 255 {
			c.fail(i+1, "invalid value")
		}
		bytes[i] = byte(n)
	}
	return c.push(lua.LString(bytes))
}

func stringDump(c call) int {
	c.function(1)
	c.raise("unable to dump given function: string.dump is not available here")
	return 0
}

func stringLen(c call) int { return c.push(numberValue(len(c.str(1)))) }

// stringSub is string.sub(s, i [, j]): the piece from i to j, as a rule the end.
func stringSub(c call) int {
	s := c.str(1)
	c.num(2)
	from, to := c.slice(2, s, 1, -1)
	if from >= to {
		return c.push(lua.LString(""))
	}
	return c.push(cutPiece(s, from, to))
}

// stringRep is string.rep(s, n): s, n times over.
func stringRep(c call) int {
	s, n := c.str(1), max(c.integer(2), 0)
	if n > 0 && len(s) > maxString/n {
		c.tooLarge()
	}
	return c.push(lua.LString(strings.Repeat(s, n)))
}

func stringReverse(c call) int {
	bytes := []byte(c.str(1))
	slices.Reverse(bytes)
	return c.push(ownBytes(bytes))
}

// stringUpper is string.upper(s); only the letters a to z change, as in the C
// locale.
func stringUpper(c call) int { return c.push(switchCase(c.str(1), 'a')) }

// stringLower is string.lower(s), for A to Z.
func stringLower(c call) int { return c.push(switchCase(c.str(1), 'A')) }

// switchCase turns the 26 letters from first on into those of the other case.
func switchCase(s string, first byte) lua.LString {
	bytes := []byte(s)
	for i, b := range bytes {
		if b-first < 26 {
			bytes[i] = b ^ 0x20
		}
	}
	return ownBytes(bytes)
}
