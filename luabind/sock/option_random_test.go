//go:build linux

package sock

import (
	"errors"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/sys/unix"
)

// TestRandomOptions sets and reads options by any level, number and value.
func TestRandomOptions(t *testing.T) {
	calls := 10000
	if testing.Short() {
		calls = 1000
	}
	eachKind(t, func(t *testing.T, tab *Table, open func() *Handle) {
		r := rand.New(rand.NewPCG(1, 2))
		before, all := openDescriptors(t), allOptions()
		h := open()
		for i := range calls {
			if i%100 == 99 { // one that has become deaf or locked teaches nothing more
				tab.Close()
				h = open()
			}
			o, err := tab.option(randomOption(r, all))
			if err != nil {
				t.Fatal(err)
			}
			var v []Value
			for range r.IntN(3) {
				v = append(v, randomValue(r))
			}
			if err := tab.setOption(h, o, v); err != nil {
				checkRefusal(t, o, err)
			}
			if got, err := tab.getOption(h, o); err != nil {
				checkRefusal(t, o, err)
			} else if !utf8.ValidString(got.String()) {
				t.Fatalf("%s: %q", o.name, got)
			}
		}
		tab.Close()
		if after := openDescriptors(t); after > before {
			t.Errorf("%d descriptors before, %d after", before, after)
		}
	})
}

func checkRefusal(t *testing.T, o *option, err error) {
	t.Helper()
	var errno unix.Errno
	if s := err.Error(); !errors.As(err, &errno) && (!strings.HasPrefix(s, o.name) || !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) || len(s) > 600) {
		t.Fatalf("%s: %q", o.name, err)
	}
}

func openDescriptors(t *testing.T) int {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip(err)
	}
	return len(entries)
}

func randomOption(r *rand.Rand, all []option) string {
	levels := []string{"socket", "ip", "ipv6", "tcp", "udp", "raw", "packet", "netlink", "vsock", "0", "-1", "2147483647", "282"}
	if r.IntN(2) == 0 {
		return all[r.IntN(len(all))].name
	}
	number := Num(r.IntN(90)).String() // from 64 on at the level of IP begin the firewall's, which change the machine
	switch r.IntN(8) {
	case 0:
		number = "-1"
	case 1:
		number = "2147483647"
	}
	l := levels[r.IntN(len(levels))]
	if l == "ip" || l == "0" || l == "ipv6" {
		number = Num(r.IntN(60)).String()
	}
	return l + ":" + number
}

func randomValue(r *rand.Rand) Value {
	words := []string{"on", "off", "0", "1", "-1", "9999999999", "", "lo", "any", "none", "239.1.2.3", "ff02::9", "127.0.0.1", "::1", "include", "exclude", "drop", "accept", "syn", "first", "hex", "hex 00",
		"0a0b", "tai", "1s", "500ms", "1-2", "64KiB", "unlimited", "\x00\xff", "\n", "want", "promisc", "reno", "fe80::1%lo", "语", strings.Repeat("w", 5000)}
	switch r.IntN(6) {
	case 0:
		return Num(r.IntN(200) - 20)
	case 1:
		return Value{Type: Number, Num: r.NormFloat64() * 1e10}
	case 2:
		b := make([]byte, r.IntN(300))
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		return Value{Type: Bytes, Str: string(b)}
	case 3:
		return []Value{{}, Flag(true), {Type: List, Any: []Value{Num(1)}}, {Type: Foreign, Str: "function"}}[r.IntN(4)]
	}
	return Str(words[r.IntN(len(words))])
}

// FuzzOptionValue checks that no value of any form leads to a panic, and that a
// refusal is one printable line.
func FuzzOptionValue(f *testing.F) {
	table := newOptions()
	for i := range table.all {
		f.Add(i, "on", "lo", []byte{1, 0, 0, 0})
		f.Add(i, "239.1.2.3", "127.0.0.1 include 10.0.0.1", []byte{})
		f.Add(i, "239.1.2.3", strings.Repeat("\x97", 3000), []byte{})
	}
	f.Fuzz(func(t *testing.T, i int, first, second string, answer []byte) {
		o := &table.all[(i%len(table.all)+len(table.all))%len(table.all)]
		if o.access == alias {
			return
		}
		if o.form.encode != nil {
			for _, v := range [][]Value{{Str(first)}, {Str(first), Str(second)}, {{Type: Bytes, Str: first + " " + second}}} {
				if _, err := o.form.encode(o.form, nil, v); err != nil {
					checkRefusal(t, o, errors.New(o.name+": "+err.Error()))
				}
			}
		}
		if o.form.decode != nil && !o.form.whole {
			if s := o.form.decode(o.form, answer).String(); !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) {
				t.Errorf("%s of %x: %q", o.name, answer, s)
			}
		}
	})
}
