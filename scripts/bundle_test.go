package scripts

import (
	"os/exec"
	"path/filepath"
	"testing"
)

// TestSegments lets a scenario fail in a lab, and reads the frames that it leaves with
// tcpdump.
func TestSegments(t *testing.T) {
	w := newWorkshop(t, build(t), map[string]string{"a.lua": `need("lab")
host("a") host("b")
local l = b:socket() l:bind("10.0.0.2:80") l:listen() defer(close, l)
local c = a:socket() c:bind("10.0.0.1:1001") c:connect("10.0.0.2:80") defer(close, c)
drop(1, {flags = "psh+ack"})
c:send("hello")
expect.equal("hello", "HELLO")`})
	if w.results(1, "a.lua", "--artifacts", "art")["a.lua"] == "skipped" {
		t.Skip("there are no labs here")
	}
	w.contains(w.read("art/a.lua/ladder.txt"), "SYN+ACK seq=0 ack=1")
	const notKept = "The segments are not kept"
	w.lacks(w.read("art/a.lua/failure.txt"), notKept)
	w.test(1, "a.lua", "--secret", "pass=not to be seen", "--artifacts", "hidden")
	w.contains(w.read("hidden/a.lua/failure.txt"), notKept)
	tool, err := exec.LookPath("tcpdump")
	if err != nil {
		t.Skip(err)
	}
	cmd := exec.Command(tool, "-n", "-r", filepath.Join(w.dir, "art/a.lua/segments.pcapng"))
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	w.contains(string(out), "10.0.0.1.1001 > 10.0.0.2.80: Flags [S]", "10.0.0.2.80 > 10.0.0.1.1001: Flags [S.]", "length 5")
}
