package journal

import (
	_ "embed"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

//go:embed page.html
var pageFrame string

// A step is what a page shows beside a row of the picture.
type step struct {
	Text    string   `json:"text"`
	Sockets []socket `json:"sockets"`
}

// A socket is a handle as it was at a step.
type socket struct {
	Handle int    `json:"handle"`
	Label  string `json:"label"`
	Kind   string `json:"kind"`
	State  string `json:"state"`
	Local  string `json:"local"`
	Peer   string `json:"peer"`
	Queues string `json:"queues"`

	lengths map[string]Queue
}

// Page returns one HTML page of the picture, which Draw made of the events, that needs
// nothing else: the drawing, and the sockets at each step, to be walked through with the
// arrow keys, from the failure on if there is one.
func (p *Picture) Page(events []Event) string {
	text, _ := json.Marshal(p.steps(events)) // texts and numbers only; < and & come escaped
	return strings.NewReplacer("TITLE", escape(p.Title), "SVG\n", p.SVG(), "STEPS;", string(text)+";").Replace(pageFrame)
}

func (p *Picture) steps(events []Event) []step {
	steps := make([]step, 0, len(p.Rows))
	known := make(map[int]*socket)
	i := 0
	for _, r := range p.Rows {
		for ; i < len(events) && events[i].N <= r.Event; i++ {
			note(known, events[i])
		}
		s := step{Text: p.words(r), Sockets: make([]socket, 0, len(known))}
		for _, k := range known {
			s.Sockets = append(s.Sockets, *k)
		}
		slices.SortFunc(s.Sockets, func(a, b socket) int { return a.Handle - b.Handle })
		steps = append(steps, s)
	}
	return steps
}

// words tells a row in a sentence.
func (p *Picture) words(r Row) string {
	if a := r.Arrow; a != nil {
		return p.Lanes[a.From].Title + " → " + p.Lanes[a.To].Title + ": " + a.label()
	}
	var parts []string
	for _, m := range r.Marks {
		parts = append(parts, p.Lanes[m.Lane].Title+": "+m.Text)
	}
	return strings.Join(parts, "\n")
}

// note brings what is known of the sockets up to an event.
func note(known map[int]*socket, e Event) {
	switch e.Fact.(type) {
	case Socket, State, Queue:
	default:
		return
	}
	s := known[e.Handle]
	if s == nil {
		s = &socket{Handle: e.Handle, Label: strconv.Itoa(e.Handle), lengths: make(map[string]Queue)}
		known[e.Handle] = s
	}
	switch f := e.Fact.(type) {
	case Socket:
		s.Kind, s.Local, s.Peer = strings.TrimSpace(f.Host+" "+f.Family+" "+f.Type), f.Local, f.Peer
		if f.Name != "" {
			s.Label = strconv.Itoa(e.Handle) + " " + f.Name
		}
	case State:
		if f.After == "gone" {
			delete(known, e.Handle)
			return
		}
		if s.State = f.After; f.Closed {
			s.State += " (closed)"
		}
	case Queue:
		s.lengths[f.Name] = f
		var parts []string
		for _, name := range []string{"incomplete", "completed", "receive", "send"} {
			if q, is := s.lengths[name]; is && (q.After > 0 || q.Limit > 0 || q.FIN) {
				parts = append(parts, q.now())
			}
		}
		s.Queues = strings.Join(parts, ", ")
	}
}

// now is the queue's length alone.
func (f Queue) now() string {
	if f.Limit == 0 {
		return f.String()
	}
	return f.Name + " " + strconv.Itoa(f.After) + " of " + strconv.Itoa(f.Limit)
}
