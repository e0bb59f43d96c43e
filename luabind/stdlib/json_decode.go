package stdlib

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"unicode/utf16"

	lua "github.com/yuin/gopher-lua"
)

// A jsonReader makes values of a text that the library has found to be JSON, so
// that nothing in it can surprise. Going over it again beats having the library
// make its own values first: nothing is made twice, every error has its place,
// and a long text can be interrupted.
type jsonReader struct {
	c     call
	text  []byte
	at    int
	depth int
	steps int
	keys  map[string]string // those seen: they repeat
	parts []part            // of the values that are being read
	null  lua.LValue
}

// A part is an item of an array or, with its key, a member of an object. All are
// read before the table is made, so that it is made for their number: gopher-lua
// spends 2 KB on a table of no known size.
type part struct {
	key   string
	value lua.LValue
}

// decodeJSON reads text, which nothing may write to meanwhile.
func (c call) decodeJSON(text []byte) lua.LValue {
	r := &jsonReader{c: c, text: text, keys: make(map[string]string), null: c.jsonNull()}
	if i := invalidUTF8(text); i >= 0 {
		r.fail(i, quoteByte(text[i])+" is no UTF-8")
	}
	if !json.Valid(text) {
		var syntax *json.SyntaxError
		var discard json.RawMessage
		if err := json.Unmarshal(text, &discard); errors.As(err, &syntax) {
			r.fail(int(syntax.Offset)-1, syntax.Error())
		}
		r.fail(0, "this is no JSON")
	}
	return r.value()
}

// fail raises an error about the byte at offset i.
func (r *jsonReader) fail(i int, why string) {
	before := r.text[:max(i, 0)]
	line := bytes.Count(before, []byte("\n")) + 1
	column := len(before) - bytes.LastIndexByte(before, '\n')
	r.c.raise("json: line %d, column %d: %s", line, column, why)
}

// next skips white space and returns the byte after it.
func (r *jsonReader) next() byte {
	for {
		switch b := r.text[r.at]; b {
		case ' ', '\t', '\r', '\n':
			r.at++
		default:
			return b
		}
	}
}

func (r *jsonReader) value() lua.LValue {
	if r.steps++; r.steps&(1<<10-1) == 0 {
		pulse(r.c.L)
	}
	switch r.next() {
	case '{', '[':
		if r.depth++; r.depth > maxJSON {
			r.fail(r.at, "more than "+strconv.Itoa(maxJSON)+" values in each other")
		}
		from := len(r.parts)
		var t *lua.LTable
		if r.text[r.at] == '{' {
			t = r.object(from)
		} else {
			t = r.array(from)
		}
		clear(r.parts[from:])
		r.parts = r.parts[:from]
		r.depth--
		return t
	case '"':
		return lua.LString(r.raw())
	case 't':
		r.at += len("true")
		return lua.LTrue
	case 'f':
		r.at += len("false")
		return lua.LFalse
	case 'n':
		r.at += len("null")
		return r.null
	}
	return r.number()
}

// object makes a table of the members that r.parts holds from offset from on.
func (r *jsonReader) object(from int) *lua.LTable {
	for r.at++; r.next() != '}'; {
		if r.text[r.at] == ',' {
			r.at++
			r.next()
		}
		raw := r.raw()
		key, seen := r.keys[string(raw)]
		if !seen {
			key = string(raw)
			r.keys[key] = key
		}
		r.next()
		r.at++ // the colon
		r.parts = append(r.parts, part{key, r.value()})
	}
	r.at++
	t := r.c.L.CreateTable(0, len(r.parts)-from)
	for _, p := range r.parts[from:] {
		t.RawSetString(p.key, p.value)
	}
	return t
}

// array does the same with items.
func (r *jsonReader) array(from int) *lua.LTable {
	for r.at++; r.next() != ']'; {
		if r.text[r.at] == ',' {
			r.at++
		}
		r.parts = append(r.parts, part{value: r.value()})
	}
	r.at++
	t := r.c.L.CreateTable(len(r.parts)-from, 0)
	for _, p := range r.parts[from:] {
		t.Append(p.value)
	}
	if len(r.parts) == from {
		t.Metatable = r.c.L.GetTypeMetatable(jsonArray)
	}
	return t
}

// raw reads a text; the result may be a part of what is read.
func (r *jsonReader) raw() []byte {
	start := r.at
	plain := true
	for r.at++; r.text[r.at] != '"'; r.at++ {
		if r.text[r.at] == '\\' {
			plain = false
			r.at++
		}
	}
	r.at++
	if plain {
		return r.text[start+1 : r.at-1]
	}
	quoted := r.text[start:r.at]
	if i := halfSurrogate(quoted); i >= 0 {
		r.fail(start+i, string(quoted[i:i+6])+" is half a character")
	}
	var text string
	if err := json.Unmarshal(quoted, &text); err != nil {
		r.fail(start, err.Error())
	}
	return bytesOf(text)
}

// halfSurrogate returns where in a quoted text an escape stands for one half of
// a UTF-16 pair without the other, or -1. The library would replace it.
func halfSurrogate(quoted []byte) int {
	unit := func(i int) rune {
		if i+6 > len(quoted) || quoted[i] != '\\' || quoted[i+1] != 'u' {
			return -1
		}
		v, err := strconv.ParseUint(string(quoted[i+2:i+6]), 16, 16)
		if err != nil {
			return -1
		}
		return rune(v)
	}
	for i := 0; i < len(quoted); i++ {
		if quoted[i] != '\\' {
			continue
		}
		if u := unit(i); utf16.IsSurrogate(u) {
			if utf16.DecodeRune(u, unit(i+6)) == '\ufffd' {
				return i
			}
			i += 6
		}
		i++ // what is escaped may be a backslash
	}
	return -1
}

func (r *jsonReader) number() lua.LValue {
	start := r.at
	whole := true
	for ; r.at < len(r.text); r.at++ {
		b := r.text[r.at]
		if b == '.' || b == 'e' || b == 'E' {
			whole = false
		} else if (b < '0' || b > '9') && b != '-' && b != '+' {
			break
		}
	}
	text := stringOf(r.text[start:r.at])
	if whole {
		i, why := parseWhole(text)
		if why != "" {
			r.fail(start, "a number of more than 64 bits")
		}
		return i.value(r.c.L)
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		r.fail(start, "the number is too large")
	}
	return lua.LNumber(f)
}
