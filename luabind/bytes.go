package luabind

import "socksh/luabind/stdlib"

// openBytes defines what scripts have for bytes: buffers, bits, packing, text
// forms, checksums, JSON. A field such as string.pack joins Lua's own table.
func (s *Session) openBytes() {
	for _, f := range stdlib.Bytes(s.lua) {
		switch {
		case f.Call != nil:
			s.define(f.Usage, f.Summary, f.Call)
			continue
		case f.Value != nil:
			s.place(f.Usage, f.Value)
		}
		s.functions = append(s.functions, function{f.Usage, f.Summary})
	}
}
