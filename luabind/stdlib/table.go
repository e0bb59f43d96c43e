package stdlib

import (
	"math"

	lua "github.com/yuin/gopher-lua"
)

// OpenTable makes the library table (manual 5.5), with those functions of Lua 5.0
// that 5.1 still has: foreach, foreachi and getn; setn says that it is obsolete.
func OpenTable(L *lua.LState) {
	newLibrary(L, lua.TabLibName, map[string]func(call) int{
		"concat":   tableConcat,
		"foreach":  tableForeach,
		"foreachi": tableForeachi,
		"getn":     tableGetn,
		"insert":   tableInsert,
		"maxn":     tableMaxn,
		"remove":   tableRemove,
		"setn":     tableSetn,
		"sort":     tableSort,
	})
}

// pulseItems is how many items of a table go by between two pulses.
const pulseItems = 1 << 12

// rawAt returns t[i], whatever i, without metamethods.
func rawAt(t *lua.LTable, i int) lua.LValue {
	if 1 <= i && i < lua.MaxArrayIndex {
		return t.RawGetInt(i)
	}
	return t.RawGet(numberValue(i))
}

// tableConcat is table.concat(t [, sep [, i [, j]]]): the texts and numbers from
// t[i] to t[j], as a rule all, with sep between them.
func tableConcat(c call) int {
	sep, t := c.optStr(2, ""), c.table(1)
	i := c.optInteger(3, 1)
	j := c.optInteger(4, t.Len())
	out := builder{call: c}
	out.reserve(concatSize(t, len(sep), i, j))
	for n := 0; i <= j; n++ {
		if n%pulseItems == pulseItems-1 {
			pulse(c.L)
		}
		switch v := rawAt(t, i).(type) {
		case lua.LString:
			out.add(string(v))
		case lua.LNumber:
			out.add(FormatNumber(float64(v)))
		default:
			c.raise("invalid value (%s) at index %d in table for 'concat'", v.Type(), i)
		}
		if i == j {
			break
		}
		out.add(sep)
		i++
	}
	return out.push()
}

// concatSize returns how long the texts from t[i] to t[j] are together, without
// the numbers among them.
func concatSize(t *lua.LTable, sep, i, j int) int {
	size := 0
	for i, j = max(i, 1), min(j, t.Len()); i <= j; i++ {
		if s, ok := t.RawGetInt(i).(lua.LString); ok {
			size += len(s) + sep
		}
	}
	return size
}

// tableInsert is table.insert(t, [pos,] value): value at pos, as a rule after the
// last item; those from pos on move up.
func tableInsert(c call) int {
	t := c.table(1)
	end := t.Len() + 1
	switch c.L.GetTop() {
	case 2:
		t.Append(c.L.Get(2))
	case 3:
		pos, value := c.integer(2), c.L.Get(3)
		if 1 <= pos && pos < end {
			t.Insert(pos, value)
			break
		}
		for i := end; i > pos; i-- {
			if i%pulseItems == 0 {
				pulse(c.L)
			}
			t.RawSet(numberValue(i), rawAt(t, i-1))
		}
		t.RawSet(lua.LNumber(pos), value)
	default:
		c.raise("wrong number of arguments to 'insert'")
	}
	return 0
}

// tableRemove is table.remove(t [, pos]): takes out t[pos], as a rule the last
// item, and returns it; those after it move down. Nothing if there is no such item.
func tableRemove(c call) int {
	t := c.table(1)
	end := t.Len()
	pos := c.optInteger(2, end)
	if pos < 1 || pos > end {
		return 0
	}
	return c.push(t.Remove(pos))
}

// tableMaxn is table.maxn(t): the largest number among the keys, or 0.
func tableMaxn(c call) int {
	t := c.table(1)
	largest, from := 0.0, lua.LNil
	if n := t.Len(); n > 0 {
		largest, from = float64(n), lua.LNumber(n)
	}
	key, _ := t.Next(from)
	for n := 1; key != lua.LNil; n++ {
		if k, ok := key.(lua.LNumber); ok {
			largest = math.Max(largest, float64(k))
		}
		if n%pulseItems == 0 {
			pulse(c.L)
		}
		key, _ = t.Next(key)
	}
	return c.push(lua.LNumber(largest))
}

// tableGetn is table.getn(t), which is #t.
func tableGetn(c call) int { return c.push(numberValue(c.table(1).Len())) }

func tableSetn(c call) int {
	c.table(1)
	c.raise("'setn' is obsolete")
	return 0
}

// tableForeach is table.foreach(t, f): f(key, value) for each pair, until f gives
// something, which is the result.
func tableForeach(c call) int {
	t, f := c.table(1), c.function(2)
	for key, value := t.Next(lua.LNil); key != lua.LNil; key, value = t.Next(key) {
		if c.visit(f, key, value) {
			return 1
		}
	}
	return 0
}

// tableForeachi is table.foreachi(t, f): foreach for the items 1 to #t in turn.
func tableForeachi(c call) int {
	t, f := c.table(1), c.function(2)
	for i, n := 1, t.Len(); i <= n; i++ {
		if c.visit(f, numberValue(i), rawAt(t, i)) {
			return 1
		}
	}
	return 0
}

// visit calls f(key, value) and reports whether it gave something, which is on the
// stack then.
func (c call) visit(f *lua.LFunction, key, value lua.LValue) bool {
	c.L.Push(f)
	c.L.Push(key)
	c.L.Push(value)
	c.L.Call(2, 1)
	if c.L.Get(-1) != lua.LNil {
		return true
	}
	c.L.Pop(1)
	return false
}

// unpack is unpack(t [, i [, j]]) of the basic library (manual 5.1): t[i] to t[j],
// as a rule all items, as results. As many fit as the stack of the state may grow to;
// lua5.1 stops at 8,000.
func unpack(c call) int {
	t := c.table(1)
	i := c.optInteger(2, 1)
	j := c.optInteger(3, t.Len())
	if i > j {
		return 0
	}
	n := j - i + 1
	if n <= 0 {
		c.raise("too many results to unpack")
	}
	c.room(n, "too many results to unpack")
	for k := range n {
		c.L.Push(rawAt(t, i+k))
	}
	return n
}
