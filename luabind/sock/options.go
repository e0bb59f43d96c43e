package sock

import (
	"time"

	"golang.org/x/sys/unix"

	"socksh/luabind/loop"
)

// optionVerbs are the calls over the table of options.
func optionVerbs() []Verb {
	socket := Param{Name: "socket", Kind: HandleKind}
	name := Param{Name: "option", Kind: OptionKind}
	errs := []Cause{{"ENOPROTOOPT", "the socket has no such option"}, {"EOPNOTSUPP", "sockets of this family or type have no options of that level"}}
	return []Verb{
		{Name: "setsockopt",
			Summary: "set a socket option",
			Details: "Options go by their own names, with or without SO_, IP_, TCP_...; help OPTION tells what one takes: on or off, a number, a size (64KiB), a time (500ms, 2s, off; a bare number is in the option's own unit), names, addresses, an interface. " +
				"Any other goes by LEVEL:NUMBER, as in tcp:19 or 1:15, and its value is a number, sent as an int, or bytes: hex 0a0b, or quoted data. " +
				"The sandbox joins no groups and sets no options by number.",
			Params: []Param{socket, name, {Name: "value", Kind: ValueKind, Rest: true, Optional: true}},
			Errors: append(errs[:len(errs):len(errs)], Cause{"EINVAL", "the value is out of range, or the state is wrong"}, Cause{"EPERM", "it takes a privilege"},
				Cause{"ENOENT", "no congestion control or protocol has that name"}, Cause{"ENODEV", "no interface has that number"},
				Cause{"EADDRINUSE", "the socket is in the group already"}, Cause{"EADDRNOTAVAIL", "the socket is not in the group"},
				Cause{"ENOTCONN", "the socket is not connected"}),
			Example: "setsockopt 1 SO_REUSEADDR on", See: "setsockopt(2), socket(7), tcp(7), udp(7), ip(7), ipv6(7), unix(7)",
			Run: func(_ *loop.Task, t *Table, a *Args) (Result, error) {
				return nil, t.setOption(a.Handle(0), a.Value(1).Any.(*option), a.Rest())
			}},
		{Name: "getsockopt", Asks: true, Gives: "the value; several named ones for TCP_INFO and the like",
			Summary: "tell the value of a socket option",
			Details: "It is as setsockopt takes it, or bytes for LEVEL:NUMBER. In Lua a time is a number in the option's own unit, but seconds in a table; a number that may have 64 bits is a text.",
			Params:  []Param{socket, name},
			Errors: append(errs[:len(errs):len(errs)], Cause{"ENOTCONN", "the option is of a connected socket"}, Cause{"ENODATA", "the peer is unknown"},
				Cause{"EPERM", "the option is of a socket under TCP_REPAIR"}),
			Example: "getsockopt 2 TCP_INFO", See: "getsockopt(2), socket(7), tcp(7), udp(7), ip(7), ipv6(7), unix(7)", Show: showOption,
			Run: func(_ *loop.Task, t *Table, a *Args) (Result, error) {
				v, err := t.getOption(a.Handle(0), a.Value(1).Any.(*option))
				if err != nil {
					return nil, err
				}
				return a.Give(v), nil
			}},
		{Name: "options", Asks: true, Records: RecordCall, Gives: "a table of names and values; a second one has the defaults of those that were set otherwise",
			Summary: "list the options that a socket has, with their values",
			Details: "A mark stands where the value is another than that of a fresh socket of the same kind, which is opened to ask it. Left out are options that reading changes, as SO_ERROR, and those that can only be set.",
			Params:  []Param{socket}, Example: "options 1", See: "getsockopt(2), socket(7)", Show: showOptions,
			Run: func(_ *loop.Task, t *Table, a *Args) (Result, error) {
				return a.Give(t.listOptions(a.Handle(0))...), nil
			}},
		infoVerb(),
	}
}

// note keeps what the kernel now says of an option that the waits of h depend on,
// since the descriptor itself never blocks; an option by number may be any of them.
func (t *Table) note(h *Handle, o *option) error {
	byNumber := o.form == rawData
	if byNumber || o.form == aLinger {
		l, err := unix.GetsockoptLinger(h.FD, unix.SOL_SOCKET, unix.SO_LINGER)
		if err != nil {
			return err
		}
		h.lingering(l)
	}
	if byNumber || o.form == aTimeval {
		for i, num := range []int{unix.SO_RCVTIMEO, unix.SO_SNDTIMEO} {
			tv, err := unix.GetsockoptTimeval(h.FD, unix.SOL_SOCKET, num)
			if err != nil {
				return err
			}
			h.patience[i] = time.Duration(tv.Nano())
		}
	}
	if byNumber || o.name == "SO_RCVLOWAT" {
		n, err := unix.GetsockoptInt(h.FD, unix.SOL_SOCKET, unix.SO_RCVLOWAT)
		if err != nil {
			return err
		}
		h.lowWater = n
	}
	if byNumber || o.form == aFamily {
		h.family = askFamily(h.FD, h.family) // IPV6_ADDRFORM
	}
	return nil
}

// lingering notes what SO_LINGER makes of close(2).
func (h *Handle) lingering(l *unix.Linger) {
	h.lingers, h.resets = l.Onoff != 0 && l.Linger > 0, l.Onoff != 0 && l.Linger == 0
}

// setLinger sets SO_LINGER; a negative time turns it off.
func setLinger(fd int, d time.Duration) error {
	l := lingering(d)
	return unix.SetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER, &l)
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
