package scripts

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// freeAddress returns an address of the loopback that nobody has now.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// serve starts a server that listens where it is told, and returns that address when it
// answers. Another may have taken the address meanwhile: then it is tried again.
func serve(t *testing.T, start func(address string) *exec.Cmd) string {
	t.Helper()
	for range 5 {
		address := freeAddress(t)
		cmd := start(address)
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		for limit := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
			if c, err := net.Dial("tcp", address); err == nil {
				c.Close()
				t.Cleanup(func() { cmd.Process.Kill(); <-ended })
				return address
			}
			select {
			case err := <-ended:
				t.Logf("%v\n%s", err, out.Bytes())
			default:
				if time.Now().Before(limit) {
					continue
				}
				cmd.Process.Kill()
				<-ended
			}
			break
		}
	}
	t.Fatal("the server does not start")
	return ""
}

// TestRecordRedis records a session with a redis server, and replays it against others.
func TestRecordRedis(t *testing.T) {
	need(t, "redis-server")
	w := newWorkshop(t, build(t), nil)
	redis := func(flags ...string) string {
		return serve(t, func(address string) *exec.Cmd {
			_, port, _ := net.SplitHostPort(address)
			cmd := exec.Command("redis-server", append([]string{"--port", port, "--bind", "127.0.0.1", "--save", "", "--dir", t.TempDir()}, flags...)...)
			cmd.Env = append(os.Environ(), "LC_ALL=C")
			return cmd
		})
	}
	first := redis()
	w.types("record red.lua\nsocket as c\nconnect c " + first + `
send c "PING\r\n"
recv c
send c "SET a 1\r\nGET a\r\n"
recvexact c 5
recvexact c 7
recvline c --timeout 20ms
send c "GET a\r\n"
recvline c
c:recvline()
send c "QUIT\r\n"
recvuntil c "\r\n"
recv c
`)
	w.contains(w.read("red.lua"), `vars.target or "`+first+`"`, `expect.recv(c, "+PONG\r\n")`, `expect.recv(c, "+OK\r\n$1\r\n1\r\n")`, "expect.eof(c)")
	w.test(0, "red.lua", "--repeat", again())
	w.test(0, "red.lua", "--var", "target=localhost"+redis()[len("127.0.0.1"):])
	out := w.test(1, "red.lua", "--var", "target="+redis("--requirepass", "secret"))
	w.contains(out, "red.lua:8: ", `expected "+PONG\r\n", got "-NOAUTH Authentication required.\r\n"`)
}

// TestRecordNginx does the same with a web server, whose answers have times in them.
func TestRecordNginx(t *testing.T) {
	need(t, "nginx")
	w := newWorkshop(t, build(t), map[string]string{"www/index.html": "hello\n"})
	address := serve(t, func(address string) *exec.Cmd {
		dir := t.TempDir()
		temp := ""
		for _, name := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
			temp += fmt.Sprintf("%s_temp_path %s;\n", name, filepath.Join(dir, name))
		}
		conf := fmt.Sprintf("daemon off; master_process off; pid %s/pid; error_log stderr;\nevents {}\nhttp { access_log off;\n%sserver { listen %s; root %s/www; } }\n", dir, temp, address, w.dir)
		if err := os.WriteFile(dir+"/nginx.conf", []byte(conf), 0o666); err != nil {
			t.Fatal(err)
		}
		return exec.Command("nginx", "-c", dir+"/nginx.conf", "-p", dir)
	})
	w.types("record web.lua\nsocket as c\nconnect c " + address + `
send c "GET /index.html HTTP/1.1\r\nHost: ` + address + `\r\n\r\n"
recvuntil c "\r\n\r\n"
recvexact c 6
send c "GET /none HTTP/1.0\r\n\r\n"
recvuntil c "\r\n\r\n"
discard c
`)
	w.contains(w.read("web.lua"), `Host: " .. target .. "`, `"Date: ", 25, " GMT\r\n"`)
	w.test(0, "web.lua", "--repeat", again())
	w.write("www/index.html", "goodbye\n")
	w.contains(w.test(1, "web.lua"), "web.lua:8: ", "-Content-Length: 6", "+Content-Length: 8")
}

