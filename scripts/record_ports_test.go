package scripts

import (
	"bufio"
	"net"
	"strings"
	"testing"
	"time"
)

// TestRecordPorts checks that a port which was typed is another one on each run, however it
// was typed.
func TestRecordPorts(t *testing.T) {
	w := newWorkshop(t, build(t), nil)
	for name, c := range map[string]struct{ typed, written string }{
		"variable.lua":   {"A = \"ADDRESS\"\nsocket as srv\nbind srv $A\nlisten srv\nsocket as c\nconnect c $A\n", `A = srv:bind("HOST:0")`},
		"statements.lua": {"srv = socket() srv:bind(\"ADDRESS\") srv:listen()\nsocket as c\nconnect c ADDRESS\n", `srv:bind("HOST:0")`},
	} {
		w.types("record " + name + "\n" + c.typed + "s = accept srv\nsend c hello\nrecv s\nclose c\nclose s\nclose srv\n")
		w.contains(w.read(name), w.own.Replace(c.written))
		w.test(0, name, "--repeat", "8", "-j", "8")
	}
}

// TestRecordListen has a server that closes first run again at once at the address it is told.
func TestRecordListen(t *testing.T) {
	w := newWorkshop(t, build(t), nil)
	w.types("journal on\nsocket as srv\nbind srv 127.0.0.1:0\nlisten srv\nsocket as c\nconnect c $(srv:getsockname())\ns = accept srv\n" +
		"send s \"bye\\n\"\nclose s\nrecvline c\nrecv c\nclose c\nclose srv\nsave client.lua --half client\nsave server.lua --half server\n")
	at := ownAddress(t)
	for range 2 {
		w.test(0, "server.lua", "--var", "listen="+at, "--var", "client="+w.bin+" --var target=$TARGET run client.lua")
	}
}

// TestRecordDatagrams has another program be the client of a server without connections.
func TestRecordDatagrams(t *testing.T) {
	w := newWorkshop(t, build(t), nil)
	cmd := w.command("--keep-going")
	cmd.Stdin = strings.NewReader("record it.lua\nsocket udp as u\nbind u 127.0.0.1:0\ndata, from = recvfrom u\nsendto u \"re\" $from\nclose u\n")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer time.AfterFunc(time.Minute, func() { cmd.Process.Kill() }).Stop()
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if client, err := net.Dial("udp", lines.Text()); err == nil {
			client.Write([]byte("hi"))
			defer client.Close()
			break
		}
	}
	for lines.Scan() {
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	w.contains(w.read("it.lua"), `u:bind(vars.listen or "127.0.0.1:0")`, "client(address)", `expect.equal(data, "hi")`)
	w.write("client.lua", `local c = socket("udp") c:connect(vars.target) c:send("hi") expect.equal(c:recv({timeout = 5}), "re") c:close()`)
	w.test(0, "it.lua", "--repeat", "5", "--var", "client="+w.bin+" --var target=$TARGET run client.lua")
}

// TestRecordAnew checks that a recording which was edited is not lost.
func TestRecordAnew(t *testing.T) {
	w := newWorkshop(t, build(t), nil)
	w.lacks(w.types("journal on\nsocket as c\nsave it.lua\nclose c\nsave it.lua\n"), "another recording")
	edited := w.read("it.lua") + "-- edited\n"
	w.write("it.lua", edited)
	w.contains(w.types("record it.lua\nsocketpair unix\n"), `it is "it.lua~" now`)
	if w.read("it.lua~") != edited || !strings.Contains(w.read("it.lua"), "socketpair") {
		t.Errorf("%s\n%s", w.read("it.lua~"), w.read("it.lua"))
	}
}
