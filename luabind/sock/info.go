package sock

import (
	"strings"

	"socksh/luabind/loop"
)

// infoVerb is TCP_INFO for people.
func infoVerb() Verb {
	return Verb{Name: "info", Asks: true, Records: RecordCall, Gives: "the fields of TCP_INFO, and the congestion control by name",
		Summary: "tell how a TCP connection is doing",
		Details: "What getsockopt TCP_INFO tells, with units, by what it is about. A segment counts as in flight until it is acknowledged; of bytes acknowledged the SYN is one. In Lua all fields come by name: times are seconds.",
		Params:  []Param{{Name: "socket", Kind: HandleKind, Fits: (*Handle).Stream}},
		Errors:  []Cause{{"EOPNOTSUPP", "the socket is not TCP's"}},
		Example: "info 2", See: "tcp(7), linux/tcp.h", Show: showInfo, Run: doInfo}
}

func doInfo(_ *loop.Task, t *Table, a *Args) (Result, error) {
	h := a.Handle(0)
	var fields []Field
	for _, name := range []string{"TCP_INFO", "TCP_CONGESTION"} {
		o, err := t.option(name)
		if err != nil {
			return nil, misuse("only Linux tells this")
		}
		v, err := t.getOption(h, o)
		if err != nil {
			return nil, err
		}
		if v.Type == Record {
			fields = v.Any.([]Field)
		} else {
			fields = append(fields, Field{"congestion", v})
		}
	}
	return a.Give(Value{Type: Record, Any: fields}), nil
}

// infoRows are what info shows: a title, and texts in which {name} is a field.
var infoRows = [][2]string{
	{"state", "{state}, congestion control {congestion} ({ca_state}), options {options}"},
	{"listener", "{queued} waiting, backlog {backlog}"},
	{"round trip", "{rtt}, give or take {rttvar}; least {min_rtt}; a segment is sent again after {rto}"},
	{"windows", "congestion {snd_cwnd} segments of {snd_mss} bytes; the peer's {snd_wnd} bytes, own {rcv_wnd} bytes"},
	{"in flight", "{unacked} segments, {sacked} of them acknowledged out of order, {lost} taken for lost; {notsent_bytes} bytes not sent yet"},
	{"sent", "{bytes_sent} bytes in {data_segs_out} segments, of {segs_out} in all; {bytes_acked} acknowledged; {bytes_retrans} sent again"},
	{"received", "{bytes_received} bytes in {data_segs_in} segments, of {segs_in} in all"},
	{"last", "sent data {last_data_sent} ago, received data {last_data_recv} ago, an ACK {last_ack_recv} ago"},
	{"held up", "busy {busy_time}; by the peer's window {rwnd_limited}, by the send buffer {sndbuf_limited}"},
	{"trouble", "{retransmits} timeouts in a row, {total_retrans} segments sent again, {probes} probes without an answer"},
}

func showInfo(r Result) string {
	fields := make(map[string]string)
	for _, f := range r[0].Any.([]Field) {
		fields["{"+f.Name+"}"] = f.Value.String()
	}
	var rows [][]string
	for _, row := range infoRows {
		text, whole := row[1], true
		for strings.Contains(text, "{") && whole {
			i := strings.IndexByte(text, '{')
			name := text[i : i+strings.IndexByte(text[i:], '}')+1]
			var value string
			if value, whole = fields[name]; whole {
				text = strings.Replace(text, name, value, 1)
			}
		}
		if whole {
			rows = append(rows, []string{row[0], text})
		}
	}
	if rows[0][0] != infoRows[0][0] { // a listener has no more of that row
		rows = append([][]string{{"state", fields["{state}"]}}, rows...)
	}
	return Columns(rows)
}
