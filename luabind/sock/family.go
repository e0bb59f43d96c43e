package sock

import (
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

type named struct {
	name  string
	value int
}

// nameOf returns the name of value, or its number.
func nameOf(table []named, value int) string {
	for _, n := range table {
		if n.value == value {
			return n.name
		}
	}
	return strconv.Itoa(value)
}

// socketTypes are the types of socket(2).
var socketTypes = []named{{"stream", unix.SOCK_STREAM}, {"dgram", unix.SOCK_DGRAM}, {"seqpacket", unix.SOCK_SEQPACKET},
	{"raw", unix.SOCK_RAW}, {"rdm", unix.SOCK_RDM}}

// What socketFlags mean here; the kernel's own numbers differ from system to
// system.
const (
	flagNonblock = 1 << 11
	flagCloexec  = 1 << 19
)

// socketFlags are the flags of socket(2) and accept4(2).
var socketFlags = []Bit{{"nonblock", flagNonblock}, {"cloexec", flagCloexec}}

// shortKinds are words for a family and a type.
var shortKinds = []struct {
	name           string
	family, sotype int
}{
	{"tcp", unix.AF_INET, unix.SOCK_STREAM}, {"tcp6", unix.AF_INET6, unix.SOCK_STREAM},
	{"udp", unix.AF_INET, unix.SOCK_DGRAM}, {"udp6", unix.AF_INET6, unix.SOCK_DGRAM},
}

// Families returns the words that a parameter of FamilyKind takes, SocketTypes those
// of a TypeKind.
func Families() []string {
	var names []string
	for _, s := range shortKinds {
		names = append(names, s.name)
	}
	all := namesIn(families)
	return append(append(all[:3:3], names...), all[3:]...)
}

func SocketTypes() []string { return append(namesIn(socketTypes), namesOf(socketFlags)...) }

func namesIn(table []named) []string {
	var names []string
	for _, n := range table {
		if len(names) == 0 || names[len(names)-1] != n.name {
			names = append(names, n.name)
		}
	}
	return names
}

// familyOf reads "inet", "AF_INET" or 2. For a short word its Str stays, and tells
// the type.
func familyOf(v Value) (Value, error) {
	if v.Type == Text || v.Type == Bytes { // the names first: a refused number costs an error
		word := strings.ToLower(v.Str)
		for _, s := range shortKinds {
			if s.name == word {
				return Value{Type: Text, Str: s.name, Num: float64(s.family)}, nil
			}
		}
		word = strings.TrimPrefix(strings.TrimPrefix(word, "af_"), "pf_")
		switch word {
		case "local":
			word = "unix"
		case "ipv4":
			word = "inet"
		case "ipv6":
			word = "inet6"
		}
		for _, f := range families {
			if f.name == word {
				return Value{Type: Text, Str: f.name, Num: float64(f.value)}, nil
			}
		}
	}
	if n, err := integer(v, 0, 1<<31-1); err == nil {
		return Num(n), nil
	}
	return v, fmt.Errorf("family: %s is none of %s and others (help socket)", v.word(), strings.Join(Families()[:7], ", "))
}

// typeOf reads a type, or its number, and flags: "stream|nonblock".
func typeOf(v Value) (Value, error) {
	if v.Type == Number {
		n, err := integer(v, 0, flagNonblock-1)
		if err != nil {
			return v, fmt.Errorf("type: %w", err)
		}
		return Num(n), nil
	}
	bad := func() error { return fmt.Errorf("type: %s is none of %s", v.word(), strings.Join(SocketTypes(), ", ")) }
	if v.Type != Text && v.Type != Bytes {
		return v, bad()
	}
	sotype, flags := -1, 0
words:
	for word := range strings.SplitSeq(v.Str, "|") {
		short := strings.TrimPrefix(strings.ToLower(word), "sock_")
		for _, f := range socketFlags {
			if f.name == short {
				flags |= f.value
				continue words
			}
		}
		if sotype >= 0 {
			return v, bad()
		}
		for _, t := range socketTypes {
			if t.name == short {
				sotype = t.value
				continue words
			}
		}
		n, err := integer(Str(word), 0, flagNonblock-1)
		if err != nil {
			return v, bad()
		}
		sotype = n
	}
	if sotype < 0 {
		sotype = unix.SOCK_STREAM
		if flags == 0 {
			return v, bad()
		}
		return Value{Type: Text, Num: float64(flags)}, nil // the type is the family's own
	}
	return Value{Type: Text, Str: "given", Num: float64(sotype | flags)}, nil
}

// protocolOf reads a protocol, by the names that protocols of the family have, or
// its number. Those of packet sockets are EtherTypes, in network byte order.
func protocolOf(v Value, family int) (Value, error) {
	n, err := integer(v, -1<<31, 1<<31-1)
	if err != nil {
		if v.Type != Text && v.Type != Bytes {
			return v, fmt.Errorf("protocol: %s is not a protocol", v.word())
		}
		table := protocols(family)
		word := strings.TrimPrefix(strings.ToLower(v.Str), "ipproto_")
		for _, p := range table {
			if p.name == word {
				return Num(wireProtocol(family, p.value)), nil
			}
		}
		if len(table) == 0 {
			return v, fmt.Errorf("protocol: %s is not a whole number", v.word())
		}
		return v, fmt.Errorf("protocol: %s is neither a number nor one of %s", v.word(), strings.Join(namesIn(table), ", "))
	}
	return Num(wireProtocol(family, n)), nil
}

// protocolFamily returns the family that a call's protocol is of.
func (c *Call) protocolFamily() int {
	if c.verb.Params[0].Kind == FamilyKind {
		return int(c.args.values[0].Num)
	}
	return unix.AF_INET
}

// internetProtocols are of /etc/protocols, and MPTCP.
var internetProtocols = []named{{"ip", 0}, {"icmp", 1}, {"igmp", 2}, {"tcp", 6}, {"udp", 17}, {"gre", 47}, {"esp", 50}, {"ah", 51},
	{"icmp6", 58}, {"icmpv6", 58}, {"sctp", 132}, {"udplite", 136}, {"raw", 255}, {"mptcp", 262}}

// kindOf returns the family and type that socket and socketpair were given.
func kindOf(a *Args) (family, sotype int, nonblock bool) {
	f, t := a.Value(0), a.Value(1)
	family = int(f.Num)
	sotype = defaultType(family)
	for _, s := range shortKinds {
		if s.name == f.Str {
			sotype = s.sotype
		}
	}
	n := int(t.Num)
	if t.Type == Number || t.Str != "" {
		sotype = n &^ (flagNonblock | flagCloexec)
	}
	return family, sotype, n&flagNonblock != 0
}

// attemptOutcome tells how a connect under way has ended: nil, its error, or EALREADY
// while it lasts. Unlike another connect(2) it asks only.
func attemptOutcome(fd int) error {
	n, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ERROR)
	if err == nil && n != 0 {
		err = unix.Errno(n)
	}
	if err == nil {
		var peer rawAddr
		if err = sysName(fd, true, &peer); err == unix.ENOTCONN {
			err = unix.EALREADY
		}
	}
	return err
}
