package sock

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A rawFormat is how addresses of one more family are written. Their parts follow
// the prefix, divided by colons.
type rawFormat struct {
	prefix string
	family int
	form   string // for messages
	most   int    // parts
	bytes  func(parts []string) ([]byte, error)
	text   func(raw []byte) string // "" if it cannot show that
}

// rawForms are the families whose addresses have a form of their own, and "raw", which
// is every byte of the address in hexadecimal, the family's number first.
func rawForms() []rawFormat {
	return []rawFormat{
		{"netlink", unix.AF_NETLINK, "netlink:PORT:GROUPS", 2, netlinkBytes, netlinkText},
		{"vsock", unix.AF_VSOCK, "vsock:CID:PORT", 2, vsockBytes, vsockText},
		{"packet", unix.AF_PACKET, "packet:INTERFACE:ETHERTYPE:MAC", 8, packetBytes, packetText},
		{"alg", unix.AF_ALG, "alg:TYPE:NAME", 2, algBytes, algText},
		{"raw", unix.AF_UNSPEC, "raw:HEX, at most 112 bytes", 1, rawBytes, nil},
	}
}

func (f *rawFormat) addr(word string) (*Addr, error) {
	parts := strings.Split(word, ":")
	bad := fmt.Errorf("%s is not %s", Quote(shorten(f.prefix+":"+word, 60)), f.form)
	if len(parts) > f.most {
		return nil, bad
	}
	data, err := f.bytes(parts)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", bad, err)
	}
	if f.prefix != "raw" {
		data = append(binary.NativeEndian.AppendUint16(nil, uint16(f.family)), data...)
	}
	if len(data) < 2 || len(data) > int(unsafe.Sizeof(rawAddr{}.sa)) {
		return nil, bad
	}
	var r rawAddr // so that the bytes of an internet address are one
	r.set(data)
	if a := r.decode(); a.family == unix.AF_UNIX || (a.family == unix.AF_INET || a.family == unix.AF_INET6) && a.raw == "" {
		a.raw = string(data)
		return a, nil
	}
	return &Addr{family: int(binary.NativeEndian.Uint16(data)), raw: string(data)}, nil
}

// rawForm returns the text of an address that is kept as its bytes.
func rawForm(raw string) string {
	family := int(binary.NativeEndian.Uint16([]byte(raw)))
	for _, f := range rawForms() {
		if f.family == family && f.text != nil {
			if text := f.text([]byte(raw[2:])); text != "" {
				return f.prefix + ":" + text
			}
		}
	}
	return "raw:" + hex.EncodeToString([]byte(raw))
}

func rawBytes(parts []string) ([]byte, error) {
	data, err := hex.DecodeString(parts[0])
	if err != nil {
		err = errors.New("not hexadecimal")
	}
	return data, err
}

// number reads one part; an empty one is 0, and any the greatest.
func number(parts []string, i int) (uint32, error) {
	if i >= len(parts) || parts[i] == "" {
		return 0, nil
	}
	if parts[i] == "any" {
		return 1<<32 - 1, nil
	}
	n, err := integer(Str(parts[i]), 0, 1<<32-1)
	return uint32(n), err
}

// netlinkBytes is struct sockaddr_nl after its family, netlink(7).
func netlinkBytes(parts []string) ([]byte, error) {
	port, err := number(parts, 0)
	if err != nil {
		return nil, err
	}
	groups, err := number(parts, 1)
	data := binary.NativeEndian.AppendUint32(make([]byte, 2), port)
	return binary.NativeEndian.AppendUint32(data, groups), err
}

func netlinkText(raw []byte) string {
	if len(raw) != unix.SizeofSockaddrNetlink-2 {
		return ""
	}
	return fmt.Sprintf("%d:%d", binary.NativeEndian.Uint32(raw[2:]), binary.NativeEndian.Uint32(raw[6:]))
}

// vsockBytes is struct sockaddr_vm after its family, vsock(7).
func vsockBytes(parts []string) ([]byte, error) {
	cid, err := number(parts, 0)
	if err != nil {
		return nil, err
	}
	port, err := number(parts, 1)
	data := binary.NativeEndian.AppendUint32(make([]byte, 2), port)
	return append(binary.NativeEndian.AppendUint32(data, cid), 0, 0, 0, 0), err
}

func vsockText(raw []byte) string {
	if len(raw) != unix.SizeofSockaddrVM-2 {
		return ""
	}
	name := func(n uint32) string {
		if n == 1<<32-1 {
			return "any"
		}
		return fmt.Sprint(n)
	}
	return name(binary.NativeEndian.Uint32(raw[6:])) + ":" + name(binary.NativeEndian.Uint32(raw[2:]))
}

// packetBytes is struct sockaddr_ll after its family, packet(7).
func packetBytes(parts []string) ([]byte, error) {
	var index uint32
	var err error
	if parts[0] != "" {
		if index, err = scopeOf(parts[0]); err != nil {
			return nil, err
		}
	}
	protocol := 0
	if len(parts) > 1 && parts[1] != "" {
		v, err := protocolOf(Str(parts[1]), unix.AF_PACKET)
		if err != nil {
			return nil, err
		}
		protocol = int(v.Num)
	}
	var mac net.HardwareAddr
	if len(parts) > 2 {
		if mac, err = net.ParseMAC(strings.Join(parts[2:], ":")); err != nil || len(mac) > 8 {
			return nil, fmt.Errorf("%s is no hardware address", Quote(strings.Join(parts[2:], ":")))
		}
	}
	data := make([]byte, unix.SizeofSockaddrLinklayer-2)
	binary.NativeEndian.PutUint16(data, uint16(protocol))
	binary.NativeEndian.PutUint32(data[2:], index)
	data[9] = byte(len(mac))
	copy(data[10:], mac)
	return data, nil
}

func packetText(raw []byte) string {
	if len(raw) < 10 || len(raw) < 10+int(raw[9]) {
		return ""
	}
	text := zoneOf(binary.NativeEndian.Uint32(raw[2:]))
	protocol := int(binary.BigEndian.Uint16(raw))
	name := fmt.Sprintf("%#04x", protocol)
	for _, p := range etherTypes {
		if p.value == protocol {
			name = p.name
		}
	}
	text += ":" + name
	if raw[9] > 0 {
		text += ":" + net.HardwareAddr(raw[10:10+int(raw[9])]).String()
	}
	return text
}

// algBytes is struct sockaddr_alg after its family, linux/include/uapi/linux/if_alg.h.
func algBytes(parts []string) ([]byte, error) {
	data := make([]byte, unix.SizeofSockaddrALG-2)
	if len(parts) != 2 || len(parts[0]) > 13 || len(parts[1]) > 63 {
		return nil, fmt.Errorf("a type has at most 13 letters, and a name 63")
	}
	copy(data, parts[0])
	copy(data[22:], parts[1])
	return data, nil
}

func algText(raw []byte) string {
	if len(raw) != unix.SizeofSockaddrALG-2 {
		return ""
	}
	word := func(b []byte) string { s, _, _ := strings.Cut(string(b), "\x00"); return s }
	return word(raw[:14]) + ":" + word(raw[22:])
}

// NetworkOrder turns the bytes of n round where the machine has them the other way.
func NetworkOrder(n uint16) uint16 {
	return binary.NativeEndian.Uint16(binary.BigEndian.AppendUint16(nil, n))
}
