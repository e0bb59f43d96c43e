package journal

import (
	"slices"
)

// A Picture is a sequence diagram of events: who took part, and row by row what
// happened. Ladders, Mermaid, SVG and pages are drawn from it. The same events make
// the same picture.
type Picture struct {
	Title string
	Lanes []Lane
	Rows  []Row
	Left  int // lanes that there was no room for
}

// A Lane is one who takes part: a socket, with those that accept made of it; a host
// of a lab with all of its sockets; or a peer that is none of ours.
type Lane struct {
	Title   string // "2 cli", "client"
	Address string
}

// A Row is one line of the picture: remarks at lanes, or an arrow.
type Row struct {
	Event int // N of the last event that it tells
	Marks []Mark
	Arrow *Arrow
}

// A Mark is a remark at a lane.
type Mark struct {
	Lane int
	Kind string // "call", "result", "error", "state", "queue", "counter", "note"
	Text string
}

// An Arrow is a segment from one lane to another.
type Arrow struct {
	From, To int
	Text     string
	Fate     Fate
}

// mostLanes is how many lanes a picture has room for.
const mostLanes = 8

// Draw makes the picture of events.
func Draw(events []Event) *Picture {
	p := &painter{lanes: make(map[string]int), handles: make(map[int]*party), calls: make(map[int]int)}
	for _, e := range events {
		p.meet(e)
	}
	for _, e := range events { // only now are all ends known: a SYN may pass before its call has ended
		if f, ok := e.Fact.(Segment); ok {
			p.laneOf(f.FromHost, f.From, f.To)
			p.laneOf(f.ToHost, f.To, f.From)
		}
	}
	for _, e := range events {
		p.paint(e)
	}
	order := p.order()
	pic := &Picture{Title: "What the sockets did", Rows: p.rows}
	for _, i := range order {
		pic.Lanes = append(pic.Lanes, p.all[i].Lane)
	}
	if len(order) > mostLanes {
		pic.Left = len(order) - mostLanes
		pic.Lanes = pic.Lanes[:mostLanes]
	}
	pic.arrange(order)
	return pic
}

// arrange gives the lanes their places, and leaves out what has none.
func (p *Picture) arrange(order []int) {
	place := make(map[int]int)
	for i, lane := range order {
		place[lane] = i
	}
	shown := func(lane int) bool { return place[lane] < len(p.Lanes) }
	var rows []Row
	for _, r := range p.Rows {
		if a := r.Arrow; a != nil {
			if !shown(a.From) || !shown(a.To) {
				continue
			}
			a.From, a.To = place[a.From], place[a.To]
		} else {
			r.Marks = slices.DeleteFunc(r.Marks, func(m Mark) bool { return !shown(m.Lane) })
			if len(r.Marks) == 0 {
				continue
			}
			for i := range r.Marks {
				r.Marks[i].Lane = place[r.Marks[i].Lane]
			}
			slices.SortStableFunc(r.Marks, func(a, b Mark) int { return a.Lane - b.Lane })
		}
		rows = append(rows, r)
	}
	p.Rows = rows
}
