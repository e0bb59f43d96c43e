package sock

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Of linux/include/uapi/asm-generic/socket.h; package unix lacks it. The kernel
// fills it with a descriptor.
const scmPidfd = 0x04

// The numbers of SO_TIMESTAMP_NEW and its kin, for programs with 64 bits of time
// on machines of 32.
const timestampNew, timestampnsNew, timestampingNew = 63, 64, 65

// controls are the control messages of the man pages socket(7), unix(7), ip(7),
// ipv6(7) and udp(7).
func controls() []control {
	return []control{
		{"fds", unix.SOL_SOCKET, unix.SCM_RIGHTS, "descriptors, by their handles: 2,3", writeRights, readRights},
		{"creds", unix.SOL_SOCKET, unix.SCM_CREDENTIALS, "who sends: PID/UID/GID, or own", writeCreds, readCreds},
		{"pidfd", unix.SOL_SOCKET, scmPidfd, "a descriptor of the sender's process", nil, readPidfd},
		{"security", unix.SOL_SOCKET, unix.SCM_SECURITY, "the sender's security label", nil, readText},
		{"timestamp", unix.SOL_SOCKET, unix.SCM_TIMESTAMP, "when it came", nil, readTimeval},
		{"timestamp", unix.SOL_SOCKET, unix.SCM_TIMESTAMPNS, "when it came", nil, readTimespec},
		{"timestamp", unix.SOL_SOCKET, timestampNew, "when it came", nil, readTimeval},
		{"timestamp", unix.SOL_SOCKET, timestampnsNew, "when it came", nil, readTimespec},
		{"timestamps", unix.SOL_SOCKET, unix.SCM_TIMESTAMPING, "when it passed the software, and the hardware", nil, readTimestamps},
		{"timestamps", unix.SOL_SOCKET, timestampingNew, "when it passed the software, and the hardware", nil, readTimestamps},
		{"drops", unix.SOL_SOCKET, unix.SO_RXQ_OVFL, "how many datagrams the socket had no room for", nil, readInt},
		{"mark", unix.SOL_SOCKET, unix.SO_MARK, "mark of the packet, for routing and filters", writeInt, readInt},
		{"priority", unix.SOL_SOCKET, unix.SO_PRIORITY, "priority of the packet", writeInt, readInt},
		{"txtime", unix.SOL_SOCKET, unix.SCM_TXTIME, "when to send it, in nanoseconds of the socket's clock", writeLong, nil},
		{"ttl", unix.IPPROTO_IP, unix.IP_TTL, "time to live", writeInt, readInt},
		{"tos", unix.IPPROTO_IP, unix.IP_TOS, "type of service", writeInt, readInt},
		{"pktinfo", unix.IPPROTO_IP, unix.IP_PKTINFO, "own address and interface: ADDRESS%INTERFACE, either may be left out", writePktinfo4, readPktinfo4},
		{"pktinfo", unix.IPPROTO_IPV6, unix.IPV6_PKTINFO, "own address and interface", writePktinfo6, readPktinfo6},
		{"origdst", unix.IPPROTO_IP, unix.IP_ORIGDSTADDR, "where it was sent to", nil, readAddress},
		{"origdst", unix.IPPROTO_IPV6, unix.IPV6_ORIGDSTADDR, "where it was sent to", nil, readAddress},
		{"hoplimit", unix.IPPROTO_IPV6, unix.IPV6_HOPLIMIT, "hop limit of IPv6", writeInt, readInt},
		{"tclass", unix.IPPROTO_IPV6, unix.IPV6_TCLASS, "traffic class of IPv6", writeInt, readInt},
		{"inq", unix.IPPROTO_TCP, unix.TCP_CM_INQ, "bytes of the stream that wait behind these", nil, readInt},
		{"error", unix.IPPROTO_IP, unix.IP_RECVERR, "of the error queue", nil, readQueued},
		{"error", unix.IPPROTO_IPV6, unix.IPV6_RECVERR, "of the error queue", nil, readQueued},
		{"segment", unix.IPPROTO_UDP, unix.UDP_SEGMENT, "bytes in each datagram that the data is cut into", writeShort, nil},
		{"segment", unix.IPPROTO_UDP, unix.UDP_GRO, "bytes in each datagram that was joined", nil, readInt},
	}
}

