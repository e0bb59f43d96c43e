package journal

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// paint adds an event to the rows.
func (p *painter) paint(e Event) {
	switch f := e.Fact.(type) {
	case Call:
		lane := p.laneOfCall(e)
		if lane < 0 || f.Asks {
			return
		}
		p.calls[e.N] = len(p.rows)
		p.mark(e, lane, "call", p.callText(lane, f.Text))
	case Return:
		p.paintReturn(e, f)
	case State:
		p.remark(e, p.handle(e.Handle).lane, "state", p.label(e.Handle)+f.String())
	case Queue:
		if f.Tells() {
			p.remark(e, p.handle(e.Handle).lane, "queue", p.label(e.Handle)+f.boxes())
		}
	case Counter:
		if e.Handle != 0 {
			p.remark(e, p.handle(e.Handle).lane, "counter", f.String())
		}
	case Note:
		if e.Handle != 0 {
			p.remark(e, p.handle(e.Handle).lane, "note", f.Text)
		}
	case Failure:
		if e.Handle != 0 {
			p.mark(e, p.handle(e.Handle).lane, "error", f.String())
		}
	case Segment:
		from, to := p.laneOf(f.FromHost, f.From, f.To), p.laneOf(f.ToHost, f.To, f.From)
		text, _, _ := strings.Cut(f.Summary(), ", about ") // an ICMP message stands under what it is about
		p.rows = append(p.rows, Row{Event: e.N, Arrow: &Arrow{From: from, To: to, Text: text, Fate: f.Fate}})
	}
}

// callText leaves out of a call on which host it was: the lane says so.
func (p *painter) callText(lane int, text string) string {
	if l := p.all[lane]; l.host {
		return strings.Replace(text, " --host "+l.Title, "", 1)
	}
	return text
}

// laneOfCall returns where a call's row goes: to its handle, or to the one that it
// makes; -1 for nowhere.
func (p *painter) laneOfCall(e Event) int {
	if e.Handle != 0 {
		return p.handle(e.Handle).lane
	}
	return p.madeBy(e.N)
}

func (p *painter) madeBy(call int) int {
	first := 0
	for n, h := range p.handles {
		if h.madeBy == call && (first == 0 || n < first) {
			first = n
		}
	}
	if first == 0 {
		return -1
	}
	return p.handles[first].lane
}

func (p *painter) paintReturn(e Event, f Return) {
	row, begun := p.calls[f.Call]
	if !begun || f.Result == "" && f.Error == "" {
		return
	}
	text, kind := "=\u00a0"+f.Result, "result"
	if f.Error != "" {
		text, kind = "!\u00a0"+f.Error, "error"
	}
	lane := p.rows[row].Marks[0].Lane
	if call := p.rows[row].Marks[0].Text; kind == "result" && strings.HasSuffix(call, " "+f.Result) {
		return // as bind, which gives the address that it was given
	}
	if row == len(p.rows)-1 && kind == "result" {
		p.rows[row].Marks[0].Text += "  " + text
		p.rows[row].Event = e.N
		return
	}
	p.mark(e, lane, kind, text)
}

func (p *painter) mark(e Event, lane int, kind, text string) {
	p.rows = append(p.rows, Row{Event: e.N, Marks: []Mark{{lane, kind, text}}})
}

// remark adds a mark, beside those of other lanes where the last row has only such.
func (p *painter) remark(e Event, lane int, kind, text string) {
	if n := len(p.rows); n > 0 && p.rows[n-1].Arrow == nil {
		last := &p.rows[n-1]
		if !slices.ContainsFunc(last.Marks, func(m Mark) bool {
			return m.Lane == lane || m.Kind == "call" || m.Kind == "result" || m.Kind == "error"
		}) {
			last.Marks = append(last.Marks, Mark{lane, kind, text})
			last.Event = e.N
			return
		}
	}
	p.mark(e, lane, kind, text)
}

// label returns what a handle is called where its lane has several of them, "" elsewhere.
func (p *painter) label(n int) string {
	h := p.handle(n)
	for other, o := range p.handles {
		if other != n && o.lane == h.lane {
			return cmp.Or(h.name, strconv.Itoa(n)) + ": "
		}
	}
	return ""
}

// boxes is String with the queue drawn where it is short enough.
func (f Queue) boxes() string {
	if f.Limit == 0 || f.Limit > 8 || f.After > f.Limit {
		return f.String()
	}
	return fmt.Sprintf("%s queue %s%s %d of %d", f.Name, strings.Repeat("■", f.After), strings.Repeat("□", f.Limit-f.After), f.After, f.Limit)
}
