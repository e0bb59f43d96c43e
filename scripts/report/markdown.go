package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"
)

// mostDetails bounds what Markdown shows of one failure: a step's summary on GitHub
// may have 1 MiB.
const mostDetails = 8 << 10

// Markdown writes the run as a page: the counts, what failed with its details, and a
// table of the rest that did not just pass.
func Markdown(w io.Writer, r *Run) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "## socksh: %s\n\n", mdText(r.Summary()))
	for _, c := range r.Cases {
		if c.Status != Failed {
			continue
		}
		a := c.Last()
		_, message := a.lead()
		details := Visible(a.Details)
		if len(details) > mostDetails {
			details = details[:mostDetails] + "\n…"
		}
		fence := "```"
		for strings.Contains(details, fence) {
			fence += "`"
		}
		fmt.Fprintf(b, "<details><summary>❌ <b>%s</b>: %s</summary>\n\n%s\n%s\n%s\n\n</details>\n\n", mdText(c.ID), mdText(message), fence, strings.TrimRight(details, "\n"), fence)
	}
	rest := false
	for _, c := range r.Cases {
		if c.Status == Passed || c.Status == Failed {
			continue
		}
		if !rest {
			fmt.Fprint(b, "| scenario | | why | time |\n|---|---|---|---|\n")
			rest = true
		}
		reason := c.Reason
		if c.Status == Flaky {
			_, reason = c.Attempts[0].lead()
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", mdText(c.ID), c.Status, mdText(reason), c.Took().Round(time.Millisecond))
	}
	return b.Flush()
}

// mdText returns text that Markdown and HTML leave as it is, on one line.
func mdText(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "|", `\|`, "*", `\*`, "_", `\_`, "`", "\\`", "[", `\[`, "\n", " ", "\t", " ").Replace(Visible(text))
}
