package stdlib

import (
	"fmt"
	"math"
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"
)

// osDate is os.date([format [, time]]).
func osDate(c call) int {
	format := c.optStr(1, "%c")
	at := time.Now()
	if c.given(2) {
		at = time.Unix(int64(math.Floor(c.num(2))), 0)
	}
	format, utc := strings.CutPrefix(format, "!")
	if utc {
		at = at.UTC()
	}
	if strings.HasPrefix(format, "*t") {
		return c.push(dateTable(c.L, at))
	}
	return c.push(lua.LString(formatDate(format, at)))
}

func dateTable(L *lua.LState, at time.Time) *lua.LTable {
	t := L.CreateTable(0, 9)
	for name, n := range map[string]int{
		"year": at.Year(), "month": int(at.Month()), "day": at.Day(), "hour": at.Hour(), "min": at.Minute(), "sec": at.Second(),
		"wday": int(at.Weekday()) + 1, "yday": at.YearDay(),
	} {
		t.RawSetString(name, lua.LNumber(n))
	}
	t.RawSetString("isdst", lua.LBool(at.IsDST()))
	return t
}

// formatDate is strftime(3) in the locale C.
func formatDate(format string, at time.Time) string {
	var b strings.Builder
	for {
		plain, rest, ok := strings.Cut(format, "%")
		b.WriteString(plain)
		switch {
		case !ok:
			return b.String()
		case rest == "":
			b.WriteByte('%')
			return b.String()
		}
		b.WriteString(dateField(rest[0], at))
		format = rest[1:]
	}
}

// layouts are the fields that Go's time package writes.
var layouts = map[byte]string{
	'a': "Mon", 'A': "Monday", 'b': "Jan", 'B': "January", 'c': "Mon Jan _2 15:04:05 2006", 'd': "02", 'D': "01/02/06", 'e': "_2",
	'F': "2006-01-02", 'h': "Jan", 'H': "15", 'I': "03", 'm': "01", 'M': "04", 'p': "PM", 'r': "03:04:05 PM", 'R': "15:04",
	'S': "05", 'T': "15:04:05", 'x': "01/02/06", 'X': "15:04:05", 'y': "06", 'Y': "2006", 'z': "-0700", 'Z': "MST",
}

func dateField(field byte, at time.Time) string {
	if layout, ok := layouts[field]; ok {
		return at.Format(layout)
	}
	year, week := at.ISOWeek()
	weekday := int(at.Weekday())
	switch field {
	case '%':
		return "%"
	case 'n':
		return "\n"
	case 't':
		return "\t"
	case 'C':
		return fmt.Sprintf("%02d", at.Year()/100)
	case 'G':
		return fmt.Sprint(year)
	case 'g':
		return fmt.Sprintf("%02d", year%100)
	case 'j':
		return fmt.Sprintf("%03d", at.YearDay())
	case 's':
		return fmt.Sprint(at.Unix())
	case 'u':
		return fmt.Sprint((weekday+6)%7 + 1)
	case 'U':
		return fmt.Sprintf("%02d", (at.YearDay()+6-weekday)/7)
	case 'V':
		return fmt.Sprintf("%02d", week)
	case 'w':
		return fmt.Sprint(weekday)
	case 'W':
		return fmt.Sprintf("%02d", (at.YearDay()+6-(weekday+6)%7)/7)
	}
	return string([]byte{'%', field})
}
