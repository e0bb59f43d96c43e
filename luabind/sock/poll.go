package sock

import (
	"fmt"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"socksh/luabind/loop"
)

// waitVerbs are the calls that only wait.
func waitVerbs() []Verb {
	return []Verb{
		{Name: "poll", Waits: true, Records: RecordCall, Gives: "each ready handle with its events; nothing when the time is up",
			Summary: "wait until sockets are ready",
			Details: "Events: in, out, pri, rdhup are asked for with --events (default in), or of one handle, as in 3:out; err, hup, nval come unasked. A handle that holds received bytes is ready for in. Lua takes a list as poll gives it as well: poll({{handle = s, events = \"out\"}}).",
			Params:  []Param{{Name: "sockets", Kind: HandlesKind, Rest: true}, {Name: "events", Kind: EventsKind, Optional: true, Default: Str("in")}},
			Example: "poll 1 2:out --timeout 1", See: "poll(2)", Run: doPoll},
		{Name: "sleep", Records: RecordCall,
			Summary: "wait for a time",
			Params:  []Param{{Name: "time", Kind: DurationKind}},
			Example: "sleep 500ms", See: "nanosleep(2)",
			Run: func(t *loop.Task, _ *Table, a *Args) (Result, error) {
				return nil, t.Sleep(time.Now().Add(time.Duration(a.Int(0))))
			}},
	}
}

func doPoll(t *loop.Task, tab *Table, a *Args) (Result, error) {
	events := a.Int(1)
	fds := make([]unix.PollFd, len(a.rest))
	for {
		buffered := 0
		for i, v := range a.rest {
			h := v.Any.(*Handle)
			if h.closed {
				return nil, loop.ErrClosed
			}
			fds[i] = unix.PollFd{Fd: int32(h.FD), Events: int16(events)}
			if own := int16(v.Num); own != 0 {
				fds[i].Events = own
			}
			if h.inbox != "" && fds[i].Events&unix.POLLIN != 0 {
				buffered++
			}
		}
		n, err := unix.Poll(fds, 0)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return nil, err
		}
		if n > 0 || buffered > 0 {
			return a.Give(readyList(a.rest, fds)), nil
		}
		for _, v := range a.rest {
			if err := t.Watch(&v.Any.(*Handle).Source, loop.Read|loop.Write); err != nil {
				return nil, err
			}
		}
		err = t.WaitWatched(a.Deadline())
		if err == loop.ErrTimeout && t.Interrupted() == nil {
			return a.Give(Value{Type: List, Any: []Value(nil)}), nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// polled reads a handle to poll, and keeps the events that are its own in Num: a
// word such as "3:out", or a record as readyList makes them.
func (t *Table) polled(v Value) (Value, error) {
	var events Value
	switch v.Type {
	case Record:
		fields := v.Any.([]Field)
		v = Value{}
		for _, f := range fields {
			switch f.Name {
			case "handle":
				v = f.Value
			case "events":
				events = f.Value
			}
		}
	case Text, Bytes:
		if word, own, ok := strings.Cut(v.Str, ":"); ok {
			if own == "" {
				return v, fmt.Errorf("%s names no events", v.word())
			}
			v, events = Str(word), Str(own)
		}
	}
	h, err := t.handleOf(v)
	if err != nil {
		return v, err
	}
	out := handleValue(h)
	if events.Type != Nil {
		if events, err = bits(events, pollEvents, "event"); err != nil {
			return v, err
		}
		out.Num = events.Num
	}
	return out, nil
}

func readyList(handles []Value, fds []unix.PollFd) Value {
	var list []Value
	for i, v := range handles {
		got := int(fds[i].Revents)
		if v.Any.(*Handle).inbox != "" {
			got |= int(fds[i].Events) & unix.POLLIN
		}
		if got != 0 {
			v.Num = 0
			list = append(list, Value{Type: Record, Any: []Field{{"handle", v}, {"events", Str(showBits(got, pollEvents))}}})
		}
	}
	return Value{Type: List, Any: list}
}
