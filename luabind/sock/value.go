package sock

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// A Type tells what a [Value] holds.
type Type uint8

// The types of values.
const (
	Nil     Type = iota
	Bool         // Num is 0 or 1
	Number       // Num; Str is how it is shown, if not plainly
	Text         // Str: a word or a text
	Bytes        // Str: data
	Scratch      // Str: data that is overwritten by the table's next call
	Memory       // Any is a Buffer
	AHandle      // Any is a *Handle
	AJob         // Any is a *Job
	AHost        // Any is a Host, nil for the real network
	List         // Any is a []Value
	Record       // Any is a []Field; Str is all of it in words, where someone has said it
	Foreign      // Any belongs to the script language; Str is what it is, in a word
)

// A Value is an argument or a result.
type Value struct {
	Type Type
	Num  float64
	Str  string
	Any  any
}

// A Field is one named part of a record.
type Field struct {
	Name  string
	Value Value
}

// A Result holds what a verb gives back, in order. It is valid until the end of
// the call.
type Result []Value

// Num makes a number.
func Num(n int) Value { return Value{Type: Number, Num: float64(n)} }

// Str makes a text.
func Str(s string) Value { return Value{Type: Text, Str: s} }

// Flag makes a boolean.
func Flag(b bool) Value {
	v := Value{Type: Bool}
	if b {
		v.Num = 1
	}
	return v
}

// Seconds makes a number of a time, which is shown with its unit.
func Seconds(d time.Duration) Value {
	return Value{Type: Number, Num: d.Seconds(), Str: d.String()}
}

// Field returns a field of a record, the zero Value if there is none.
func (v Value) Field(name string) Value {
	fields, _ := v.Any.([]Field)
	for _, f := range fields {
		if f.Name == name {
			return f.Value
		}
	}
	return Value{}
}

// Items returns the items of a list.
func (v Value) Items() []Value {
	list, _ := v.Any.([]Value)
	return list
}

func handleValue(h *Handle) Value { return Value{Type: AHandle, Any: h} }

// String returns the value as a command prints it: data quoted, all else plain.
func (v Value) String() string {
	switch v.Type {
	case Nil:
		return ""
	case Bool:
		if v.Num != 0 {
			return "on"
		}
		return "off"
	case Number:
		if v.Str != "" { // with its unit
			return v.Str
		}
		if math.Abs(v.Num) >= 1e17 {
			return strconv.FormatFloat(v.Num, 'g', -1, 64)
		}
		return strconv.FormatFloat(v.Num, 'f', -1, 64)
	case Bytes, Scratch:
		return Quote(v.Str)
	case Memory:
		return Quote(v.view())
	case AHandle:
		return strconv.Itoa(v.Any.(*Handle).N)
	case AJob:
		return v.Any.(*Job).Name()
	case AHost:
		return hostName(v.Any)
	case List:
		var parts []string
		for _, e := range v.Any.([]Value) {
			parts = append(parts, e.String())
		}
		return strings.Join(parts, " ")
	case Record:
		var parts []string
		for _, f := range v.Any.([]Field) {
			text := f.Value.String()
			if f.Value.Type == List || f.Value.Type == Record {
				text = "(" + text + ")"
			}
			parts = append(parts, f.Name+"="+text)
		}
		return strings.Join(parts, " ")
	case Foreign:
		return fmt.Sprint(v.Any)
	}
	return visible(v.Str)
}

// String returns the results as a command prints them, "" when there are none.
func (r Result) String() string {
	var parts []string
	for _, v := range r {
		if s := v.String(); s != "" || v.Type != Nil && v.Type != Record {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, " ")
}

// Keep returns a copy of r that outlives its call.
func (r Result) Keep() Result {
	kept := append(Result(nil), r...)
	for i := range kept {
		if kept[i].Type == Scratch {
			kept[i].Type, kept[i].Str = Bytes, strings.Clone(kept[i].Str)
		}
	}
	return kept
}

// Quote returns data between double quotes in printable form: UTF-8 as it is,
// the usual escapes, every other byte as \xHH.
func Quote(data string) string {
	var b strings.Builder
	b.Grow(len(data) + 2)
	b.WriteByte('"')
	for i, r := range data {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case broken(r, data[i:]):
			fmt.Fprintf(&b, `\x%02X`, data[i])
		case strconv.IsPrint(r):
			b.WriteRune(r)
		default:
			for _, c := range []byte(string(r)) {
				fmt.Fprintf(&b, `\x%02X`, c)
			}
		}
	}
	b.WriteByte('"')
	return b.String()
}

// broken reports whether r, which s begins with, stands for a byte that is no
// UTF-8.
func broken(r rune, s string) bool {
	return r == utf8.RuneError && !strings.HasPrefix(s, string(utf8.RuneError))
}

// visible returns a text as it is, or escaped as in [Quote] where printing it
// would not show what it holds.
func visible(s string) string {
	for i, r := range s {
		if !strconv.IsPrint(r) || broken(r, s[i:]) {
			q := Quote(s)
			return q[1 : len(q)-1]
		}
	}
	return s
}
