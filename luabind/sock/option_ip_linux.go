package sock

import "golang.org/x/sys/unix"

// aDiscovery is how path MTU discovery is done, for both IP_ and IPV6_.
var aDiscovery = &form{room: 4, prefix: "ip_pmtudisc_", encode: encodeName, decode: decodeName, names: []named{
	{"dont", unix.IP_PMTUDISC_DONT}, {"want", unix.IP_PMTUDISC_WANT}, {"do", unix.IP_PMTUDISC_DO},
	{"probe", unix.IP_PMTUDISC_PROBE}, {"interface", unix.IP_PMTUDISC_INTERFACE}, {"omit", unix.IP_PMTUDISC_OMIT}}}

// ipOptions are the options of IPPROTO_IP; ip(7), linux/in.h.
func ipOptions() []option {
	const level = unix.IPPROTO_IP
	return []option{
		{"IP_MINTTL", level, unix.IP_MINTTL, anInt, rw, "drop packets whose time to live is less"},
		{"IP_MTU", level, unix.IP_MTU, anInt, ro, "the path's MTU, of a connected socket"},
		{"IP_MTU_DISCOVER", level, unix.IP_MTU_DISCOVER, aDiscovery, rw, "path MTU discovery: do never fragments, dont may always"},
		{"IP_PMTUDISC", level, unix.IP_PMTUDISC, nil, alias, "IP_MTU_DISCOVER"},
		{"IP_OPTIONS", level, unix.IP_OPTIONS, someData, rw, "IP options of outgoing packets: bytes as in the header"},
		{"IP_ROUTER_ALERT", level, unix.IP_ROUTER_ALERT, aBool, rw, "get packets to be forwarded that carry the router alert option (raw sockets)"},
		{"IP_HDRINCL", level, unix.IP_HDRINCL, aBool, rw, "what is sent begins with the IP header (raw sockets)"},
		{"IP_NODEFRAG", level, unix.IP_NODEFRAG, aBool, rw, "fragments are not put together first (raw sockets)"},
		{"IP_CHECKSUM", level, unix.IP_CHECKSUM, aBool, rw, "recvmsg tells the checksum of a datagram"},
		{"IP_PROTOCOL", level, unix.IP_PROTOCOL, anInt, ro, "the protocol's number"},
		{"IP_FREEBIND", level, unix.IP_FREEBIND, aBool, rw, "bind addresses that this machine does not have yet"},
		{"IP_TRANSPARENT", level, unix.IP_TRANSPARENT, aBool, rw, "act for addresses that are not of this machine; on takes a privilege"},
		{"IP_BIND_ADDRESS_NO_PORT", level, unix.IP_BIND_ADDRESS_NO_PORT, aBool, rw, "bind to port 0 leaves the choice of the port to connect"},
		{"IP_LOCAL_PORT_RANGE", level, unix.IP_LOCAL_PORT_RANGE, aPortRange, rw, "the ports that the system chooses from"},
		{"IP_RECVERR", level, unix.IP_RECVERR, aBool, rw, "errors queue up for recv errqueue, and ICMP errors reach an unconnected socket"},
		{"IP_RECVERR_RFC4884", level, unix.IP_RECVERR_RFC4884, aBool, rw, "such an error tells of extensions of the ICMP message"},
		{"IP_PKTINFO", level, unix.IP_PKTINFO, aBool, rw, "recvmsg tells the interface and address that a packet came to"},
		{"IP_RECVTTL", level, unix.IP_RECVTTL, aBool, rw, "recvmsg tells the time to live"},
		{"IP_RECVTOS", level, unix.IP_RECVTOS, aBool, rw, "recvmsg tells the type of service"},
		{"IP_RECVOPTS", level, unix.IP_RECVOPTS, aBool, rw, "recvmsg gives the IP options"},
		{"IP_RETOPTS", level, unix.IP_RETOPTS, aBool, rw, "recvmsg gives the IP options, ready to be sent back"},
		{"IP_RECVRETOPTS", level, unix.IP_RECVRETOPTS, nil, alias, "IP_RETOPTS"},
		{"IP_RECVORIGDSTADDR", level, unix.IP_RECVORIGDSTADDR, aBool, rw, "recvmsg tells the address that a packet was sent to, before the firewall changed it"},
		{"IP_ORIGDSTADDR", level, unix.IP_ORIGDSTADDR, nil, alias, "IP_RECVORIGDSTADDR"},
		{"IP_RECVFRAGSIZE", level, unix.IP_RECVFRAGSIZE, aBool, rw, "recvmsg tells the size of the largest fragment"},
		{"IP_PASSSEC", level, unix.IP_PASSSEC, aBool, rw, "recvmsg tells the sender's security label"},
		{"IP_PKTOPTIONS", level, unix.IP_PKTOPTIONS, someData, ro, "the control messages of a TCP connection's last packet, as bytes"},
		{"IP_IPSEC_POLICY", level, unix.IP_IPSEC_POLICY, someData, wo, "an IPsec policy: struct sadb_x_policy, linux/pfkeyv2.h; takes a privilege"},
		{"IP_XFRM_POLICY", level, unix.IP_XFRM_POLICY, someData, wo, "an IPsec policy: struct xfrm_userpolicy_info, linux/xfrm.h; takes a privilege"},
		{"IP_UNICAST_IF", level, unix.IP_UNICAST_IF, anInterfaceBig, rw, "the interface that packets leave by"},
		{"IP_MULTICAST_IF", level, unix.IP_MULTICAST_IF, aWay, rw, "the interface that multicasts leave by; by name or number the kernel tells 0.0.0.0"},
		{"IP_MULTICAST_TTL", level, unix.IP_MULTICAST_TTL, anInt, rw, "time to live of multicasts: hops"},
		{"IP_MULTICAST_LOOP", level, unix.IP_MULTICAST_LOOP, aBool, rw, "multicasts reach the groups' members on this machine"},
		{"IP_MULTICAST_ALL", level, unix.IP_MULTICAST_ALL, aBool, rw, "get the datagrams of all groups that anybody on this machine is in"},
		{"IP_ADD_MEMBERSHIP", level, unix.IP_ADD_MEMBERSHIP, aGroup, wo, "join a group"},
		{"IP_DROP_MEMBERSHIP", level, unix.IP_DROP_MEMBERSHIP, aGroup, wo, "leave a group"},
		{"IP_ADD_SOURCE_MEMBERSHIP", level, unix.IP_ADD_SOURCE_MEMBERSHIP, aSource, wo, "join a group for what one source sends"},
		{"IP_DROP_SOURCE_MEMBERSHIP", level, unix.IP_DROP_SOURCE_MEMBERSHIP, aSource, wo, "leave a group of one source"},
		{"IP_BLOCK_SOURCE", level, unix.IP_BLOCK_SOURCE, aSource, wo, "get no more of a source in a group"},
		{"IP_UNBLOCK_SOURCE", level, unix.IP_UNBLOCK_SOURCE, aSource, wo, "get it again"},
		{"IP_MSFILTER", level, unix.IP_MSFILTER, aSourceList, wo, "all sources of a group at once: only these, or all but these"},
		{"MCAST_JOIN_GROUP", level, unix.MCAST_JOIN_GROUP, anyGroup, wo, "join a group, IPv4 or IPv6"},
		{"MCAST_LEAVE_GROUP", level, unix.MCAST_LEAVE_GROUP, anyGroup, wo, "leave a group"},
		{"MCAST_JOIN_SOURCE_GROUP", level, unix.MCAST_JOIN_SOURCE_GROUP, anySource, wo, "join a group for what one source sends"},
		{"MCAST_LEAVE_SOURCE_GROUP", level, unix.MCAST_LEAVE_SOURCE_GROUP, anySource, wo, "leave a group of one source"},
		{"MCAST_BLOCK_SOURCE", level, unix.MCAST_BLOCK_SOURCE, anySource, wo, "get no more of a source in a group"},
		{"MCAST_UNBLOCK_SOURCE", level, unix.MCAST_UNBLOCK_SOURCE, anySource, wo, "get it again"},
		{"MCAST_MSFILTER", level, unix.MCAST_MSFILTER, anySources, wo, "all sources of a group at once: only these, or all but these"},
	}
}
