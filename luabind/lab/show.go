package lab

import (
	"fmt"
	"strings"
	"time"

	"socksh/luabind/sock"
)

// field returns a field of a record, the zero Value if there is none.
func field(record sock.Value, name string) sock.Value {
	for _, f := range record.Any.([]sock.Field) {
		if f.Name == name {
			return f.Value
		}
	}
	return sock.Value{}
}

func items(v sock.Value) []sock.Value {
	list, _ := v.Any.([]sock.Value)
	return list
}

func showLab(r sock.Result) string {
	if len(r) == 0 {
		return ""
	}
	hosts := items(field(r[0], "hosts"))
	if len(hosts) == 0 {
		return "no lab yet, settings " + field(r[0], "settings").Str + "; host NAME makes one"
	}
	rows := [][]string{{"settings", field(r[0], "settings").Str}}
	for _, h := range hosts {
		rows = append(rows, []string{field(h, "name").Str, field(h, "addresses").String()})
	}
	return sock.Columns(rows)
}

// segmentText shows one segment.
func segmentText(s sock.Value) string {
	text := field(s, "from").String() + " → " + field(s, "to").String() + "  " + field(s, "protocol").Str
	if field(s, "protocol").Str == "TCP" {
		text = field(s, "from").String() + " → " + field(s, "to").String() + "  " + field(s, "flags").Str + " seq=" + field(s, "seq").String()
		if strings.Contains(field(s, "flags").Str, "ACK") {
			text += " ack=" + field(s, "ack").String()
		}
	} else if flags := field(s, "flags").Str; flags != "" {
		text += " " + flags
	}
	if n := field(s, "len"); n.Num > 0 {
		text += " len=" + n.String()
	}
	return text
}

func showSegments(r sock.Result) string {
	var rows []string
	for _, s := range items(r[0]) {
		rows = append(rows, segmentText(s))
	}
	return strings.Join(rows, "\n")
}

func showWire(r sock.Result) string {
	w := r[0]
	var rows []string
	list := func(name string, more func(sock.Value) string) {
		all := items(field(w, name))
		rows = append(rows, fmt.Sprintf("%s: %d", strings.ReplaceAll(name, "_", " "), len(all)))
		for _, s := range all {
			rows = append(rows, "  "+segmentText(s)+more(s))
		}
	}
	list("held", func(s sock.Value) string {
		text := ""
		if n := field(s, "repeats"); n.Num > 0 {
			text += ", repeated " + sock.Times(int(n.Num))
		}
		if timer := field(s, "timer"); timer.Type != sock.Nil {
			text += "; " + timerText(field(s, "at").Str, timer.Str, field(s, "expires").Num)
		}
		return text
	})
	if len(items(field(w, "overtaken"))) > 0 {
		list("overtaken", func(sock.Value) string { return ", waits for the next one to go ahead" })
	}
	list("in_flight", func(s sock.Value) string { return ", arrives in " + roughly(field(s, "arrives").Num) })
	rows = append(rows, "lost: "+field(w, "lost").String())
	if n := field(w, "repeated"); n.Num > 0 {
		rows = append(rows, "repeated while held: "+n.String())
	}
	for _, f := range items(field(w, "faults")) {
		rows = append(rows, f.Str)
	}
	return strings.Join(rows, "\n")
}

func timerText(at, timer string, seconds float64) string {
	return at + ": " + timer + " in " + roughly(seconds)
}

func roughly(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second))
	if d >= time.Second {
		return d.Round(time.Second / 10).String()
	}
	return d.Round(time.Millisecond).String()
}

func showOutput(r sock.Result) string { return strings.TrimRight(r[0].Str, "\n") }
