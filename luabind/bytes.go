package luabind

import (
	lua "github.com/yuin/gopher-lua"

	"socksh/luabind/stdlib"
)

// openBytes defines what scripts have for bytes: buffers, bits, packing, text
// forms, checksums, JSON. A field such as string.pack joins Lua's own table.
func (s *Session) openBytes() {
	for _, f := range stdlib.Bytes(s.lua) {
		added := function{f.Usage, f.Summary, f.Details}
		s.functions = append(s.functions, added)
		var v lua.LValue = lua.LNil
		switch {
		case f.Call != nil:
			v = s.lua.NewFunction(f.Call)
		case f.Value != nil:
			v = f.Value
		default:
			continue // a method, which its objects have
		}
		s.place(added.name(), v)
	}
}
