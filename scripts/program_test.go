package scripts

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"socksh/luabind/lab"
)

// builds holds the program under test; it is made once, when first asked for.
var builds string

var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "socksh")
	if err != nil {
		return "", err
	}
	builds = dir
	file := filepath.Join(dir, "socksh")
	if out, err := exec.Command("go", "build", "-o", file, "..").CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %v\n%s", err, out)
	}
	return file, os.Chmod(dir, 0o755)
})

func TestMain(m *testing.M) {
	lab.Program = program
	status := m.Run()
	if builds != "" {
		os.RemoveAll(builds)
	}
	os.Exit(status)
}

// build is the path of the program under test.
func build(t *testing.T) string {
	t.Helper()
	file, err := program()
	if err != nil {
		t.Fatal(err)
	}
	return file
}
