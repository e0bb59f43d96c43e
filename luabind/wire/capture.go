package wire

import (
	"errors"
	"strings"

	"socksh/luabind/loop"
	"socksh/luabind/sock"
)

var errSandbox = errors.New("the sandbox does not see segments")

// Verbs returns the rows of this package, in the order help prints them.
func (w *Wire) Verbs() []sock.Verb {
	return []sock.Verb{
		{Name: "capture", Shell: true, Records: sock.RecordNone, Gives: "what is captured, if nothing is given",
			Summary: "write the segments that pass into a file for tshark and its like",
			Details: "From now on the segments of this session's sockets, on the loopback or the interfaces that are named, which needs the right CAP_NET_RAW. With a lab, what its cable and its hosts' loopbacks carry, which needs none; capture FILE lo has the real loopback, too. Each has the call during which it passed as its comment, and what the cable has lost says so there. The file is in the form pcapng, and complete after each call. off ends it, and so does the end of the session. The journal gets the segments too, and with it pictures.",
			Params: []sock.Param{{Name: "file", Kind: sock.FileKind, Optional: true},
				{Name: "interface", Kind: sock.TextKind, Optional: true, Rest: true}},
			Errors: []sock.Cause{{Errno: "EPERM", When: "the right is missing"}, {Errno: "ENODEV", When: "there is no such interface"},
				{Errno: "ENOENT", When: "there is no such folder"}, {Errno: "ENOSPC", When: "the disk is full"}},
			Example: "capture story.pcapng", See: "packet(7), capabilities(7), tshark(1)", Run: w.capture},
	}
}

func (w *Wire) capture(_ *loop.Task, tab *sock.Table, a *sock.Args) (sock.Result, error) {
	name := a.Text(0)
	switch {
	case name == "":
		return a.Give(w.status()), nil
	case name == "off":
		if w.file == nil {
			return nil, sock.Misuse("nothing is captured into a file")
		}
		return nil, w.stop()
	case w.file != nil:
		return nil, sock.Misuse("segments go into " + sock.Quote(w.file.name) + " already; capture off ends that")
	case !strings.HasSuffix(name, ".pcapng"):
		return nil, sock.Misuse("the name of the file must end in .pcapng: " + sock.Quote(name))
	case tab.Policy.Loopback:
		return nil, errSandbox
	}
	var interfaces []string
	for _, v := range a.Rest() {
		interfaces = append(interfaces, v.Str)
	}
	if len(interfaces) == 0 && (tab.Hosts == nil || len(tab.Hosts()) == 0) {
		interfaces = []string{loopback}
	}
	return nil, w.start(name, interfaces)
}

// status tells what is captured.
func (w *Wire) status() sock.Value {
	if len(w.taps) == 0 && w.file == nil {
		return sock.Str("off")
	}
	w.drain(nil)
	var names []string
	if w.file != nil {
		names = w.file.others
	}
	var drops uint64
	for _, t := range w.taps {
		names = append(names, t.name)
		drops += t.drops
	}
	var fields []sock.Field
	if len(names) > 0 { // a lab's places are known by what passes there
		fields = append(fields, sock.Field{Name: "interface", Value: sock.Str(strings.Join(names, " "))})
	}
	if w.file != nil {
		fields = append(fields, sock.Field{Name: "file", Value: sock.Str(w.file.name)}, sock.Field{Name: "frames", Value: sock.Num(w.file.frames)})
	}
	if drops > 0 {
		fields = append(fields, sock.Field{Name: "drops", Value: sock.Num(int(drops))})
	}
	return sock.Value{Type: sock.Record, Any: fields}
}
