package recording

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
)

// Names gives what the system chose names that are the same in every run of a
// transcript: $p1, $p2… for ports in the order they appear, $fd for descriptors, $time
// for what a timer has to run, $date for a date with its time, and $tmp for the folder Tmp.
type Names struct {
	Tmp   string
	ports []string
	typed map[string]bool // ports of less than five digits that stand for chosen ones
}

var (
	chosenPort = lazy(`(\d\.\d+|\[[0-9a-f:.]+\]|localhost):(\d{1,5})\b`)
	timer      = lazy(`\b(time_wait|retransmission|keepalive|probe|arrives) in [\dhms.]+`)
	expires    = lazy(`\b(timer=\w+ expires)=[\dhmsµ.]+`)
	descriptor = lazy(`\bfd \d+(?:(  ) *)?`)
)

// lazy compiles a pattern when it is first needed: few runs record, and all start.
func lazy(pattern string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(pattern) })
}

// Mask puts the names into what came.
func (n *Names) Mask(s string) string {
	s = chosenPort().ReplaceAllStringFunc(s, func(m string) string {
		i := strings.LastIndexByte(m, ':')
		if len(m[i+1:]) < 5 && !n.typed[m[i+1:]] {
			return m
		}
		return fmt.Sprintf("%s:$p%d", m[:i], n.port(m[i+1:]))
	})
	s = timer().ReplaceAllString(s, "$1 in $$time")
	s = expires().ReplaceAllString(s, "$1=$$time")
	s = dated().ReplaceAllString(s, "$$date")
	s = descriptor().ReplaceAllString(s, "fd $$fd$1") // columns are as wide as the numbers
	if n.Tmp == "" {
		return s
	}
	return strings.ReplaceAll(s, n.Tmp, "$tmp")
}

func (n *Names) port(port string) int {
	for k, known := range n.ports {
		if known == port {
			return k + 1
		}
	}
	n.ports = append(n.ports, port)
	return len(n.ports)
}

// Expand puts what they stand for into a line to be typed.
func (n *Names) Expand(s string) string {
	for k := len(n.ports); k > 0; k-- {
		s = strings.ReplaceAll(s, fmt.Sprintf("$p%d", k), n.ports[k-1])
	}
	return strings.ReplaceAll(s, "$tmp", n.Tmp)
}

// hide puts the names of known ports into a line that was typed.
func (n *Names) hide(s string) string {
	for k, port := range n.ports {
		before := `(:|(?:\d\.\d+|\]|localhost) )`
		if len(port) < 4 {
			before = `(:)`
		}
		s = regexp.MustCompile(before+port+`\b`).ReplaceAllString(s, fmt.Sprintf("${1}$$p%d", k+1))
	}
	return s
}

// Lines returns what came as the lines of a transcript.
func (n *Names) Lines(came string) string {
	var b strings.Builder
	for line := range strings.Lines(came) {
		line = strings.TrimRight(n.Mask(line), " \r\n")
		if line == "" || strings.HasPrefix(line, "> ") || strings.HasPrefix(line, ".. ") || line[0] == '#' {
			line = strings.TrimRight("| "+line, " ")
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}
