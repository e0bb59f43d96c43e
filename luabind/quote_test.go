package luabind

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"socksh/luabind/line"
	"socksh/luabind/sock"
)

// FuzzQuote checks that received data, as it is shown, can be typed back, and is
// one printable line.
func FuzzQuote(f *testing.F) {
	for _, s := range []string{"", "a", "\x00\xff", "a\r\n\t\"\\'", "你好€", "\u2028\ufeff\ufffd\x1b[2J", "$x #5", "\xe4\xbd", "\xef"} {
		f.Add(s)
	}
	known := func(word string) bool { return word == "send" }
	f.Fuzz(func(t *testing.T, data string) {
		shown := sock.Quote(data)
		if !utf8.ValidString(shown) || strings.ContainsFunc(shown, func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Errorf("%q is shown as %q", data, shown)
		}
		l, err := line.Parse("send 1 "+shown, known)
		if err != nil || l.Kind != line.Command || len(l.Words) != 2 {
			t.Fatalf("%s is read as %+v, %v", shown, l, err)
		}
		if got, plain := l.Words[1].Plain(); !plain || got != data {
			t.Errorf("%q is shown as %s and read as %q", data, shown, got)
		}
	})
}
