package sock

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"
)

// read calls one of the readers below and returns its result as a text.
func read(kind string, v Value) (string, error) {
	switch kind {
	case "integer":
		n, err := integer(v, -1<<31, 1<<31-1)
		return fmt.Sprint(n), err
	case "size":
		n, err := size(v)
		return fmt.Sprint(n), err
	case "duration":
		d, err := Duration(v)
		return d.String(), err
	case "boolean":
		b, err := boolean(v)
		return fmt.Sprint(b), err
	}
	n, err := bits(v, messageFlags, "flag")
	return showBits(int(n.Num), messageFlags), err
}

// TestReaders holds what numbers, sizes, times, switches and flags are written
// like. An empty want is a refusal.
func TestReaders(t *testing.T) {
	number := func(f float64) Value { return Value{Type: Number, Num: f} }
	for _, c := range []struct {
		kind string
		in   Value
		want string
	}{
		{"integer", Str("42"), "42"}, {"integer", Str("-1"), "-1"}, {"integer", Str("+7"), "7"},
		{"integer", Str("007"), "7"}, {"integer", Str("08"), "8"}, {"integer", Str("0"), "0"},
		{"integer", Str("0x1F"), "31"}, {"integer", Str("0b11"), "3"}, {"integer", Str("0o17"), "15"}, {"integer", Str("-0x10"), "-16"},
		{"integer", number(3), "3"}, {"integer", number(-1 << 31), "-2147483648"}, {"integer", number(1<<31 - 1), "2147483647"},
		{"integer", number(1 << 31), ""}, {"integer", number(1.5), ""}, {"integer", number(math.NaN()), ""}, {"integer", number(math.Inf(1)), ""}, {"integer", number(math.Inf(-1)), ""},
		{"integer", Str(""), ""}, {"integer", Str("x"), ""}, {"integer", Str("1e3"), ""}, {"integer", Str("1_000"), ""}, {"integer", Str(" 1"), ""}, {"integer", Str("0x"), ""}, {"integer", Str("--1"), ""},
		{"integer", Str("99999999999999999999"), ""}, {"integer", Flag(true), ""}, {"integer", Value{}, ""},
		{"size", Str("65536"), "65536"}, {"size", Str("64KiB"), "65536"}, {"size", Str("64k"), "65536"}, {"size", Str("1M"), "1048576"}, {"size", Str("1gib"), "1073741824"},
		{"size", Str("512B"), "512"}, {"size", Str("0x1b"), "27"}, {"size", Str("0"), "0"}, {"size", number(10), "10"},
		{"size", Str("2GiB"), ""}, {"size", Str("-1"), ""}, {"size", Str("-1k"), ""}, {"size", Str("1.5k"), ""}, {"size", Str("k"), ""}, {"size", Str(""), ""}, {"size", Str("1kk"), ""}, {"size", Str("9223372036854775807k"), ""}, {"size", Value{}, ""},
		{"duration", Str("500ms"), "500ms"}, {"duration", Str("1m30s"), "1m30s"}, {"duration", Str("0.5"), "500ms"}, {"duration", Str("0"), "0s"}, {"duration", Str("2"), "2s"},
		{"duration", number(0.001), "1ms"}, {"duration", number(maxSeconds), "876000h0m0s"},
		{"duration", number(maxSeconds + 1), ""}, {"duration", Str("inf"), ""}, {"duration", Str("nan"), ""}, {"duration", number(math.NaN()), ""}, {"duration", Str("-1s"), ""}, {"duration", number(-0.1), ""},
		{"duration", Str("1d"), ""}, {"duration", Str(""), ""}, {"duration", Str("2 s"), ""}, {"duration", Flag(true), ""},
		{"boolean", Str("on"), "true"}, {"boolean", Str("OFF"), "false"}, {"boolean", Str("Yes"), "true"}, {"boolean", Str("0"), "false"}, {"boolean", number(1), "true"}, {"boolean", Flag(false), "false"},
		{"boolean", Str("2"), ""}, {"boolean", number(2), ""}, {"boolean", Str(""), ""}, {"boolean", Value{}, ""},
		{"flags", Str("peek"), "peek"}, {"flags", Str("MSG_PEEK|dontwait"), "peek|dontwait"}, {"flags", Str("PEEK, Oob"), "oob|peek"}, {"flags", Str("0x2"), "peek"}, {"flags", number(2), "peek"},
		{"flags", Str("peek|nothing"), ""}, {"flags", Str("-1"), ""}, {"flags", number(1 << 31), ""}, {"flags", Value{}, ""},
	} {
		got, err := read(c.kind, c.in)
		if err != nil {
			got = ""
		}
		if got != c.want {
			t.Errorf("%s %s: got %q, %v; want %q", c.kind, c.in.word(), got, err, c.want)
		}
	}
}

