package scripts

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestLuaSuite runs the official tests of Lua 5.1, which come with gopher-lua, by
// socksh run, as testdata/lua51-suite.list says.
func TestLuaSuite(t *testing.T) {
	if testing.Short() {
		t.Skip("left out with -short")
	}
	if testing.Short() {
		t.Skip("SKIPPED: takes long; run without -short")
	}
	list, err := os.ReadFile("../testdata/lua51-suite.list")
	if err != nil {
		t.Fatal(err)
	}
	module, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/yuin/gopher-lua").Output()
	suite := filepath.Join(strings.TrimSpace(string(module)), "_lua5.1-tests")
	if _, missing := os.Stat(suite); err != nil || missing != nil {
		t.Skip("SKIPPED: gopher-lua's source has no tests of Lua 5.1 here")
	}
	bin := build(t)
	t.Chdir(t.TempDir())
	if err := os.CopyFS(".", os.DirFS(suite)); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll("libs/P1", 0o777); err != nil {
		t.Fatal(err)
	}
	out := make(map[string]bool)
	for n, row := range strings.Split(string(list), "\n") {
		row, _, _ = strings.Cut(row, "#")
		fields := strings.Fields(row)
		switch {
		case len(fields) == 0:
		case fields[1] == "out":
			out[fields[0]] = true
		default:
			if err := edit(fields[0], fields[1], fields[2]); err != nil {
				t.Fatalf("line %d of the list: %v", n+1, err)
			}
		}
	}
	files, _ := filepath.Glob("*.lua")
	for _, file := range files {
		if out[file] {
			continue
		}
		t.Run(file, func(t *testing.T) {
			command := exec.Command(bin, "run", file)
			if file == "big.lua" { // which the suite runs in a coroutine
				command = exec.Command(bin, "-e", `local f = coroutine.wrap(assert(loadfile("big.lua"))) assert(f() == "b") assert(f() == "a")`)
			}
			if out, err := command.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out[max(0, len(out)-300):])
			}
		})
	}
}

// edit changes lines of a file of the suite.
func edit(file, verb, ranges string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	lines := strings.Split(string(text), "\n")
	for _, r := range strings.Split(ranges, ",") {
		first, last, ok := strings.Cut(r, "-")
		if !ok {
			last = first
		}
		i, err := strconv.Atoi(first)
		j, err2 := strconv.Atoi(last)
		if err != nil || err2 != nil || i < 1 || j > len(lines) {
			return fmt.Errorf("no lines %s", r)
		}
		for k := i - 1; k < j; k++ {
			switch plain := strings.TrimLeft(lines[k], " \t"); {
			case verb == "omit":
				lines[k] = ""
			case verb == "uncomment" && strings.HasPrefix(plain, "--"):
				lines[k] = plain[2:]
			default:
				return fmt.Errorf("cannot %s line %d: %s", verb, k+1, lines[k])
			}
		}
	}
	return os.WriteFile(file, []byte(strings.Join(lines, "\n")), 0o666)
}
