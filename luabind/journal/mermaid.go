package journal

import (
	"fmt"
	"strings"
)

// Mermaid returns the picture as a sequence diagram in the language of Mermaid, which
// many pages and repositories show.
func (p *Picture) Mermaid() string {
	var b strings.Builder
	b.WriteString("sequenceDiagram\n")
	for i, l := range p.Lanes {
		name := mermaidText(l.Title)
		if l.Address != "" {
			name += "<br/>" + mermaidText(l.Address)
		}
		fmt.Fprintf(&b, "    participant L%d as %s\n", i, name)
	}
	for _, r := range p.Rows {
		if a := r.Arrow; a != nil {
			arrow := "->>"
			switch a.Fate {
			case Dropped, Repeated:
				arrow = "-x"
			case Held, Overtaken:
				arrow = "-)"
			case Derived:
				arrow = "-->>"
			}
			fmt.Fprintf(&b, "    L%d%sL%d: %s\n", a.From, arrow, a.To, mermaidText(a.label()))
			continue
		}
		for _, m := range r.Marks {
			fmt.Fprintf(&b, "    Note over L%d: %s\n", m.Lane, mermaidText(m.Text))
		}
	}
	return b.String()
}

// mermaidText escapes what Mermaid would take for its own.
func mermaidText(s string) string {
	return strings.NewReplacer("#", "#35;", ";", "#59;", "<", "#lt;", ">", "#gt;", "\n", " ").Replace(s)
}
