// Package sock is the socket engine: kernel sockets in a table of handles, and
// the one registry of verbs that act on them.
//
// A [Verb] knows neither words nor Lua. A front end begins a [Call], adds what
// was typed or passed as a [Value], runs it and shows the [Result]; here alone
// texts become addresses, flags, options and durations, and here alone errors
// get their shape. Nothing stands in front of the kernel: a call in the wrong
// state is made, and the kernel's errno is the answer.
//
// A verb tries its call without blocking, waits on the loop after EAGAIN, and
// tries again. EINTR is tried again at once. A [Table] belongs to the goroutine
// of its loop.
package sock

import (
	"slices"
	"strings"

	"socksh/luabind/loop"
)

// A Kind says what a parameter takes, and so how a text becomes its value.
type Kind uint8

// The kinds of parameters.
const (
	HandleKind     Kind = iota // an open handle: a number, a name, or "." for the current one
	HandlesKind                // any number of handles, each perhaps with events of its own: "3:out"
	AddressKind                // "127.0.0.1:80", "localhost:80", "[::1]:80", ":80", "unix:/path", "@name"
	WordKind                   // one of Choices
	IntKind                    // a whole number between Min and Max
	RoomKind                   // the same, or a buffer to receive into
	BytesKind                  // any bytes
	FlagsKind                  // MSG_ flags by name, as in "peek|dontwait"
	EventsKind                 // poll(2) events by name, as in "in|out"
	OptionKind                 // a socket option by name
	ValueKind                  // the value of the option before it
	DurationKind               // "500ms", "2s", or a number of seconds
	TextKind                   // a text that means something to the verb alone
	NameKind                   // a new name for a handle
	JobKind                    // a pending operation or task: "j1"
	FileKind                   // the path of a file; see Path
	VerbKind                   // the name of a verb
	FuncKind                   // a function of the script language
	ControlKind                // control messages: arguments named for no parameter, by the table of controls
	BitsKind                   // flags of the table Bits, as in "passive|canonname"
	FamilyKind                 // an address family by name or number, or one with a type: "tcp6"
	TypeKind                   // a socket type by name or number, and "nonblock" and "cloexec"
	ProtocolKind               // a protocol of the family before it, by name or number
	DescriptorKind             // descriptors of this process: a number, "listen", or a name of LISTEN_FDNAMES
	SwitchKind                 // on or off
	PrefixKind                 // an IP address, perhaps with the length of its network: "10.0.0.1/24"
	HostKind                   // a host of a lab by name, or "real" for the real network
)

// A Param is one parameter of a verb.
type Param struct {
	Name     string
	Kind     Kind
	Optional bool
	Default  Value              // for an optional one; the zero Value where the verb decides
	Choices  []string           // for WordKind, the first spelling of each
	Min, Max int                // for IntKind and RoomKind
	Fits     func(*Handle) bool // for completion: which handles make sense here; nil means all
	Rest     bool               // takes every argument left, each of Kind
	Ever     bool               // for HandleKind: a closed handle will do
	Bits     []Bit              // for BitsKind
}

// A Verb is one row of the registry. Command, function, method, usage, help and
// completion are all made from it.
type Verb struct {
	Name    string
	Aliases []string
	Params  []Param
	Waits   bool      // may wait, and so takes the named parameter timeout
	Makes   bool      // its first result is a new handle
	Shell   bool      // is the session's own and has no method form
	Asks    bool      // changes nothing: pictures leave its calls out
	Records Recording // what a recording of a session makes of it
	Gives   string    // what comes back, in words; "" for nothing
	Summary string    // one line, as in the NAME section of a man page
	Details string    // the contract: what it does beyond the system call, units, EOF
	Errors  []Cause
	Example string
	See     string              // man pages
	Show    func(Result) string // how a command prints the result, if not as Result.String
	Run     func(*loop.Task, *Table, *Args) (Result, error)
	// RunData and RunCount are short ways to what Run does with an open handle and data
	// alone, or a handle and a count alone, where that must cost little more than
	// its system call. Nil where Run is the only way.
	RunData  func(*loop.Task, *Table, *Handle, string) (Value, error)
	RunCount func(*loop.Task, *Table, *Handle, int) (Value, error)
}

// A Recording says what a recording of a session expects where a call of the verb went
// well.
type Recording uint8

// The recordings.
const (
	RecordEqual  Recording = iota // the same result
	RecordStream                  // the same bytes, in pieces of any size, or the end of the stream
	RecordLines                   // the same lines, in pieces of any size
	RecordSent                    // that all of the data goes out
	RecordNamed                   // the same address: a variable where the system has chosen its port
	RecordState                   // that the socket comes to that state
	RecordQueues                  // that the listener's queues come to be that long
	RecordCall                    // nothing: what it gives is another on each run
	RecordNone                    // not even the call: it was for a person to look at
)

// A Cause is an error and when a verb gives it.
type Cause struct{ Errno, When string }

// Usage returns the synopsis, such as "listen SOCKET [BACKLOG=128]".
func (v *Verb) Usage() string {
	var b strings.Builder
	b.WriteString(v.Name)
	for i := range v.Params {
		b.WriteString(" " + v.ParamUsage(i))
	}
	if v.Waits {
		b.WriteString(" [--timeout TIME]")
	}
	return b.String()
}

// ParamUsage returns parameter i as the synopsis shows it. What follows a parameter
// that takes all arguments left is given by name.
func (v *Verb) ParamUsage(i int) string {
	p := &v.Params[i]
	if p.Kind != ControlKind && slices.ContainsFunc(v.Params[:i], func(p Param) bool { return p.Rest }) {
		return "[--" + p.Name + " " + strings.Trim(p.Usage(), "[]") + "]"
	}
	return p.Usage()
}

// Count reports whether n is a whole number that an integer parameter takes.
func (p *Param) Count(n float64) (int, bool) {
	i := int(n)
	return i, float64(i) == n && p.Min <= i && i <= p.Max
}

// Usage returns the parameter as the synopsis shows it.
func (p *Param) Usage() string {
	s := strings.ToUpper(p.Name)
	if p.Kind == ControlKind {
		return "[--" + s + " VALUE]..."
	}
	if p.Rest {
		s += "..."
	}
	if !p.Optional {
		return s
	}
	if d := p.Default.String(); d != "" {
		s += "=" + d
	}
	return "[" + s + "]"
}

// Verbs returns the rows of this package, in the order help prints them.
func Verbs() []Verb {
	return slices.Concat(lifeVerbs(), dataVerbs(), messageVerbs(), streamVerbs(), bulkVerbs(), nameVerbs(), lookupVerbs(), optionVerbs(), ioctlVerbs(),
		waitVerbs(), tableVerbs(), descriptorVerbs(), interfaceVerbs())
}
