package sock

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestMessageFlags checks that every MSG_ constant of package unix is a flag of the
// table, with the same number.
func TestMessageFlags(t *testing.T) {
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "golang.org/x/sys").Output()
	if err != nil {
		t.Skipf("the source of package unix is not here: %v", err)
	}
	text, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), "unix", "ztypes_linux.go"))
	if err != nil {
		t.Fatal(err)
	}
	errors, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), "unix", "zerrors_linux.go"))
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]int{"tryhard": 4} // DECnet's name of dontroute
	for _, b := range messageFlags {
		known[b.name] = b.value
	}
	known["proxy"] = known["probe"]
	seen := 0
	for _, m := range regexp.MustCompile(`(?m)^\tMSG_([A-Z_]+)\s+= (0x[0-9a-f]+)$`).FindAllStringSubmatch(string(text)+string(errors), -1) {
		n, _ := strconv.ParseInt(m[2], 0, 64)
		seen++
		if got, ok := known[strings.ToLower(m[1])]; !ok || got != int(n) {
			t.Errorf("MSG_%s is %#x; the table has %#x", m[1], n, got)
		}
	}
	if seen < 20 {
		t.Errorf("only %d constants were found", seen)
	}
}
