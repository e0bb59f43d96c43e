package scripts

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"socksh/luabind/journal"
)

// A happening is a line of what happened: a call with what came of it, or what it changed.
type happening struct {
	handle, event int
	at            time.Duration // by the journal's clock, untimed for what a call changed at its own handle
	text          string
	times         int // that it happened in a row, and
	last          time.Duration
}

const untimed = -1

// story returns what events tell, in order. What came again and again with nothing between
// at its handle, as where a check asks until it holds, is one line.
func story(events []journal.Event) []*happening {
	texts := map[int]string{} // of the calls, by the number of their begin
	ended := map[int]bool{}
	for _, ev := range events {
		if r, ok := ev.Fact.(journal.Return); ok {
			ended[r.Call] = true
		}
	}
	var all []*happening
	latest := map[int]*happening{}
	tell := func(ev journal.Event, at time.Duration, text string) {
		if text = strings.TrimRight(text, " "); ev.Handle == 0 || strings.TrimSpace(text) == "" {
			return
		}
		if before := latest[ev.Handle]; before != nil && before.text == text {
			before.times, before.last, before.event = before.times+1, at, ev.N
			return
		}
		latest[ev.Handle] = &happening{handle: ev.Handle, event: ev.N, at: at, text: text, times: 1}
		all = append(all, latest[ev.Handle])
	}
	changed := map[int][]journal.Event{} // what a call has changed is told before its end, and read after it
	for _, ev := range events {
		switch f := ev.Fact.(type) {
		case journal.Call:
			texts[ev.N] = f.Text
			if !ended[ev.N] {
				tell(ev, ev.At, f.String()+"   (has not ended)")
			}
		case journal.Return:
			if made := changed[f.Call]; ev.Handle == 0 && len(made) > 0 {
				if _, is := made[0].Fact.(journal.Socket); is {
					ev.Handle = made[0].Handle
				}
			}
			tell(ev, ev.At, texts[f.Call]+"   "+f.String())
			for _, change := range changed[f.Call] {
				if change.Handle == ev.Handle {
					tell(change, untimed, change.Fact.String())
				} else {
					tell(change, change.At, change.Fact.String())
				}
			}
		default:
			if ended[ev.During] {
				changed[ev.During] = append(changed[ev.During], ev)
			} else {
				tell(ev, ev.At, f.String())
			}
		}
	}
	return all
}

// String is the line, without the handle.
func (h *happening) String() string {
	text := strings.Repeat(" ", 16) + h.text
	if h.at != untimed {
		text = fmt.Sprintf("%9.3f ms  %s", milliseconds(h.at), h.text)
	}
	if h.times > 1 && h.last != untimed {
		text += fmt.Sprintf("   (%d times, until %.3f ms)", h.times, milliseconds(h.last))
	}
	return text
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// What is shown of each handle at most, and of how many handles.
const (
	eventsEach    = 12
	handlesAtMost = 8
)

// tellEvents shows the last events of each handle, up to the failure.
func tellEvents(b *strings.Builder, e *evidence) {
	events := e.events
	for e.until > 0 && len(events) > 0 && events[len(events)-1].N > e.until {
		events = events[:len(events)-1]
	}
	lines, last := map[int][]string{}, map[int]int{} // and the last event, by handle
	for _, h := range story(events) {
		lines[h.handle] = append(lines[h.handle], h.String())
		last[h.handle] = max(last[h.handle], h.event)
	}
	handles := slices.SortedFunc(maps.Keys(lines), func(a, b int) int { return cmp.Compare(last[a], last[b]) })
	if len(handles) > 0 {
		fmt.Fprintf(b, "last events of each handle, since %s:\n", e.when(0).Format("2006-01-02T15:04:05.000Z07:00"))
	}
	if before := len(handles) - handlesAtMost; before > 0 {
		fmt.Fprintf(b, "  (%d handles with which nothing happened so late)\n", before)
		handles = handles[before:]
	}
	slices.Sort(handles)
	for _, h := range handles {
		fmt.Fprintf(b, "  handle %d\n", h)
		if before := len(lines[h]) - eventsEach; before > 0 {
			fmt.Fprintf(b, "  (%d lines before)\n", before)
			lines[h] = lines[h][before:]
		}
		indent(b, strings.Join(lines[h], "\n"), "  ")
	}
}

// transcribe returns all that happened in the order of time, with the handle that each
// line is about.
func transcribe(e *evidence) string {
	var b strings.Builder
	fmt.Fprintf(&b, "All calls with what came of them, since %s\n", e.when(0).Format("2006-01-02T15:04:05.000Z07:00"))
	failed := e.until == 0 // at the end
	for _, h := range story(e.events) {
		if !failed && h.event > e.until {
			failed = true
			b.WriteString("--- here it failed\n")
		}
		fmt.Fprintf(&b, "%4d %s\n", h.handle, h)
	}
	return b.String()
}
