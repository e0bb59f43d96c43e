package stdlib

import (
	"strings"
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// maxString is the length in bytes of the longest text that a function makes.
// Beyond it a script's slip would take the machine's memory.
const maxString = 1 << 30

// A builder puts together the text that a call gives.
type builder struct {
	call call
	strings.Builder
}

// reserve makes room for n more bytes.
func (t *builder) reserve(n int) {
	if n > maxString-t.Len() {
		t.call.tooLarge()
	}
	t.Grow(n)
}

// add puts s at the end.
func (t *builder) add(s string) {
	if len(s) > maxString-t.Len() {
		t.call.tooLarge()
	}
	t.WriteString(s)
}

// addValue puts a text or a number at the end.
func (t *builder) addValue(v lua.LValue) {
	switch v := v.(type) {
	case lua.LString:
		t.add(string(v))
	case lua.LNumber:
		var digits [24]byte
		t.Write(appendNumber(digits[:0], float64(v)))
	}
}

// tooLarge ends a call that would give more than maxString.
func (c call) tooLarge() { c.raise("resulting string too large (more than 1 GiB)") }

// push returns the text as a result.
func (t *builder) push() int { return t.call.push(lua.LString(t.String())) }

// cutPiece returns the piece s[i:j]. A short piece of a long text is copied, or a
// script that keeps it would keep all of the text.
func cutPiece(s string, i, j int) lua.LString {
	piece := s[i:j]
	if len(s) >= 256 && len(piece) <= len(s)/8 {
		piece = strings.Clone(piece)
	}
	return lua.LString(piece)
}

// ownBytes makes a text of bytes that nobody uses any more, without a copy.
func ownBytes(bytes []byte) lua.LString {
	return lua.LString(unsafe.String(unsafe.SliceData(bytes), len(bytes)))
}
