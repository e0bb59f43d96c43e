package stdlib

import (
	"testing"

	lua "github.com/yuin/gopher-lua"
)

func BenchmarkShort(b *testing.B) {
	for _, c := range []struct{ name, code string }{
		{"empty", "local n = ... local x for i = 1, n do end"},
		{"match", "local n = ... local x for i = 1, n do x=('key = value'):match('^(%w+)%s*=%s*(%w+)$') end"},
		{"find", "local n = ... local x for i = 1, n do x=('hello world'):find('wor') end"},
		{"sub", "local n = ... local x local s = 'hello world' for i = 1, n do x=s:sub(3,5) end"},
		{"byte", "local n = ... local x local s = 'hello world' for i = 1, n do x=s:byte(3) end"},
		{"format", "local n = ... local f = string.format for i = 1, n do x=f('%d %s', i, 'abc') end"},
		{"gsub", "local n = ... for i = 1, n do x=('hello world'):gsub('o', '0') end"},
		{"rep", "local n = ... for i = 1, n do x=('x'):rep(10) end"},
		{"concat", "local n = ... local t = {'a','b','c'} for i = 1, n do x=table.concat(t, ',') end"},
		{"insert", "local n = ... local t = {} for i = 1, n do table.insert(t, i) end"},
	} {
		b.Run(c.name, func(b *testing.B) {
			L := newState(b)
			f, err := Load(L, c.code, "code")
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			L.Push(f)
			L.Push(lua.LNumber(b.N))
			L.Call(1, 0)
		})
	}
}
