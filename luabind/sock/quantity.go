package sock

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// integer reads a whole number in range; texts may be decimal, 0x, 0o or 0b.
// Leading zeros mean nothing.
func integer(v Value, low, high int) (int, error) {
	n := v.Num
	switch v.Type {
	case Number:
	case Text, Bytes:
		base := 10
		if digits := strings.TrimLeft(v.Str, "+-"); len(digits) > 1 && digits[0] == '0' && strings.ContainsRune("xXoObB", rune(digits[1])) {
			base = 0
		}
		i, err := strconv.ParseInt(v.Str, base, 64)
		if errors.Is(err, strconv.ErrRange) {
			return 0, fmt.Errorf("%s is out of range", v.word())
		}
		if err != nil {
			return 0, fmt.Errorf("%s is not a whole number", v.word())
		}
		n = float64(i)
	default:
		return 0, fmt.Errorf("%s is not a number", v.word())
	}
	switch {
	case n != math.Trunc(n) || math.IsInf(n, 0):
		return 0, fmt.Errorf("%s is not a whole number", v.word())
	case n < float64(low):
		return 0, fmt.Errorf("%s is less than %d", v.word(), low)
	case n > float64(high):
		return 0, fmt.Errorf("%s is more than %d", v.word(), high)
	}
	return int(n), nil
}

// maxSeconds is the longest duration: a hundred years.
const maxSeconds = 100 * 365 * 24 * 3600

// Duration reads "500ms", "2s", "1m30s" or a number of seconds.
func Duration(v Value) (time.Duration, error) {
	seconds := v.Num
	switch v.Type {
	case Number:
	case Text, Bytes:
		if d, err := time.ParseDuration(v.Str); err == nil {
			seconds = d.Seconds()
			break
		}
		s, err := strconv.ParseFloat(v.Str, 64)
		if err != nil {
			return 0, fmt.Errorf("%s is not a time; write 500ms, 2s or a number of seconds", v.word())
		}
		seconds = s
	default:
		return 0, fmt.Errorf("%s is not a time", v.word())
	}
	switch {
	case math.IsNaN(seconds) || seconds < 0:
		return 0, fmt.Errorf("%s is not a time from now on", v.word())
	case seconds > maxSeconds:
		return 0, fmt.Errorf("%s is too long a time", v.word())
	}
	return time.Duration(seconds * float64(time.Second)), nil
}

var sizeUnits = []struct {
	name  string
	bytes int
}{{"gib", 1 << 30}, {"mib", 1 << 20}, {"kib", 1 << 10}, {"g", 1 << 30}, {"m", 1 << 20}, {"k", 1 << 10}, {"b", 1}}

// size reads a number of bytes: "65536", "64KiB", "64k", "1MiB".
func size(v Value) (int, error) {
	plain, err := integer(v, 0, math.MaxInt32)
	if err == nil || v.Type != Text && v.Type != Bytes {
		return plain, err
	}
	word := strings.ToLower(v.Str)
	for _, u := range sizeUnits {
		if digits, ok := strings.CutSuffix(word, u.name); ok {
			n, err := integer(Str(digits), 0, 1<<53)
			if err != nil {
				break
			}
			if n > math.MaxInt32/u.bytes {
				return 0, fmt.Errorf("%s is more than %d", v.word(), math.MaxInt32)
			}
			return n * u.bytes, nil
		}
	}
	if _, isNumber := strconv.ParseFloat(v.Str, 64); isNumber == nil {
		return 0, err
	}
	return 0, fmt.Errorf("%s is not a size; write 65536, 64KiB or 1MiB", v.word())
}

func showSize(n int) string {
	switch {
	case n >= 1<<20 && n%(1<<20) == 0:
		return strconv.Itoa(n>>20) + "MiB"
	case n >= 1<<10 && n%(1<<10) == 0:
		return strconv.Itoa(n>>10) + "KiB"
	}
	return strconv.Itoa(n)
}

// boolean reads on, off, true, false, yes, no, 1 and 0.
func boolean(v Value) (bool, error) {
	switch v.Type {
	case Bool, Number:
		if v.Num == 0 || v.Num == 1 {
			return v.Num == 1, nil
		}
	case Text, Bytes:
		switch strings.ToLower(v.Str) {
		case "on", "true", "yes", "1":
			return true, nil
		case "off", "false", "no", "0":
			return false, nil
		}
	}
	return false, fmt.Errorf("%s is neither on nor off", v.word())
}
