package sock

import "golang.org/x/sys/unix"

// Constants of linux/in6.h that unix lacks.
const (
	ipv6Flowinfo     = 11
	ipv6FlowinfoSend = 33
)

var (
	aDiscovery6 = &form{room: 4, prefix: "ipv6_pmtudisc_", encode: encodeName, decode: decodeName, names: aDiscovery.names}
	aPreference = &form{room: 4, prefix: "ipv6_prefer_src_", encode: encodeFlags, decode: decodeFlags, flags: []Bit{ // linux/in6.h, RFC 5014
		{"tmp", 1}, {"public", 2}, {"pubtmp_default", 0x100}, {"coa", 4}, {"home", 0x400}, {"cga", 8}, {"noncga", 0x800}}}
)

// ipv6Options are the options of IPPROTO_IPV6; ipv6(7), RFC 3493 and 3542,
// linux/in6.h.
func ipv6Options() []option {
	const level = unix.IPPROTO_IPV6
	return []option{
		{"IPV6_ADDRFORM", level, unix.IPV6_ADDRFORM, aFamily, rw, "inet makes a socket with a v4-mapped peer an IPv4 one"},
		{"IPV6_TCLASS", level, unix.IPV6_TCLASS, anInt, rw, "traffic class of outgoing packets; -1 is the default"},
		{"IPV6_MINHOPCOUNT", level, unix.IPV6_MINHOPCOUNT, anInt, rw, "drop packets whose hop limit is less"},
		{"IPV6_MTU", level, unix.IPV6_MTU, anInt, rw, "the path's MTU, of a connected socket; set, the largest packet"},
		{"IPV6_MTU_DISCOVER", level, unix.IPV6_MTU_DISCOVER, aDiscovery6, rw, "path MTU discovery: do never fragments, dont may always"},
		{"IPV6_DONTFRAG", level, unix.IPV6_DONTFRAG, aBool, rw, "EMSGSIZE instead of fragments (datagrams and raw sockets)"},
		{"IPV6_PATHMTU", level, unix.IPV6_PATHMTU, aPathMTU, ro, "the path's MTU, of a connected socket"},
		{"IPV6_CHECKSUM", level, unix.IPV6_CHECKSUM, anInt, rw, "where in a raw packet the kernel puts the checksum; -1 for none"},
		{"IPV6_HDRINCL", level, unix.IPV6_HDRINCL, aBool, rw, "what is sent begins with the IPv6 header (raw sockets)"},
		{"IPV6_FREEBIND", level, unix.IPV6_FREEBIND, aBool, rw, "bind addresses that this machine does not have yet"},
		{"IPV6_TRANSPARENT", level, unix.IPV6_TRANSPARENT, aBool, rw, "act for addresses that are not of this machine; on takes a privilege"},
		{"IPV6_AUTOFLOWLABEL", level, unix.IPV6_AUTOFLOWLABEL, aBool, rw, "the kernel chooses flow labels"},
		{"IPV6_FLOWINFO_SEND", level, ipv6FlowinfoSend, aBool, rw, "the flow label of an address is sent"},
		{"IPV6_ADDR_PREFERENCES", level, unix.IPV6_ADDR_PREFERENCES, aPreference, rw, "which of its own addresses the kernel prefers as source"},
		{"IPV6_ROUTER_ALERT", level, unix.IPV6_ROUTER_ALERT, anInt, rw, "get packets to be forwarded that carry this router alert; -1 for none (raw sockets)"},
		{"IPV6_ROUTER_ALERT_ISOLATE", level, unix.IPV6_ROUTER_ALERT_ISOLATE, aBool, rw, "only those of the own network namespace"},
		{"IPV6_RECVERR", level, unix.IPV6_RECVERR, aBool, rw, "errors queue up for recv errqueue, and ICMP errors reach an unconnected socket"},
		{"IPV6_RECVERR_RFC4884", level, unix.IPV6_RECVERR_RFC4884, aBool, rw, "such an error tells of extensions of the ICMP message"},
		{"IPV6_RECVPKTINFO", level, unix.IPV6_RECVPKTINFO, aBool, rw, "recvmsg tells the interface and address that a packet came to"},
		{"IPV6_RECVHOPLIMIT", level, unix.IPV6_RECVHOPLIMIT, aBool, rw, "recvmsg tells the hop limit"},
		{"IPV6_RECVTCLASS", level, unix.IPV6_RECVTCLASS, aBool, rw, "recvmsg tells the traffic class"},
		{"IPV6_RECVRTHDR", level, unix.IPV6_RECVRTHDR, aBool, rw, "recvmsg gives the routing header"},
		{"IPV6_RECVHOPOPTS", level, unix.IPV6_RECVHOPOPTS, aBool, rw, "recvmsg gives the hop-by-hop options"},
		{"IPV6_RECVDSTOPTS", level, unix.IPV6_RECVDSTOPTS, aBool, rw, "recvmsg gives the destination options"},
		{"IPV6_RECVPATHMTU", level, unix.IPV6_RECVPATHMTU, aBool, rw, "recvmsg tells of a path MTU that was exceeded"},
		{"IPV6_RECVFRAGSIZE", level, unix.IPV6_RECVFRAGSIZE, aBool, rw, "recvmsg tells the size of the largest fragment"},
		{"IPV6_RECVORIGDSTADDR", level, unix.IPV6_RECVORIGDSTADDR, aBool, rw, "recvmsg tells the address that a packet was sent to, before the firewall changed it"},
		{"IPV6_ORIGDSTADDR", level, unix.IPV6_ORIGDSTADDR, nil, alias, "IPV6_RECVORIGDSTADDR"},
		{"IPV6_FLOWINFO", level, ipv6Flowinfo, aBool, rw, "recvmsg tells the flow label"},
		{"IPV6_PKTINFO", level, unix.IPV6_PKTINFO, anAddress6, wo, "source address and interface of outgoing packets"},
		{"IPV6_RTHDR", level, unix.IPV6_RTHDR, someData, rw, "routing header of outgoing packets, as bytes"},
		{"IPV6_HOPOPTS", level, unix.IPV6_HOPOPTS, someData, rw, "hop-by-hop options of outgoing packets, as bytes; takes a privilege"},
		{"IPV6_RXHOPOPTS", level, unix.IPV6_RXHOPOPTS, nil, alias, "IPV6_HOPOPTS"},
		{"IPV6_DSTOPTS", level, unix.IPV6_DSTOPTS, someData, rw, "destination options of outgoing packets, as bytes; takes a privilege"},
		{"IPV6_RXDSTOPTS", level, unix.IPV6_RXDSTOPTS, nil, alias, "IPV6_DSTOPTS"},
		{"IPV6_RTHDRDSTOPTS", level, unix.IPV6_RTHDRDSTOPTS, someData, rw, "destination options before the routing header, as bytes; takes a privilege"},
		{"IPV6_2292PKTINFO", level, unix.IPV6_2292PKTINFO, aBool, rw, "IPV6_RECVPKTINFO as RFC 2292 had it"},
		{"IPV6_2292HOPLIMIT", level, unix.IPV6_2292HOPLIMIT, aBool, rw, "IPV6_RECVHOPLIMIT as RFC 2292 had it"},
		{"IPV6_2292RTHDR", level, unix.IPV6_2292RTHDR, aBool, rw, "IPV6_RECVRTHDR as RFC 2292 had it"},
		{"IPV6_2292HOPOPTS", level, unix.IPV6_2292HOPOPTS, aBool, rw, "IPV6_RECVHOPOPTS as RFC 2292 had it"},
		{"IPV6_2292DSTOPTS", level, unix.IPV6_2292DSTOPTS, aBool, rw, "IPV6_RECVDSTOPTS as RFC 2292 had it"},
		{"IPV6_2292PKTOPTIONS", level, unix.IPV6_2292PKTOPTIONS, someData, rw, "control messages of outgoing packets, or of a TCP connection's last one, as bytes"},
		{"IPV6_IPSEC_POLICY", level, unix.IPV6_IPSEC_POLICY, someData, wo, "an IPsec policy: struct sadb_x_policy, linux/pfkeyv2.h; takes a privilege"},
		{"IPV6_XFRM_POLICY", level, unix.IPV6_XFRM_POLICY, someData, wo, "an IPsec policy: struct xfrm_userpolicy_info, linux/xfrm.h; takes a privilege"},
		{"IPV6_UNICAST_IF", level, unix.IPV6_UNICAST_IF, anInterfaceBig, rw, "the interface that packets leave by"},
		{"IPV6_MULTICAST_IF", level, unix.IPV6_MULTICAST_IF, anInterface, rw, "the interface that multicasts leave by"},
		{"IPV6_MULTICAST_HOPS", level, unix.IPV6_MULTICAST_HOPS, anInt, rw, "hop limit of multicasts"},
		{"IPV6_MULTICAST_LOOP", level, unix.IPV6_MULTICAST_LOOP, aBool, rw, "multicasts reach the groups' members on this machine"},
		{"IPV6_MULTICAST_ALL", level, unix.IPV6_MULTICAST_ALL, aBool, rw, "get the datagrams of all groups that anybody on this machine is in"},
		{"IPV6_JOIN_GROUP", level, unix.IPV6_JOIN_GROUP, aGroup6, wo, "join a group"},
		{"IPV6_ADD_MEMBERSHIP", level, unix.IPV6_ADD_MEMBERSHIP, nil, alias, "IPV6_JOIN_GROUP"},
		{"IPV6_LEAVE_GROUP", level, unix.IPV6_LEAVE_GROUP, aGroup6, wo, "leave a group"},
		{"IPV6_DROP_MEMBERSHIP", level, unix.IPV6_DROP_MEMBERSHIP, nil, alias, "IPV6_LEAVE_GROUP"},
		{"IPV6_JOIN_ANYCAST", level, unix.IPV6_JOIN_ANYCAST, aGroup6, wo, "answer to an anycast address; takes a privilege"},
		{"IPV6_LEAVE_ANYCAST", level, unix.IPV6_LEAVE_ANYCAST, aGroup6, wo, "no longer answer to it"},
	}
}
