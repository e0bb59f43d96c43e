//go:build unix

package repl

import (
	"os/exec"
	"strings"
	"testing"
)

// TestLeaving leaves by each of the ways there are: with its status, and nothing is said
// about it.
func TestLeaving(t *testing.T) {
	file, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string]int{
		"quit":                        0,
		"exit":                        0,
		"exit 3":                      3,
		"bye 4":                       4,
		"exit()":                      0,
		"exit(5)":                     5,
		"quit(6)":                     6,
		"pcall(exit, 7)":              7,
		"os.exit(false)":              1,
		"for i = 1, 3 do exit(i) end": 1,
	} {
		for _, args := range [][]string{{}, {"--keep-going"}, {"-c", line, "-c", "no such line"}} {
			cmd := exec.Command(file, args...)
			cmd.Stdin = strings.NewReader(line + "\nno such line\n")
			said, _ := cmd.CombinedOutput()
			if got := cmd.ProcessState.ExitCode(); got != want || len(said) > 0 {
				t.Errorf("%s, %q: status %d, not %d; it says %q", args, line, got, want, said)
			}
		}
	}
}
