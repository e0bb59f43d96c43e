package lab

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"
)

const (
	idle = "0e4ebe53 0000027a 00000072 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000\n"
	busy = "0e4ebe53 0000027a 00000072 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000001 00000001 00000001 00000000\n"
)

func TestBacklog(t *testing.T) {
	const old = "0e4ebe53 0000027a 00000072 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000\n"
	for text, want := range map[string]bool{idle: false, idle + busy: true, busy + idle: true, old: false, "": false} {
		if got := anyWaits([]byte(text)); got != want {
			t.Errorf("%v of\n%s", got, text)
		}
	}
	stat, err := os.ReadFile("/proc/net/softnet_stat")
	if line, _, _ := bytes.Cut(stat, []byte("\n")); err != nil || len(line) < len(idle)-1 {
		t.Skipf("this kernel tells nothing of what waits: %v, %q", err, line)
	}
}

// The kernel's thread may have to wait for its turn, behind whatever computes.
func TestBacklogLate(t *testing.T) {
	stat, err := os.Create(filepath.Join(t.TempDir(), "stat"))
	if err != nil {
		t.Fatal(err)
	}
	defer stat.Close()
	stat.WriteString(idle + busy)
	b := backlog{fd: int(stat.Fd()), text: make([]byte, 4<<10)}
	handled := time.AfterFunc(50*time.Millisecond, func() { stat.WriteAt([]byte(idle), int64(len(idle))) })
	defer handled.Stop()
	if !b.drained() || b.waits() {
		t.Error("the wait ended before the frame was handled")
	}
	if b.drained() {
		t.Error("nothing was there to wait for")
	}
}