// TestRecordServerHalf records a server that a real client has called, and has real
// clients call the recording.
func TestRecordServerHalf(t *testing.T) {
	need(t, "curl")
	w := newWorkshop(t, build(t), nil)
	address := ownAddress(t)
	called := make(chan error, 1)
	go func() {
		for range 1000 {
			out, err := exec.Command("curl", "-s", "--noproxy", "*", "http://"+address+"/x").CombinedOutput()
			if string(out) == "hello\n" {
				called <- nil
				return
			}
			if err == nil {
				called <- fmt.Errorf("curl got %q", out)
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
		called <- fmt.Errorf("curl found no server")
	}()
	w.types("record web.lua\nsocket as srv\nbind srv " + address + "\nlisten srv\naccept srv\n" + `recvuntil 2 "\r\n\r\n"
send 2 "HTTP/1.0 200 OK\r\n\r\nhello\n"
close 2
`)
	if err := <-called; err != nil {
		t.Fatal(err)
	}
	w.contains(w.read("web.lua"), "vars.listen", "client(address)", `Host: " .. address .. "`)
	w.test(0, "web.lua", "--repeat", "10", "--var", "client=curl -s --noproxy '*' http://$TARGET/x")
	out := w.test(1, "web.lua", "--var", "client=curl -s --noproxy '*' http://$TARGET/y")
	w.contains(out, "-GET /x HTTP/1.1", "+GET /y HTTP/1.1")

	// without a client it says where it listens, and whoever comes is served
	cmd := w.command("run", "web.lua")
	said, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer time.AfterFunc(time.Minute, func() { cmd.Process.Kill() }).Stop()
	line := make([]byte, 100)
	n, _ := said.Read(line)
	where := strings.TrimSpace(strings.TrimPrefix(string(line[:n]), "listening on "))
	request, _ := http.NewRequest("GET", "http://"+where+"/x", nil)
	if answer, err := http.DefaultClient.Do(request); err == nil {
		answer.Body.Close()
		t.Errorf("Go's client is not curl, and was served: %s", answer.Status)
	}
	if cmd.Wait() == nil {
		t.Error("a client that asks otherwise is not noticed")
	}
}

// TestRecordNetcat has nc be the client of a recording, and its server.
func TestRecordNetcat(t *testing.T) {
	need(t, "nc")
	w := newWorkshop(t, build(t), nil)
	w.types("journal on\nsocket as srv\nbind srv 127.0.0.1:0\nlisten srv\nsocket as c\n" +
		"connect c $(srv:getsockname())\naccept srv\nsend c \"hello\\n\"\nshutdown c write\nrecvline 3\nsend 3 \"bye\\n\"\nclose 3\nrecvline c\nrecv c\n" +
		"save client.lua --half client\nsave server.lua --half server\n")
	w.test(0, "server.lua", "--repeat", "10", "--var", `client=test "$(echo hello | nc -N ${TARGET%:*} ${TARGET#*:})" = bye`)
	address := ownAddress(t)
	host, port, _ := net.SplitHostPort(address)
	nc := exec.Command("nc", "-l", "-N", host, port)
	nc.Stdin = strings.NewReader("bye\n")
	var heard bytes.Buffer
	nc.Stdout = &heard
	if err := nc.Start(); err != nil {
		t.Fatal(err)
	}
	defer time.AfterFunc(time.Minute, func() { nc.Process.Kill() }).Stop()
	for limit := time.Now().Add(20 * time.Second); !listens(address); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatal("nc does not listen")
		}
	}
	w.test(0, "client.lua", "--var", "target="+address)
	if err := nc.Wait(); err != nil || heard.String() != "hello\n" {
		t.Errorf("nc: %v, %q", err, heard.String())
	}
}

// listens reports whether an IPv4 address has a listener: a connection would be the only
// one that nc takes.
func listens(address string) bool {
	text, err := os.ReadFile("/proc/net/tcp")
	at := netip.MustParseAddrPort(address)
	ip := at.Addr().As4()
	shown := fmt.Sprintf("%08X:%04X 00000000:0000 0A", binary.NativeEndian.Uint32(ip[:]), at.Port())
	return err != nil || strings.Contains(string(text), shown)
}
