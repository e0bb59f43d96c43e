package luabind

import (
	"errors"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// openPatterns lends Lua's patterns to the verbs that look for one in what they
// receive.
func (s *Session) openPatterns() {
	find := s.lua.GetField(s.lua.GetGlobal("string"), "find")
	s.Table.Match = func(data, pattern string) (int, error) {
		results, err := s.call(find, []lua.LValue{lua.LString(data), lua.LString(pattern)}, nil)
		if err != nil {
			return -1, errors.New(strings.TrimSpace(s.caught(err).Error())) // no line of Lua has called it
		}
		if len(results) < 2 {
			return -1, nil
		}
		return int(lua.LVAsNumber(results[1])), nil
	}
}
