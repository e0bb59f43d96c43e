package report

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"
)

// How much of one failure a page shows, and how long a page may be: GitHub refuses a
// step's summary of more than 1 MiB altogether.
const (
	mostDetails = 8 << 10
	mostPage    = 1000 << 10
)

// A page is Markdown of a bounded length.
type page struct {
	text strings.Builder
	room int
	left int // cases for which there was no room
}

// add adds a case's text if there is room for it.
func (p *page) add(text string) {
	if p.text.Len()+len(text) > p.room {
		p.left++
		return
	}
	p.text.WriteString(text)
}

// Markdown writes the run as a page: the counts, what failed with its details, and a
// table of the rest that did not just pass.
func Markdown(w io.Writer, r *Run) error { return markdown(w, r, mostPage) }

func markdown(w io.Writer, r *Run, room int) error {
	p := &page{room: room}
	p.add(fmt.Sprintf("## socksh: %s\n\n", mdText(r.Summary())))
	for _, c := range r.Cases {
		if c.Status == Failed {
			p.add(c.mdDetails())
		}
	}
	head := "| scenario | | why | time |\n|---|---|---|---|\n"
	for _, c := range r.Cases {
		if c.Status == Passed || c.Status == Failed {
			continue
		}
		reason := c.Reason
		if c.Status == Flaky {
			_, reason = c.Attempts[0].lead()
		}
		p.add(fmt.Sprintf("%s| %s | %s | %s | %s |\n", head, mdText(c.ID), c.Status, mdText(reason), c.Took().Round(time.Millisecond)))
		head = ""
	}
	if p.left > 0 {
		fmt.Fprintf(&p.text, "\nFor %d more there is no room here.\n", p.left)
	}
	_, err := io.WriteString(w, p.text.String())
	return err
}

// mdDetails is a failed case, folded.
func (c *Case) mdDetails() string {
	a := c.Last()
	_, message := a.lead()
	details := Visible(a.Details)
	if end := mostDetails; len(details) > end {
		for !utf8.RuneStart(details[end]) {
			end--
		}
		details = details[:end] + "\n…"
	}
	fence := "```"
	for strings.Contains(details, fence) {
		fence += "`"
	}
	return fmt.Sprintf("<details><summary>❌ <b>%s</b>: %s</summary>\n\n%s\n%s\n%s\n\n</details>\n\n", inHTML(c.ID), inHTML(message), fence, strings.TrimRight(details, "\n"), fence)
}

// inHTML returns text for a block of HTML, where Markdown means nothing, on one line.
func inHTML(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\n", " ", "\t", " ").Replace(Visible(text))
}

// mdText returns text that Markdown and HTML leave as it is, on one line.
func mdText(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "|", `\|`, "*", `\*`, "_", `\_`, "`", "\\`", "[", `\[`, `\`, `\\`, "\n", " ", "\t", " ").Replace(Visible(text))
}
