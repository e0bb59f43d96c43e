package sock

import (
	"time"

	"socksh/luabind/loop"
)

// optionVerbs are the calls over the table of options.
func optionVerbs() []Verb {
	socket := Param{Name: "socket", Kind: HandleKind}
	name := Param{Name: "option", Kind: OptionKind}
	errs := []Cause{{"ENOPROTOOPT", "the socket has no such option"}, {"EINVAL", "the value is out of range, or the state is wrong"}, {"EPERM", "it takes a privilege"}}
	return []Verb{
		{Name: "setsockopt",
			Summary: "set a socket option",
			Details: "Options go by their own names, with or without SO_, TCP_... Values: on or off, a number, a size (64KiB), a time (500ms, 2s, off), a name.",
			Params:  []Param{socket, name, {Name: "value", Kind: ValueKind}},
			Errors:  errs, Example: "setsockopt 1 SO_REUSEADDR on", See: "setsockopt(2), socket(7), tcp(7), ip(7), ipv6(7)",
			Run: func(_ *loop.Task, _ *Table, a *Args) (Result, error) {
				h, o := a.Handle(0), a.Value(1).Any.(*option)
				if err := o.set(h.FD, a.Value(2)); err != nil {
					return nil, err
				}
				return nil, h.note(o)
			}},
		{Name: "getsockopt", Gives: "the value; several named ones for TCP_INFO",
			Summary: "tell the value of a socket option",
			Details: "The kernel doubles the buffer sizes that it is given, for its own bookkeeping.",
			Params:  []Param{socket, name},
			Errors:  errs[:1], Example: "getsockopt 2 TCP_INFO", See: "getsockopt(2), socket(7), tcp(7)",
			Run: func(_ *loop.Task, _ *Table, a *Args) (Result, error) {
				v, err := a.Value(1).Any.(*option).get(a.Handle(0).FD)
				if err != nil {
					return nil, err
				}
				return a.Give(v), nil
			}},
	}
}

// note keeps what the kernel now says of an option that the waits of h depend on,
// since the descriptor itself never blocks.
func (h *Handle) note(o *option) error {
	if o.form != aLinger && o.form != aTimeval {
		return nil
	}
	v, err := o.get(h.FD)
	if err != nil {
		return err
	}
	switch o.name {
	case "SO_LINGER":
		h.lingers = v.Num > 0
	case "SO_RCVTIMEO":
		h.patience[0] = time.Duration(v.Num * float64(time.Second))
	case "SO_SNDTIMEO":
		h.patience[1] = time.Duration(v.Num * float64(time.Second))
	}
	return nil
}
