package luabind

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestComplete checks that the names of options and the words of their values come from
// the table, and files from their folder.
func TestComplete(t *testing.T) {
	s, err := New(Config{Out: io.Discard, Err: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	home := t.TempDir()
	t.Setenv("HOME", home)
	for _, name := range []string{"hello.lua", "notes.md"} {
		if err := os.WriteFile(filepath.Join(home, name), nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for line, want := range map[string]string{
		"setsockopt 1 TCP_NODE":       "TCP_NODELAY",
		"getsockopt 1 nodel":          "nodelay",
		"setsockopt 1 SO_KEEPALIVE o": "on off",
		"setsockopt 1 SO_KEEPALIVE x": "",
		"setsockopt 1 SO_RCVBUF ":     "",
		"setsockopt 1 SO_LINGER":      "SO_LINGER",
		"help SO_LING":                "SO_LINGER",
		"help setso":                  "setsockopt",
		"setsockopt --value ":         "",
		"record ~/":                   "~/hello.lua",
		"record ~/he":                 "~/hello.lua",
	} {
		_, candidates := s.Complete(line)
		var got []string
		for _, c := range candidates {
			got = append(got, c.Text)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}
