package sock

import (
	"socksh/luabind/loop"
)

// A request is one row of the table of ioctls.
type request struct {
	name    string
	words   []string
	number  int
	meaning string
}

// ioctlVerbs ask the kernel about a socket's queues.
func ioctlVerbs() []Verb {
	socket := Param{Name: "socket", Kind: HandleKind}
	var choices []string
	details := "Received bytes that the handle itself holds are not counted."
	for _, r := range requests() {
		choice := r.name
		for _, word := range r.words {
			choice += "|" + word
		}
		choices = append(choices, choice)
		details += " " + r.name + ": " + r.meaning + "."
	}
	return []Verb{
		{Name: "ioctl", Records: RecordCall, Gives: "the number",
			Summary: "ask a socket by an ioctl",
			Details: details,
			Params:  []Param{socket, {Name: "request", Kind: WordKind, Choices: choices}},
			Errors:  []Cause{{"EINVAL", "the socket listens"}, {"ENOTTY", "sockets of this type have no such request"}},
			Example: "ioctl 3 SIOCINQ", See: "ioctl(2), tcp(7), udp(7), unix(7), socket(7)",
			Run: func(_ *loop.Task, _ *Table, a *Args) (Result, error) {
				n, err := requests()[int(a.Value(1).Num)].ask(a.Handle(0).FD)
				if err != nil {
					return nil, err
				}
				return a.Give(Num(n)), nil
			}},
		{Name: "sockatmark", Asks: true, Gives: "on or off",
			Summary: "tell whether a stream is at the mark of urgent data",
			Details: "A receive never goes past the mark: what comes in one call ends at it at the latest.",
			Params:  []Param{socket},
			Errors:  []Cause{{"ENOTTY", "sockets of this type have no urgent data"}},
			Example: "sockatmark 3", See: "sockatmark(3), tcp(7)",
			Run: func(_ *loop.Task, _ *Table, a *Args) (Result, error) {
				at, err := atMark(a.Handle(0).FD)
				if err != nil {
					return nil, err
				}
				return a.Give(Flag(at)), nil
			}},
	}
}