func isRights(level, kind int) bool { return level == unix.SOL_SOCKET && kind == unix.SCM_RIGHTS }

func writeShort(_ *Table, v Value) ([]byte, error) {
	n, err := integer(v, 0, 1<<16-1)
	return binary.NativeEndian.AppendUint16(nil, uint16(n)), err
}

func writeLong(_ *Table, v Value) ([]byte, error) {
	n, err := integer(v, 0, 1<<62)
	return binary.NativeEndian.AppendUint64(nil, uint64(n)), err
}

func writeCreds(_ *Table, v Value) ([]byte, error) {
	ids := [3]int{os.Getpid(), os.Getuid(), os.Getgid()}
	if v.Type != Text && v.Type != Bytes {
		return nil, fmt.Errorf("%s is not PID/UID/GID", v.word())
	}
	if v.Str != "own" {
		words := strings.Split(v.Str, "/")
		if len(words) != 3 {
			return nil, fmt.Errorf("%s is not PID/UID/GID", v.word())
		}
		for i, word := range words {
			var err error
			if ids[i], err = integer(Str(word), 0, 1<<32-1); err != nil {
				return nil, err
			}
		}
	}
	var data []byte
	for _, id := range ids {
		data = binary.NativeEndian.AppendUint32(data, uint32(id))
	}
	return data, nil
}

func readCreds(_ *Table, data []byte) (Value, bool) {
	if len(data) != unix.SizeofUcred {
		return Value{}, false
	}
	id := func(i int) Value { return Num(int(binary.NativeEndian.Uint32(data[4*i:]))) }
	return Value{Type: Record, Any: []Field{{"pid", id(0)}, {"uid", id(1)}, {"gid", id(2)}}}, true
}

func readPidfd(t *Table, data []byte) (Value, bool) {
	if len(data) != 4 {
		return Value{}, false
	}
	fd := int(int32(binary.NativeEndian.Uint32(data)))
	if fd < 0 {
		return Str(errnoName(unix.Errno(-fd))), true
	}
	fds, _ := readRights(t, data)
	return fds.Any.([]Value)[0], true
}

func readText(_ *Table, data []byte) (Value, bool) {
	return Str(strings.TrimRight(string(data), "\x00")), true
}

// moment is a time since 1970, which a command shows to the nanosecond.
func moment(seconds, nanos int64) Value {
	return Value{Type: Number, Num: float64(seconds) + float64(nanos)/1e9, Str: fmt.Sprintf("%d.%09d", seconds, nanos)}
}

func readTimeval(_ *Table, data []byte) (Value, bool) {
	if len(data) != 16 {
		return Value{}, false
	}
	return moment(int64(binary.NativeEndian.Uint64(data)), int64(binary.NativeEndian.Uint64(data[8:]))*int64(time.Microsecond)), true
}

func readTimespec(_ *Table, data []byte) (Value, bool) {
	if len(data) != 16 {
		return Value{}, false
	}
	return moment(int64(binary.NativeEndian.Uint64(data)), int64(binary.NativeEndian.Uint64(data[8:]))), true
}

// readTimestamps reads struct scm_timestamping: the second of its three times is not
// used any more, and those that are unknown are 0.
func readTimestamps(t *Table, data []byte) (Value, bool) {
	if len(data) != 48 {
		return Value{}, false
	}
	fields := []Field{}
	for i, name := range []string{"software", "", "hardware"} {
		if v, _ := readTimespec(t, data[16*i:16*i+16]); v.Num != 0 && name != "" {
			fields = append(fields, Field{name, v})
		}
	}
	return Value{Type: Record, Any: fields}, true
}

