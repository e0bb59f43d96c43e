package lab

import (
	"socksh/luabind/sock"
)

// flagBits are the flags of TCP, from the right of its header.
var flagBits = sock.Bits("fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr")

// chosen are the parameters that say which segments are meant; see filterOf.
func chosen() []sock.Param {
	return []sock.Param{
		{Name: "flags", Kind: sock.BitsKind, Bits: flagBits, Optional: true},
		{Name: "from", Kind: sock.HostKind, Optional: true},
		{Name: "to", Kind: sock.HostKind, Optional: true},
		{Name: "data", Kind: sock.SwitchKind, Optional: true},
		{Name: "when", Kind: sock.FuncKind, Optional: true}}
}

// counted is chosen after a number of segments.
func counted() []sock.Param {
	return append([]sock.Param{{Name: "count", Kind: sock.IntKind, Optional: true, Default: sock.Num(1), Max: 1 << 30}}, chosen()...)
}

const whichSegments = "All segments are meant unless parameters by name choose: --flags syn+ack for those with just these flags, --from HOST, --to HOST, --data on for those with data, and in Lua when = function(segment): its fields are from, to, protocol, flags, seq, ack, len, data."

// Verbs returns the rows of this package, in the order help prints them.
func (l *Lab) Verbs() []sock.Verb {
	host := sock.Param{Name: "host", Kind: sock.HostKind}
	anyHost := sock.Param{Name: "host", Kind: sock.HostKind, Optional: true}
	return []sock.Verb{
		{Name: "lab", Shell: true, Records: sock.RecordCall, Gives: "what the lab is: hosts, settings",
			Summary: "tell of the private network, end it, or choose its settings",
			Details: "A lab needs no root. Its hosts have addresses, ports and counters of their own; the cable between them is this program. With the settings textbook TCP does the same on every run: it acknowledges at once, its congestion control is reno, a full queue drops instead of sending cookies, what a connection has learned is forgotten, and its retransmission timer runs for a second at least. With system these are as the system has them. Always the MTU is 1500, and each segment is on the cable as it is. lab end closes all handles of the lab and forgets its hosts; settings are for a lab without hosts.",
			Params: []sock.Param{{Name: "action", Kind: sock.WordKind, Optional: true, Default: sock.Str("show"), Choices: []string{"show", "end"}},
				{Name: "settings", Kind: sock.WordKind, Optional: true, Choices: []string{"textbook", "system"}}},
			Example: "lab --settings system", See: "user_namespaces(7), network_namespaces(7), veth(4)", Show: showLab, Run: l.act("lab")},
		{Name: "host", Shell: true, Gives: "the host",
			Summary: "make a host of the lab, and plug it in",
			Details: "Without addresses it gets 10.0.0.1/24, the next one 10.0.0.2/24 and so on. All hosts reach each other. A host also has a loopback of its own: with one host alone a lab is a private loopback, whose segments are seen. The name is a Lua variable, too: client:socket().",
			Params: []sock.Param{{Name: "name", Kind: sock.NameKind},
				{Name: "addresses", Kind: sock.PrefixKind, Rest: true, Optional: true}},
			Errors:  []sock.Cause{{Errno: "EEXIST", When: "the address is another host's"}},
			Example: "host server 10.0.0.2 fd00::2", See: "network_namespaces(7)", Run: l.act("host")},
		{Name: "hold",
			Summary: "keep what the hosts send on the cable",
			Details: "step lets go of one segment, release of all. What a kernel sends again meanwhile, for its timers run on, is counted and goes no further: wire tells when that will be. A call of the prompt that waits for what is held becomes a job. " + whichSegments,
			Params:  chosen(),
			Example: "hold --flags ack --from client", Run: l.act("hold")},
		{Name: "step", Records: sock.RecordCall, Gives: "the segments that were delivered",
			Summary: "deliver the next segments that are held, one by one",
			Details: "After each the kernels of both sides are asked. What they answer is held again while hold is on.",
			Params:  []sock.Param{{Name: "count", Kind: sock.IntKind, Optional: true, Default: sock.Num(1), Min: 1, Max: 1 << 30}},
			Example: "step 2", Show: showSegments, Run: l.act("step")},
		{Name: "release", Records: sock.RecordCall, Gives: "the segments that were delivered",
			Summary: "hold nothing any more, and deliver what is held",
			Example: "release", Show: showSegments, Run: l.act("release")},
		{Name: "drop", Records: sock.RecordCall, Gives: "the held segments that were dropped",
			Summary: "lose segments: those that are held first, then those to come",
			Details: "With 0 all that come are lost, until heal. " + whichSegments,
			Params:  counted(),
			Example: "drop 2 --flags syn", Show: showSegments, Run: l.act("drop")},
		{Name: "delay",
			Summary: "let each segment take a time from host to host",
			Details: "It is for both directions, so that a round trip takes twice as long. 0 ends it.",
			Params:  []sock.Param{{Name: "time", Kind: sock.DurationKind}},
			Example: "delay 50ms", Run: l.act("delay")},
		{Name: "duplicate",
			Summary: "deliver the next segments twice",
			Details: "With 0 all that come are, until heal. " + whichSegments,
			Params:  counted(),
			Example: "duplicate 1 --data on", Run: l.act("duplicate")},
		{Name: "reorder",
			Summary: "let the next segments each be overtaken by the one behind",
			Details: "With 0 every other one is, until heal. " + whichSegments,
			Params:  counted(),
			Example: "reorder 1 --data on", Run: l.act("reorder")},
		{Name: "cut",
			Summary: "cut the cable, or that of one host: all is lost until heal",
			Params:  []sock.Param{anyHost},
			Example: "cut server", Run: l.act("cut")},
		{Name: "heal",
			Summary: "end cuts, delays, and the losses, repetitions and swaps to come",
			Details: "What is held stays held.",
			Example: "heal", Run: l.act("heal")},
		{Name: "wire", Asks: true, Records: sock.RecordCall, Gives: "what is held, overtaken, in flight, lost and repeated, and the faults to come",
			Summary: "tell what is on the cable",
			Details: "Of a held segment also which timer runs for it, in its sender's kernel or in the one that waits for it, and when that runs out: then something is sent again, and what repeats a held segment is counted as repeated.",
			Example: "wire", Show: showWire, Run: l.act("wire")},
		{Name: "sysctl", Records: sock.RecordCall, Gives: "the value, if none is given",
			Summary: "read or set a setting of a host's network",
			Params:  []sock.Param{host, {Name: "setting", Kind: sock.TextKind}, {Name: "value", Kind: sock.TextKind, Optional: true}},
			Errors:  []sock.Cause{{Errno: "ENOENT", When: "there is no such setting"}, {Errno: "EACCES", When: "it is not one network's own"}},
			Example: "sysctl server net.ipv4.tcp_fin_timeout 2", See: "sysctl(8), tcp(7)", Run: l.act("sysctl")},
		{Name: "exec", Waits: true, Records: sock.RecordCall, Gives: "what it printed, if its status is 0",
			Summary: "run another program on a host",
			Details: "It sees the host's network and nothing else of the lab: the files are yours, its input is empty. It ends with the lab. With & it is a job, which cancel ends.",
			Params:  []sock.Param{host, {Name: "command", Kind: sock.TextKind, Rest: true}},
			Errors:  []sock.Cause{{Errno: "ENOENT", When: "there is no such program"}},
			Example: "exec server nc -l 80 &", See: "execve(2)", Show: showOutput, Run: l.act("exec")},
	}
}