// FuzzReaders checks that no word leads past the bounds, and that a refusal is
// one printable line with the word in it.
func FuzzReaders(f *testing.F) {
	for _, s := range []string{"", "1", "-1", "0x1b", "64KiB", "1m30s", "1e999", "nan", "on", "peek|oob", "\x00", "\xff", "99999999999999999999", "语"} {
		f.Add(s, 0.5)
	}
	table := newOptions()
	f.Fuzz(func(t *testing.T, s string, number float64) {
		for _, v := range []Value{Str(s), {Type: Bytes, Str: s}, {Type: Number, Num: number}} {
			n, err := integer(v, -10, 10)
			if err == nil && (n < -10 || n > 10) {
				t.Errorf("integer %s: %d", v.word(), n)
			}
			b, errSize := size(v)
			if errSize == nil && (b < 0 || b > math.MaxInt32) {
				t.Errorf("size %s: %d", v.word(), b)
			}
			d, errTime := Duration(v)
			if errTime == nil && (d < 0 || d > maxSeconds*time.Second) {
				t.Errorf("duration %s: %s", v.word(), d)
			}
			set, errFlags := bits(v, messageFlags, "flag")
			if errFlags == nil && (set.Num < 0 || set.Num > math.MaxInt32) {
				t.Errorf("flags %s: %v", v.word(), set.Num)
			}
			_, errBool := boolean(v)
			_, errOption := table.find(s)
			for _, err := range []error{err, errSize, errTime, errFlags, errBool, errOption} {
				if err != nil && (!utf8.ValidString(err.Error()) || strings.ContainsFunc(err.Error(), unicode.IsControl) || len(err.Error()) > 500) {
					t.Errorf("%q: %q", s, err)
				}
			}
		}
	})
}

func TestNearest(t *testing.T) {
	var verbs []string
	for _, v := range Verbs() {
		verbs = append(verbs, v.Name)
	}
	for word, want := range map[string]string{
		"sned": "send", "SEND": "send", "conect": "connect", "lisen": "listen", "acept": "accept", "setsokopt": "setsockopt", "rcv": "recv", "sockt": "socket",
		"getsock": "getsockname", "res": "resolve",
		"foo": "", "banana": "", "": "", "x": "", "NaN": "", strings.Repeat("w", 300): "",
	} {
		if got := Nearest(word, verbs); got != want {
			t.Errorf("%q: got %q, want %q", word, got, want)
		}
	}
	if got := Nearest("NODELAY", []string{"SO_LINGER", "TCP_NODELAY"}); got != "" {
		t.Errorf("a name's end is not its beginning: %q", got)
	}
}

// TestRegistry checks the rows that help and completion are made of.
func TestRegistry(t *testing.T) {
	seen := make(map[string]bool)
	for _, v := range Verbs() {
		for _, name := range append([]string{v.Name}, v.Aliases...) {
			if seen[name] || !IsName(name) {
				t.Errorf("%s: a name twice, or none", name)
			}
			seen[name] = true
		}
		if v.Summary == "" || v.Example == "" || len(v.Params) > maxParams || strings.HasSuffix(v.Summary, ".") {
			t.Errorf("%s: the row is not whole", v.Name)
		}
		if !strings.Contains(v.Example, v.Name) {
			t.Errorf("%s: the example is of another verb: %s", v.Name, v.Example)
		}
	}
}
