package luabind

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"socksh/luabind/loop"
	"socksh/luabind/sock"
)

// TestRecordedData records data of all kinds and runs what was recorded: the bytes must be
// the same, however they are written.
func TestRecordedData(t *testing.T) {
	file := filepath.Join(t.TempDir(), "it.lua")
	random := rand.New(rand.NewPCG(1, 2))
	pieces := []string{"\x00", "\xff\xfe", "\n", "\r\n", "\"", "\\", "'", "]]", "--", "你好", "\u2028", "abc", strings.Repeat("xy", 50), "127.0.0.1:", "hunt\"er2", "$", "%d+", "Fri, 27 Nov 2026 00:00:07 GMT", "2026-11-27T00:00:07Z", "#5", "{", "return"}
	for range 150 {
		var data string
		for range 1 + random.IntN(12) {
			data += pieces[random.IntN(len(pieces))]
		}
		s, err := New(Config{Out: io.Discard, Err: io.Discard, Vars: map[string]string{"pass": "hunt\"er2"}, Secrets: []string{"pass"}})
		if err != nil {
			t.Fatal(err)
		}
		run := func(line string) {
			if err := s.Do(func(task *loop.Task) error { return s.Exec(task, line) }); err != nil {
				t.Fatalf("%s: %v", line, err)
			}
		}
		run("record " + file)
		run("l = socket tcp")
		run("bind l 127.0.0.1:0")
		port := ""
		for _, a := range s.Table.Handles() {
			port = s.Table.Fact(a).Local
		}
		data = strings.ReplaceAll(data, "127.0.0.1:", port)
		run("a, b = socketpair unix")
		run("send a " + sock.Quote(data))
		run("recv b")
		run(fmt.Sprintf("y = { %s, 1 }", sock.Quote(data)))
		run("y[1]")
		run("record off")
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "hunt") || strings.Contains(string(text), port) {
			t.Errorf("it holds what it must not:\n%s", text)
		}
		if err := s.Do(func(task *loop.Task) error { return s.RunCode(task, string(text), "it.lua", nil) }); err != nil {
			t.Errorf("%q: %v\n%s", data, err, text)
		}
		s.Close()
	}
}
