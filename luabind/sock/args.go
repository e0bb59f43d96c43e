package sock

import "time"

const maxParams = 6

// Args are a verb's arguments, converted, one per parameter.
type Args struct {
	values   [maxParams]Value
	rest     []Value
	limited  bool // has a timeout
	timeout  time.Duration
	deadline time.Time // of the timeout, once the call has had to wait
	out      []Value
	into     Buffer // what is received into, nil for the scratch buffer
	filled   int    // bytes of it that have come before
}

// reset forgets the arguments of the first n parameters, and the result.
func (a *Args) reset(n int) {
	for i := range n {
		a.values[i] = Value{}
	}
	clear(a.rest)
	clear(a.out)
	a.rest, a.out = a.rest[:0], a.out[:0]
	if a.into != nil {
		a.into, a.filled = nil, 0
	}
	if a.limited {
		a.limited, a.deadline = false, time.Time{}
	}
}

// Deadline returns when the call's timeout ends, the zero time if it has none.
// The clock starts at the first call of Deadline, when there is need to wait.
func (a *Args) Deadline() time.Time {
	if a.limited && a.deadline.IsZero() {
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
