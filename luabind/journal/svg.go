package journal

import (
	"encoding/xml"
	"fmt"
	"strings"

	"github.com/mattn/go-runewidth"
)

// Measures of an SVG, in its user units (pixels).
const (
	svgMargin   = 24
	svgColumn   = 7.8 // a character of 13 px in a monospaced font
	svgRow      = 22
	svgHead     = 58
	svgLeastGap = 200
	svgWidest   = 52 // columns of a remark before it is wrapped
)

// svgStyle colours a drawing for light and for dark surroundings.
const svgStyle = `
.sockets{--paper:#fff;--ink:#1b1f24;--faint:#8b949e;--line:#d0d7de;--call:#0550ae;--good:#116329;--bad:#b42318;--state:#6639ba;--queue:#8a4600;--wire:#1b1f24}
@media (prefers-color-scheme:dark){.sockets{--paper:#0d1117;--ink:#e6edf3;--faint:#7d8590;--line:#30363d;--call:#79c0ff;--good:#7ee787;--bad:#ff9492;--state:#d2a8ff;--queue:#ffb77c;--wire:#e6edf3}}
.sockets{background:var(--paper);font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
.sockets text{fill:var(--ink);white-space:pre}
.sockets .title{font-weight:700;font-size:15px}
.sockets .address{fill:var(--faint)}
.sockets .bar{stroke:var(--line);stroke-width:2}
.sockets .wire line,.sockets .wire path{stroke:var(--wire);stroke-width:1.5;fill:none}
.sockets .wire polygon{fill:var(--wire)}
.sockets .wire rect{fill:var(--paper)}
.sockets .lost line,.sockets .lost path{stroke:var(--bad)}
.sockets .lost text{fill:var(--bad)}
.sockets .held line,.sockets .held path{stroke:var(--queue)}
.sockets .held text{fill:var(--queue)}
.sockets .derived line{stroke-dasharray:5 4}
.sockets .call{fill:var(--call)}
.sockets .result{fill:var(--good)}
.sockets .error{fill:var(--bad)}
.sockets .state{fill:var(--state)}
.sockets .queue{fill:var(--queue)}
.sockets .counter,.sockets .note{fill:var(--faint)}
`

// SVG returns the picture as a drawing of its own, for light and dark pages.
func (p *Picture) SVG() string {
	d := drawing{picture: p}
	d.measure()
	body := d.body()
	return fmt.Sprintf("<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"sockets\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\">\n<title>%s</title>\n<style>%s</style>\n%s</svg>\n",
		d.width, d.height, d.width, d.height, escape(p.Title), svgStyle, body)
}

// svgShort is how far before its end the arrow of a segment stops that does not arrive.
const svgShort = 40

// short is by how much the arrow is shorter than the way between its lanes.
func (a *Arrow) short() int {
	if a.Fate.Arrives() || a.Fate == Derived {
		return 0
	}
	return svgShort
}

type drawing struct {
	picture       *Picture
	bars          []int // where each lane's bar stands
	rowAt         []int // the upper edge of each row
	width, height int
}

func svgWidth(text string) int { return int(svgColumn*float64(runewidth.StringWidth(text)) + 0.5) }

func (d *drawing) measure() {
	p := d.picture
	need := make([]int, len(p.Lanes))
	for i, l := range p.Lanes {
		need[i] = max(svgLeastGap, svgWidth(l.Title)*5/4+24, svgWidth(l.Address)+24)
	}
	for _, r := range p.Rows {
		if a := r.Arrow; a != nil {
			if from := min(a.From, a.To); from+1 == max(a.From, a.To) {
				need[from] = max(need[from], svgWidth(a.label())+90+a.short())
			}
			continue
		}
		for _, m := range r.Marks {
			for _, row := range wrap(m.Text, svgWidest) {
				need[m.Lane] = max(need[m.Lane], svgWidth(row)+28)
			}
		}
	}
	x := svgMargin
	for _, n := range need {
		d.bars = append(d.bars, x)
		x += n
	}
	d.width = x + svgMargin
	y := svgHead
	for _, r := range p.Rows {
		d.rowAt = append(d.rowAt, y)
		lines := 1
		for _, m := range r.Marks {
			lines = max(lines, len(wrap(m.Text, svgWidest)))
		}
		y += lines * svgRow
		if r.Arrow != nil {
			y += 4
		}
	}
	d.height = y + svgMargin
}

func (d *drawing) body() string {
	var b strings.Builder
	for i, l := range d.picture.Lanes {
		fmt.Fprintf(&b, "<text class=\"title\" x=\"%d\" y=\"22\">%s</text>\n", d.bars[i]-6, escape(l.Title))
		if l.Address != "" {
			fmt.Fprintf(&b, "<text class=\"address\" x=\"%d\" y=\"40\">%s</text>\n", d.bars[i]-6, escape(l.Address))
		}
		fmt.Fprintf(&b, "<line class=\"bar\" x1=\"%d\" y1=\"48\" x2=\"%d\" y2=\"%d\"/>\n", d.bars[i], d.bars[i], d.height-svgMargin/2)
	}
	for i, r := range d.picture.Rows {
		fmt.Fprintf(&b, "<g class=\"row\" data-row=\"%d\">\n", i)
		if r.Arrow != nil {
			d.arrow(&b, *r.Arrow, d.rowAt[i]+svgRow/2+4)
		}
		for _, m := range r.Marks {
			for k, row := range wrap(m.Text, svgWidest) {
				fmt.Fprintf(&b, "<text class=\"%s\" x=\"%d\" y=\"%d\">%s</text>\n", m.Kind, d.bars[m.Lane]+12, d.rowAt[i]+16+k*svgRow, escape(row))
			}
		}
		b.WriteString("</g>\n")
	}
	return b.String()
}

func (d *drawing) arrow(b *strings.Builder, a Arrow, y int) {
	class, from, to := "wire", d.bars[a.From], d.bars[a.To]
	way := 1
	if to < from {
		way = -1
	}
	end := to - way*a.short()
	switch a.Fate {
	case Dropped:
		class = "wire lost"
	case Held, Overtaken, Repeated:
		class = "wire held"
	case Derived:
		class = "wire derived"
	}
	fmt.Fprintf(b, "<g class=\"%s\">", class)
	if from == to {
		fmt.Fprintf(b, "<path d=\"M%d %d h60 v6 h-56\"/><text x=\"%d\" y=\"%d\">%s</text></g>\n", from, y-3, from+68, y+4, escape(a.label()))
		return
	}
	fmt.Fprintf(b, "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>", from, y, end, y)
	switch a.Fate {
	case Dropped:
		fmt.Fprintf(b, "<path d=\"M%d %d l10 10 m0 -10 l-10 10\"/>", end-5, y-5)
	case Held, Overtaken, Repeated:
		fmt.Fprintf(b, "<path d=\"M%d %d v16\"/>", end, y-8)
	default:
		fmt.Fprintf(b, "<polygon points=\"%d,%d %d,%d %d,%d\"/>", to, y, to-way*9, y-4, to-way*9, y+4)
	}
	w := svgWidth(a.label())
	x := (from+end)/2 - w/2
	fmt.Fprintf(b, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"16\"/><text x=\"%d\" y=\"%d\">%s</text></g>\n", x-5, y-8, w+10, x, y+4, escape(a.label()))
}

// escape returns text as XML has it.
func escape(s string) string {
	var b strings.Builder
	xml.EscapeText(&b, []byte(s)) // a strings.Builder does not fail
	return b.String()
}
