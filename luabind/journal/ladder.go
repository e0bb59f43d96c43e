package journal

import (
	"strings"

	"github.com/mattn/go-runewidth"
)

// Ladders keep to these widths, in columns.
const (
	ladderMargin = 2  // before the first lane
	narrowest    = 24 // gap between lanes
	widest       = 46
	lastGap      = 30 // the least that the remarks at the last lane get
)

// Ladder draws the picture as text, at most width columns wide where its lanes allow
// that: one row under the other, time runs down.
func (p *Picture) Ladder(width int) string {
	if len(p.Lanes) == 0 {
		return "nothing has happened yet"
	}
	l := &ladder{picture: p}
	l.measure(width)
	l.head()
	for _, r := range p.Rows {
		if r.Arrow != nil {
			l.arrow(*r.Arrow)
		} else {
			l.marks(r.Marks)
		}
	}
	text := strings.Join(l.lines, "\n")
	if p.Left > 0 {
		text += "\n(" + plural(p.Left, "socket") + " more not shown)"
	}
	return text
}

type ladder struct {
	picture *Picture
	columns []int // where each lane's bar stands
	gaps    []int // the room for remarks right of each bar
	lines   []string
}

// measure finds the room that each lane's remarks need.
func (l *ladder) measure(width int) {
	p := l.picture
	need := make([]int, len(p.Lanes))
	for i, lane := range p.Lanes {
		need[i] = max(runewidth.StringWidth(lane.Title), runewidth.StringWidth(lane.Address)) + 2
	}
	for _, r := range p.Rows {
		if a := r.Arrow; a != nil {
			if from := min(a.From, a.To); from+1 == max(a.From, a.To) {
				need[from] = max(need[from], runewidth.StringWidth(a.label())+8)
			}
			continue
		}
		for _, m := range r.Marks {
			need[m.Lane] = max(need[m.Lane], runewidth.StringWidth(m.Text)+2)
		}
	}
	last := len(need) - 1
	room := (width - ladderMargin - lastGap) / max(last, 1)
	column := ladderMargin
	for i := range need {
		l.columns = append(l.columns, column)
		gap := max(narrowest, min(need[i], widest, room))
		if i == last {
			gap = max(lastGap, width-column-1)
		}
		l.gaps = append(l.gaps, gap)
		column += gap + 1
	}
}

// head writes the lanes' titles and addresses.
func (l *ladder) head() {
	for _, text := range []func(Lane) string{func(n Lane) string { return n.Title }, func(n Lane) string { return n.Address }} {
		line := newLine("")
		for i, lane := range l.picture.Lanes {
			line.put(l.columns[i], runewidth.Truncate(text(lane), l.gaps[i], "…"))
		}
		if line.text() != "" {
			l.lines = append(l.lines, line.text())
		}
	}
	l.lines = append(l.lines, l.bars().text())
}

// bars returns a line with nothing but the lanes' bars.
func (l *ladder) bars() *line {
	b := newLine("")
	for _, c := range l.columns {
		b.put(c, "│")
	}
	return b
}

func (l *ladder) marks(marks []Mark) {
	rows := 1
	wrapped := make([][]string, len(marks))
	for i, m := range marks {
		wrapped[i] = wrap(m.Text, l.gaps[m.Lane]-2)
		rows = max(rows, len(wrapped[i]))
	}
	for row := range rows {
		b := l.bars()
		for i, m := range marks {
			if row < len(wrapped[i]) {
				b.put(l.columns[m.Lane]+2, wrapped[i][row])
			}
		}
		l.lines = append(l.lines, b.text())
	}
}

// label is what stands on an arrow.
func (a *Arrow) label() string {
	if a.Fate.Arrives() {
		return a.Text
	}
	return a.Text + " (" + a.Fate.String() + ")"
}

func (l *ladder) arrow(a Arrow) {
	b := l.bars()
	if a.From == a.To {
		b.put(l.columns[a.From]+1, "─ "+runewidth.Truncate(a.label(), l.gaps[a.From]-5, "…")+" ─┐ to itself")
		l.lines = append(l.lines, b.text())
		return
	}
	left, right := l.columns[min(a.From, a.To)], l.columns[max(a.From, a.To)]
	room := right - left - 1
	text := " " + runewidth.Truncate(a.label(), room-6, "…") + " "
	dash := "─"
	if a.Fate == Derived {
		dash = "╌"
	}
	free := room - runewidth.StringWidth(text) - 1
	body := strings.Repeat(dash, free/2) + text + strings.Repeat(dash, free-free/2)
	end := ">"
	if a.From > a.To {
		end = "<"
	}
	switch a.Fate {
	case Dropped:
		end = "x"
	case Held, Overtaken, Repeated:
		end = "|"
	}
	if a.From < a.To {
		body += end
	} else {
		body = end + body
	}
	b.put(left+1, body)
	l.lines = append(l.lines, b.text())
}

// A line is a row of columns that texts are put into.
type line struct{ cells []string }

func newLine(text string) *line {
	l := new(line)
	l.put(0, text)
	return l
}

// put writes text from a column on. A character that is two columns wide takes two
// cells, the second one empty.
func (l *line) put(column int, text string) {
	for _, r := range text {
		w := runewidth.RuneWidth(r)
		for len(l.cells) < column+max(w, 1) {
			l.cells = append(l.cells, " ")
		}
		switch w {
		case 0:
			if column > 0 {
				l.cells[column-1] += string(r)
			}
			continue
		case 2:
			l.cells[column+1] = ""
		}
		l.cells[column] = string(r)
		column += w
	}
}

func (l *line) text() string { return strings.TrimRight(strings.Join(l.cells, ""), " ") }

// wrap cuts text into rows of at most width columns, at blanks where it can.
func wrap(text string, width int) []string {
	var rows []string
	for runewidth.StringWidth(text) > width {
		head := runewidth.Truncate(text, width, "")
		if i := strings.LastIndexByte(head, ' '); i > width/3 {
			head = head[:i]
		}
		if head == "" {
			break
		}
		rows = append(rows, head)
		text = "  " + strings.TrimLeft(text[len(head):], " ")
	}
	return append(rows, text)
}
