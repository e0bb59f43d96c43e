package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"socksh/luabind"
)

// TAP writes the run in version 13 of the Test Anything Protocol, which perl's prove
// reads too; subtests are indented as version 14 has them, which 13 skips, and a
// failure's details are a block of YAML.
func TAP(w io.Writer, r *Run) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "TAP version 13\n1..%d\n", len(r.Cases))
	for i, c := range r.Cases {
		last := c.Last()
		if last != nil {
			tapSubtests(b, c, last.Subtests)
		}
		ok, directive := "ok", ""
		switch c.Status {
		case Failed:
			ok = "not ok"
		case XFailed:
			ok, directive = "not ok", " # TODO "+tapText(c.Reason)
		case Skipped:
			directive = " # SKIP " + tapText(c.Reason)
		case NotRun:
			directive = " # SKIP not run: " + tapText(c.Reason)
		case Flaky:
			directive = fmt.Sprintf(" (flaky: attempt %d)", len(c.Attempts))
		}
		fmt.Fprintf(b, "%s %d - %s%s\n", ok, i+1, tapText(c.ID), directive)
		if last != nil && c.Status == Failed {
			tapDetails(b, c, last)
		}
	}
	if r.Stopped != "" {
		fmt.Fprintf(b, "Bail out! %s\n", tapText(r.Stopped))
	}
	return b.Flush()
}

func tapSubtests(b *bufio.Writer, c *Case, all []luabind.Subtest) {
	if len(all) == 0 {
		return
	}
	fmt.Fprintf(b, "# Subtest: %s\n", tapText(c.ID))
	for i, s := range all {
		switch {
		case s.Failed:
			fmt.Fprintf(b, "    not ok %d - %s\n", i+1, tapText(s.Name))
		case s.Skipped != "":
			fmt.Fprintf(b, "    ok %d - %s # SKIP %s\n", i+1, tapText(s.Name), tapText(s.Skipped))
		default:
			fmt.Fprintf(b, "    ok %d - %s\n", i+1, tapText(s.Name))
		}
	}
	fmt.Fprintf(b, "    1..%d\n", len(all))
}

func tapDetails(b *bufio.Writer, c *Case, a *Attempt) {
	f, message := a.lead()
	fmt.Fprintf(b, "  ---\n  message: %s\n  severity: %s\n", yamlText(message), f.Kind)
	if f.Where != "" {
		fmt.Fprintf(b, "  at: %s\n", yamlText(f.Where))
	}
	fmt.Fprintf(b, "  duration_ms: %.3f\n  again: %s\n  details: |\n", float64(c.Took().Microseconds())/1000, yamlText(c.Again))
	for line := range strings.Lines(strings.TrimLeft(Shorten(Visible(a.Details), mostText), " \t\n")) { // whose first line says how far all are indented
		fmt.Fprintf(b, "    %s\n", strings.TrimRight(line, "\n"))
	}
	fmt.Fprint(b, "  ...\n")
}

// tapText returns text for a test point's line.
func tapText(text string) string {
	return strings.NewReplacer(`\`, `\\`, "#", `\#`, "\n", " ", "\t", " ").Replace(Visible(text))
}

// yamlText returns text as a double-quoted scalar of YAML.
func yamlText(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\t", `\t`).Replace(Visible(text)) + `"`
}
