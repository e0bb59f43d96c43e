package journal

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// A Fact is what an event tells: one of the types of this file, or a [Segment].
type Fact interface {
	Kind() string   // its name in files: "call", "return"…
	String() string // one line for people, without the handle
	// Redacted returns the fact with what f makes of each text that may hold a secret.
	Redacted(f func(string) string) Fact
}

// Socket tells that a handle was made, or that its name or an address has changed.
type Socket struct {
	Family  string `json:"family"` // "inet"
	Type    string `json:"type"`   // "stream"
	FD      int    `json:"fd"`
	Name    string `json:"name,omitempty"`
	Local   string `json:"local,omitempty"` // addresses, "" for none
	Peer    string `json:"peer,omitempty"`
	Host    string `json:"host,omitempty"` // of a lab, "" for the real network
	Listens bool   `json:"listens,omitempty"`
	Of      int    `json:"of,omitempty"` // the handle that accept or dup made it of
}

// Call is the begin of a call.
type Call struct {
	Verb string `json:"verb"`
	Text string `json:"text"`           // as it would be typed: "connect 2 127.0.0.1:2333"
	Asks bool   `json:"asks,omitempty"` // it changes nothing: pictures leave it out
}

// Return is the end of a call.
type Return struct {
	Call    int    `json:"call"` // the event of its begin
	Result  string `json:"result,omitempty"`
	Errno   string `json:"errno,omitempty"`   // "" where it went well, or where no errno says why
	Address string `json:"address,omitempty"` // that the error is about
	Error   string `json:"error,omitempty"`   // in words
	Bytes   int    `json:"bytes,omitempty"`   // that it moved
	Data    Bytes  `json:"data,omitempty"`    // what was received, where the texts above show but its begin
	Held    int    `json:"held,omitempty"`    // bytes that the handle has received and not given yet
}

// Bytes is data of any kind. Its JSON has it as a text in quotes, with Go's escapes.
type Bytes string

// MarshalText implements [encoding.TextMarshaler].
func (b Bytes) MarshalText() ([]byte, error) { return strconv.AppendQuote(nil, string(b)), nil }

// State tells that a socket's state has changed; see tcp(7).
type State struct {
	Before  string         `json:"before,omitempty"` // "" for one not seen yet
	After   string         `json:"after"`            // "gone" where the kernel keeps nothing of it
	Local   netip.AddrPort `json:"local"`
	Peer    netip.AddrPort `json:"peer"`
	Closed  bool           `json:"closed,omitempty"`  // no descriptor is left: the kernel keeps the connection alone
	Derived bool           `json:"derived,omitempty"` // concluded, not seen
}

// Queue tells that a queue has changed its length.
type Queue struct {
	Name   string         `json:"name"` // "completed", "incomplete": a listener's; "receive", "send": a connection's, in bytes
	Before int            `json:"before"`
	After  int            `json:"after"`
	Limit  int            `json:"limit,omitempty"` // the most that fit, 0 if that does not matter
	Local  netip.AddrPort `json:"local"`
	FIN    bool           `json:"fin,omitempty"` // the end of the stream is in it as well
}

// Counter tells that a counter of the kernel has moved; see linux/snmp.h.
type Counter struct {
	Name string `json:"name"`
	By   int64  `json:"by"`
	Host string `json:"host,omitempty"` // of a lab, "" for the real network
}

// Note is a remark about what happened.
type Note struct {
	Text string `json:"text"`
}

// Failure tells that the scenario that runs has failed.
type Failure struct {
	Text string `json:"text"`
}

// Kinds of the facts, as files name them.
func (Socket) Kind() string  { return "socket" }
func (Call) Kind() string    { return "call" }
func (Return) Kind() string  { return "return" }
func (State) Kind() string   { return "state" }
func (Queue) Kind() string   { return "queue" }
func (Counter) Kind() string { return "counter" }
func (Note) Kind() string    { return "note" }
func (Failure) Kind() string { return "failure" }

func (f Call) String() string { return f.Text }
func (f Note) String() string { return f.Text }

func (f Failure) String() string { return "FAILED: " + f.Text }

func (f Socket) String() string {
	text := f.Family + " " + f.Type
	if f.Host != "" {
		text = f.Host + " " + text
	}
	if f.Name != "" {
		text += " as " + f.Name
	}
	if f.Local != "" {
		text += " " + f.Local
	}
	if f.Peer != "" {
		text += " ↔ " + f.Peer
	}
	return text
}

func (f Return) String() string {
	if f.Error != "" {
		return "! " + f.Error
	}
	if f.Result == "" {
		return ""
	}
	return "= " + f.Result
}

func (f State) String() string {
	text := f.After
	if f.Before != "" {
		text = f.Before + " → " + f.After
	}
	if f.Derived {
		text += " (derived)"
	}
	return text
}

func (f Queue) String() string {
	switch f.Name {
	case "receive", "send":
		text := plural(f.After, "byte") + " to read"
		if f.Name == "send" {
			text = plural(f.After, "byte") + " not acknowledged"
		}
		if f.FIN {
			text += " + FIN"
		}
		return text
	}
	text := fmt.Sprintf("%s queue %d → %d", f.Name, f.Before, f.After)
	if f.Name == "incomplete" && f.After > f.Before {
		text += " (SYN_RCVD)" // the state of what is in it
	}
	if f.Limit > 0 {
		text += fmt.Sprintf(" of %d", f.Limit)
	}
	return text
}

// Tells reports whether a change is worth a line: not one of a queue that a program has
// emptied by reading.
func (f Queue) Tells() bool { return f.After > f.Before || f.Limit > 0 || f.Name == "incomplete" }

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func (f Counter) String() string {
	return strings.TrimSpace(fmt.Sprintf("%s %s +%d", f.Host, f.Name, f.By))
}
