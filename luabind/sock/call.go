package sock

import (
	"fmt"
	"time"

	"socksh/luabind/loop"
)

const maxParams = 6

// A Call is one use of a verb, on its way from a front end to the kernel. A
// front end takes one with [Table.Begin], fills it, runs it and ends it.
type Call struct {
	table *Table
	verb  *Verb
	in    []Value
	named []Field
	args  Args
	bound bool
}

// Args are a verb's arguments, converted, one per parameter.
type Args struct {
	values   [maxParams]Value
	rest     []Value
	timeout  time.Duration // negative: none
	deadline time.Time     // of the timeout, once the call has had to wait
	out      []Value
	into     Buffer // what is received into, nil for the scratch buffer
	filled   int    // bytes of it that have come before
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
	clear(c.args.rest)
	clear(c.args.out)
	clear(c.args.values[:len(c.verb.Params)])
	c.bound, c.args.into, c.args.filled = false, nil, 0
	c.in, c.named, c.args.rest, c.args.out = c.in[:0], c.named[:0], c.args.rest[:0], c.args.out[:0]
	c.table.calls = append(c.table.calls, c)
}

// Add adds a positional argument.
func (c *Call) Add(v Value) { c.in = append(c.in, v) }

// Set adds an argument by its parameter's name, or "timeout".
func (c *Call) Set(name string, v Value) { c.named = append(c.named, Field{name, v}) }

// Run makes the call and returns its result, a *[UsageError] or an *[Error].
func (c *Call) Run(t *loop.Task) (Result, error) {
	if !c.bound {
		if err := c.Bind(); err != nil {
			return nil, err
		}
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
		switch x := c.args.values[i].Any.(type) {
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

func (c *Call) usage(format string, args ...any) error {
	return &UsageError{Verb: c.verb, Why: fmt.Sprintf(format, args...)}
}

// Bind converts what was given to the verb's parameters. Run does so too, where
// it was not done before.
func (c *Call) Bind() error {
	c.bound = true
	a := &c.args
	a.timeout, a.deadline = -1, time.Time{}
	in := c.in
	for i := range c.verb.Params {
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
				v = Str(v.Str + ":" + in[1].String())
				if isIPv6(in[0].Str) {
					v = Str("[" + in[0].Str + "]:" + in[1].String())
				}
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
		a.timeout = d
	} else if given {
		return c.usage("it never waits, so it takes no timeout")
	}
	if len(c.named) > 0 {
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

// Deadline returns when the call's timeout ends, the zero time if it has none.
// The clock starts at the first call of Deadline, when there is need to wait.
func (a *Args) Deadline() time.Time {
	if a.timeout >= 0 && a.deadline.IsZero() {
		a.deadline = time.Now().Add(a.timeout)
	}
	return a.deadline
}

// Handle, Int, Text and Addr return the argument of parameter i.
func (a *Args) Handle(i int) *Handle { return a.values[i].Any.(*Handle) }
func (a *Args) Int(i int) int        { return int(a.values[i].Num) }
func (a *Args) Text(i int) string    { return a.values[i].Str }
func (a *Args) Addr(i int) *Addr     { x, _ := a.values[i].Any.(*Addr); return x }

// Value returns the argument of parameter i; its Type is Nil if it was left out.
func (a *Args) Value(i int) Value { return a.values[i] }

// Rest returns the arguments of the parameter that takes all that are left.
func (a *Args) Rest() []Value { return a.rest }

// Give returns a result that lives as long as the call.
func (a *Args) Give(v ...Value) Result {
	a.out = append(a.out[:0], v...)
	return a.out
}
