package luabind

import "testing"

// TestPatternBeside checks what is shown of data of which some bytes may be any: only what
// really differs does so there.
func TestPatternBeside(t *testing.T) {
	answer := pattern{data: "HTTP/1.1 200 OK\r\nDate: \x00\x00\x00\x00 GMT\r\nTag: \x00\x00\r\n\r\nx", any: [][2]int{{23, 27}, {38, 40}}}
	for _, c := range []struct{ name, came, want string }{
		{"the first line is longer", "HTTP/1.1 503 Sorry\r\nDate: noon GMT\r\nTag: ab\r\n\r\nx", "HTTP/1.1 200 OK\r\nDate: noon GMT\r\nTag: ab\r\n\r\nx"},
		{"a line with a gap differs", "HTTP/1.1 200 OK\r\nDate: noon CET\r\nTag: ab\r\n\r\nx", "HTTP/1.1 200 OK\r\nDate: noon GMT\r\nTag: ab\r\n\r\nx"},
		{"a gap has another length", "HTTP/1.1 200 OK\r\nDate: at noon GMT\r\nTag: ab\r\n\r\nx", "HTTP/1.1 200 OK\r\nDate: at n GMT\r\nTag: ab\r\n\r\nx"},
		{"it ends in a gap", "HTTP/1.1 200 OK\r\nDate: no", "HTTP/1.1 200 OK\r\nDate: no?? GMT\r\nTag: ??\r\n\r\nx"},
		{"nothing came", "", "HTTP/1.1 200 OK\r\nDate: ???? GMT\r\nTag: ??\r\n\r\nx"},
	} {
		if got := answer.beside(c.came); got != c.want {
			t.Errorf("%s: %q\n expected %q", c.name, got, c.want)
		}
	}
}
