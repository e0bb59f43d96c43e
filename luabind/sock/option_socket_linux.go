package sock

import "golang.org/x/sys/unix"

// timestamping are the SOF_TIMESTAMPING_ flags, linux/net_tstamp.h; unix lacks the
// last two.
var timestamping = &form{room: 4, prefix: "sof_timestamping_", encode: encodeFlags, decode: decodeFlags, flags: []Bit{
	{"tx_hardware", unix.SOF_TIMESTAMPING_TX_HARDWARE}, {"tx_software", unix.SOF_TIMESTAMPING_TX_SOFTWARE},
	{"rx_hardware", unix.SOF_TIMESTAMPING_RX_HARDWARE}, {"rx_software", unix.SOF_TIMESTAMPING_RX_SOFTWARE},
	{"software", unix.SOF_TIMESTAMPING_SOFTWARE}, {"sys_hardware", unix.SOF_TIMESTAMPING_SYS_HARDWARE}, {"raw_hardware", unix.SOF_TIMESTAMPING_RAW_HARDWARE},
	{"opt_id", unix.SOF_TIMESTAMPING_OPT_ID}, {"tx_sched", unix.SOF_TIMESTAMPING_TX_SCHED}, {"tx_ack", unix.SOF_TIMESTAMPING_TX_ACK},
	{"opt_cmsg", unix.SOF_TIMESTAMPING_OPT_CMSG}, {"opt_tsonly", unix.SOF_TIMESTAMPING_OPT_TSONLY}, {"opt_stats", unix.SOF_TIMESTAMPING_OPT_STATS},
	{"opt_pktinfo", unix.SOF_TIMESTAMPING_OPT_PKTINFO}, {"opt_tx_swhw", unix.SOF_TIMESTAMPING_OPT_TX_SWHW}, {"bind_phc", unix.SOF_TIMESTAMPING_BIND_PHC},
	{"opt_id_tcp", unix.SOF_TIMESTAMPING_OPT_ID_TCP}, {"opt_rx_filter", 1 << 17}, {"tx_completion", 1 << 18}}}

var (
	aBufLock = &form{room: 4, prefix: "sock_", encode: encodeFlags, decode: decodeFlags, flags: []Bit{{"sndbuf_lock", unix.SOCK_SNDBUF_LOCK}, {"rcvbuf_lock", unix.SOCK_RCVBUF_LOCK}}}
	aRehash  = &form{room: 4, prefix: "sock_txrehash_", encode: encodeName, decode: decodeName, names: []named{{"disabled", 0}, {"enabled", 1}, {"default", -1}}}
)

