package sock

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// A form says how the value of an option is typed, shown and kept in bytes.
type form struct {
	takes string // what to type, for help
	room  int    // the most bytes that getsockopt(2) may give
	// encode appends the bytes of the words v to b; decode makes a value of what
	// the kernel gave. Either is nil where no option needs it.
	encode func(f *form, b []byte, v []Value) ([]byte, error)
	decode func(f *form, b []byte) Value
	set    func(fd, level, num int, b []byte) error // instead of setsockopt(2) as it is

	unit    time.Duration // of times
	prefix  string        // of the names of constants, in lower case
	names   []named       // of constants
	flags   []Bit         // of bits
	parts   []part        // of a struct
	outward bool          // it may reach beyond the loopback
	whole   bool          // its bytes alone mean nothing to anybody
}

// A part is a member of a struct, or a field of bits in one.
type part struct {
	name string // "" for what is not shown
	bits int
	show func(n uint64) Value // nil for a number
}

// The forms of one word, and of bytes.
var (
	aBool    = &form{takes: "on or off", room: 4, encode: encodeBool, decode: decodeBool}
	anInt    = &form{takes: "a whole number", room: 4, encode: encodeInt, decode: decodeInt}
	aWord    = &form{takes: "a number from 0 to 4294967295", room: 4, encode: encodeWord, decode: decodeWord}
	aSize    = &form{takes: "a size: 65536, 64KiB, 1MiB", room: 4, encode: encodeSize, decode: decodeSize}
	aText    = &form{takes: "a name", room: 256, encode: encodeText, decode: decodeText}
	aRate    = &form{takes: "bytes a second, or unlimited", room: 8, encode: encodeRate, decode: decodeRate}
	aCookie  = &form{takes: "a number of 64 bits, in Lua as text: u64 reads it", room: 8, decode: decodeCookie}
	aProgram = &form{takes: "the descriptor of a BPF program", encode: encodeInt, room: 4}
	nothing  = &form{takes: "no value", room: 4, encode: encodeNothing}
	someData = &form{takes: "bytes: hex 0a0b, or quoted data", room: 4096, encode: encodeData, decode: decodeData}
	rawData  = &form{takes: "an int, hex 0a0b, or quoted data", room: 4096, encode: encodeData, decode: decodeData, outward: true}
)

// one returns the only word of v.
func one(v []Value) (Value, error) {
	switch len(v) {
	case 0:
		return Value{}, errors.New("value is missing")
	case 1:
		return v[0], nil
	}
	return Value{}, fmt.Errorf("%s is one argument too many", v[1].word())
}

// words returns what v consists of, between least and most words. A single text
// may hold them all.
func words(v []Value, least, most int) ([]string, error) {
	var all []string
	for _, x := range v {
		switch x.Type {
		case Text, Bytes:
			if len(v) == 1 {
				all = strings.Fields(x.Str)
				break
			}
			all = append(all, x.Str)
		case Number:
			all = append(all, x.String())
		default:
			return nil, fmt.Errorf("%s is not a word", x.word())
		}
	}
	switch {
	case len(all) < least:
		return nil, errors.New("value is missing")
	case len(all) > most:
		return nil, fmt.Errorf("%s is one argument too many", Str(all[most]).word())
	}
	return all, nil
}

func putInt(b []byte, n int) []byte { return binary.NativeEndian.AppendUint32(b, uint32(n)) }

// getWord returns the 32 bits of b; some options of IP are given as one byte.
func getWord(b []byte) uint32 {
	if len(b) >= 4 {
		return binary.NativeEndian.Uint32(b)
	}
	if len(b) > 0 {
		return uint32(b[0])
	}
	return 0
}

func encodeBool(_ *form, b []byte, v []Value) ([]byte, error) {
	x, err := one(v)
	if err != nil {
		return nil, err
	}
	on, err := boolean(x)
	return putInt(b, btoi(on)), err
}

func decodeBool(_ *form, b []byte) Value { return Flag(getWord(b) != 0) }

func encodeInt(_ *form, b []byte, v []Value) ([]byte, error) {
	x, err := one(v)
	if err != nil {
		return nil, err
	}
	n, err := integer(x, math.MinInt32, math.MaxInt32)
	return putInt(b, n), err
}

