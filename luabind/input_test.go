package luabind

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"testing"

	"socksh/luabind/loop"
)

// TestPromptOrder checks that what a script printed is out before it is asked
// for a line: the prompt does not take the same way.
func TestPromptOrder(t *testing.T) {
	var out bytes.Buffer
	seen := ""
	s, err := New(Config{Out: bufio.NewWriter(&out), Err: io.Discard, ReadLine: func(context.Context, string) (string, error) {
		seen = out.String()
		return "", io.EOF
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	err = s.Do(func(task *loop.Task) error { return s.RunCode(task, `print("before") input("? ")`, "test", nil) })
	if err != nil || seen != "before\n" {
		t.Errorf("out before the prompt: %q, %v", seen, err)
	}
}
