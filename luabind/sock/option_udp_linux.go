package sock

import "golang.org/x/sys/unix"

// anEncapsulation names the UDP_ENCAP_ constants of linux/udp.h; unix lacks the last.
var anEncapsulation = &form{room: 4, prefix: "udp_encap_", encode: encodeName, decode: decodeName, names: []named{{"none", 0},
	{"espinudp_non_ike", unix.UDP_ENCAP_ESPINUDP_NON_IKE}, {"espinudp", unix.UDP_ENCAP_ESPINUDP}, {"l2tpinudp", unix.UDP_ENCAP_L2TPINUDP},
	{"gtp0", unix.UDP_ENCAP_GTP0}, {"gtp1u", unix.UDP_ENCAP_GTP1U}, {"rxrpc", 6}}}

// udpOptions are the options of IPPROTO_UDP, udp(7) and linux/udp.h, and of
// IPPROTO_UDPLITE, udplite(7), whose numbers unix lacks.
func udpOptions() []option {
	const level = unix.IPPROTO_UDP
	return []option{
		{"UDP_CORK", level, unix.UDP_CORK, aBool, rw, "what is sent becomes one datagram, which goes when this ends"},
		{"UDP_SEGMENT", level, unix.UDP_SEGMENT, anInt, rw, "a send becomes datagrams of this size; 0 is one datagram"},
		{"UDP_GRO", level, unix.UDP_GRO, aBool, rw, "a receive may take several datagrams of one size"},
		{"UDP_ENCAP", level, unix.UDP_ENCAP, anEncapsulation, rw, "datagrams carry another protocol for the kernel"},
		{"UDP_NO_CHECK6_TX", level, unix.UDP_NO_CHECK6_TX, aBool, rw, "send IPv6 datagrams without checksum"},
		{"UDP_NO_CHECK6_RX", level, unix.UDP_NO_CHECK6_RX, aBool, rw, "take IPv6 datagrams without checksum"},
		{"UDPLITE_SEND_CSCOV", unix.IPPROTO_UDPLITE, 10, anInt, rw, "bytes that the checksum of sent datagrams covers; 0 is all"},
		{"UDPLITE_RECV_CSCOV", unix.IPPROTO_UDPLITE, 11, anInt, rw, "bytes that the checksum of received datagrams must cover"},
	}
}
