package sock

import "golang.org/x/sys/unix"

// aTCPInfo is struct tcp_info, linux/tcp.h. Times are seconds, sizes bytes, windows
// of congestion segments.
var aTCPInfo = &form{room: unix.SizeofTCPInfo, decode: decodeTCPInfo, parts: []part{
	{"state", 8, stateName}, {"ca_state", 8, controlState}, {"retransmits", 8, nil}, {"probes", 8, nil}, {"backoff", 8, nil}, {"options", 8, tcpOptions},
	{"snd_wscale", 4, nil}, {"rcv_wscale", 4, nil}, {"delivery_rate_app_limited", 1, onOff}, {"fastopen_client_fail", 2, nil}, {"", 5, nil},
	{"rto", 32, micros}, {"ato", 32, micros}, {"snd_mss", 32, nil}, {"rcv_mss", 32, nil},
	{"unacked", 32, nil}, {"sacked", 32, nil}, {"lost", 32, nil}, {"retrans", 32, nil}, {"fackets", 32, nil},
	{"last_data_sent", 32, millis}, {"last_ack_sent", 32, millis}, {"last_data_recv", 32, millis}, {"last_ack_recv", 32, millis},
	{"pmtu", 32, nil}, {"rcv_ssthresh", 32, nil}, {"rtt", 32, micros}, {"rttvar", 32, micros}, {"snd_ssthresh", 32, nil}, {"snd_cwnd", 32, nil},
	{"advmss", 32, nil}, {"reordering", 32, nil}, {"rcv_rtt", 32, micros}, {"rcv_space", 32, nil}, {"total_retrans", 32, nil},
	{"pacing_rate", 64, nil}, {"max_pacing_rate", 64, nil}, {"bytes_acked", 64, nil}, {"bytes_received", 64, nil},
	{"segs_out", 32, nil}, {"segs_in", 32, nil}, {"notsent_bytes", 32, nil}, {"min_rtt", 32, minRTT}, {"data_segs_in", 32, nil}, {"data_segs_out", 32, nil},
	{"delivery_rate", 64, nil}, {"busy_time", 64, micros}, {"rwnd_limited", 64, micros}, {"sndbuf_limited", 64, micros},
	{"delivered", 32, nil}, {"delivered_ce", 32, nil}, {"bytes_sent", 64, nil}, {"bytes_retrans", 64, nil}, {"dsack_dups", 32, nil}, {"reord_seen", 32, nil},
	{"rcv_ooopack", 32, nil}, {"snd_wnd", 32, nil}, {"rcv_wnd", 32, nil}, {"rehash", 32, nil},
	{"total_rto", 16, nil}, {"total_rto_recoveries", 16, nil}, {"total_rto_time", 32, millis},
	{"received_ce", 32, nil}, {"delivered_e1_bytes", 32, nil}, {"delivered_e0_bytes", 32, nil}, {"delivered_ce_bytes", 32, nil},
	{"received_e1_bytes", 32, nil}, {"received_e0_bytes", 32, nil}, {"received_ce_bytes", 32, nil},
}}

func stateName(n uint64) Value { return Str(TCPState(int(n))) }

// controlState names enum tcp_ca_state, linux/tcp.h.
func controlState(n uint64) Value {
	states := [...]string{"open", "disorder", "cwr", "recovery", "loss"}
	if n >= uint64(len(states)) {
		return number64(n)
	}
	return Str(states[n])
}

// tcpOptions names the TCPI_OPT_ bits: what the two ends have agreed on.
func tcpOptions(n uint64) Value {
	if n == 0 {
		return Str("none")
	}
	return Str(showBits(int(n), []Bit{{"timestamps", 1}, {"sack", 2}, {"wscale", 4}, {"ecn", 8}, {"ecn_seen", 16}, {"syn_data", 32}, {"usec_ts", 64}, {"tfo_child", 128}}))
}

// minRTT is all ones until a round trip was measured.
func minRTT(n uint64) Value {
	if uint32(n) == 1<<32-1 {
		return Str("none")
	}
	return micros(n)
}

// decodeTCPInfo reads struct tcp_info. Of a listener the kernel reports its queue of
// completed connections in unacked, and that queue's limit in sacked.
func decodeTCPInfo(f *form, b []byte) Value {
	fields := fieldsOf(f.parts, b)
	if len(fields) == 0 || fields[0].Value.Str != "LISTEN" {
		return Value{Type: Record, Any: fields}
	}
	listener := fields[:1:1]
	for _, x := range fields {
		switch x.Name {
		case "unacked":
			listener = append(listener, Field{"queued", x.Value})
		case "sacked":
			listener = append(listener, Field{"backlog", x.Value})
		}
	}
	return Value{Type: Record, Any: listener}
}

// stateOf returns the name of the TCP state of fd, "" for other sockets.
func stateOf(fd int) string {
	i, err := unix.GetsockoptTCPInfo(fd, unix.IPPROTO_TCP, unix.TCP_INFO)
	if err != nil {
		return ""
	}
	return TCPState(int(i.State))
}
