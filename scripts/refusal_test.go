package scripts

import (
	"os/exec"
	"strings"
	"testing"
)

// TestNoLab runs a script that needs a lab where the system refuses them: it is
// skipped, never passed, and the reason names the setting and the remedy.
func TestNoLab(t *testing.T) {
	need(t, "unshare")
	const refuse = "echo 0 >/proc/sys/user/max_user_namespaces && exec "
	if out, err := exec.Command("unshare", "-Ur", "sh", "-c", refuse+"true").CombinedOutput(); err != nil {
		t.Skipf("no user namespace here: %v: %s", err, out)
	}
	binary := build(t)
	for _, c := range []struct {
		args   string
		status int
	}{{"run phenomena/delay", Skipped}, {`-c "host a"`, Failed}} {
		cmd := exec.Command("unshare", "-Ur", "sh", "-c", refuse+`"$0" `+c.args, binary)
		out, _ := cmd.CombinedOutput()
		if status := cmd.ProcessState.ExitCode(); status != c.status {
			t.Errorf("%s: status %d, want %d\n%s", c.args, status, c.status, out)
		}
		for _, part := range []string{"no private network", "user.max_user_namespaces is 0", "sudo sysctl -w user.max_user_namespaces="} {
			if !strings.Contains(string(out), part) {
				t.Errorf("%s: %q is not in %q", c.args, part, out)
			}
		}
	}
}
