package sock

import (
	"fmt"
	"strconv"

	"socksh/luabind/loop"
)

// A Call is one use of a verb, on its way from a front end to the kernel. A
// front end takes one with [Table.Begin], fills it, runs it and ends it.
type Call struct {
	table  *Table
	verb   *Verb
	placed int // parameters whose argument is in args already
	in     []Value
	named  []Field
	args   Args
	bound  bool
	text   string // as typed, for the journal
}

// Begin returns a call of v.
func (t *Table) Begin(v *Verb) *Call {
	var c *Call
	if n := len(t.calls); n > 0 {
		c = t.calls[n-1]
		t.calls = t.calls[:n-1]
	} else {
		c = &Call{table: t}
	}
	c.verb = v
	return c
}

// End gives c back. Its result is not valid any more.
func (c *Call) End() {
	clear(c.in)
	clear(c.named)
	c.in, c.named = c.in[:0], c.named[:0]
	c.args.reset(len(c.verb.Params))
	c.placed, c.bound = 0, false
	c.table.calls = append(c.table.calls, c)
}

// Add adds a positional argument.
func (c *Call) Add(v Value) { c.in = append(c.in, v) }

// AddHandle, AddNumber and AddText are Add for values that most often are just
// what their parameter takes: then they go to their place at once.
func (c *Call) AddHandle(h *Handle) {
	if p := c.next(); p != nil && p.Kind == HandleKind && (!h.closed || p.Ever) {
		c.place(AHandle).Any = h
		return
	}
	c.Add(handleValue(h))
}

// AddNumber adds a number; see AddHandle.
func (c *Call) AddNumber(n float64) {
	if p := c.next(); p != nil && (p.Kind == IntKind || p.Kind == RoomKind) {
		if _, ok := p.Count(n); ok {
			c.place(Number).Num = n
			return
		}
	}
	c.Add(Value{Type: Number, Num: n})
}

// AddText adds a text; see AddHandle.
func (c *Call) AddText(s string) {
	if p := c.next(); p != nil && p.Kind == BytesKind {
		c.place(Text).Str = s
		return
	}
	c.Add(Str(s))
}

// next returns the parameter that a next argument belongs to, or nil when that
// is not certain yet.
func (c *Call) next() *Param {
	if len(c.in) > 0 || c.placed == len(c.verb.Params) || c.verb.Params[c.placed].Rest {
		return nil
	}
	return &c.verb.Params[c.placed]
}

// place returns where the argument of the next parameter goes.
func (c *Call) place(t Type) *Value {
	v := &c.args.values[c.placed]
	v.Type = t
	c.placed++
	return v
}

// Set adds an argument by its parameter's name, or "timeout".
func (c *Call) Set(name string, v Value) { c.named = append(c.named, Field{name, v}) }

// Run makes the call and returns its result, a *[UsageError] or an *[Error].
func (c *Call) Run(t *loop.Task) (Result, error) {
	if !c.bound {
		if err := c.Bind(); err != nil {
			return nil, err
		}
	}
	if j := c.table.Journal; j != nil && !c.verb.Shell {
		return c.told(t, j)
	}
	out, err := c.verb.Run(t, c.table, &c.args)
	if err != nil {
		return nil, c.shape(err)
	}
	return out, nil
}

// Handle returns the handle that the call is about, or nil.
func (c *Call) Handle() *Handle {
	if len(c.verb.Params) > 0 && c.verb.Params[0].Kind == HandleKind {
		h, _ := c.args.values[0].Any.(*Handle)
		return h
	}
	return nil
}

// Failed gives an error of the verb's RunData or RunCount, which was called for h, the
// shape that Run gives it.
func (t *Table) Failed(v *Verb, h *Handle, err error) error {
	c := t.Begin(v)
	defer c.End()
	c.args.values[0] = handleValue(h)
	return c.shape(err)
}

