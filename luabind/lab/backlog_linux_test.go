package lab

import (
	"bytes"
	"os"
	"testing"
)

func TestBacklog(t *testing.T) {
	const idle = "0e4ebe53 0000027a 00000072 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000\n"
	const busy = "0e4ebe53 0000027a 00000072 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000001 00000001 00000001 00000000\n"
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
