package luabind

import (
	"net/netip"
	"strings"

	"github.com/mattn/go-runewidth"

	"socksh/luabind/journal"
	"socksh/luabind/sock"
)

// segmentEnds returns how wide the ends of those segments are that are shown at once.
func (s *Session) segmentEnds(events []journal.Event) int {
	width := 0
	for _, e := range events {
		if f, is := e.Fact.(journal.Segment); is {
			width = max(width, runewidth.StringWidth(s.endsOf(f)))
		}
	}
	return width
}

// segmentLine returns a segment as the view shows it, its ends as wide as those of others:
// "2 cli → 1 srv  SYN seq=0".
func (s *Session) segmentLine(f journal.Segment, width int) string {
	text := f.Summary()
	if !f.Fate.Arrives() {
		fate := f.Fate.String()
		if f.Fate == journal.Held {
			if timer := s.lab.Timer(f); timer != "" {
				fate += "; " + timer
			}
		}
		text += "  (" + fate + ")"
	}
	return runewidth.FillRight(s.endsOf(f), width) + "  " + s.coloured(f, text)
}

// endsOf names the ends of a segment: this session's handles by what they are called,
// others by their addresses.
func (s *Session) endsOf(f journal.Segment) string {
	from, to := s.wire.Ends(f)
	return endName(from, f.From) + " → " + endName(to, f.To)
}

func endName(h *sock.Handle, at netip.AddrPort) string {
	switch {
	case h != nil:
		return h.Label()
	case at.Port() == 0:
		return at.Addr().String()
	}
	return at.String()
}

// coloured gives what a segment does a colour: green begins, yellow ends, red breaks off;
// grey is not sure to be seen.
func (s *Session) coloured(f journal.Segment, text string) string {
	colour := ""
	switch {
	case !s.Colour:
	case f.Fate == journal.Derived:
		colour = "\x1b[90m"
	case f.Protocol != "TCP":
		if strings.HasPrefix(f.Protocol, "ICMP") {
			colour = "\x1b[31m"
		}
	case strings.Contains(f.Flags, "RST"):
		colour = "\x1b[31m"
	case strings.Contains(f.Flags, "SYN"):
		colour = "\x1b[32m"
	case strings.Contains(f.Flags, "FIN"):
		colour = "\x1b[33m"
	}
	if colour == "" {
		return text
	}
	return colour + text + "\x1b[0m"
}
