package sock

import (
	"time"

	"golang.org/x/sys/unix"
)

// systemOptions are the options that Linux has beyond the common ones.
func systemOptions() []option {
	return []option{
		{"SO_ACCEPTCONN", unix.SOL_SOCKET, unix.SO_ACCEPTCONN, aBool, true, "whether listen was called"},
		{"SO_DOMAIN", unix.SOL_SOCKET, unix.SO_DOMAIN, aFamily, true, "the address family"},
		{"SO_PROTOCOL", unix.SOL_SOCKET, unix.SO_PROTOCOL, anInt, true, "the protocol's number"},
		{"SO_PRIORITY", unix.SOL_SOCKET, unix.SO_PRIORITY, anInt, false, "priority of outgoing packets"},
		{"SO_MARK", unix.SOL_SOCKET, unix.SO_MARK, anInt, false, "mark of outgoing packets, for routing and filters"},
		{"SO_BINDTODEVICE", unix.SOL_SOCKET, unix.SO_BINDTODEVICE, aString, false, "use one interface only"},
		{"TCP_CORK", unix.IPPROTO_TCP, unix.TCP_CORK, aBool, false, "send full segments only"},
		{"TCP_QUICKACK", unix.IPPROTO_TCP, unix.TCP_QUICKACK, aBool, false, "acknowledge at once, for now"},
		{"TCP_DEFER_ACCEPT", unix.IPPROTO_TCP, unix.TCP_DEFER_ACCEPT, anInt, false, "accept only once data has come; seconds"},
		{"TCP_KEEPIDLE", unix.IPPROTO_TCP, unix.TCP_KEEPIDLE, anInt, false, "seconds without data before the first probe"},
		{"TCP_KEEPINTVL", unix.IPPROTO_TCP, unix.TCP_KEEPINTVL, anInt, false, "seconds between probes"},
		{"TCP_KEEPCNT", unix.IPPROTO_TCP, unix.TCP_KEEPCNT, anInt, false, "probes before the connection is given up"},
		{"TCP_LINGER2", unix.IPPROTO_TCP, unix.TCP_LINGER2, anInt, false, "seconds in FIN_WAIT2 after close"},
		{"TCP_SYNCNT", unix.IPPROTO_TCP, unix.TCP_SYNCNT, anInt, false, "SYN segments before connect gives up"},
		{"TCP_USER_TIMEOUT", unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, anInt, false, "milliseconds that sent data may stay unacknowledged"},
		{"TCP_WINDOW_CLAMP", unix.IPPROTO_TCP, unix.TCP_WINDOW_CLAMP, anInt, false, "largest window to advertise, in bytes"},
		{"TCP_CONGESTION", unix.IPPROTO_TCP, unix.TCP_CONGESTION, aString, false, "the congestion control algorithm"},
		{"TCP_FASTOPEN", unix.IPPROTO_TCP, unix.TCP_FASTOPEN, anInt, false, "length of the queue of fast opens"},
		{"TCP_INFO", unix.IPPROTO_TCP, unix.TCP_INFO, aTCPInfo, true, "state, timers, windows and queues of a TCP socket"},
	}
}

// tcpInfo decodes struct tcp_info, linux/include/uapi/linux/tcp.h. Of a listener
// the kernel reports its queue of completed connections in unacked, and that
// queue's limit in sacked.
func tcpInfo(fd int) (Value, error) {
	i, err := unix.GetsockoptTCPInfo(fd, unix.IPPROTO_TCP, unix.TCP_INFO)
	if err != nil {
		return Value{}, err
	}
	state := TCPState(int(i.State))
	fields := []Field{{"state", Str(state)}}
	if state == "LISTEN" {
		fields = append(fields, Field{"queued", Num(int(i.Unacked))}, Field{"backlog", Num(int(i.Sacked))})
		return Value{Type: Record, Any: fields}, nil
	}
	micro := func(us uint32) Value {
		d := time.Duration(us) * time.Microsecond
		return Value{Type: Number, Num: d.Seconds(), Str: d.String()}
	}
	fields = append(fields,
		Field{"rtt", micro(i.Rtt)}, Field{"rttvar", micro(i.Rttvar)}, Field{"rto", micro(i.Rto)},
		Field{"snd_mss", Num(int(i.Snd_mss))}, Field{"rcv_mss", Num(int(i.Rcv_mss))},
		Field{"snd_cwnd", Num(int(i.Snd_cwnd))}, Field{"snd_ssthresh", Num(int(i.Snd_ssthresh))},
		Field{"unacked", Num(int(i.Unacked))}, Field{"sacked", Num(int(i.Sacked))},
		Field{"lost", Num(int(i.Lost))}, Field{"retrans", Num(int(i.Retrans))}, Field{"total_retrans", Num(int(i.Total_retrans))},
		Field{"bytes_acked", Num(int(i.Bytes_acked))}, Field{"bytes_received", Num(int(i.Bytes_received))},
		Field{"notsent_bytes", Num(int(i.Notsent_bytes))})
	return Value{Type: Record, Any: fields}, nil
}

// stateOf returns the name of the TCP state of fd, "" for other sockets.
func stateOf(fd int) string {
	i, err := unix.GetsockoptTCPInfo(fd, unix.IPPROTO_TCP, unix.TCP_INFO)
	if err != nil || int(i.State) >= len(tcpStates) {
		return ""
	}
	return tcpStates[i.State]
}