func decodeInt(_ *form, b []byte) Value { return Num(int(int32(getWord(b)))) }

func encodeWord(_ *form, b []byte, v []Value) ([]byte, error) {
	x, err := one(v)
	if err != nil {
		return nil, err
	}
	n, err := integer(x, 0, math.MaxUint32)
	return putInt(b, n), err
}

func decodeWord(_ *form, b []byte) Value { return Num(int(getWord(b))) }

func encodeSize(_ *form, b []byte, v []Value) ([]byte, error) {
	x, err := one(v)
	if err != nil {
		return nil, err
	}
	n, err := size(x)
	return putInt(b, n), err
}

func decodeSize(_ *form, b []byte) Value {
	n := int(int32(getWord(b)))
	return Value{Type: Number, Num: float64(n), Str: showSize(n)}
}

func encodeText(_ *form, b []byte, v []Value) ([]byte, error) {
	x, err := one(v)
	if err != nil {
		return nil, err
	}
	if x.Type != Text && x.Type != Bytes {
		return nil, fmt.Errorf("%s is not a name", x.word())
	}
	return append(b, x.Str...), nil
}

func decodeText(_ *form, b []byte) Value {
	s, _, _ := strings.Cut(string(b), "\x00")
	return Str(s)
}

// number64 returns n as a number where that is exact, and else as its digits; all
// ones stand for no limit.
func number64(n uint64) Value {
	switch {
	case n == math.MaxUint64:
		return Str("unlimited")
	case n >= 1<<53:
		return Str(strconv.FormatUint(n, 10))
	}
	return Num(int(n))
}

func encodeRate(_ *form, b []byte, v []Value) ([]byte, error) {
	x, err := one(v)
	if err != nil {
		return nil, err
	}
	if strings.EqualFold(x.Str, "unlimited") {
		return binary.NativeEndian.AppendUint64(b, math.MaxUint64), nil
	}
	n, err := integer(x, 0, 1<<53-1)
	return binary.NativeEndian.AppendUint64(b, uint64(n)), err
}

// decodeRate reads an unsigned long, which has 4 bytes on some machines.
func decodeRate(_ *form, b []byte) Value {
	if len(b) < 8 {
		if n := getWord(b); n != math.MaxUint32 {
			return Num(int(n))
		}
		return number64(math.MaxUint64)
	}
	return number64(binary.NativeEndian.Uint64(b))
}

func decodeCookie(_ *form, b []byte) Value {
	if len(b) < 8 {
		return Value{}
	}
	return Str(strconv.FormatUint(binary.NativeEndian.Uint64(b), 10))
}

func encodeNothing(_ *form, b []byte, v []Value) ([]byte, error) {
	if len(v) > 0 {
		return nil, fmt.Errorf("%s is one argument too many", v[0].word())
	}
	return putInt(b, 0), nil
}

// encodeData reads an int, "hex" and hexadecimal digits, or the bytes themselves.
func encodeData(_ *form, b []byte, v []Value) ([]byte, error) {
	if len(v) > 0 && v[0].Type == Text && (v[0].Str == "hex" || strings.HasPrefix(v[0].Str, "hex ")) {
		digits := strings.TrimPrefix(v[0].Str, "hex")
		for _, x := range v[1:] {
			digits += x.String()
		}
		b, err := hex.AppendDecode(b, []byte(strings.ReplaceAll(digits, " ", "")))
		if err != nil {
			return nil, fmt.Errorf("%s is not pairs of hexadecimal digits", Quote(shorten(digits, 40)))
		}
		return b, nil
	}
	x, err := one(v)
	if err != nil {
		return nil, err
	}
	switch x.Type {
	case Memory:
		return append(b, x.view()...), nil
	case Text, Bytes:
		if _, err := strconv.ParseInt(x.Str, 0, 64); err != nil && !errors.Is(err, strconv.ErrRange) {
			return append(b, x.Str...), nil
		}
	}
	n, err := integer(x, math.MinInt32, math.MaxUint32)
	return putInt(b, n), err
}

func decodeData(_ *form, b []byte) Value { return Value{Type: Bytes, Str: string(b)} }
