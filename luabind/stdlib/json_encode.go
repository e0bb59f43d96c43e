package stdlib

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	lua "github.com/yuin/gopher-lua"
)

// A jsonWriter appends values to out. path leads to the one it is at, for
// messages; open are the tables that this one is in.
type jsonWriter struct {
	c     call
	out   []byte
	path  []lua.LValue
	open  []*lua.LTable
	steps int
}

func encodeJSON(c call) int {
	indent := ""
	if c.given(2) {
		n := c.integer(2)
		if n < 0 || n > 16 {
			c.bad(2, "%s is not within 0 to 16 spaces", c.shown(2))
		}
		indent = strings.Repeat(" ", n)
	}
	w := jsonWriter{c: c}
	if c.L.GetTop() == 0 {
		c.bad(1, "value expected")
	}
	w.value(c.arg(1))
	if indent == "" {
		return c.text(w.out)
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, w.out, "", indent); err != nil {
		c.raise("json: %s", err.Error())
	}
	return c.text(pretty.Bytes())
}

// fail raises an error that says where in the value.
func (w *jsonWriter) fail(why string) {
	where := ""
	for _, key := range w.path {
		if name, ok := key.(lua.LString); ok {
			where += "[" + strconv.Quote(string(name)) + "]"
		} else {
			where += "[" + key.String() + "]"
		}
	}
	if where != "" {
		why = "at " + where + ": " + why
	}
	w.c.raise("json: %s", why)
}

func (w *jsonWriter) value(v lua.LValue) {
	if w.steps++; w.steps&(1<<10-1) == 0 {
		pulse(w.c.L)
	}
	if len(w.out) > maxBuffer {
		w.fail("the text becomes too long")
	}
	switch v := v.(type) {
	case *lua.LNilType:
		w.out = append(w.out, "null"...)
	case lua.LBool:
		w.out = strconv.AppendBool(w.out, bool(v))
	case lua.LNumber:
		w.number(float64(v))
	case lua.LString:
		w.text(string(v))
	case *lua.LTable:
		w.table(v)
	case *lua.LUserData:
		switch x := v.Value.(type) {
		case Integer:
			w.out = append(w.out, x.String()...)
		case *Buffer:
			w.text(string(x.Bytes()))
		default:
			if v != w.c.jsonNull() {
				w.fail("a userdata has no JSON")
			}
			w.out = append(w.out, "null"...)
		}
	default:
		w.fail("a " + v.Type().String() + " has no JSON")
	}
}

// jsonNull returns json.null.
func (c call) jsonNull() lua.LValue {
	return c.L.GetTypeMetatable(jsonNull).(*lua.LTable).RawGetString("value")
}

// number writes what is exact as a whole number without a point, and all else
// so that it reads back as the same double.
func (w *jsonWriter) number(f float64) {
	size := math.Abs(f)
	switch {
	case math.IsNaN(f) || math.IsInf(f, 0):
		w.fail(strconv.FormatFloat(f, 'g', -1, 64) + " has no JSON")
	case f == math.Trunc(f) && size <= maxExact:
		w.out = strconv.AppendInt(w.out, int64(f), 10)
	case size >= 1e-6 && size < maxExact:
		w.out = strconv.AppendFloat(w.out, f, 'f', -1, 64)
	default:
		w.out = strconv.AppendFloat(w.out, f, 'e', -1, 64)
	}
}

func (w *jsonWriter) text(s string) {
	for i := range len(s) {
		if b := s[i]; b < 0x20 || b > 0x7e || b == '"' || b == '\\' {
			w.escaped(s)
			return
		}
	}
	w.out = append(w.out, '"')
	w.out = append(w.out, s...)
	w.out = append(w.out, '"')
}

func (w *jsonWriter) escaped(s string) {
	if i := invalidUTF8(bytesOf(s)); i >= 0 {
		w.fail("the text is no UTF-8: byte " + quoteByte(s[i]) + " at " + strconv.Itoa(i+1) + "; use tohex or base64.encode")
	}
	var b bytes.Buffer
	coder := json.NewEncoder(&b)
	coder.SetEscapeHTML(false)
	if err := coder.Encode(s); err != nil {
		w.fail(err.Error())
	}
	w.out = append(w.out, bytes.TrimSuffix(b.Bytes(), []byte("\n"))...)
}

// invalidUTF8 returns the offset of the first byte that is no UTF-8, or -1.
func invalidUTF8(text []byte) int {
	if utf8.Valid(text) {
		return -1
	}
	i := 0
	for {
		r, n := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && n < 2 {
			return i
		}
		i += n
	}
}

// table writes an array if the keys are 1 to n, and an object if they are texts.
func (w *jsonWriter) table(t *lua.LTable) {
	if slices.Contains(w.open, t) {
		w.fail("the table is in itself")
	}
	if len(w.open) >= maxJSON {
		w.fail("more than " + strconv.Itoa(maxJSON) + " tables in each other")
	}
	var names []string
	count, last := 0, 0
	t.ForEach(func(key, _ lua.LValue) {
		switch k := key.(type) {
		case lua.LString:
			names = append(names, string(k))
			return
		case lua.LNumber:
			if n := int(k); lua.LNumber(n) == k && n >= 1 {
				count, last = count+1, max(last, n)
				return
			}
		}
		w.fail("key " + key.String() + " is neither a text nor a position")
	})
	switch {
	case count > 0 && len(names) > 0:
		w.fail("the table has positions and names, such as " + strconv.Quote(slices.Min(names)))
	case count != last:
		w.fail("the array has holes: " + strconv.Itoa(count) + " items, the last at " + strconv.Itoa(last))
	case len(names) > 0 && t.Metatable == w.c.L.GetTypeMetatable(jsonArray):
		w.fail("the array has a name in it, " + strconv.Quote(slices.Min(names)))
	}
	w.open = append(w.open, t)
	at := len(w.path)
	w.path = append(w.path, nil)
	if count > 0 || t.Metatable == w.c.L.GetTypeMetatable(jsonArray) {
		w.out = append(w.out, '[')
		for i := 1; i <= count; i++ {
			if i > 1 {
				w.out = append(w.out, ',')
			}
			w.path[at] = lua.LNumber(i)
			w.value(t.RawGetInt(i))
		}
		w.out = append(w.out, ']')
	} else {
		slices.Sort(names)
		w.out = append(w.out, '{')
		for i, name := range names {
			if i > 0 {
				w.out = append(w.out, ',')
			}
			w.path[at] = lua.LString(name)
			w.text(name)
			w.out = append(w.out, ':')
			w.value(t.RawGetString(name))
		}
		w.out = append(w.out, '}')
	}
	w.path, w.open = w.path[:at], w.open[:len(w.open)-1]
}
