package wire

import (
	"io"
	"time"

	"socksh/luabind/journal"
)

// WriteSegments writes the frames that events have kept as a pcapng file, each with the
// call that it passed in as its comment; at tells when an event's time was. It
// returns how many there are, and writes nothing for none.
func WriteSegments(to io.Writer, events []journal.Event, at func(time.Duration) time.Time) (int, error) {
	var w *PcapWriter
	type place struct {
		name string
		link linkType
	}
	places := make(map[place]int)
	calls := make(map[int]string)
	n := 0
	for _, e := range events {
		switch f := e.Fact.(type) {
		case journal.Call:
			calls[e.N] = f.Text
		case journal.Segment:
			if len(f.Frame) == 0 || f.Fate.Waits() {
				continue
			}
			if w == nil {
				w = NewPcapWriter(to)
			}
			on := place{f.Where, linkIP}
			if _, ok := Decode(f.Frame); ok {
				on.link = linkEthernet
			}
			number, known := places[on]
			if !known {
				number = w.Interface(on.name, on.link)
				places[on] = number
			}
			w.Frame(number, at(f.At), f.Frame, len(f.Frame), comment(calls[e.During], f.Fate))
			n++
		}
	}
	if w == nil {
		return 0, nil
	}
	return n, w.Flush()
}
