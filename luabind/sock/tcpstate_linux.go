package sock

// tcpStates are the names of the numbers in linux/include/net/tcp_states.h. A
// request socket (12) and one that is only bound (13) are states of the kernel's
// own: what RFC 9293 calls them.
var tcpStates = []string{"?", "ESTABLISHED", "SYN_SENT", "SYN_RCVD", "FIN_WAIT1", "FIN_WAIT2", "TIME_WAIT",
	"CLOSE", "CLOSE_WAIT", "LAST_ACK", "LISTEN", "CLOSING", "SYN_RCVD", "CLOSE"}

// TCPState returns the name of a TCP state by the kernel's number, "?" if it has none.
func TCPState(n int) string {
	if n < 0 || n >= len(tcpStates) {
		return tcpStates[0]
	}
	return tcpStates[n]
}
