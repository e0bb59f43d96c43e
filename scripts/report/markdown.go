package report

import (
	"bufio"
	"fmt"
	"html"
	"io"
	"strings"
	"time"
)

// What a page shows at most: a step's summary on GitHub may have 1 MiB, and of a larger
// one nothing is shown.
const (
	mostDetails = 8 << 10 // bytes of one failure
	mostShown   = 90      // failures with their details
	mostRows    = 500     // of the table
	mostName    = 200     // bytes of a name or a reason
)

// Markdown writes the run as a page: the counts, what failed with its details, and a
// table of the rest that did not just pass.
func Markdown(w io.Writer, r *Run) error {
	b := bufio.NewWriter(w)
	heading(b, r)
	shown := 0
	for _, c := range r.Cases {
		if c.Status != Failed {
			continue
		}
		if shown++; shown <= mostShown {
			mdFailure(b, c)
		}
	}
	if shown > mostShown {
		fmt.Fprintf(b, "and %d scenarios more have failed\n\n", shown-mostShown)
	}
	rows := 0
	for _, c := range r.Cases {
		if c.Status == Passed || c.Status == Failed {
			continue
		}
		if rows == 0 {
			fmt.Fprint(b, "| scenario | | why | time |\n|---|---|---|---|\n")
		}
		reason := c.Reason
		if c.Status == Flaky {
			_, reason = c.Attempts[0].lead()
		}
		if rows++; rows <= mostRows {
			fmt.Fprintf(b, "| %s | %s | %s | %s |\n", mdText(c.ID), c.Status, mdText(reason), c.Took().Round(time.Millisecond))
		}
	}
	if rows > mostRows {
		fmt.Fprintf(b, "\nand %d more that did not just pass\n", rows-mostRows)
	}
	return b.Flush()
}

func heading(w io.Writer, r *Run) { fmt.Fprintf(w, "## socksh: %s\n\n", mdText(r.Summary())) }

// mdFailure writes what opens at a click: HTML, where Markdown means nothing, with a
// block of code in it.
func mdFailure(b *bufio.Writer, c *Case) {
	a := c.Last()
	_, message := a.lead()
	details := Shorten(Visible(a.Details), mostDetails)
	fence := "```"
	for strings.Contains(details, fence) {
		fence += "`"
	}
	fmt.Fprintf(b, "<details><summary>❌ <b>%s</b>: %s</summary>\n\n%s\n%s\n%s\n\n</details>\n\n",
		html.EscapeString(oneLine(c.ID, mostName)), html.EscapeString(oneLine(message, mostName)), fence, strings.TrimRight(details, "\n"), fence)
}

// mdText returns text that Markdown, GitHub's too, and HTML leave as it is, on one line.
func mdText(text string) string {
	return strings.NewReplacer(`\`, `\\`, "&", "&amp;", "<", "&lt;", ">", "&gt;", "|", `\|`, "*", `\*`, "_", `\_`, "`", "\\`",
		"[", `\[`, "]", `\]`, "~", `\~`, "$", `\$`, "#", `\#`, "!", `\!`, "://", `\://`).Replace(oneLine(text, mostName))
}
