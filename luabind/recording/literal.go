package recording

import (
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"

	"socksh/luabind/sock"
)

// A replacement is a text that is written as an expression.
type replacement struct {
	text, expr string
	number     bool // it ends in a number, which must be whole
}

// replacements are those for data: secrets, and addresses that are another on each run.
func (w *writer) replacements() []replacement {
	var all []replacement
	for name, value := range w.session.Secrets {
		all = append(all, replacement{value, "vars." + name, false})
	}
	for port, p := range w.ports {
		if !p.fixed {
			all = append(all, replacement{p.host + ":" + port, p.name, true})
		}
	}
	sort.Slice(all, func(i, k int) bool {
		return len(all[i].text) > len(all[k].text) || len(all[i].text) == len(all[k].text) && all[i].text < all[k].text
	})
	return all
}

// literal returns data as an expression of Lua.
func (w *writer) literal(data string) string {
	return strings.Join(w.parts(data), " .. ")
}

// parts returns expressions whose concatenation is data.
func (w *writer) parts(data string) []string {
	var parts []string
	all := w.replacements()
	from := 0
	for at := 0; at < len(data); {
		i := slices.IndexFunc(all, func(r replacement) bool {
			rest, ok := strings.CutPrefix(data[at:], r.text)
			return ok && r.text != "" && (!r.number || rest == "" || rest[0] < '0' || rest[0] > '9')
		})
		if i < 0 {
			at++
			continue
		}
		if from < at {
			parts = append(parts, quoted(data[from:at]))
		}
		w.used[all[i].expr] = true
		parts = append(parts, all[i].expr)
		at += len(all[i].text)
		from = at
	}
	if from < len(data) || len(parts) == 0 {
		parts = append(parts, quoted(data[from:]))
	}
	return parts
}

// How long a line of text may be, how many are joined by operators (each takes a register of
// Lua's), and how long data that repeats itself is at least.
const (
	lineMost    = 76
	rowsMost    = 40
	repeatLeast = 64
)

// quoted returns data as a text of Lua: short for what repeats itself, on several lines
// where it has several.
func quoted(data string) string {
	if n := period(data); n > 0 {
		text := fmt.Sprintf("(%s):rep(%d)", sock.Quote(data[:n]), len(data)/n)
		if rest := data[len(data)/n*n:]; rest != "" {
			text += " .. " + sock.Quote(rest)
		}
		return text
	}
	if len(data) <= lineMost || !strings.Contains(strings.TrimSuffix(data, "\n"), "\n") {
		return sock.Quote(data)
	}
	var rows []string
	for row := range strings.Lines(data) {
		rows = append(rows, sock.Quote(row))
	}
	if len(rows) > rowsMost {
		return "table.concat{\n  " + strings.Join(rows, ",\n  ") + "}"
	}
	return strings.Join(rows, "\n  .. ")
}

// period returns after how many bytes long data repeats itself, 0 if it does not.
func period(data string) int {
	if len(data) < repeatLeast {
		return 0
	}
	for n := 1; n <= min(len(data)/4, repeatLeast); n++ {
		if data[n:] == data[:len(data)-n] {
			return n
		}
	}
	return 0
}

// number returns a number as Lua writes it.
func number(n float64) string { return strconv.FormatFloat(n, 'g', 17, 64) }

// value returns what an input gave as an expression, false if it is nothing that can be
// expected to be the same again.
func (w *writer) value(v any) (string, bool) {
	switch v := v.(type) {
	case bool:
		return strconv.FormatBool(v), true
	case float64:
		if v != float64(int64(v)) {
			return "", false // a time, most likely
		}
		return strconv.FormatInt(int64(v), 10), true
	case string:
		if expr, ok := w.addresses(v); ok {
			return expr, true
		}
		return w.literal(v), true
	case []any:
		var items []string
		for _, item := range v {
			expr, ok := w.value(item)
			if !ok {
				return "", false
			}
			items = append(items, expr)
		}
		return "{" + strings.Join(items, ", ") + "}", true
	}
	return "", false
}

// dated finds the times in texts of protocols: of HTTP and mail, and of ISO 8601.
var dated = lazy(`(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d`)

// wanted returns received data as expect.recv takes it: times may be any.
func (w *writer) wanted(data string) string {
	times := dated().FindAllStringIndex(data, -1)
	if len(times) == 0 {
		return w.literal(data)
	}
	var items []string
	text := func(data string) {
		for row := range strings.Lines(data) {
			items = append(items, w.literal(row))
		}
	}
	from := 0
	for _, at := range times {
		text(data[from:at[0]])
		items = append(items, strconv.Itoa(at[1]-at[0]))
		from = at[1]
	}
	text(data[from:])
	if len(data) <= lineMost {
		return "{" + strings.Join(items, ", ") + "}"
	}
	list := "{"
	for i, item := range items { // a line of data in a row
		if i == 0 || strings.HasSuffix(items[i-1], `\n"`) {
			list += "\n  " + item + ","
		} else {
			list += " " + item + ","
		}
	}
	return list + "\n}"
}

var magic = lazy(`[-^$()%.\[\]*+?]`)

// alike returns a text with times in it as a pattern of Lua.
func (w *writer) alike(data string) string {
	text, from := "^", 0
	for _, at := range dated().FindAllStringIndex(data, -1) {
		text += magic().ReplaceAllString(data[from:at[0]], "%$0") + ".+"
		from = at[1]
	}
	return w.literal(text + magic().ReplaceAllString(data[from:], "%$0") + "$")
}
