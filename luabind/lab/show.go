package lab

import (
	"fmt"
	"strings"
	"time"

	"socksh/luabind/sock"
)

func showLab(r sock.Result) string {
	if len(r) == 0 {
		return ""
	}
	hosts := r[0].Field("hosts").Items()
	if len(hosts) == 0 {
		return "no lab yet, settings " + r[0].Field("settings").Str + "; host NAME makes one"
	}
	rows := [][]string{{"settings", r[0].Field("settings").Str}}
	for _, h := range hosts {
		rows = append(rows, []string{h.Field("name").Str, h.Field("addresses").String()})
	}
	return sock.Columns(rows)
}

func showSegments(r sock.Result) string {
	var rows []string
	for _, s := range r[0].Items() {
		rows = append(rows, s.Str)
	}
	return strings.Join(rows, "\n")
}

func showWire(r sock.Result) string {
	w := r[0]
	var rows []string
	list := func(name string, more func(sock.Value) string) {
		all := w.Field(name).Items()
		rows = append(rows, fmt.Sprintf("%s: %d", strings.ReplaceAll(name, "_", " "), len(all)))
		for _, s := range all {
			rows = append(rows, "  "+s.Str+more(s))
		}
	}
	list("held", func(s sock.Value) string {
		text := ""
		if n := s.Field("repeats"); n.Num > 0 {
			text += ", repeated " + sock.Times(int(n.Num))
		}
		if timer := s.Field("timer"); timer.Type != sock.Nil {
			text += "; " + timerText(s.Field("at").Str, timer.Str, s.Field("expires").Num)
		}
		return text
	})
	if len(w.Field("overtaken").Items()) > 0 {
		list("overtaken", func(sock.Value) string { return ", waits for the next one to go ahead" })
	}
	list("in_flight", func(s sock.Value) string { return ", arrives in " + roughly(s.Field("arrives").Num) })
	rows = append(rows, "lost: "+w.Field("lost").String())
	if n := w.Field("repeated"); n.Num > 0 {
		rows = append(rows, "repeated while held: "+n.String())
	}
	for _, f := range w.Field("faults").Items() {
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
