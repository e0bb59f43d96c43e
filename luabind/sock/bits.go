package sock

import (
	"fmt"
	"strings"

	"golang.org/x/sys/unix"
)

// A Bit is one named flag.
type Bit struct {
	name  string // without its prefix, in lower case
	value int
}

// pollEvents are the events of poll(2).
var pollEvents = []Bit{
	{"in", unix.POLLIN},
	{"out", unix.POLLOUT},
	{"pri", unix.POLLPRI},
	{"rdhup", pollRdHup},
	{"err", unix.POLLERR},
	{"hup", unix.POLLHUP},
	{"nval", unix.POLLNVAL},
}

// Bits makes a table of flags of their names, the first for the lowest bit.
func Bits(names ...string) []Bit {
	all := make([]Bit, len(names))
	for i, name := range names {
		all[i] = Bit{name, 1 << i}
	}
	return all
}

// bits reads names joined by "|", "+", "," or blanks, with or without their prefix, such
// as MSG_, or a number.
func bits(v Value, known []Bit, what string) (Value, error) {
	if v.Type == Number {
		n, err := integer(v, 0, 1<<31-1)
		return Num(n), err
	}
	if v.Type != Text && v.Type != Bytes {
		return v, fmt.Errorf("%s is no %s", v.word(), what)
	}
	set := 0
words:
	for _, word := range strings.FieldsFunc(v.Str, func(r rune) bool { return r == '|' || r == '+' || r == ',' || r == ' ' }) {
		short := strings.ToLower(word)
		for _, prefix := range []string{"msg_", "poll", "ai_", "ni_", "sock_"} {
			short = strings.TrimPrefix(short, prefix)
		}
		for _, b := range known {
			if b.name == short {
				set |= b.value
				continue words
			}
		}
		if n, err := integer(Str(word), 0, 1<<31-1); err == nil {
			set |= n
			continue
		}
		return v, fmt.Errorf("no %s is called %s; there are %s", what, Quote(shorten(word, 40)), strings.Join(namesOf(known), ", "))
	}
	return Num(set), nil
}

// BitNames returns the names of the flags that p takes.
func (p *Param) BitNames() []string {
	switch p.Kind {
	case FlagsKind:
		return namesOf(messageFlags)
	case EventsKind:
		return namesOf(pollEvents)
	}
	return namesOf(p.Bits)
}

func namesOf(known []Bit) []string {
	var names []string
	for _, b := range known {
		names = append(names, b.name)
	}
	return names
}

// showBits returns the names of the bits of set, joined by "|".
func showBits(set int, known []Bit) string {
	var names []string
	for _, b := range known {
		if b.value != 0 && set&b.value == b.value {
			names = append(names, b.name)
			set &^= b.value
		}
	}
	if set != 0 {
		names = append(names, fmt.Sprintf("%#x", set))
	}
	return strings.Join(names, "|")
}
