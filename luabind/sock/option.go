package sock

import (
	"fmt"
	"math"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// An option is one row of the table of socket options.
type option struct {
	name       string // as in the man page
	level, num int
	form       form
	readOnly   bool
	meaning    string
}

// A form says how an option's value is written and read.
type form uint8

const (
	aBool     form = iota // on, off
	anInt                 // a whole number
	aSize                 // bytes: 64KiB; the kernel doubles what it is given
	aTimeval              // 500ms; 0 is none
	aLinger               // off, or how long close waits: 0 resets
	aString               // a name
	aSocktype             // stream, dgram...
	aFamily               // inet, inet6, unix
	anErrno               // ECONNREFUSED; reading clears it
	aTCPInfo              // the kernel's view of a TCP connection
)

// commonOptions are the options of every system.
func commonOptions() []option {
	return []option{
		{"SO_REUSEADDR", unix.SOL_SOCKET, unix.SO_REUSEADDR, aBool, false, "bind although old connections of the address are still in TIME_WAIT"},
		{"SO_REUSEPORT", unix.SOL_SOCKET, unix.SO_REUSEPORT, aBool, false, "several sockets may bind the same address and port"},
		{"SO_KEEPALIVE", unix.SOL_SOCKET, unix.SO_KEEPALIVE, aBool, false, "probe an idle connection"},
		{"SO_BROADCAST", unix.SOL_SOCKET, unix.SO_BROADCAST, aBool, false, "allow datagrams to broadcast addresses"},
		{"SO_OOBINLINE", unix.SOL_SOCKET, unix.SO_OOBINLINE, aBool, false, "urgent data stays in the stream"},
		{"SO_DONTROUTE", unix.SOL_SOCKET, unix.SO_DONTROUTE, aBool, false, "reach only hosts of the own network"},
		{"SO_LINGER", unix.SOL_SOCKET, unix.SO_LINGER, aLinger, false, "what close does with unsent data: off goes on in the background, 0 resets, a time waits"},
		{"SO_RCVBUF", unix.SOL_SOCKET, unix.SO_RCVBUF, aSize, false, "room for received data"},
		{"SO_SNDBUF", unix.SOL_SOCKET, unix.SO_SNDBUF, aSize, false, "room for unsent data"},
		{"SO_RCVLOWAT", unix.SOL_SOCKET, unix.SO_RCVLOWAT, anInt, false, "bytes that make the socket readable"},
		{"SO_RCVTIMEO", unix.SOL_SOCKET, unix.SO_RCVTIMEO, aTimeval, false, "how long the kernel lets a receive block"},
		{"SO_SNDTIMEO", unix.SOL_SOCKET, unix.SO_SNDTIMEO, aTimeval, false, "how long the kernel lets a send block"},
		{"SO_TYPE", unix.SOL_SOCKET, unix.SO_TYPE, aSocktype, true, "stream, dgram or seqpacket"},
		{"SO_ERROR", unix.SOL_SOCKET, unix.SO_ERROR, anErrno, true, "the pending error; reading clears it"},
		{"TCP_NODELAY", unix.IPPROTO_TCP, unix.TCP_NODELAY, aBool, false, "send small segments at once (no Nagle)"},
		{"TCP_MAXSEG", unix.IPPROTO_TCP, unix.TCP_MAXSEG, anInt, false, "largest segment, in bytes"},
		{"IP_TTL", unix.IPPROTO_IP, unix.IP_TTL, anInt, false, "time to live of outgoing packets"},
		{"IP_TOS", unix.IPPROTO_IP, unix.IP_TOS, anInt, false, "type of service of outgoing packets"},
		{"IPV6_V6ONLY", unix.IPPROTO_IPV6, unix.IPV6_V6ONLY, aBool, false, "an IPv6 socket takes no IPv4 peers"},
	}
}

// Options returns the names and meanings of all options, for help and
// completion.
func Options() [][2]string {
	var all [][2]string
	for _, o := range append(commonOptions(), systemOptions()...) {
		all = append(all, [2]string{o.name, o.meaning})
	}
	return all
}

// findOption finds an option by its name, with or without its prefix, in any
// case.
func findOption(name string) (*option, error) {
	all := append(commonOptions(), systemOptions()...)
	upper := strings.ToUpper(name)
	for i, o := range all {
		_, short, _ := strings.Cut(o.name, "_")
		if upper == o.name || upper == short {
			return &all[i], nil
		}
	}
	var names []string
	for _, o := range all {
		names = append(names, o.name)
	}
	if near := Nearest(upper, names); near != "" {
		return nil, fmt.Errorf("no option is called %s; did you mean %s?", Quote(shorten(name, 40)), near)
	}
	return nil, fmt.Errorf("no option is called %s; help setsockopt lists them", Quote(shorten(name, 40)))
}

func (o *option) set(fd int, v Value) error {
	if o.readOnly {
		return misuse(o.name + " can only be read")
	}
	fail := func(err error) error { return misuse(o.name + ": " + err.Error()) }
	switch o.form {
	case aBool:
		on, err := boolean(v)
		if err != nil {
			return fail(err)
		}
		return unix.SetsockoptInt(fd, o.level, o.num, btoi(on))
	case aSize:
		n, err := size(v)
		if err != nil {
			return fail(err)
		}
		return unix.SetsockoptInt(fd, o.level, o.num, n)
	case aTimeval:
		d, err := timeOrOff(v)
		if err != nil {
			return fail(err)
		}
		tv := unix.NsecToTimeval(int64(max(d, 0)))
		return unix.SetsockoptTimeval(fd, o.level, o.num, &tv)
	case aLinger:
		d, err := timeOrOff(v)
		if err != nil {
			return fail(err)
		}
		return setLinger(fd, d)
	case aString:
		if v.Type != Text && v.Type != Bytes {
			return fail(fmt.Errorf("%s is not a name", v.word()))
		}
		return unix.SetsockoptString(fd, o.level, o.num, v.Str)
	}
	n, err := integer(v, -1<<31, 1<<31-1)
	if err != nil {
		return fail(err)
	}
	return unix.SetsockoptInt(fd, o.level, o.num, n)
}

// timeOrOff reads a duration, or "off" as -1.
func timeOrOff(v Value) (time.Duration, error) {
	if v.Type == Text && strings.EqualFold(v.Str, "off") || v.Type == Bool && v.Num == 0 {
		return -1, nil
	}
	return Duration(v)
}

// setLinger sets SO_LINGER; a negative time turns it off. The kernel counts
// whole seconds, so a part of one is rounded up.
func setLinger(fd int, d time.Duration) error {
	l := unix.Linger{}
	if d >= 0 {
		l.Onoff = 1
		l.Linger = int32(min((d+time.Second-1)/time.Second, math.MaxInt32/1000)) // the kernel multiplies it
	}
	return unix.SetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER, &l)
}

