package sock

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"socksh/luabind/journal"
	"socksh/luabind/loop"
)

// tellMost is how many bytes of data, or of a result, a journal shows of a call.
const tellMost = 60

// keepMost is how many received bytes it keeps of a call.
const keepMost = 2048

// told makes the call, and tells the journal of its begin, its end and the handles
// that it made or changed.
func (c *Call) told(t *loop.Task, j *journal.Journal) (Result, error) {
	tab, before, about := c.table, c.table.last, c.Handle()
	n := 0
	if about != nil {
		n = about.N
	}
	begin := j.Begin(t, n, journal.Call{Verb: c.verb.Name, Text: c.text, Asks: c.verb.Asks})
	out, err := c.verb.Run(t, tab, &c.args)
	if err != nil {
		err = c.shape(err)
	}
	for h := before + 1; h <= tab.last; h++ {
		if made := tab.open[h]; made != nil {
			tab.tellSocket(t, made, n)
		}
	}
	if about != nil && !about.closed {
		tab.tellSocket(t, about, 0)
	}
	r := c.outcome(out, err)
	if about != nil {
		r.Held = about.Buffered()
	}
	j.End(t, begin, n, r)
	return out, err
}

// outcome is the end of a call as an event.
func (c *Call) outcome(out Result, err error) journal.Return {
	r := journal.Return{Result: tellShort(out.String())}
	if err != nil {
		r.Result, r.Error = "", err.Error()
		if e, ok := err.(*Error); ok {
			r.Error, r.Errno, r.Address, r.Bytes, r.Data = e.Cause(), e.Errno(), e.Address, e.Sent+len(e.Partial), kept(e.Partial)
		}
		return r
	}
	if len(out) == 0 {
		return r
	}
	switch v := out[0]; v.Type {
	case Bytes, Scratch:
		r.Bytes, r.Data = len(v.Str), kept(v.Str)
		if len(out) == 1 {
			r.Result = tellData(v.Str)
		}
	case Number:
		if c.moves() {
			r.Bytes = int(v.Num)
		}
	}
	return r
}

// kept returns the begin of received data, "" where so little is shown whole.
func kept(data string) journal.Bytes {
	if len(data) <= tellMost {
		return ""
	}
	return journal.Bytes(strings.Clone(data[:min(len(data), keepMost)]))
}

// moves reports whether a number that the verb gives counts bytes.
func (c *Call) moves() bool {
	for _, p := range c.verb.Params {
		if p.Kind == BytesKind || p.Kind == RoomKind {
			return true
		}
	}
	return false
}

// tellSocket tells what h is, if that is not known yet; a new one was made of handle n,
// if that is not 0.
func (t *Table) tellSocket(task *loop.Task, h *Handle, n int) {
	f := t.Fact(h)
	if t.sockets == nil {
		t.sockets = make(map[*Handle]journal.Socket)
	}
	if t.sockets[h] != f {
		t.sockets[h] = f
		f.Of = n
		t.Journal.Add(task, h.N, f)
	}
}

// Fact returns what is known of h now, as the journal tells it.
func (t *Table) Fact(h *Handle) journal.Socket {
	f := journal.Socket{FD: h.FD, Name: h.Name, Host: HostName(h.Host), Listens: h.listening}
	f.Family, f.Type = h.KindNames()
	if h.closed {
		return f
	}
	if sysName(h.FD, false, &t.raw) == nil {
		f.Local = t.raw.decode().text().String()
	}
	if sysName(h.FD, true, &t.raw) == nil {
		f.Peer = t.raw.decode().text().String()
	}
	return f
}

// typed returns the call as a command, the arguments as they were given.
func (c *Call) typed() string {
	var b strings.Builder
	b.WriteString(c.verb.Name)
	for i := range c.placed {
		b.WriteString(" " + c.word(i, c.args.values[i]))
	}
	for i, v := range c.in {
		b.WriteString(" " + c.word(c.placed+i, v))
	}
	for _, f := range c.named {
		b.WriteString(" --" + f.Name + " " + c.word(-1, f.Value))
	}
	return b.String()
}

// word returns v, which is the argument of parameter i, as a person would type it.
func (c *Call) word(i int, v Value) string {
	data := v.Type == Bytes || v.Type == Scratch
	if v.Type == Text && i >= 0 {
		k := min(i, len(c.verb.Params)-1)
		data = k >= 0 && c.verb.Params[k].Kind == BytesKind
	}
	switch {
	case data:
		return tellData(v.Str)
	case v.Type == Text && !plainWord(v.Str):
		return tellData(v.Str)
	}
	return tellShort(v.String())
}

func tellData(data string) string {
	if len(data) <= tellMost {
		return Quote(data)
	}
	return Quote(upTo(data, tellMost)) + "... (" + strconv.Itoa(len(data)) + " bytes)"
}

func tellShort(text string) string {
	if len(text) <= 2*tellMost {
		return text
	}
	return fmt.Sprintf("%s... (%d characters)", upTo(text, tellMost), utf8.RuneCountInString(text))
}

// upTo returns the first n bytes of s, or a few less where a character would be cut.
func upTo(s string, n int) string {
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// plainWord reports whether a command's line takes s as one word as it is.
func plainWord(s string) bool {
	for _, r := range s {
		if r <= ' ' || r > '~' || strings.ContainsRune("\"'$&#`;\\", r) {
			return false
		}
	}
	return s != ""
}
