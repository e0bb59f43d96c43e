package kernel

import (
	"slices"
	"time"

	"socksh/luabind/loop"
	"socksh/luabind/sock"
)

// handles describes the open handles, and the closed ones whose connections the kernel
// keeps.
func (v *View) handles(_ *loop.Task, tab *sock.Table, a *sock.Args) (sock.Result, error) {
	var rows, closed []sock.Value
	left := v.leftovers(tab)
	for _, h := range tab.Handles() {
		fields := tab.Describe(h)
		if e, ok := v.present(tab, h, left); ok {
			for i := range fields {
				if fields[i].Name == "state" {
					fields[i].Value = sock.Str(e.state)
				}
			}
			fields = append(fields, e.details().Any.([]sock.Field)...)
		}
		rows = append(rows, sock.Value{Type: sock.Record, Any: fields})
	}
	for _, h := range tab.Ended() {
		if e, ok := left.of(h); ok {
			closed = append(closed, sock.Value{Type: sock.Record, Any: e.remains(h)})
		}
	}
	return a.Give(sock.Value{Type: sock.List, Any: rows}, sock.Value{Type: sock.List, Any: closed}), nil
}

// remains are the fields of a closed handle's row.
func (e *entry) remains(h *sock.Handle) []sock.Field {
	family, sotype := h.KindNames()
	fields := []sock.Field{{Name: "handle", Value: sock.Num(h.N)}, {Name: "name", Value: sock.Str(h.Name)}, {Name: "closed", Value: sock.Flag(true)},
		{Name: "family", Value: sock.Str(family)}, {Name: "type", Value: sock.Str(sotype)},
		{Name: "state", Value: sock.Str(e.state)}, {Name: "address", Value: sock.Str(e.local)}, {Name: "peer", Value: sock.Str(e.peer)}}
	if h.Host != nil {
		fields = append(fields, sock.Field{Name: "host", Value: sock.HostValue(h.Host)})
	}
	return append(fields, e.details().Any.([]sock.Field)...)
}

// showHandles aligns the rows of handles.
func showHandles(r sock.Result) string {
	rows := slices.Concat(r[0].Any.([]sock.Value), r[1].Any.([]sock.Value))
	if len(rows) == 0 {
		return "no handles"
	}
	table := make([][]string, len(rows))
	for i, row := range rows {
		number, descriptor := " "+row.Field("handle").String(), "closed"
		if row.Field("current").Num != 0 {
			number = "*" + row.Field("handle").String()
		}
		if fd := row.Field("fd"); fd.Type != sock.Nil {
			descriptor = "fd " + fd.String()
		}
		table[i] = []string{number, row.Field("name").Str, row.Field("family").Str + " " + row.Field("type").Str, row.Field("state").Str,
			row.Field("host").String(), row.Field("address").String(), row.Field("peer").String(), row.Field("ready").Str, descriptor}
		table[i] = append(table[i], remarks(row)...)
	}
	return sock.Columns(table)
}

// roughly returns a time as people say it.
func roughly(v sock.Value) string {
	d := time.Duration(v.Num * float64(time.Second))
	switch {
	case d >= 10*time.Second:
		d = d.Round(time.Second)
	case d >= time.Second:
		d = d.Round(time.Second / 10)
	default:
		d = d.Round(time.Millisecond)
	}
	return d.String()
}

// remarks are what there is beyond the columns that each row has.
func remarks(row sock.Value) []string {
	var all []string
	count := func(name, text string) {
		if n := row.Field(name); n.Num > 0 {
			all = append(all, n.String()+text)
		}
	}
	if backlog := row.Field("backlog"); backlog.Type != sock.Nil {
		if n := row.Field("queued"); n.Num > 0 {
			all = append(all, n.String()+" of "+sock.Num(int(backlog.Num)+1).String()+" waiting")
		}
	}
	count("recv", " bytes to read")
	count("send", " bytes not acknowledged")
	if fin := row.Field("fin").Str; fin != "" {
		all = append(all, "FIN "+fin)
	}
	if timer := row.Field("timer").Str; timer != "" {
		all = append(all, timer+" in "+roughly(row.Field("expires")))
	}
	count("repeats", " repeated")
	count("buffered", " bytes held")
	if busy := row.Field("busy").Str; busy != "" {
		all = append(all, busy)
	}
	return all
}
