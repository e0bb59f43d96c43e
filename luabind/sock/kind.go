package sock

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// convert makes the argument v what parameter p takes. This is the one place
// where a text becomes anything else.
func (c *Call) convert(p *Param, v Value) (Value, error) {
	switch p.Kind {
	case HandlesKind:
		return c.table.polled(v)
	case HandleKind:
		if p.Ever {
			if h := c.table.departed(v); h != nil {
				return handleValue(h), nil
			}
		}
		h, err := c.table.handleOf(v)
		if err != nil {
			return v, err
		}
		return handleValue(h), nil
	case AddressKind:
		if v.Type != Text && v.Type != Bytes {
			return v, fmt.Errorf("%s is not an address", v.word())
		}
		a, err := c.table.parseAddr(v.Str)
		return Value{Type: Foreign, Any: a}, err
	case WordKind:
		return choose(p, v)
	case IntKind, RoomKind:
		if v.Type == Memory && p.Kind == RoomKind {
			v.Num = float64(len(v.Any.(Buffer).Room()))
			if v.Num == 0 {
				return v, errors.New("the buffer has no room")
			}
			return v, nil
		}
		n, err := integer(v, p.Min, p.Max)
		if err != nil {
			return v, fmt.Errorf("%s: %w", p.Name, err)
		}
		return Num(n), nil
	case BytesKind:
		switch v.Type {
		case Text, Bytes:
			return v, nil
		case Memory:
			return Value{Type: Bytes, Str: v.view()}, nil
		case Number:
			return Str(v.String()), nil
		}
		return v, fmt.Errorf("%s is not data", v.word())
	case FlagsKind:
		return bits(v, messageFlags, "flag")
	case EventsKind:
		return bits(v, pollEvents, "event")
	case BitsKind:
		return bits(v, p.Bits, "flag")
	case FamilyKind:
		return familyOf(v)
	case TypeKind:
		return typeOf(v)
	case ProtocolKind:
		return protocolOf(v, c.protocolFamily())
	case SwitchKind:
		on, err := boolean(v)
		return Flag(on), err
	case DescriptorKind:
		fds, err := descriptorsNamed(v)
		return Value{Type: Foreign, Any: fds}, err
	case ControlKind:
		return v, errors.New("control messages go by their names, as in --ttl 5; help sendmsg lists them")
	case OptionKind:
		if v.Type != Text && v.Type != Bytes {
			return v, fmt.Errorf("%s is not an option; help setsockopt lists them", v.word())
		}
		o, err := c.table.option(v.Str)
		return Value{Type: Foreign, Any: o}, err
	case DurationKind:
		d, err := Duration(v)
		return Num(int(d)), err
	case NameKind:
		if v.Type != Text && v.Type != Bytes || !IsName(v.Str) {
			return v, fmt.Errorf("%s is no name: letters, digits and _, not starting with a digit", v.word())
		}
		return v, nil
	case JobKind:
		j, err := c.table.jobOf(v)
		return Value{Type: AJob, Any: j}, err
	case FuncKind:
		if v.Type != Foreign {
			return v, fmt.Errorf("%s is not a function", v.word())
		}
		return v, nil
	case PrefixKind:
		p, err := prefixOf(v)
		return Value{Type: Foreign, Any: p}, err
	case HostKind:
		return c.table.hostOf(v)
	case TextKind, FileKind, VerbKind:
		if v.Type == Number {
			return Str(v.String()), nil
		}
		if v.Type != Text && v.Type != Bytes {
			return v, fmt.Errorf("%s: %s is not a text", p.Name, v.word())
		}
		if p.Kind == FileKind {
			v.Str = Path(v.Str)
		}
	}
	return v, nil
}

// word returns v as an error message quotes it.
func (v Value) word() string {
	switch v.Type {
	case Nil:
		return "nil"
	case Text, Bytes, Scratch:
		return Quote(shorten(v.Str, 60))
	case Bool:
		return strconv.FormatBool(v.Num != 0)
	case AHandle:
		return "handle " + v.String()
	case AJob:
		return "job " + v.String()
	case AHost:
		return "host " + v.String()
	case Memory:
		return "a buffer"
	case Foreign:
		return "a " + v.Str
	case List, Record:
		return "a table"
	}
	return v.String()
}

// departed returns the closed handle that v stands for, or nil.
func (t *Table) departed(v Value) *Handle {
	switch v.Type {
	case AHandle:
		if h := v.Any.(*Handle); h.closed {
			return h
		}
	case Number, Text, Bytes:
		n, err := integer(v, 1, t.last)
		for _, h := range t.closed {
			if h != nil && (err == nil && h.N == n || err != nil && h.Name == v.Str && t.names[v.Str] == nil) {
				return h
			}
		}
	}
	return nil
}

func (t *Table) handleOf(v Value) (*Handle, error) {
	switch v.Type {
	case AHandle:
		return v.Any.(*Handle).alive()
	case Number:
		if v.Num == math.Trunc(v.Num) && math.Abs(v.Num) < 1<<53 {
			return t.at(int(v.Num))
		}
	case Text, Bytes:
		return t.Find(v.Str)
	}
	return nil, fmt.Errorf("%s is not a handle", v.word())
}

// Choice returns the first spelling of the choice that word stands for.
func (p *Param) Choice(word string) (name string, ok bool) {
	i, name := p.choice(word)
	return name, i >= 0
}

func (p *Param) choice(word string) (int, string) {
	for range 2 {
		for i, choice := range p.Choices {
			if name, ok := spelling(choice, word); ok {
				return i, name
			}
		}
		for _, prefix := range []string{"af_", "pf_", "sock_", "shut_"} {
			if len(word) > len(prefix) && strings.EqualFold(word[:len(prefix)], prefix) {
				word = word[len(prefix):]
			}
		}
	}
	return -1, ""
}

func choose(p *Param, v Value) (Value, error) {
	if v.Type == Text {
		if i, name := p.choice(v.Str); i >= 0 {
			return Value{Type: Text, Str: name, Num: float64(i)}, nil
		}
	}
	return v, fmt.Errorf("%s: %s is none of %s", p.Name, v.word(), strings.Join(p.Names(), ", "))
}

// Names returns the choices, each by the first of its spellings.
func (p *Param) Names() []string {
	var names []string
	for _, choice := range p.Choices {
		name, _, _ := strings.Cut(choice, "|")
		names = append(names, name)
	}
	return names
}

// spelling reports whether word is among the spellings of choice, in any case, and
// returns the first of them.
func spelling(choice, word string) (first string, ok bool) {
	first, rest, more := strings.Cut(choice, "|")
	if strings.EqualFold(first, word) {
		return first, true
	}
	for more && !ok {
		var next string
		next, rest, more = strings.Cut(rest, "|")
		ok = strings.EqualFold(next, word)
	}
	return first, ok
}

// IsName reports whether s can name a handle: a Lua identifier.
func IsName(s string) bool {
	for i, c := range []byte(s) {
		if c != '_' && (c|0x20 < 'a' || c|0x20 > 'z') && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}
