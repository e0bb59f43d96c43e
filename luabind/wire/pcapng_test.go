package wire

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// packet is one that was read back.
type packet struct {
	on      int
	at      time.Time
	frame   []byte
	length  int
	comment string
}

// readPcap reads a pcapng file block by block, and checks what holds for each.
func readPcap(t *testing.T, b []byte) (application string, interfaces []string, packets []packet, statistics []string) {
	t.Helper()
	order := binary.NativeEndian
	for first := true; len(b) > 0; first = false {
		if len(b) < 12 {
			t.Fatalf("%d bytes are left over", len(b))
		}
		kind, size := order.Uint32(b), int(order.Uint32(b[4:]))
		if size%4 != 0 || size > len(b) || order.Uint32(b[size-4:]) != uint32(size) {
			t.Fatalf("a block of %d bytes, %d are left", size, len(b))
		}
		body := b[8 : size-4]
		b = b[size:]
		if first != (kind == blockSection) {
			t.Fatalf("block %#x", kind)
		}
		switch kind {
		case blockSection:
			if order.Uint32(body) != byteOrderMagic || order.Uint16(body[4:]) != 1 {
				t.Fatalf("section % x", body)
			}
			application = options(t, body[16:])[optionSectionApp]
		case blockInterface:
			o := options(t, body[8:])
			if o[optionResolution] != "\x09" {
				t.Errorf("resolution %q", o[optionResolution])
			}
			interfaces = append(interfaces, o[optionName])
		case blockPacket:
			size := int(order.Uint32(body[12:]))
			p := packet{on: int(order.Uint32(body)), length: int(order.Uint32(body[16:])), frame: body[20 : 20+size]}
			p.at = time.Unix(0, int64(uint64(order.Uint32(body[4:]))<<32|uint64(order.Uint32(body[8:]))))
			p.comment = options(t, body[20+(size+3)&^3:])[optionComment]
			packets = append(packets, p)
		case blockStatistics:
			o := options(t, body[12:])
			statistics = append(statistics, o[optionReceived]+o[optionDropped])
		default:
			t.Errorf("block %d", kind)
		}
	}
	return
}

func options(t *testing.T, b []byte) map[uint16]string {
	t.Helper()
	all := make(map[uint16]string)
	for len(b) > 0 {
		code, size := binary.NativeEndian.Uint16(b), int(binary.NativeEndian.Uint16(b[2:]))
		if code == optionEndOfOptions {
			b = b[4:]
			break
		}
		all[code] = string(b[4 : 4+size])
		b = b[4+(size+3)&^3:]
	}
	if len(b) > 0 {
		t.Errorf("%d bytes after the options", len(b))
	}
	return all
}

func readFile(t *testing.T, name string) (application string, interfaces []string, packets []packet) {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	application, interfaces, packets, _ = readPcap(t, b)
	return
}

// sample is a file with two interfaces, and comments of all lengths up to 4.
func sample() ([]byte, []packet) {
	at := time.Unix(1700000000, 123456789)
	frame := ethernet(typeIPv4, ip4(17, "127.0.0.1", "127.0.0.2", udp(5, 53, "query")))
	var b bytes.Buffer
	w := NewPcapWriter(&b)
	w.Interface("lo", linkEthernet)
	var want []packet
	for i, comment := range []string{"", "a", "ab", "send 2 \"é\"", "abcd"} {
		p := packet{on: 0, at: at.Add(time.Duration(i)), frame: frame[:len(frame)-i], length: len(frame), comment: comment}
		if i == 4 {
			w.Interface("tun0", linkIP)
			p.on, p.frame, p.length = 1, frame[linkBytes:], len(frame)-linkBytes
		}
		w.Frame(p.on, p.at, p.frame, p.length, p.comment)
		want = append(want, p)
	}
	w.Statistics(0, at, 7, 2)
	w.Flush()
	return b.Bytes(), want
}

func TestPcapng(t *testing.T) {
	b, want := sample()
	application, interfaces, got, statistics := readPcap(t, b)
	if application != "socksh" || strings.Join(interfaces, " ") != "lo tun0" || len(got) != len(want) {
		t.Fatalf("%q, interfaces %q, %d packets", application, interfaces, len(got))
	}
	for i, p := range got {
		if w := want[i]; p.on != w.on || !p.at.Equal(w.at) || !bytes.Equal(p.frame, w.frame) || p.length != w.length || p.comment != w.comment {
			t.Errorf("packet %d is %+v, not %+v", i, p, w)
		}
	}
	numbers := binary.NativeEndian.AppendUint64(binary.NativeEndian.AppendUint64(nil, 7), 2)
	if len(statistics) != 1 || statistics[0] != string(numbers) {
		t.Errorf("statistics %q", statistics)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("full") }

func TestPcapngKeepsItsError(t *testing.T) {
	w := NewPcapWriter(full{})
	for range 2 {
		if err := w.Flush(); err == nil || err.Error() != "full" {
			t.Error(err)
		}
	}
}

// TestPcapngForOthers has tcpdump and tshark read the file.
func TestPcapngForOthers(t *testing.T) {
	b, _ := sample()
	file := t.TempDir() + "/sample.pcapng"
	if err := os.WriteFile(file, b, 0o666); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		args string
		want []string
	}{
		// tcpdump takes one kind of link in a file: it stops at the second interface.
		"tcpdump": {"-tt -n --nano -r", []string{"1700000000.123456789 IP 127.0.0.1.5 > 127.0.0.2.53"}},
		"tshark": {"-T fields -E separator=| -e frame.number -e frame.interface_name -e frame.len -e udp.dstport -e frame.comment -r",
			[]string{"1|lo|47|53|\n", "2|lo|47|53|a\n", "4|lo|47|53|send 2 \"é\"\n", "5|tun0|33|53|abcd\n"}},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := exec.LookPath(name); err != nil {
				t.Skip(err)
			}
			cmd := exec.Command(name, append(strings.Fields(c.args), file)...)
			cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
			out, _ := cmd.CombinedOutput()
			for _, want := range c.want {
				if !strings.Contains(string(out), want) {
					t.Errorf("%q is not in\n%s", want, out)
				}
			}
		})
	}
}

func BenchmarkDecode(b *testing.B) {
	for name, frame := range map[string][]byte{
		"ACK": ethernet(typeIPv4, ip4(6, "127.0.0.1", "127.0.0.2", tcp(5, 80, 7, 9, 0x10, 65, "\x01\x01\x08\x0a\x00\x00\x00\x01\x00\x00\x00\x00", ""))),
		"SYN": ethernet(typeIPv4, ip4(6, "127.0.0.1", "127.0.0.2", tcp(5, 80, 7, 0, 2, 65, synOptions, ""))),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			var tr Tracker
			for b.Loop() {
				p, _ := Decode(frame)
				tr.Segment(&p)
			}
		})
	}
}
