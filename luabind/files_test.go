package luabind

import (
	"runtime/debug"
	"testing"
)

// TestFilesEnd leaves files open and programs running: they end with the session.
func TestFilesEnd(t *testing.T) {
	percent := debug.SetGCPercent(-1) // the collector would close some of the files
	t.Cleanup(func() { debug.SetGCPercent(percent) })
	leaks(t)
	if out, err := script(t, `
for i = 1, 5 do assert(io.open("files_test.go")) end
kept = assert(io.open("files_test.go"))
sleeps = assert(io.popen("echo ready; exec sleep 1000"))
expect.equal(sleeps:read(), "ready")
fed = assert(io.popen("cat", "w"))`); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
