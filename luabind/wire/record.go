package wire

import (
	"os"
	"slices"
	"strings"
	"time"

	"socksh/luabind/journal"
	"socksh/luabind/sock"
)

// A recording is a file that segments go into.
type recording struct {
	name   string
	file   *os.File
	pcap   *PcapWriter
	wanted []string       // interfaces to capture
	on     map[string]int // places by name
	others []string       // those of them that are no interfaces of the real network
	frames int
	err    error // what ended it early
	said   bool  // and that was told
}

// start begins a recording of those interfaces, and of what others tell the journal of.
func (w *Wire) start(name string, interfaces []string) error {
	w.begin()
	r := &recording{name: name, wanted: interfaces, on: make(map[string]int)}
	w.file = r
	err := w.arrange()
	if err == nil {
		r.file, err = w.tab.CreateFile(name)
	}
	if err != nil {
		w.file = nil
		w.arrange()
		return err
	}
	r.pcap = NewPcapWriter(r.file)
	for _, t := range w.taps {
		if slices.Contains(interfaces, t.name) {
			r.place(t.name, t.link)
		}
		t.lost()
		t.drops, t.seen = 0, 0
	}
	if r.err = sock.Bare(r.pcap.Flush()); r.err != nil {
		return w.stop()
	}
	return nil
}

// place returns the number of an interface in the file.
func (r *recording) place(name string, link linkType) int {
	n, known := r.on[name]
	if !known {
		n = r.pcap.Interface(name, link)
		r.on[name] = n
	}
	return n
}

// record puts the frame of an event into the file, whoever has told of it. What a cable
// keeps is not there yet.
func (w *Wire) record(e *journal.Event, s journal.Segment) {
	if s.Fate.Waits() {
		return
	}
	frame, length, link := s.Frame, len(s.Frame), linkEthernet
	if w.whole != nil {
		frame, length = w.whole, w.length
	}
	if i := slices.IndexFunc(w.taps, func(t *tap) bool { return t.name == s.Where }); i >= 0 {
		if link = w.taps[i].link; !slices.Contains(w.file.wanted, s.Where) {
			return // it is for the view
		}
	} else if !slices.Contains(w.file.others, s.Where) {
		w.file.others = append(w.file.others, s.Where)
	}
	w.file.pcap.Frame(w.file.place(s.Where, link), w.log.Time(s.At), frame, length, comment(w.callOf(e, s), s.Fate))
	w.file.frames++
}

// comment is a packet's in a file: the call that it passed in, and how it ended if it did
// not arrive.
func comment(call string, f journal.Fate) string {
	if f == journal.Dropped || f == journal.Repeated {
		return strings.TrimSpace(call + " (" + f.String() + ")")
	}
	return call
}

// callOf returns the call during which a segment passed: the cable of a lab moves most of
// them while the call on an end waits.
func (w *Wire) callOf(e *journal.Event, s journal.Segment) string {
	if c, open := w.calls[e.During]; open {
		return c.text
	}
	w.settle()
	from, to := w.Ends(s)
	for _, h := range []*sock.Handle{from, to} {
		if h != nil && h.Host != nil && len(w.busy[h.N]) > 0 {
			return w.calls[w.busy[h.N][0]].text
		}
	}
	return ""
}

// flush writes out what was recorded, so that the file is whole whatever ends the program. An
// error ends the recording.
func (w *Wire) flush() {
	if w.file.err != nil {
		return
	}
	if err := w.file.pcap.Flush(); err != nil {
		w.file.err, w.file.said = sock.Bare(err), true
		w.Say(w.file.failure().Error() + "; nothing more goes into it")
	}
}

func (r *recording) failure() error { return &sock.Error{Op: "capture", Address: r.name, Err: r.err} }

// stop ends the recording, and returns what went wrong with it.
func (w *Wire) stop() error {
	w.drain(nil)
	r := w.file
	w.file = nil
	if r.err == nil {
		for _, t := range w.taps {
			if n, known := r.on[t.name]; known {
				r.pcap.Statistics(n, time.Now(), t.seen, t.drops)
			}
		}
		r.err = sock.Bare(r.pcap.Flush())
	}
	if err := r.file.Close(); r.err == nil {
		r.err = sock.Bare(err)
	}
	w.arrange() // which closes what nobody wants any more
	if r.err != nil {
		return r.failure()
	}
	return nil
}