func (c *Call) shape(err error) error {
	switch e := err.(type) {
	case *UsageError:
		return e
	case misuse:
		return &UsageError{Verb: c.verb, Why: string(e)}
	case *Error:
		return e
	}
	e := &Error{Op: c.verb.Name, Err: err}
	if h := c.Handle(); h != nil {
		e.Handle = h.N
	}
	for i := range c.verb.Params {
		if e.Errno() != "" && c.verb.Params[i].Kind == FileKind && c.args.Text(i) != "" {
			e.Address = c.args.Text(i)
		}
		switch x := c.args.values[i].Any.(type) {
		case *Handle:
			if i > 0 {
				e.Address = strconv.Itoa(x.N)
			}
		case *Addr:
			e.Address = x.String()
		case *option:
			e.Address = x.name
		case *Job:
			e.Address = x.Name()
		}
	}
	if p, ok := err.(*partialError); ok {
		e.Partial, e.Sent, e.Err = p.partial, p.sent, p.err
	}
	return e
}

// misuse is a verb's own objection to its arguments.
type misuse string

func (m misuse) Error() string { return string(m) }

// Misuse returns a verb's own objection to its arguments.
func Misuse(text string) error { return misuse(text) }

func (c *Call) usage(format string, args ...any) error {
	return &UsageError{Verb: c.verb, Why: fmt.Sprintf(format, args...)}
}

// Bind converts what was given to the verb's parameters. Run does so too, where
// it was not done before.
func (c *Call) Bind() error {
	c.bound = true
	if c.table.Journal != nil {
		c.text = c.typed()
	}
	a, in := &c.args, c.in
	for i := c.placed; i < len(c.verb.Params); i++ {
		p := &c.verb.Params[i]
		if p.Rest {
			for _, v := range in {
				if err := c.spread(p, v); err != nil {
					return err
				}
			}
			if len(a.rest) == 0 && !p.Optional {
				return &UsageError{Verb: c.verb, Why: p.Name + " is missing", Missing: p}
			}
			in = nil
			continue
		}
		var v Value
		switch {
		case len(in) > 0 && !(in[0].Type == Nil && p.Optional):
			v = in[0]
			if p.Kind == AddressKind && len(in) > 1 && portFollows(v, in[1]) {
				v = Str(JoinPort(v.Str, in[1].String()))
				in = in[1:]
			}
			in = in[1:]
		default:
			if len(in) > 0 {
				in = in[1:]
			}
			named, given := c.takeNamed(p.Name)
			switch {
			case given:
				v = named
			case p.Kind == HandleKind && !p.Optional && i == 0 && len(c.in) == 0 && c.table.Current != nil:
				v = handleValue(c.table.Current)
			case p.Optional && p.Default.Type == Nil:
				continue
			case p.Optional && p.Kind == IntKind:
				a.values[i] = p.Default
				continue
			case p.Optional:
				v = p.Default
			default:
				return &UsageError{Verb: c.verb, Why: p.Name + " is missing", Missing: p}
			}
		}
		conv, err := c.convert(p, v)
		if err != nil {
			return c.usage("%v", err)
		}
		a.values[i] = conv
	}
	if len(in) > 0 {
		return c.usage("%s is one argument too many", in[0].word())
	}
	if v, given := c.takeNamed("timeout"); given && c.verb.Waits {
		d, err := Duration(v)
		if err != nil {
			return c.usage("timeout: %v", err)
		}
		a.limited, a.timeout = true, d
	} else if given {
		return c.usage("it never waits, so it takes no timeout")
	}
	if len(c.named) > 0 {
		if last := len(c.verb.Params) - 1; last >= 0 && c.verb.Params[last].Kind == ControlKind {
			return c.bindControl(last)
		}
		return c.usage("no parameter is called %s", Quote(c.named[0].Name))
	}
	return nil
}

func (c *Call) spread(p *Param, v Value) error {
	if v.Type == List {
		for _, e := range v.Any.([]Value) {
			if err := c.spread(p, e); err != nil {
				return err
			}
		}
		return nil
	}
	conv, err := c.convert(p, v)
	if err != nil {
		return c.usage("%v", err)
	}
	c.args.rest = append(c.args.rest, conv)
	return nil
}

func (c *Call) takeNamed(name string) (Value, bool) {
	for i, f := range c.named {
		if f.Name == name {
			c.named = append(c.named[:i], c.named[i+1:]...)
			return f.Value, true
		}
	}
	return Value{}, false
}
