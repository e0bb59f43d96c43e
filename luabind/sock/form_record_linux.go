package sock

import (
	"encoding/binary"
	"time"

	"golang.org/x/sys/unix"
)

// The units of parts.
func micros(n uint64) Value   { return Seconds(time.Duration(n) * time.Microsecond) }
func millis(n uint64) Value   { return Seconds(time.Duration(n) * time.Millisecond) }
func signed(n uint64) Value   { return Num(int(int32(n))) }
func unsigned(n uint64) Value { return Num(int(uint32(n))) }
func onOff(n uint64) Value    { return Flag(n != 0) }

// decodeRecord reads the parts of f in order, as many as the kernel gave.
func decodeRecord(f *form, b []byte) Value {
	return Value{Type: Record, Any: fieldsOf(f.parts, b)}
}

func fieldsOf(parts []part, b []byte) []Field {
	var fields []Field
	at := 0
	for _, p := range parts {
		if at+p.bits > 8*len(b) {
			break
		}
		n := member(b, at, p.bits)
		at += p.bits
		switch {
		case p.name == "":
		case p.show != nil:
			fields = append(fields, Field{p.name, p.show(n)})
		default:
			fields = append(fields, Field{p.name, number64(n)})
		}
	}
	return fields
}

// member returns size bits of b from bit at on. Fields of bits fill a byte from the
// end that the machine's byte order begins with.
func member(b []byte, at, size int) uint64 {
	bytes := b[at/8:]
	switch size {
	case 8:
		return uint64(bytes[0])
	case 16:
		return uint64(binary.NativeEndian.Uint16(bytes))
	case 32:
		return uint64(binary.NativeEndian.Uint32(bytes))
	case 64:
		return binary.NativeEndian.Uint64(bytes)
	}
	low := at % 8
	if binary.NativeEndian.Uint16([]byte{1, 0}) != 1 {
		low = 8 - low - size
	}
	return uint64(bytes[0]>>low) & (1<<size - 1)
}

// The forms of structs.
var (
	aPeer    = &form{room: 12, decode: decodeRecord, parts: []part{{"pid", 32, signed}, {"uid", 32, nil}, {"gid", 32, nil}}}
	aMeminfo = &form{room: 64, decode: decodeRecord, parts: []part{{"rmem_alloc", 32, nil}, {"rcvbuf", 32, nil}, {"wmem_alloc", 32, nil}, {"sndbuf", 32, nil},
		{"fwd_alloc", 32, nil}, {"wmem_queued", 32, nil}, {"optmem", 32, nil}, {"backlog", 32, nil}, {"drops", 32, nil}}}
	aRepairWindow = &form{takes: someData.takes, room: 20, encode: encodeData, decode: decodeRecord, parts: []part{{"snd_wl1", 32, nil}, {"snd_wnd", 32, nil},
		{"max_window", 32, nil}, {"rcv_wnd", 32, nil}, {"rcv_wup", 32, nil}}}
	aPacketCount = &form{room: 12, decode: decodeRecord, parts: []part{{"packets", 32, nil}, {"drops", 32, nil}, {"freeze_q", 32, nil}}}
	aRollover    = &form{room: 24, decode: decodeRecord, parts: []part{{"all", 64, nil}, {"huge", 64, nil}, {"failed", 64, nil}}}
	aPathMTU     = &form{room: unix.SizeofIPv6MTUInfo, decode: decodePathMTU}
	someGroups   = &form{room: 1 << 15, decode: decodeList}
	someBits     = &form{room: 1 << 10, decode: decodeBitList}
	aPeerPidfd   = &form{room: 4, decode: decodePidfd, whole: true}
	aControl     = &form{room: 64, decode: decodeControl}
)

func decodeList(_ *form, b []byte) Value {
	var list []Value
	for ; len(b) >= 4; b = b[4:] {
		list = append(list, unsigned(uint64(getWord(b))))
	}
	return Value{Type: List, Any: list}
}

// decodeBitList gives the numbers of the bits that are set, from 1 on: netlink(7)
// counts groups so.
func decodeBitList(_ *form, b []byte) Value {
	var list []Value
	for at := 0; len(b) >= 4; b, at = b[4:], at+32 {
		for i := range 32 {
			if getWord(b)>>i&1 != 0 {
				list = append(list, Num(at+i+1))
			}
		}
	}
	return Value{Type: List, Any: list}
}

// decodePathMTU reads struct ip6_mtuinfo, RFC 3542; its address is left empty.
func decodePathMTU(_ *form, b []byte) Value { return Num(int(fromMemory[unix.IPv6MTUInfo](b).Mtu)) }

// decodeControl tells what a congestion control says of itself, linux/inet_diag.h.
// Only the struct of BBR can be told by its size; what others give stays as it is.
func decodeControl(f *form, b []byte) Value {
	if len(b) != 20 {
		return decodeData(f, b)
	}
	rate := func(n uint64) Value { return number64(n) }
	gain := func(n uint64) Value { return Value{Type: Number, Num: float64(uint32(n)) / 256} }
	i := fromMemory[unix.TCPBBRInfo](b)
	return Value{Type: Record, Any: []Field{{"bandwidth", rate(uint64(i.Bw_hi)<<32 | uint64(i.Bw_lo))}, {"min_rtt", micros(uint64(i.Min_rtt))},
		{"pacing_gain", gain(uint64(i.Pacing_gain))}, {"cwnd_gain", gain(uint64(i.Cwnd_gain))}}}
}