// socketOptions are the options of SOL_SOCKET; socket(7), unix(7), asm-generic/socket.h.
func socketOptions() []option {
	const level = unix.SOL_SOCKET
	return []option{
		{"SO_ACCEPTCONN", level, unix.SO_ACCEPTCONN, aBool, ro, "whether listen was called"},
		{"SO_DOMAIN", level, unix.SO_DOMAIN, aFamily, ro, "the address family"},
		{"SO_PROTOCOL", level, unix.SO_PROTOCOL, anInt, ro, "the protocol's number"},
		{"SO_RCVBUFFORCE", level, unix.SO_RCVBUFFORCE, aSize, wo, "SO_RCVBUF beyond net.core.rmem_max; takes a privilege"},
		{"SO_SNDBUFFORCE", level, unix.SO_SNDBUFFORCE, aSize, wo, "SO_SNDBUF beyond net.core.wmem_max; takes a privilege"},
		{"SO_SNDLOWAT", level, unix.SO_SNDLOWAT, anInt, ro, "always 1"},
		{"SO_BUF_LOCK", level, unix.SO_BUF_LOCK, aBufLock, rw, "buffer sizes that the kernel no longer tunes"},
		{"SO_RESERVE_MEM", level, unix.SO_RESERVE_MEM, aSize, rw, "memory kept for the socket alone; needs a memory cgroup"},
		{"SO_MEMINFO", level, unix.SO_MEMINFO, aMeminfo, ro, "memory in use and its limits, in bytes; dropped packets"},
		{"SO_PRIORITY", level, unix.SO_PRIORITY, anInt, rw, "priority of outgoing packets; above 6 takes a privilege"},
		{"SO_MARK", level, unix.SO_MARK, aWord, rw, "mark of outgoing packets, for routing and filters; takes a privilege"},
		{"SO_BINDTODEVICE", level, unix.SO_BINDTODEVICE, aText, rw, "use one interface only; \"\" ends that, which takes a privilege"},
		{"SO_BINDTOIFINDEX", level, unix.SO_BINDTOIFINDEX, anInterface, rw, "use one interface only; any ends that, which takes a privilege"},
		{"SO_MAX_PACING_RATE", level, unix.SO_MAX_PACING_RATE, aRate, rw, "the most bytes a second that are sent"},
		{"SO_NO_CHECK", level, unix.SO_NO_CHECK, aBool, rw, "UDP datagrams go out without checksum"},
		{"SO_BSDCOMPAT", level, unix.SO_BSDCOMPAT, aBool, rw, "does nothing any more"},
		{"SO_PASSCRED", level, unix.SO_PASSCRED, aBool, rw, "recvmsg tells the sender's pid, uid and gid"},
		{"SO_PASSPIDFD", level, unix.SO_PASSPIDFD, aBool, rw, "recvmsg gives a descriptor of the sender's process"},
		{"SO_PASSSEC", level, unix.SO_PASSSEC, aBool, rw, "recvmsg tells the sender's security label"},
		{"SO_PASSRIGHTS", level, unix.SO_PASSRIGHTS, aBool, rw, "descriptors may be passed to the socket (since Linux 6.16)"},
		{"SO_PEERCRED", level, unix.SO_PEERCRED, aPeer, ro, "pid, uid and gid of the peer when it connected or listened"},
		{"SO_PEERGROUPS", level, unix.SO_PEERGROUPS, someGroups, ro, "the peer's supplementary groups"},
		{"SO_PEERSEC", level, unix.SO_PEERSEC, aText, ro, "the peer's security label"},
		{"SO_PEERPIDFD", level, unix.SO_PEERPIDFD, aPeerPidfd, ro, "the peer's process, by a descriptor that is closed again: its pid now, -1 when it has ended"},
		{"SO_PEEK_OFF", level, unix.SO_PEEK_OFF, anInt, rw, "where the next peek begins; -1 is always the beginning"},
		{"SO_INQ", level, unix.SO_INQ, aBool, wo, "recvmsg tells how many bytes are left (unix streams, since Linux 6.17)"},
		{"SO_TIMESTAMP", level, unix.SO_TIMESTAMP, aBool, rw, "recvmsg tells when data came, in microseconds"},
		{"SO_TIMESTAMPNS", level, unix.SO_TIMESTAMPNS, aBool, rw, "recvmsg tells when data came, in nanoseconds"},
		{"SO_TIMESTAMPING", level, unix.SO_TIMESTAMPING, timestamping, rw, "timestamps of what comes and goes: which, and where they are taken"},
		{"SO_TXTIME", level, unix.SO_TXTIME, aTxtime, rw, "sendmsg may tell when a packet is to go out, by this clock"},
		{"SO_RXQ_OVFL", level, unix.SO_RXQ_OVFL, aBool, rw, "recvmsg tells how many packets were dropped so far"},
		{"SO_RCVMARK", level, unix.SO_RCVMARK, aBool, rw, "recvmsg tells the mark of a packet"},
		{"SO_RCVPRIORITY", level, unix.SO_RCVPRIORITY, aBool, rw, "recvmsg tells the priority of a packet (since Linux 6.14)"},
		{"SO_WIFI_STATUS", level, unix.SO_WIFI_STATUS, aBool, rw, "the error queue tells whether a frame was acknowledged"},
		{"SO_NOFCS", level, unix.SO_NOFCS, aBool, rw, "the last 4 bytes of a frame are its checksum (packet sockets)"},
		{"SO_SELECT_ERR_QUEUE", level, unix.SO_SELECT_ERR_QUEUE, aBool, rw, "poll tells of the error queue by pri"},
		{"SO_ZEROCOPY", level, unix.SO_ZEROCOPY, aBool, rw, "sends may be made without a copy, by MSG_ZEROCOPY"},
		{"SO_INCOMING_CPU", level, unix.SO_INCOMING_CPU, anInt, rw, "the CPU that packets are handled on; -1 before there were any"},
		{"SO_INCOMING_NAPI_ID", level, unix.SO_INCOMING_NAPI_ID, anInt, ro, "the device queue that packets came from; 0 for none"},
		{"SO_BUSY_POLL", level, unix.SO_BUSY_POLL, inMicros, rw, "how long a receive asks the device in a loop before it sleeps; more takes a privilege"},
		{"SO_PREFER_BUSY_POLL", level, unix.SO_PREFER_BUSY_POLL, aBool, rw, "the device is asked by busy polls rather than interrupts; on takes a privilege"},
		{"SO_BUSY_POLL_BUDGET", level, unix.SO_BUSY_POLL_BUDGET, anInt, wo, "packets that one busy poll takes; more takes a privilege"},
		{"SO_TXREHASH", level, unix.SO_TXREHASH, aRehash, rw, "whether TCP tries another path after a timeout"},
		{"SO_CNX_ADVICE", level, unix.SO_CNX_ADVICE, anInt, wo, "1 tells the kernel that the connection is bad and another path worth a try"},
		{"SO_COOKIE", level, unix.SO_COOKIE, aCookie, ro, "a number that no other socket has had since the system started"},
		{"SO_NETNS_COOKIE", level, unix.SO_NETNS_COOKIE, aCookie, ro, "the same for its network namespace"},
		{"SO_ATTACH_FILTER", level, unix.SO_ATTACH_FILTER, aFilter, rw, "which incoming packets the socket gets; of TCP it takes a privilege in newer kernels"},
		{"SO_GET_FILTER", level, unix.SO_GET_FILTER, aFilter, alias, "SO_ATTACH_FILTER"},
		{"SO_DETACH_FILTER", level, unix.SO_DETACH_FILTER, nothing, wo, "take the filter off"},
		{"SO_DETACH_BPF", level, unix.SO_DETACH_BPF, nothing, alias, "SO_DETACH_FILTER"},
		{"SO_LOCK_FILTER", level, unix.SO_LOCK_FILTER, aBool, rw, "the filter can be changed no more"},
		{"SO_ATTACH_BPF", level, unix.SO_ATTACH_BPF, aProgram, wo, "filter by an extended BPF program"},
		{"SO_ATTACH_REUSEPORT_CBPF", level, unix.SO_ATTACH_REUSEPORT_CBPF, aFilter, wo, "choose among the sockets of SO_REUSEPORT by a filter's result"},
		{"SO_ATTACH_REUSEPORT_EBPF", level, unix.SO_ATTACH_REUSEPORT_EBPF, aProgram, wo, "choose among the sockets of SO_REUSEPORT by an extended BPF program"},
		{"SO_DETACH_REUSEPORT_BPF", level, unix.SO_DETACH_REUSEPORT_BPF, nothing, wo, "take that program off"},
		{"SO_BPF_EXTENSIONS", level, unix.SO_BPF_EXTENSIONS, anInt, ro, "how many extensions of BPF filters there are"},
		{"SO_DEVMEM_DONTNEED", level, unix.SO_DEVMEM_DONTNEED, someData, wo, "give back device memory that was received into: struct dmabuf_token, linux/uio.h"},
	}
}
