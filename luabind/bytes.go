package luabind

import (
	"encoding/hex"
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// openBytes defines what turns bytes into text and back.
func (s *Session) openBytes() {
	s.define("hex(text)", `the bytes written as hex digits: hex"48 65"`, func(L *lua.LState) int {
		digits := strings.Map(func(r rune) rune {
			if strings.ContainsRune(" \t\r\n:", r) {
				return -1
			}
			return r
		}, L.CheckString(1))
		data, err := hex.DecodeString(digits)
		if err != nil {
			L.ArgError(1, "not pairs of hex digits: "+digits)
		}
		L.Push(lua.LString(data))
		return 1
	})
	s.define("hexdump(data)", "rows of 16 bytes: offset, hex, text", func(L *lua.LState) int {
		L.Push(lua.LString(hexdump(L.CheckString(1))))
		return 1
	})
}

func hexdump(data string) string {
	var b strings.Builder
	for at := 0; at < len(data); at += 16 {
		row := data[at:min(at+16, len(data))]
		if at > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%08x ", at)
		for i := range 16 {
			if i == 8 {
				b.WriteByte(' ')
			}
			if i < len(row) {
				fmt.Fprintf(&b, " %02x", row[i])
			} else {
				b.WriteString("   ")
			}
		}
		b.WriteString("  |")
		for _, c := range []byte(row) {
			if c < 0x20 || c > 0x7e {
				c = '.'
			}
			b.WriteByte(c)
		}
		b.WriteByte('|')
	}
	return b.String()
}
