package sock

import (
	"time"

	"golang.org/x/sys/unix"

	"socksh/luabind/loop"
)

// waitVerbs are the calls that only wait.
func waitVerbs() []Verb {
	return []Verb{
		{Name: "poll", Waits: true, Gives: "each ready handle with its events; nothing when the time is up",
			Summary: "wait until sockets are ready",
			Details: "Events: in, out, pri, rdhup are asked for with --events (default in); err, hup, nval come unasked. A handle that holds received bytes is ready for in.",
			Params:  []Param{{Name: "sockets", Kind: HandlesKind, Rest: true}, {Name: "events", Kind: EventsKind, Optional: true, Default: Str("in")}},
			Example: "poll 1 2 --timeout 1", See: "poll(2)", Run: doPoll},
		{Name: "sleep",
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
			if h.inbox != "" {
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
		if n > 0 || buffered > 0 && events&unix.POLLIN != 0 {
			return a.Give(readyList(a.rest, fds, events)), nil
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

func readyList(handles []Value, fds []unix.PollFd, events int) Value {
	var list []Value
	for i, v := range handles {
		got := int(fds[i].Revents)
		if v.Any.(*Handle).inbox != "" {
			got |= events & unix.POLLIN
		}
		if got != 0 {
			list = append(list, Value{Type: Record, Any: []Field{{"handle", v}, {"events", Str(showBits(got, pollEvents))}}})
		}
	}
	return Value{Type: List, Any: list}
}
