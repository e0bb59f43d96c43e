package kernel

import (
	"fmt"
	"sort"
	"strconv"

	"socksh/luabind/sock"
)

// A Watch tells what the kernel has changed since it was last asked: states, the
// queues of listeners, data that has come. It looks at TCP handles, the closed
// ones among them as long as the kernel keeps their connections.
type Watch struct {
	view *View
	last map[*sock.Handle]glance
}

// A glance is what is cheap to ask of one handle: well under a microsecond.
type glance struct {
	state   string // "" for one that is not TCP
	recv    int    // bytes to read
	queue   int    // of a listener: connections that wait, and
	backlog int    // how many may
}

// most is how many handles, the youngest, a watch looks at.
const most = 500

// Watch returns a watch that takes the present for known.
func (v *View) Watch(tab *sock.Table) *Watch {
	w := &Watch{view: v, last: make(map[*sock.Handle]glance)}
	w.Changes(tab)
	return w
}

// Changes returns a line for each change since the last call, by handle.
func (w *Watch) Changes(tab *sock.Table) []string {
	handles := tab.Handles()
	if len(handles) > most {
		handles = handles[len(handles)-most:]
	}
	for h := range w.last {
		if h.Closed() {
			handles = append(handles, h)
		}
	}
	sort.Slice(handles, func(i, k int) bool { return handles[i].N < handles[k].N })
	now := make(map[*sock.Handle]glance, len(handles))
	var lines []string
	for _, h := range handles {
		g := w.view.glance(h)
		if g.state == "" {
			continue
		}
		before, known := w.last[h]
		if known && g.state == "CLOSE" && before.state != "CLOSE" && !h.Closed() {
			// The descriptor says so while the kernel keeps the connection's TIME_WAIT.
			if state := w.view.afterwards(h); state != "gone" {
				g.state = state
			}
		}
		if !known {
			if before = (glance{state: g.state}); g.state != "CLOSE" {
				lines = append(lines, label(h)+": "+g.state)
			}
		}
		lines = append(lines, changes(label(h), before, g)...)
		if g.state != "gone" {
			now[h] = g
		}
	}
	w.last = now
	return lines
}

func label(h *sock.Handle) string {
	text := strconv.Itoa(h.N)
	if h.Name != "" {
		text += " " + h.Name
	}
	if h.Closed() {
		text += " (closed)"
	}
	return text
}

func changes(who string, before, now glance) []string {
	var lines []string
	if now.state != before.state {
		lines = append(lines, fmt.Sprintf("%s: %s → %s", who, before.state, now.state))
	}
	if now.queue != before.queue {
		lines = append(lines, fmt.Sprintf("%s: completed queue %d → %d of %d", who, before.queue, now.queue, now.backlog+1))
	}
	if now.recv > before.recv {
		unit := "bytes"
		if now.recv == 1 {
			unit = "byte"
		}
		lines = append(lines, fmt.Sprintf("%s: %d %s to read", who, now.recv, unit))
	}
	return lines
}
