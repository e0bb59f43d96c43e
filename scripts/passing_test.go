package scripts

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestPassing passes descriptors to a program of Python's, and back.
func TestPassing(t *testing.T) {
	need(t, "python3")
	bin := build(t)
	path := filepath.Join(t.TempDir(), "meet")
	p := start(t, "python3", "../testdata/peers/passing.py", path)
	p.expect("listening\n")
	s := start(t, bin, "run", "../testdata/peers/passing.lua", "unix:"+path)
	s.expect("all passed\n")
	s.end(0, "")
	p.end(0, "got this one 1 0\nblocking True\nblocking True True\n")
}

// TestAdopt starts the program with descriptors of others: as systemd passes them
// on, as a plain number, and as standard input.
func TestAdopt(t *testing.T) {
	t.Parallel()
	need(t, "python3")
	bin := build(t)
	const give = `
import os, socket, sys
a = socket.create_server(("127.0.0.1", 0))
b = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
b.bind(("127.0.0.1", 0))
c, d = socket.socketpair()
os.dup2(a.fileno(), 13); os.dup2(b.fileno(), 14); os.dup2(d.fileno(), 15); os.dup2(d.fileno(), 0)
os.dup2(13, 3); os.dup2(14, 4); os.dup2(15, 5)
os.environ.update(LISTEN_FDS="3", LISTEN_PID=str(os.getpid()), LISTEN_FDNAMES="web:dns:talk")
for fd in (3, 4, 5): os.set_inheritable(fd, True)
os.closerange(6, 300)
os.execv(sys.argv[1], sys.argv[1:])
`
	run := func(name, code, want string) {
		t.Run(name, func(t *testing.T) {
			cmd := exec.Command("python3", "-c", give, bin, "-e", code)
			cmd.Env = append(os.Environ(), "LISTEN_FDS=")
			out, err := cmd.CombinedOutput()
			if err != nil || string(out) != want {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
	run("all", `
local web, dns, talk = adopt("listen")
for _, row in ipairs(handles()) do print(row.handle, row.family, row.type, row.state) end
local c = socket() c:connect(web:getsockname())
print(web:accept():getsockname() == web:getsockname())
print(try(adopt, "listen"))
`, "1\tinet\tstream\tLISTEN\n2\tinet\tdgram\t\n3\tunix\tstream\t\ntrue\nfalse\tadopt: descriptor 3 is handle 1 already; usage: adopt DESCRIPTOR\n")
	run("by name", `
local dns = adopt("dns")
socket("udp"):sendto("question", dns:getsockname())
print(dns:recv())
print(select("#", adopt("talk")), try(adopt, "mail"))
`, "question\n1\tfalse\tadopt: none of the 3 descriptors is called \"mail\" (LISTEN_FDNAMES); usage: adopt DESCRIPTOR\n")
	run("by number", `
local talk = adopt(5)
print(talk, talk:fd(), talk:nonblock(), try(adopt, -1))
`, "1\t5\tfalse\tfalse\tadopt: -1 is not a descriptor; usage: adopt DESCRIPTOR\n")
	run("standard input", `
local talk = adopt(0)
print(talk:fd() > 2, getsockopt(talk, "SO_DOMAIN"))
talk:close()
print(tostring(adopt(0)))
`, "true\tunix\n2\n")
	run("refused", `
for fd = 6, 40 do -- Go keeps some
  local ok, why = try(adopt, fd)
  if ok or why.errno ~= "EBADF" and not tostring(why):match("program's own") then print(fd, ok, why) end
end`, "")
	out, err := exec.Command(bin, "--sandbox", "-e", `print(try(adopt, 0)) print(try(socket, "netlink")) print(try(socket, "inet", "raw", "icmp"))`).CombinedOutput()
	want := "false\tadopt: the sandbox has no descriptors from outside\nfalse\tsocket: the sandbox has inet, inet6 and unix sockets only\nfalse\tsocket: the sandbox has no raw sockets\n"
	if err != nil || string(out) != want {
		t.Errorf("%v\n%s", err, out)
	}
}
