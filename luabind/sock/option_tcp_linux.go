package sock

import "golang.org/x/sys/unix"

// Constants of linux/tcp.h that unix lacks.
const (
	tcpIsMPTCP   = 43
	tcpRTOMax    = 44
	tcpRTOMin    = 45
	tcpDelackMax = 46
)

var (
	aRepair = &form{room: 4, prefix: "tcp_repair_", encode: encodeName, decode: decodeName, names: []named{
		{"off", unix.TCP_REPAIR_OFF}, {"on", unix.TCP_REPAIR_ON}, {"off_no_wp", unix.TCP_REPAIR_OFF_NO_WP}}}
	aRepairQueue = &form{room: 4, prefix: "tcp_", encode: encodeName, decode: decodeName, names: []named{{"no_queue", 0}, {"recv_queue", 1}, {"send_queue", 2}}}
)

// tcpSocketOptions are the options of IPPROTO_TCP; tcp(7), linux/tcp.h.
func tcpSocketOptions() []option {
	const level = unix.IPPROTO_TCP
	return []option{
		{"TCP_INFO", level, unix.TCP_INFO, aTCPInfo, ro, "state, timers, windows and counters of a TCP socket"},
		{"TCP_CORK", level, unix.TCP_CORK, aBool, rw, "send full segments only"},
		{"TCP_QUICKACK", level, unix.TCP_QUICKACK, aBool, rw, "acknowledge at once, for now"},
		{"TCP_KEEPIDLE", level, unix.TCP_KEEPIDLE, inSeconds, rw, "time without data before the first probe"},
		{"TCP_USER_TIMEOUT", level, unix.TCP_USER_TIMEOUT, inMillis, rw, "how long sent data may stay unacknowledged; 0 is the system's rule"},
		{"TCP_SYNCNT", level, unix.TCP_SYNCNT, anInt, rw, "SYN segments before connect gives up"},
		{"TCP_LINGER2", level, unix.TCP_LINGER2, inSeconds, rw, "time in FIN_WAIT2 after close; -1 for none"},
		{"TCP_DEFER_ACCEPT", level, unix.TCP_DEFER_ACCEPT, inSeconds, rw, "accept only once data has come; rounded to times of retransmission"},
		{"TCP_WINDOW_CLAMP", level, unix.TCP_WINDOW_CLAMP, aSize, rw, "largest window to advertise"},
		{"TCP_NOTSENT_LOWAT", level, unix.TCP_NOTSENT_LOWAT, aWord, rw, "writable while fewer bytes wait to be sent"},
		{"TCP_CONGESTION", level, unix.TCP_CONGESTION, aText, rw, "the congestion control algorithm"},
		{"TCP_CC_INFO", level, unix.TCP_CC_INFO, aControl, ro, "what that algorithm tells of itself"},
		{"TCP_ULP", level, unix.TCP_ULP, aText, rw, "a protocol between TCP and the program, such as tls"},
		{"TCP_FASTOPEN", level, unix.TCP_FASTOPEN, anInt, rw, "of a listener: most connections opened by data in the SYN and not accepted yet"},
		{"TCP_FASTOPEN_CONNECT", level, unix.TCP_FASTOPEN_CONNECT, aBool, rw, "connect waits for the first send, and its data goes with the SYN"},
		{"TCP_FASTOPEN_KEY", level, unix.TCP_FASTOPEN_KEY, someData, rw, "the keys of cookies: 16 or 32 bytes"},
		{"TCP_FASTOPEN_NO_COOKIE", level, unix.TCP_FASTOPEN_NO_COOKIE, aBool, rw, "fast open without cookies"},
		{"TCP_SAVE_SYN", level, unix.TCP_SAVE_SYN, anInt, rw, "of a listener: keep the headers of SYNs, 2 with the link's"},
		{"TCP_SAVED_SYN", level, unix.TCP_SAVED_SYN, someData, once, "the headers of the SYN of an accepted connection; reading forgets them"},
		{"TCP_INQ", level, unix.TCP_INQ, aBool, rw, "recvmsg tells how many bytes are left"},
		{"TCP_TX_DELAY", level, unix.TCP_TX_DELAY, inMicros, rw, "delay of outgoing packets; needs the fq queue"},
		{"TCP_TIMESTAMP", level, unix.TCP_TIMESTAMP, aWord, rw, "the clock of TCP timestamps; set in repair only"},
		{"TCP_THIN_LINEAR_TIMEOUTS", level, unix.TCP_THIN_LINEAR_TIMEOUTS, aBool, rw, "a connection with little in flight does not double its timeouts"},
		{"TCP_THIN_DUPACK", level, unix.TCP_THIN_DUPACK, aBool, rw, "does nothing since Linux 4.11"},
		{"TCP_REPAIR", level, unix.TCP_REPAIR, aRepair, rw, "take or give a connection's inner state; takes a privilege"},
		{"TCP_REPAIR_QUEUE", level, unix.TCP_REPAIR_QUEUE, aRepairQueue, rw, "the queue that calls in repair mean"},
		{"TCP_QUEUE_SEQ", level, unix.TCP_QUEUE_SEQ, aWord, rw, "the sequence number of that queue's end"},
		{"TCP_REPAIR_OPTIONS", level, unix.TCP_REPAIR_OPTIONS, someData, wo, "what the ends agreed on: struct tcp_repair_opt, linux/tcp.h"},
		{"TCP_REPAIR_WINDOW", level, unix.TCP_REPAIR_WINDOW, aRepairWindow, rw, "the windows: struct tcp_repair_window, linux/tcp.h"},
		{"TCP_MD5SIG", level, unix.TCP_MD5SIG, aSecret, wo, "sign segments from and to a peer, RFC 2385"},
		{"TCP_MD5SIG_EXT", level, unix.TCP_MD5SIG_EXT, aSecret, wo, "the same for a network of peers"},
		{"TCP_IS_MPTCP", level, tcpIsMPTCP, aBool, ro, "whether MPTCP is in use (since Linux 5.16)"},
		{"TCP_RTO_MAX_MS", level, tcpRTOMax, inMillis, rw, "the longest retransmission timeout (since Linux 6.15)"},
		{"TCP_RTO_MIN_US", level, tcpRTOMin, inMicros, rw, "the shortest retransmission timeout (since Linux 6.17)"},
		{"TCP_DELACK_MAX_US", level, tcpDelackMax, inMicros, rw, "the longest delay of an acknowledgement (since Linux 6.17)"},
	}
}
