package sock

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The forms of times. A bare number is in the option's own unit, as in C, and so
// is the number that a script gets.
var (
	inSeconds = &form{takes: "a time: 2s, 1m30s, or a number of seconds", room: 4, unit: time.Second, encode: encodeTime, decode: decodeTime}
	inMillis  = &form{takes: "a time: 500ms, 2s, or a number of milliseconds", room: 4, unit: time.Millisecond, encode: encodeTime, decode: decodeTime}
	inMicros  = &form{takes: "a time: 50us, 2ms, or a number of microseconds", room: 4, unit: time.Microsecond, encode: encodeTime, decode: decodeTime}
	aTimeval  = &form{takes: "a time: 500ms, 2s, or a number of seconds; 0 or off is for ever", room: int(unsafe.Sizeof(unix.Timeval{})), encode: encodeTimeval, decode: decodeTimeval}
	aLinger   = &form{takes: "a time in whole seconds, 0, or off", room: int(unsafe.Sizeof(unix.Linger{})), encode: encodeLinger, decode: decodeLinger}
)

// encodeTime reads a number of f's unit, a duration, or off for 0. A part of a unit
// is rounded up.
func encodeTime(f *form, b []byte, v []Value) ([]byte, error) {
	x, err := one(v)
	if err != nil {
		return nil, err
	}
	if isOff(x) {
		return putInt(b, 0), nil
	}
	n, err := integer(x, math.MinInt32, math.MaxInt32)
	if err == nil {
		return putInt(b, n), nil
	}
	if _, isNumber := strconv.ParseFloat(x.Str, 64); x.Type != Text || isNumber == nil {
		return nil, err
	}
	d, err := Duration(x)
	if err != nil {
		return nil, fmt.Errorf("%s is not a time; write %s", x.word(), strings.TrimPrefix(f.takes, "a time: "))
	}
	n = int((d + f.unit - 1) / f.unit)
	if n > math.MaxInt32 {
		return nil, fmt.Errorf("%s is too long a time", x.word())
	}
	return putInt(b, n), nil
}

// decodeTime shows the unit, but for what is negative and so no time.
func decodeTime(f *form, b []byte) Value {
	n := int(int32(getWord(b)))
	if n < 0 {
		return Num(n)
	}
	return Value{Type: Number, Num: float64(n), Str: (time.Duration(n) * f.unit).String()}
}

func isOff(v Value) bool {
	return v.Type == Text && strings.EqualFold(v.Str, "off") || v.Type == Bool && v.Num == 0
}

// timeOrOff reads a duration, or "off" as -1.
func timeOrOff(v []Value) (time.Duration, error) {
	x, err := one(v)
	if err != nil || isOff(x) {
		return -1, err
	}
	return Duration(x)
}

// inMemory returns the bytes of a struct of the kernel's.
func inMemory[T any](x *T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(x)), unsafe.Sizeof(*x))
}

// fromMemory returns the struct that b begins with; what b lacks of it is zero.
func fromMemory[T any](b []byte) (x T) {
	copy(inMemory(&x), b)
	return x
}

func encodeTimeval(_ *form, b []byte, v []Value) ([]byte, error) {
	d, err := timeOrOff(v)
	tv := unix.NsecToTimeval(int64(max(d, 0)))
	return append(b, inMemory(&tv)...), err
}

func decodeTimeval(_ *form, b []byte) Value {
	tv := fromMemory[unix.Timeval](b)
	return Seconds(time.Duration(tv.Nano()))
}

// lingering returns the value of SO_LINGER for a time; a negative one turns it off.
// The kernel counts whole seconds, so a part of one is rounded up.
func lingering(d time.Duration) unix.Linger {
	if d < 0 {
		return unix.Linger{}
	}
	return unix.Linger{Onoff: 1, Linger: int32(min((d+time.Second-1)/time.Second, math.MaxInt32/1000))} // the kernel multiplies it
}

func encodeLinger(_ *form, b []byte, v []Value) ([]byte, error) {
	d, err := timeOrOff(v)
	l := lingering(d)
	return append(b, inMemory(&l)...), err
}

func decodeLinger(_ *form, b []byte) Value {
	l := fromMemory[unix.Linger](b)
	if l.Onoff == 0 {
		return Flag(false)
	}
	return Seconds(time.Duration(l.Linger) * time.Second)
}
