package sock

import (
	"fmt"
	"math"
	"strings"

	"golang.org/x/sys/unix"
)

// The forms of constants that have names.
var (
	aSocktype = &form{room: 4, decode: decodeName, names: socketTypes}
	aFamily   = &form{room: 4, prefix: "af_", encode: encodeName, decode: decodeName, names: families}
	anErrno   = &form{room: 4, decode: decodeErrno}
)

// typed returns what is typed for a value of f, for help.
func (f *form) typed() string {
	var names []string
	for _, n := range f.names {
		names = append(names, n.name)
	}
	switch {
	case f.takes != "":
		return f.takes
	case f.flags != nil:
		return "none, or joined by |: " + strings.Join(namesOf(f.flags), ", ")
	case f.names != nil:
		return "one of " + strings.Join(names, ", ")
	}
	return ""
}

// encodeName reads one of the names of f, with or without its prefix, or a number.
func encodeName(f *form, b []byte, v []Value) ([]byte, error) {
	x, err := one(v)
	if err != nil {
		return nil, err
	}
	var names []string
	if x.Type == Text || x.Type == Bytes {
		word := strings.TrimPrefix(strings.ToLower(x.Str), f.prefix)
		for _, n := range f.names {
			if word == n.name {
				return putInt(b, n.value), nil
			}
			names = append(names, n.name)
		}
	}
	n, err := integer(x, math.MinInt32, math.MaxInt32)
	if err != nil {
		return nil, fmt.Errorf("%s is none of %s, and no number", x.word(), strings.Join(names, ", "))
	}
	return putInt(b, n), nil
}

func decodeName(f *form, b []byte) Value {
	n := int(int32(getWord(b)))
	for _, known := range f.names {
		if known.value == n {
			return Str(known.name)
		}
	}
	return Num(n)
}

// encodeFlags reads names joined by | or blanks, with or without their prefix, or
// a number.
func encodeFlags(f *form, b []byte, v []Value) ([]byte, error) {
	if len(v) == 1 && v[0].Type == Number {
		return encodeInt(f, b, v)
	}
	all, err := words(v, 1, 32)
	if err != nil {
		return nil, err
	}
	text := strings.ToLower(strings.Join(all, "|"))
	if text == "none" {
		return putInt(b, 0), nil
	}
	n, err := bits(Str(strings.ReplaceAll("|"+text, "|"+f.prefix, "|")), f.flags, "flag")
	return putInt(b, int(n.Num)), err
}

func decodeFlags(f *form, b []byte) Value {
	if n := getWord(b); n != 0 {
		return Str(showBits(int(n), f.flags))
	}
	return Str("none")
}

func decodeErrno(_ *form, b []byte) Value {
	if n := getWord(b); n != 0 {
		return Str(errnoName(unix.Errno(n)))
	}
	return Num(0)
}
