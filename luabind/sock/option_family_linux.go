package sock

import "golang.org/x/sys/unix"

// Levels that go by the name of something else.
const (
	levelVsock  = unix.AF_VSOCK
	levelICMPv6 = unix.IPPROTO_ICMPV6
)

var (
	aPacketVersion = &form{room: 4, prefix: "tpacket_", encode: encodeName, decode: decodeName, names: []named{{"v1", unix.TPACKET_V1}, {"v2", unix.TPACKET_V2}, {"v3", unix.TPACKET_V3}}}
	aSize64        = &form{takes: "a number of bytes", room: 8, encode: encodeRate, decode: decodeRate}
)

// familyOptions are the options of raw(7), packet(7), netlink(7) and vsock(7), and
// of linux/if_packet.h, linux/netlink.h, linux/vm_sockets.h.
func familyOptions() []option {
	return []option{
		{"ICMP_FILTER", unix.SOL_RAW, 1, aWord, rw, "bits of the ICMP types that the socket does not get"},
		{"ICMPV6_FILTER", levelICMPv6, unix.ICMPV6_FILTER, someData, rw, "the same of ICMPv6: 32 bytes, RFC 3542"},

		{"PACKET_ADD_MEMBERSHIP", unix.SOL_PACKET, unix.PACKET_ADD_MEMBERSHIP, aPacketRule, wo, "get more than what is for this machine"},
		{"PACKET_DROP_MEMBERSHIP", unix.SOL_PACKET, unix.PACKET_DROP_MEMBERSHIP, aPacketRule, wo, "no longer get it"},
		{"PACKET_AUXDATA", unix.SOL_PACKET, unix.PACKET_AUXDATA, aBool, rw, "recvmsg tells a packet's status, lengths and VLAN"},
		{"PACKET_ORIGDEV", unix.SOL_PACKET, unix.PACKET_ORIGDEV, aBool, rw, "addresses tell the interface that a packet came in by first"},
		{"PACKET_IGNORE_OUTGOING", unix.SOL_PACKET, unix.PACKET_IGNORE_OUTGOING, aBool, rw, "do not get what this machine sends"},
		{"PACKET_STATISTICS", unix.SOL_PACKET, unix.PACKET_STATISTICS, aPacketCount, once, "packets and drops since the last reading"},
		{"PACKET_ROLLOVER_STATS", unix.SOL_PACKET, unix.PACKET_ROLLOVER_STATS, aRollover, ro, "what a fanout group has passed on to the next socket"},
		{"PACKET_FANOUT", unix.SOL_PACKET, unix.PACKET_FANOUT, aWord, rw, "share packets with other sockets: the group's number, and the mode times 65536"},
		{"PACKET_FANOUT_DATA", unix.SOL_PACKET, unix.PACKET_FANOUT_DATA, someData, wo, "the program of a fanout group"},
		{"PACKET_VERSION", unix.SOL_PACKET, unix.PACKET_VERSION, aPacketVersion, rw, "the layout of the rings"},
		{"PACKET_RX_RING", unix.SOL_PACKET, unix.PACKET_RX_RING, someData, wo, "a ring of received packets: struct tpacket_req, linux/if_packet.h"},
		{"PACKET_TX_RING", unix.SOL_PACKET, unix.PACKET_TX_RING, someData, wo, "a ring of packets to send: the same struct"},
		{"PACKET_RESERVE", unix.SOL_PACKET, unix.PACKET_RESERVE, anInt, rw, "room before the headers in the ring, in bytes"},
		{"PACKET_LOSS", unix.SOL_PACKET, unix.PACKET_LOSS, aBool, rw, "malformed packets of the ring are dropped and not an error"},
		{"PACKET_TX_HAS_OFF", unix.SOL_PACKET, unix.PACKET_TX_HAS_OFF, aBool, rw, "packets of the ring tell where their data begins"},
		{"PACKET_COPY_THRESH", unix.SOL_PACKET, unix.PACKET_COPY_THRESH, anInt, rw, "packets of the ring longer than this are received too"},
		{"PACKET_TIMESTAMP", unix.SOL_PACKET, unix.PACKET_TIMESTAMP, timestamping, rw, "where the timestamps of the ring are taken"},
		{"PACKET_VNET_HDR", unix.SOL_PACKET, unix.PACKET_VNET_HDR, aBool, rw, "packets begin with struct virtio_net_hdr"},
		{"PACKET_VNET_HDR_SZ", unix.SOL_PACKET, unix.PACKET_VNET_HDR_SZ, anInt, rw, "the size of that struct; 0 for none"},
		{"PACKET_QDISC_BYPASS", unix.SOL_PACKET, unix.PACKET_QDISC_BYPASS, aBool, rw, "send past the queueing discipline"},

		{"NETLINK_ADD_MEMBERSHIP", unix.SOL_NETLINK, unix.NETLINK_ADD_MEMBERSHIP, anInt, wo, "join a group, by number"},
		{"NETLINK_DROP_MEMBERSHIP", unix.SOL_NETLINK, unix.NETLINK_DROP_MEMBERSHIP, anInt, wo, "leave a group"},
		{"NETLINK_LIST_MEMBERSHIPS", unix.SOL_NETLINK, unix.NETLINK_LIST_MEMBERSHIPS, someBits, ro, "the groups that the socket is in"},
		{"NETLINK_PKTINFO", unix.SOL_NETLINK, unix.NETLINK_PKTINFO, aBool, rw, "recvmsg tells the group of a message"},
		{"NETLINK_BROADCAST_ERROR", unix.SOL_NETLINK, unix.NETLINK_BROADCAST_ERROR, aBool, rw, "the sender of a broadcast learns that this socket missed it"},
		{"NETLINK_NO_ENOBUFS", unix.SOL_NETLINK, unix.NETLINK_NO_ENOBUFS, aBool, rw, "messages that find no room are lost without ENOBUFS"},
		{"NETLINK_LISTEN_ALL_NSID", unix.SOL_NETLINK, unix.NETLINK_LISTEN_ALL_NSID, aBool, rw, "get the messages of all network namespaces that have a number here"},
		{"NETLINK_CAP_ACK", unix.SOL_NETLINK, unix.NETLINK_CAP_ACK, aBool, rw, "an answer does not repeat the request"},
		{"NETLINK_EXT_ACK", unix.SOL_NETLINK, unix.NETLINK_EXT_ACK, aBool, rw, "an answer tells in words what was wrong"},
		{"NETLINK_GET_STRICT_CHK", unix.SOL_NETLINK, unix.NETLINK_GET_STRICT_CHK, aBool, rw, "requests for lists are checked strictly"},

		{"SO_VM_SOCKETS_BUFFER_SIZE", levelVsock, unix.SO_VM_SOCKETS_BUFFER_SIZE, aSize64, rw, "room for data, in bytes"},
		{"SO_VM_SOCKETS_BUFFER_MIN_SIZE", levelVsock, unix.SO_VM_SOCKETS_BUFFER_MIN_SIZE, aSize64, rw, "the least that room can be set to"},
		{"SO_VM_SOCKETS_BUFFER_MAX_SIZE", levelVsock, unix.SO_VM_SOCKETS_BUFFER_MAX_SIZE, aSize64, rw, "the most that room can be set to"},
		{"SO_VM_SOCKETS_CONNECT_TIMEOUT", levelVsock, unix.SO_VM_SOCKETS_CONNECT_TIMEOUT, aTimeval, rw, "how long connect tries"},
	}
}
