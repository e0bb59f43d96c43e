package sock

import "golang.org/x/sys/unix"

// commonOptions are the options of every system.
func commonOptions() []option {
	return []option{
		{"SO_REUSEADDR", unix.SOL_SOCKET, unix.SO_REUSEADDR, aBool, rw, "bind although old connections of the address are still in TIME_WAIT"},
		{"SO_REUSEPORT", unix.SOL_SOCKET, unix.SO_REUSEPORT, aBool, rw, "several sockets may bind the same address and port"},
		{"SO_KEEPALIVE", unix.SOL_SOCKET, unix.SO_KEEPALIVE, aBool, rw, "probe an idle connection"},
		{"SO_BROADCAST", unix.SOL_SOCKET, unix.SO_BROADCAST, aBool, rw, "allow datagrams to broadcast addresses"},
		{"SO_OOBINLINE", unix.SOL_SOCKET, unix.SO_OOBINLINE, aBool, rw, "urgent data stays in the stream"},
		{"SO_DONTROUTE", unix.SOL_SOCKET, unix.SO_DONTROUTE, aBool, rw, "reach only hosts of the own network"},
		{"SO_DEBUG", unix.SOL_SOCKET, unix.SO_DEBUG, aBool, rw, "mark the socket for debugging; on takes a privilege"},
		{"SO_LINGER", unix.SOL_SOCKET, unix.SO_LINGER, aLinger, rw, "what close does with unsent data: off goes on in the background, 0 resets, a time waits"},
		{"SO_RCVBUF", unix.SOL_SOCKET, unix.SO_RCVBUF, aSize, rw, "room for received data; the kernel doubles what it is given"},
		{"SO_SNDBUF", unix.SOL_SOCKET, unix.SO_SNDBUF, aSize, rw, "room for unsent data; the kernel doubles what it is given"},
		{"SO_RCVLOWAT", unix.SOL_SOCKET, unix.SO_RCVLOWAT, anInt, rw, "bytes that make the socket readable"},
		{"SO_RCVTIMEO", unix.SOL_SOCKET, unix.SO_RCVTIMEO, aTimeval, rw, "how long the kernel lets a receive block"},
		{"SO_SNDTIMEO", unix.SOL_SOCKET, unix.SO_SNDTIMEO, aTimeval, rw, "how long the kernel lets a send block"},
		{"SO_TYPE", unix.SOL_SOCKET, unix.SO_TYPE, aSocktype, ro, "stream, dgram or seqpacket"},
		{"SO_ERROR", unix.SOL_SOCKET, unix.SO_ERROR, anErrno, once, "the pending error; reading clears it"},
		{"TCP_NODELAY", unix.IPPROTO_TCP, unix.TCP_NODELAY, aBool, rw, "send small segments at once (no Nagle)"},
		{"TCP_MAXSEG", unix.IPPROTO_TCP, unix.TCP_MAXSEG, anInt, rw, "largest segment, in bytes"},
		{"TCP_KEEPINTVL", unix.IPPROTO_TCP, unix.TCP_KEEPINTVL, inSeconds, rw, "time between probes"},
		{"TCP_KEEPCNT", unix.IPPROTO_TCP, unix.TCP_KEEPCNT, anInt, rw, "probes before the connection is given up"},
		{"IP_TTL", unix.IPPROTO_IP, unix.IP_TTL, anInt, rw, "time to live of outgoing packets: hops"},
		{"IP_TOS", unix.IPPROTO_IP, unix.IP_TOS, anInt, rw, "type of service of outgoing packets"},
		{"IPV6_V6ONLY", unix.IPPROTO_IPV6, unix.IPV6_V6ONLY, aBool, rw, "an IPv6 socket takes no IPv4 peers"},
		{"IPV6_UNICAST_HOPS", unix.IPPROTO_IPV6, unix.IPV6_UNICAST_HOPS, anInt, rw, "hop limit of outgoing packets"},
	}
}
