package scripts

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// A workshop is a folder of scenarios, and the program that runs them.
type workshop struct {
	t   *testing.T
	bin string
	dir string
	env []string
	own *strings.Replacer // of ADDRESS, HOST and PORT by an address for this workshop alone
}

func newWorkshop(t *testing.T, bin string, files map[string]string) *workshop {
	w := &workshop{t: t, bin: bin, dir: t.TempDir()}
	w.env = append(os.Environ(), "CI=", "GITHUB_ACTIONS=", "GITHUB_STEP_SUMMARY=", "XDG_STATE_HOME="+t.TempDir())
	address := ownAddress(t)
	host, port, _ := net.SplitHostPort(address)
	w.own = strings.NewReplacer("ADDRESS", address, "HOST", host, "PORT", port)
	for name, text := range files {
		w.write(name, text)
	}
	return w
}

// ownAddress returns an address that nobody else binds meanwhile: on Linux one whose port the
// kernel chooses for nobody, of a loopback address by chance.
func ownAddress(t *testing.T) string {
	if runtime.GOOS != "linux" {
		return freeAddress(t)
	}
	return fmt.Sprintf("127.%d.%d.%d:%d", 1+rand.IntN(250), rand.IntN(250), 1+rand.IntN(250), 2000+rand.IntN(20000))
}

func (w *workshop) write(name, text string) {
	w.t.Helper()
	file := filepath.Join(w.dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		w.t.Fatal(err)
	}
}

func (w *workshop) read(name string) string {
	w.t.Helper()
	text, err := os.ReadFile(filepath.Join(w.dir, name))
	if err != nil {
		w.t.Fatal(err)
	}
	return string(text)
}

func (w *workshop) command(args ...string) *exec.Cmd {
	cmd := exec.Command(w.bin, args...)
	cmd.Dir, cmd.Env = w.dir, w.env
	return cmd
}

// starts runs socksh, whose script makes the file "ready" when it is about to wait. Out is
// for after cmd.Wait.
func (w *workshop) starts(args ...string) (cmd *exec.Cmd, out *strings.Builder) {
	w.t.Helper()
	os.Remove(filepath.Join(w.dir, "ready"))
	cmd, out = w.command(args...), &strings.Builder{}
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { cmd.Process.Kill() })
	w.awaitFile("ready")
	return cmd, out
}

// awaitFile waits until a file of the folder is there.
func (w *workshop) awaitFile(name string) {
	w.t.Helper()
	await(w.t, func() bool { _, err := os.Stat(filepath.Join(w.dir, name)); return err == nil })
}

// test runs socksh test over the folder.
func (w *workshop) test(status int, args ...string) string {
	w.t.Helper()
	cmd := w.command(append([]string{"test"}, args...)...)
	out, err := cmd.CombinedOutput()
	if err != nil && cmd.ProcessState == nil {
		w.t.Fatal(err)
	}
	if got := cmd.ProcessState.ExitCode(); got != status {
		w.t.Errorf("test %s: status %d, expected %d\n%s", strings.Join(args, " "), got, status, out)
	}
	return string(out)
}

// results runs the folder's scenarios and returns what became of each.
func (w *workshop) results(status int, args ...string) map[string]string {
	w.t.Helper()
	w.test(status, append(args, "--report", "json=r.json")...)
	var run struct {
		Scenarios []struct{ ID, Status string }
	}
	if err := json.Unmarshal([]byte(w.read("r.json")), &run); err != nil {
		w.t.Fatal(err)
	}
	all := map[string]string{}
	for _, s := range run.Scenarios {
		all[s.ID] = s.Status
	}
	return all
}

func (w *workshop) contains(out string, parts ...string) {
	w.t.Helper()
	for _, part := range parts {
		if !strings.Contains(out, part) {
			w.t.Errorf("no %q in\n%s", part, out)
		}
	}
}

func (w *workshop) lacks(out string, parts ...string) {
	w.t.Helper()
	for _, part := range parts {
		if strings.Contains(out, part) {
			w.t.Errorf("%q in\n%s", part, out)
		}
	}
}

func equalResults(t *testing.T, got map[string]string, want ...string) {
	t.Helper()
	var all []string
	for id, status := range got {
		all = append(all, id+": "+status)
	}
	slices.Sort(all)
	slices.Sort(want)
	if !slices.Equal(all, want) {
		t.Errorf("got\n  %s\nexpected\n  %s", strings.Join(all, "\n  "), strings.Join(want, "\n  "))
	}
}

// pair makes two connected handles, in Lua.
const pair = `local function pair()
  local a, b = socketpair()
  defer(close, a) defer(close, b)
  return a, b
end
`

// A trial is something done in a workshop of its own.
type trial struct {
	name  string
	files map[string]string
	run   func(w *workshop)
}

// inWorkshops makes the trials side by side.
func inWorkshops(t *testing.T, all []trial) {
	bin := build(t)
	for _, test := range all {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.run(newWorkshop(t, bin, test.files))
		})
	}
}

// await waits for a condition that another process brings about.
func await(t *testing.T, condition func() bool) {
	t.Helper()
	for end := time.Now().Add(lifetime); !condition(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it did not come true")
		}
	}
}
