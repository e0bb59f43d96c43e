package scripts

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"socksh/luabind"
)

var fence = regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```$")

// step is a command in a CI system's file.
var step = regexp.MustCompile(`(?m)^ *- (?:run: )?(\./socksh .*)$`)

// unsettled is what differs from run to run: times, ports and descriptors.
var unsettled = regexp.MustCompile(`\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)|\b\d+(\.\d+)?( ms|m?s)\b|\b127\.0\.0\.1:\d{4,5}\b|\bfd \d+|  +`)

func settled(text string) string { return unsettled.ReplaceAllString(text, " ") }

// testGo runs a test of Go, the file that its first line names.
func testGo(t *testing.T, dir, code string) {
	name, _, _ := strings.Cut(strings.TrimPrefix(code, "// "), "\n")
	for file, text := range map[string]string{name: code, "go.mod": "module lines\n\ngo 1.24\n"} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("go", "test", "-count=1", ".")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOWORK=off", "GOFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%s: %v\n%s", name, err, out)
	}
}

// TestReadme runs all that the README shows: its transcripts, its Lua as the
// file that its first line names, and its commands, where their output is shown.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	binary := build(t)
	if err := os.Symlink(binary, filepath.Join(dir, "socksh")); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(dir, "testdata"), os.DirFS("../testdata")); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir) // for the files that it writes
	command := ""
	for _, block := range fence.FindAllStringSubmatch(string(text), -1) {
		switch kind, body := block[1], block[2]; kind {
		case "transcript":
			r, err := openReplay(luabind.Config{Library: Library()})
			if err != nil {
				t.Fatal(err)
			}
			why, err := r.unmet(body)
			if why != "" {
				t.Run("transcript", func(t *testing.T) { t.Skip(why) })
				r.close()
				continue
			}
			got := r.play(body)
			r.close()
			if line, came, wanted := Differ(got, body); err != nil || line > 0 {
				t.Errorf("transcript: line %d: expected %q, got %q (%v)\n%s", line, wanted, came, err, got)
			}
		case "lua":
			name, _, ok := strings.Cut(strings.TrimPrefix(body, "-- "), ":")
			if !ok {
				t.Fatalf("no file name in %q", body)
			}
			if err := os.WriteFile(filepath.Join(dir, name), []byte(body), 0o666); err != nil {
				t.Fatal(err)
			}
		case "sh":
			command = body
		case "output":
			run := exec.Command("sh", "-c", command)
			run.Dir = dir
			out, _ := run.CombinedOutput()
			if settled(string(out)) != settled(body) {
				t.Errorf("%s: expected\n%sgot\n%s", command, body, out)
			}
		case "go":
			testGo(t, dir, body)
		case "yaml":
			runs := step.FindAllStringSubmatch(body, -1)
			if len(runs) == 0 {
				t.Errorf("no step that runs socksh in\n%s", body)
			}
			for _, run := range runs {
				cmd := exec.Command("sh", "-c", run[1]+" --list")
				if out, err := cmd.CombinedOutput(); err != nil {
					t.Errorf("%s: %v\n%s", run[1], err, out)
				}
			}
		default:
			t.Errorf("a block of %s is not tested", kind)
		}
	}
	if out, err := exec.Command(binary, "run", "tutorial/lifecycle").CombinedOutput(); err != nil {
		t.Errorf("the first command: %v\n%s", err, out)
	}
}
