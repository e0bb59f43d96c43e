package sock

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/sys/unix"
)

// addresses are words and what they mean: the canonical form, or a part of the
// error.
var addresses = []struct{ word, want, err string }{
	{"127.0.0.1:2333", "127.0.0.1:2333", ""},
	{"127.0.0.1:0", "127.0.0.1:0", ""},
	{"127.0.0.1:00080", "127.0.0.1:80", ""},
	{"127.0.0.1:010", "127.0.0.1:10", ""},
	{"127.0.0.1:0x50", "127.0.0.1:80", ""},
	{"[::1]:80", "[::1]:80", ""},
	{"[0:0::1]:80", "[::1]:80", ""},
	{"[fe80::1%lo]:80", "[fe80::1%lo]:80", ""},
	{"[::ffff:1.2.3.4]:1", "[::ffff:1.2.3.4]:1", ""},
	{"localhost:80", "localhost:80", ""},
	{"a-b_c.example.:80", "a-b_c.example.:80", ""},
	{":8080", ":8080", ""},
	{"unix:/path", "unix:/path", ""},
	{"unix:relative", "unix:relative", ""},
	{"/path", "unix:/path", ""},
	{"./path", "unix:./path", ""},
	{"/a:80", "unix:/a:80", ""},
	{"unix:/a\xff\n", "unix:/a\xff\n", ""},
	{"@name", "@name", ""},
	{"@", "@", ""},
	{"@a\x00b", "@a\x00b", ""},
	{"unix:@name", "@name", ""},
	{"unix:./@name", "unix:./@name", ""},
	{"unix:", "unnamed", ""},
	{"@" + strings.Repeat("a", 107), "@" + strings.Repeat("a", 107), ""},
	{"/" + strings.Repeat("a", 106), "unix:/" + strings.Repeat("a", 106), ""},
	{"@" + strings.Repeat("a", 108), "", "too long"},
	{"/" + strings.Repeat("a", 107), "", "too long"},
	{"/a\x00", "", "NUL"},
	{"", "", "not an address"},
	{"80", "", "port without a host"},
	{"127.0.0.1", "", "write 127.0.0.1:80"},
	{"::1", "", "write [::1]:80"},
	{"host", "", "write host:80"},
	{"127.0.0.1:", "", "whole number"},
	{"127.0.0.1:65536", "", "more than 65535"},
	{"127.0.0.1:-1", "", "less than 0"},
	{"127.0.0.1:1.5", "", "whole number"},
	{"127.0.0.1:08_0", "", "whole number"},
	{"256.1.1.1:80", "", "neither"},
	{"1.2.3:80", "", "neither"},
	{"[::1:80", "", "brackets"},
	{"[1.2.3.4]:80", "", "brackets"},
	{"a b:80", "", "neither"},
	{"a\x00:80", "", "neither"},
	{"语:80", "", "neither"},
	{strings.Repeat("a", 254) + ":80", "", "neither"},
}

func TestParseAddr(t *testing.T) {
	for _, c := range addresses {
		a, err := ParseAddr(c.word)
		switch {
		case c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)):
			t.Errorf("%q: %v, %v; want an error with %q", c.word, a, err, c.err)
		case c.err == "" && (err != nil || a.String() != c.want):
			t.Errorf("%q: %v, %v; want %s", c.word, a, err, c.want)
		}
	}
}

// FuzzParseAddr checks that what is accepted comes back as it was, from its text
// and from the kernel's form, and that what is refused is refused in one line.
func FuzzParseAddr(f *testing.F) {
	for _, c := range addresses {
		f.Add(c.word)
	}
	f.Fuzz(func(t *testing.T, word string) {
		a, err := ParseAddr(word)
		if err != nil {
			if s := err.Error(); !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) || len(s) > 500 {
				t.Errorf("%q: %q", word, s)
			}
			return
		}
		if a.family == unix.AF_UNIX && a.path == "" {
			return // the kernel will choose
		}
		b, err := ParseAddr(a.String())
		if err != nil || *b != *a {
			t.Errorf("%q is %#v, printed %q, read as %#v, %v", word, a, a, b, err)
		}
		if a.family == unix.AF_UNSPEC || a.ip.Addr().Zone() != "" { // a zone must exist
			return
		}
		var raw rawAddr
		if err := raw.encode(a); err != nil {
			t.Fatalf("%q: %v", word, err)
		}
		if c := raw.decode(); *c != *a {
			t.Errorf("%q is %#v, from the kernel's form %#v", word, a, c)
		}
	})
}

func TestPortFollows(t *testing.T) {
	for _, c := range []struct {
		host, port Value
		want       bool
	}{
		{Str("127.0.0.1"), Str("80"), true},
		{Str("127.0.0.1"), Num(80), true},
		{Str("::1"), Str("80"), true},
		{Str("localhost"), Str("80"), true},
		{Str("127.0.0.1:80"), Str("80"), false},
		{Str("127.0.0.1"), Str("peek"), false},
		{Str("127.0.0.1"), Value{}, false},
		{Str("/path"), Str("80"), false},
		{Str("./path"), Str("80"), false},
		{Str("unix:a"), Str("80"), false},
		{Str("@a"), Str("80"), false},
		{Num(5), Str("80"), false},
	} {
		if got := portFollows(c.host, c.port); got != c.want {
			t.Errorf("%v %v: %v", c.host, c.port, got)
		}
	}
}