// ownAddress reads "ADDRESS%INTERFACE" with either part left out.
func ownAddress(v Value) (ip netip.Addr, index uint32, err error) {
	if v.Type != Text && v.Type != Bytes || v.Str == "" {
		return ip, 0, fmt.Errorf("%s is not ADDRESS%%INTERFACE", v.word())
	}
	word, zone, _ := strings.Cut(v.Str, "%")
	if word != "" {
		if ip, err = netip.ParseAddr(word); err != nil {
			return ip, 0, fmt.Errorf("%s is not an IP address", Quote(shorten(word, 60)))
		}
	}
	if zone != "" {
		index, err = scopeOf(zone)
	}
	return ip, index, err
}

func writePktinfo4(_ *Table, v Value) ([]byte, error) {
	ip, index, err := ownAddress(v)
	if err != nil {
		return nil, err
	}
	if ip.IsValid() && !ip.Is4() {
		return nil, errors.New(ip.String() + " is not an IPv4 address")
	}
	data := make([]byte, unix.SizeofInet4Pktinfo)
	binary.NativeEndian.PutUint32(data, index)
	if ip.IsValid() {
		copy(data[4:], ip.AsSlice())
	}
	return data, nil
}

func readPktinfo4(_ *Table, data []byte) (Value, bool) {
	if len(data) != unix.SizeofInet4Pktinfo {
		return Value{}, false
	}
	ip := func(i int) Value { return Str(netip.AddrFrom4([4]byte(data[i : i+4])).String()) }
	return pktinfo(binary.NativeEndian.Uint32(data), Field{"address", ip(8)}, Field{"own", ip(4)}), true
}

func writePktinfo6(_ *Table, v Value) ([]byte, error) {
	ip, index, err := ownAddress(v)
	if err != nil {
		return nil, err
	}
	data := make([]byte, 16, unix.SizeofInet6Pktinfo)
	if ip.IsValid() {
		full := ip.As16()
		copy(data, full[:])
	}
	return binary.NativeEndian.AppendUint32(data, index), nil
}

func readPktinfo6(_ *Table, data []byte) (Value, bool) {
	if len(data) != unix.SizeofInet6Pktinfo {
		return Value{}, false
	}
	address := Field{"address", Str(netip.AddrFrom16([16]byte(data[:16])).String())}
	return pktinfo(binary.NativeEndian.Uint32(data[16:]), address), true
}

func pktinfo(index uint32, addresses ...Field) Value {
	fields := append(addresses, Field{"interface", Str(zoneOf(index))}, Field{"index", Num(int(index))})
	return Value{Type: Record, Any: fields}
}

func readAddress(_ *Table, data []byte) (Value, bool) {
	var r rawAddr
	r.set(data)
	a := r.decode()
	return a.text(), a != nil
}

// origins are the values of ee_origin, linux/include/uapi/linux/errqueue.h.
var origins = []string{"none", "local", "icmp", "icmp6", "timestamping", "zerocopy", "txtime"}

// readQueued reads struct sock_extended_err, and the offender's address after it. Of
// a zerocopy notification the range of sends that are over is told, and whether their
// data was copied after all.
func readQueued(t *Table, data []byte) (Value, bool) {
	const size, zerocopy = 16, 5
	if len(data) < size {
		return Value{}, false
	}
	word := func(i int) Value { return Num(int(binary.NativeEndian.Uint32(data[i:]))) }
	origin := Str(strconv.Itoa(int(data[4])))
	if int(data[4]) < len(origins) {
		origin = Str(origins[data[4]])
	}
	errno := Value{}
	if n := binary.NativeEndian.Uint32(data); n != 0 {
		errno = Str(errnoName(unix.Errno(n)))
	}
	fields := []Field{{"errno", errno}, {"origin", origin}}
	if data[4] == zerocopy {
		fields = append(fields[1:], Field{"first", word(8)}, Field{"last", word(12)}, Field{"copied", Flag(data[6]&1 != 0)})
	} else {
		fields = append(fields, Field{"type", Num(int(data[5]))}, Field{"code", Num(int(data[6]))}, Field{"info", word(8)}, Field{"data", word(12)})
	}
	if offender, ok := readAddress(t, data[size:]); ok {
		fields = append(fields, Field{"offender", offender})
	}
	return Value{Type: Record, Any: fields}, true
}
