package journal

// Each fact says which of its texts a person or a peer has chosen: f stands in their
// place. What cannot be a text any more is left out: bytes of a segment, values.

func (s Socket) Redacted(f func(string) string) Fact {
	s.Name, s.Local, s.Peer = f(s.Name), f(s.Local), f(s.Peer)
	return s
}

func (c Call) Redacted(f func(string) string) Fact {
	c.Text = f(c.Text)
	return c
}

func (r Return) Redacted(f func(string) string) Fact {
	r.Result, r.Address, r.Error, r.Data = f(r.Result), f(r.Address), f(r.Error), Bytes(f(string(r.Data)))
	return r
}

func (n Note) Redacted(f func(string) string) Fact {
	n.Text = f(n.Text)
	return n
}

func (f Failure) Redacted(hide func(string) string) Fact {
	f.Text = hide(f.Text)
	return f
}

func (i Input) Redacted(f func(string) string) Fact {
	i.Text = f(i.Text)
	return i
}

func (o Output) Redacted(f func(string) string) Fact {
	o.Shown, o.Partial, o.Values = f(o.Shown), f(o.Partial), nil
	if o.Socket != nil {
		known := o.Socket.Redacted(f).(Socket)
		o.Socket = &known
	}
	return o
}

func (s Segment) Redacted(func(string) string) Fact {
	s.Data, s.Frame = "", nil
	return s
}

func (s State) Redacted(func(string) string) Fact   { return s }
func (q Queue) Redacted(func(string) string) Fact   { return q }
func (c Counter) Redacted(func(string) string) Fact { return c }
func (j Job) Redacted(func(string) string) Fact     { return j }
