package stdlib

import (
	"bytes"

	lua "github.com/yuin/gopher-lua"
)

// The names of what JSON has and Lua has not.
const (
	jsonNull  = "socksh.json.null"
	jsonArray = "socksh.json.array"
	// maxJSON is how deep values may be in each other.
	maxJSON = 1000
)

// jsons read and write JSON (RFC 8259) without losing anything: whole numbers
// beyond 2^53 are u64 or i64 values, null is json.null, an empty array is marked
// as one, and what has no exact counterpart is an error.
func jsons(L *lua.LState) []Function {
	null := L.NewUserData()
	null.Metatable = methods(L, jsonNull, nil)
	L.SetField(null.Metatable, "__tostring", L.NewFunction(func(L *lua.LState) int {
		L.Push(lua.LString("null"))
		return 1
	}))
	L.SetField(null.Metatable, "value", null)
	array := L.NewTypeMetatable(jsonArray)
	L.SetField(array, "__tostring", L.NewFunction(func(L *lua.LState) int {
		w := jsonWriter{c: call{L: L}}
		w.value(L.Get(1))
		L.Push(lua.LString(w.out))
		return 1
	}))
	return []Function{
		function("json.encode(value [, indent])", "JSON of a table, text, number or boolean", encodeJSON).detailed(
			"A table with the keys 1 to n is an array, one with texts as keys an object, {} an object too: see json.array. Names are sorted. " +
				"indent is a number of spaces; without it there are no line ends. Texts are UTF-8; what has no exact JSON is an error."),
		function("json.decode(text)", "the value that JSON text means", func(c call) int {
			text := c.data(1)
			if c.arg(1).Type() == lua.LTUserData { // other tasks may run in between, and change a buffer
				text = bytes.Clone(text)
			}
			return c.give(c.decodeJSON(text))
		}).detailed("null becomes json.null, and a whole number from 2^53 on a u64 or i64, so that nothing is lost. An empty array is marked as json.array does."),
		function("json.array([t])", "t, or a new table, marked as an array even if it is empty", func(c call) int {
			if !c.given(1) {
				t := c.L.NewTable()
				t.Metatable = array
				return c.give(t)
			}
			t, ok := c.arg(1).(*lua.LTable)
			if !ok {
				c.expected(1, "table")
			}
			if t.Metatable != lua.LNil && t.Metatable != array {
				c.bad(1, "the table has a metatable of its own")
			}
			t.Metatable = array
			return c.give(t)
		}),
		{Usage: "json.null", Summary: "JSON's null: in a table nil would be nothing at all", Value: null},
	}
}
