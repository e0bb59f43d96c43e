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

// add puts s at the end.
func (t *builder) add(s string) {
	if t.Len()+len(s) > maxString {
		t.call.raise("resulting string too large (more than 1 GiB)")
	}
	t.WriteString(s)
}

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
