package scripts

import (
	"fmt"
	"io"
	"strings"
	"time"

	"socksh/scripts/report"
)

// A progress tells of a run while it goes on: on a terminal in a line that changes, in
// a log with a line for each scenario. What failed is told in full in both.
type progress struct {
	out      io.Writer
	terminal bool
	colour   bool
	verbose  bool // the output of all, not of those alone that fail
	width    int
	all      int
	done     int
	failed   int
	round    int // of those until one fails, 0 without them
	running  []running
	drawn    bool
	last     time.Time
}

// A running is a scenario that runs.
type running struct {
	label string
	since time.Time
	told  time.Time // when the log last told of it
}

// longRunning is after how long a log tells that a scenario still runs, again and again:
// a CI system may end a job that says nothing.
const longRunning = 30 * time.Second

func (p *progress) start(label string) {
	now := time.Now()
	p.running = append(p.running, running{label, now, now})
	p.draw(false)
}

// tick tells what runs for long.
func (p *progress) tick() {
	if p.terminal {
		p.draw(true)
		return
	}
	for i := range p.running {
		if r := &p.running[i]; time.Since(r.told) >= longRunning {
			r.told = time.Now()
			fmt.Fprintf(p.out, "running %s (for %s)\n", report.Visible(r.label), time.Since(r.since).Round(time.Second))
		}
	}
}

func (p *progress) end(c *report.Case) {
	for i, r := range p.running {
		if r.label == c.ID {
			p.running = append(p.running[:i], p.running[i+1:]...)
			break
		}
	}
	p.done++
	if c.Status == report.Failed {
		p.failed++
	}
	if p.terminal && c.Status == report.Passed && !p.verbose {
		p.draw(p.done == p.all)
		return
	}
	p.wipe()
	why := ""
	switch {
	case c.Status == report.Flaky:
		why = fmt.Sprintf(": passed at attempt %d", len(c.Attempts))
	case c.Reason != "":
		why = ": " + c.Reason
	}
	fmt.Fprintf(p.out, "%s %s (%s)%s\n", p.paint(c.Status), report.Visible(c.ID), c.Took().Round(time.Millisecond), why)
	last := c.Last()
	if c.Status == report.Failed && last != nil {
		for line := range strings.Lines(report.Visible(last.Details)) {
			fmt.Fprint(p.out, "    "+line)
		}
	} else if p.verbose && last != nil {
		for line := range strings.Lines(report.Visible(last.Output)) {
			fmt.Fprint(p.out, "    | "+strings.TrimRight(line, "\n")+"\n")
		}
	}
	p.draw(false)
}

// paint returns the status as a word of a fixed width, in colour where that is wanted.
func (p *progress) paint(s report.Status) string {
	word, colour := string(s), "33"
	switch s {
	case report.Passed:
		word, colour = "ok", "32"
	case report.Failed:
		word, colour = "FAILED", "31"
	}
	word = fmt.Sprintf("%-7s", word)
	if p.colour {
		return "\x1b[" + colour + "m" + word + "\x1b[0m"
	}
	return word
}

// draw writes the line that changes.
func (p *progress) draw(always bool) {
	if !p.terminal || !always && time.Since(p.last) < 50*time.Millisecond {
		return
	}
	p.last = time.Now()
	text := fmt.Sprintf("%d of %d", p.done, p.all)
	if p.failed > 0 {
		text += fmt.Sprintf(", %d failed", p.failed)
	}
	if len(p.running) > 0 {
		var names []string
		for _, r := range p.running {
			name := r.label
			if since := time.Since(r.since); since >= slow {
				name += fmt.Sprintf(" (%s)", since.Round(time.Second))
			}
			names = append(names, name)
		}
		text += "; " + strings.Join(names, ", ")
	}
	if r := []rune(report.Visible(text)); len(r) >= p.width {
		text = string(r[:max(0, p.width-2)]) + "…"
	}
	fmt.Fprintf(p.out, "\r\x1b[K%s", text)
	p.drawn = true
}

func (p *progress) wipe() {
	if p.drawn {
		fmt.Fprint(p.out, "\r\x1b[K")
		p.drawn = false
	}
}

// slowest is how many of the slowest scenarios the end of a run names, and slow from
// when on.
const (
	slowest = 3
	slow    = time.Second
)

func (p *progress) finish(r *report.Run) {
	p.wipe()
	if p.failed > 1 {
		fmt.Fprintln(p.out)
		for _, c := range r.Cases {
			if c.Status == report.Failed {
				fmt.Fprintf(p.out, "%s %s\n", p.paint(c.Status), report.Visible(c.ID))
			}
		}
	}
	var named []string
	for _, c := range bySlowness(r.Cases) {
		if c.Took() >= slow && len(named) < slowest {
			named = append(named, fmt.Sprintf("%s %s", report.Visible(c.ID), c.Took().Round(10*time.Millisecond)))
		}
	}
	if len(named) > 0 {
		fmt.Fprintf(p.out, "slowest: %s\n", strings.Join(named, ", "))
	}
	p.summary(r)
}

func (p *progress) summary(r *report.Run) {
	if p.round > 0 {
		fmt.Fprintf(p.out, "round %d: ", p.round)
	}
	fmt.Fprintln(p.out, r.Summary())
}