func (o *option) get(fd int) (Value, error) {
	switch o.form {
	case aTimeval:
		tv, err := unix.GetsockoptTimeval(fd, o.level, o.num)
		if err != nil {
			return Value{}, err
		}
		return Value{Type: Number, Num: time.Duration(tv.Nano()).Seconds(), Str: time.Duration(tv.Nano()).String()}, nil
	case aLinger:
		l, err := unix.GetsockoptLinger(fd, o.level, o.num)
		if err != nil || l.Onoff == 0 {
			return Flag(false), err
		}
		return Value{Type: Number, Num: float64(l.Linger), Str: (time.Duration(l.Linger) * time.Second).String()}, nil
	case aString:
		s, err := unix.GetsockoptString(fd, o.level, o.num)
		return Str(strings.TrimRight(s, "\x00")), err
	case aTCPInfo:
		return tcpInfo(fd)
	}
	n, err := unix.GetsockoptInt(fd, o.level, o.num)
	if err != nil {
		return Value{}, err
	}
	switch o.form {
	case aBool:
		return Flag(n != 0), nil
	case aSize:
		return Value{Type: Number, Num: float64(n), Str: showSize(n)}, nil
	case aSocktype:
		return Str(nameOf(socketTypes, n)), nil
	case aFamily:
		return Str(nameOf(families, n)), nil
	case anErrno:
		if n == 0 {
			return Num(0), nil
		}
		return Str(errnoName(unix.Errno(n))), nil
	}
	return Num(n), nil
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
