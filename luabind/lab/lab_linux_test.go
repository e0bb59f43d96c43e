package lab

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"socksh/luabind/kernel"
	"socksh/luabind/loop"
	"socksh/luabind/sock"
)

// session is a loop, a table and a lab, without Lua.
type session struct {
	loop *loop.Loop
	tab  *sock.Table
	lab  *Lab
}

func open(t testing.TB) *session {
	t.Helper()
	l, err := loop.New()
	if err != nil {
		t.Fatal(err)
	}
	s := &session{loop: l, tab: sock.NewTable(l)}
	s.lab = New(s.tab, new(kernel.View))
	if err := s.lab.Begin(); err != nil {
		l.Close()
		t.Skip(err)
	}
	return s
}

func (s *session) close() {
	s.loop.Close()
	s.tab.Close()
	s.lab.Close()
}

func (s *session) host(t testing.TB, name string) *Host {
	t.Helper()
	h, err := s.lab.add(name, nil)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// children returns the helpers of a process.
func children(t *testing.T, parent int) []string {
	t.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, stat := range stats {
		text, err := os.ReadFile(stat)
		if err != nil {
			continue
		}
		rest := string(text[strings.LastIndexByte(string(text), ')')+1:])
		var state string
		var ppid int
		fmt.Sscan(rest, &state, &ppid)
		if ppid == parent {
			all = append(all, filepath.Base(filepath.Dir(stat)))
		}
	}
	return all
}

// TestNothingIsLeft makes labs, several at once, and looks for descriptors and
// processes afterwards.
func TestNothingIsLeft(t *testing.T) {
	open(t).close() // so that what Go opens once is open
	before, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			s := open(t)
			defer s.close()
			s.host(t, "a")
			s.host(t, "b")
		})
	}
	all.Wait()
	after, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	if len(after) > len(before) {
		t.Errorf("%d descriptors were open before, %d are now", len(before), len(after))
	}
	if left := children(t, os.Getpid()); len(left) > 0 {
		t.Errorf("processes are left: %v", left)
	}
}

// TestKilled starts this test again as a process that makes a lab, with a connection
// whose FIN nobody will acknowledge and a program on a host, and is killed.
func TestKilled(t *testing.T) {
	const inside = "SOCKSH_LAB_VICTIM"
	if os.Getenv(inside) != "" {
		victim(t)
		return
	}
	open(t).close()
	cmd := exec.Command(os.Args[0], "-test.run=^TestKilled$")
	cmd.Env = append(os.Environ(), inside+"=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var ready string
	var sleeper int
	if _, err := fmt.Fscan(out, &ready, &sleeper); err != nil || ready != "ready" {
		t.Fatalf("the victim said %q: %v", ready, err)
	}
	helpers := children(t, cmd.Process.Pid)
	cmd.Process.Kill()
	cmd.Wait()
	if len(helpers) == 0 {
		t.Fatal("the victim had no helper")
	}
	pids := append(helpers, fmt.Sprint(sleeper))
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		var left []string
		for _, pid := range pids {
			if state := stateOf(pid); state != "" && state != "Z" { // what nobody reaps has given back all else
				left = append(left, pid)
			}
		}
		if len(left) == 0 {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("processes are left: %v", left)
		}
	}
}

// stateOf returns the letter of a process's state, "" if there is none.
func stateOf(pid string) string {
	text, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil {
		return ""
	}
	var state string
	fmt.Sscan(string(text[strings.LastIndexByte(string(text), ')')+1:]), &state)
	return state
}

func victim(t *testing.T) {
	s := open(t)
	a, b := s.host(t, "a"), s.host(t, "b")
	listener, client := pair(t, s, a, b)
	_ = listener
	s.lab.cable.hold = &filter{flags: anyFlags}
	unix.Close(client)
	p, err := a.start([]string{"/", "/bin/sleep", "1000"})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println("ready", p.process)
	select {}
}

// pair connects two hosts, and returns the listener and the client.
func pair(t testing.TB, s *session, from, to *Host) (listener, client int) {
	t.Helper()
	listener, err := to.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	at := &unix.SockaddrInet4{Port: 80, Addr: to.addresses[0].As4()}
	if err := unix.Bind(listener, at); err != nil {
		t.Fatal(err)
	}
	if err := unix.Listen(listener, 10); err != nil {
		t.Fatal(err)
	}
	if client, err = from.Socket(unix.AF_INET, unix.SOCK_STREAM, 0); err != nil {
		t.Fatal(err)
	}
	if err := unix.Connect(client, at); err != unix.EINPROGRESS {
		t.Fatal(err)
	}
	s.lab.Pump()
	if err := unix.Connect(client, at); err != nil {
		t.Fatal("connect: ", err)
	}
	return listener, client
}

// TestHelperGone kills the helper: what is open goes on, and what is new fails with a
// line that says why.
func TestHelperGone(t *testing.T) {
	s := open(t)
	defer s.close()
	a, b := s.host(t, "a"), s.host(t, "b")
	listener, client := pair(t, s, a, b)
	defer unix.Close(listener)
	defer unix.Close(client)
	s.lab.helper.process.Process.Kill()
	_, err := a.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	if err == nil || !strings.Contains(err.Error(), "helper process has ended (signal: killed)") {
		t.Error(err)
	}
	server, _, err := unix.Accept4(listener, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(server)
	unix.Write(client, []byte("on"))
	s.lab.Pump()
	room := make([]byte, 10)
	if n, err := unix.Read(server, room); n != 2 {
		t.Errorf("%d, %v", n, err)
	}
}

// TestDescriptorsRunOut makes the helper send a descriptor for which there is no room.
func TestDescriptorsRunOut(t *testing.T) {
	s := open(t)
	defer s.close()
	a := s.host(t, "a")
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	tight := limit
	next, err := unix.Dup(0)
	if err != nil {
		t.Fatal(err)
	}
	unix.Close(next)
	tight.Cur = uint64(next)
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &tight); err != nil {
		t.Skip(err)
	}
	_, err = a.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	unix.Setrlimit(unix.RLIMIT_NOFILE, &limit)
	if err != unix.EMFILE {
		t.Errorf("got %v", err)
	}
	fd, err := a.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	if err != nil {
		t.Errorf("afterwards: %v", err)
	}
	unix.Close(fd)
}

// TestOwnNetwork sees that a host has its own ports, and that the real network has
// none of it.
func TestOwnNetwork(t *testing.T) {
	s := open(t)
	defer s.close()
	a := s.host(t, "a")
	fd, err := a.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	if err := unix.Bind(fd, &unix.SockaddrInet4{Port: 1, Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Error(err)
	}
	if err := unix.Listen(fd, 1); err != nil {
		t.Error(err)
	}
	if c, err := net.Dial("tcp", "127.0.0.1:1"); err == nil {
		c.Close()
		t.Error("the real network reaches the host's loopback")
	}
}

// BenchmarkReady measures a lab of two hosts, from nothing until it is ready.
func BenchmarkReady(b *testing.B) {
	for b.Loop() {
		s := open(b)
		s.host(b, "a")
		s.host(b, "b")
		b.StopTimer()
		s.close()
		b.StartTimer()
	}
}

// BenchmarkBulk sends data through the cable.
func BenchmarkBulk(b *testing.B) {
	s := open(b)
	defer s.close()
	listener, client := pair(b, s, s.host(b, "a"), s.host(b, "b"))
	defer unix.Close(listener)
	defer unix.Close(client)
	server, _, err := unix.Accept4(listener, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC)
	if err != nil {
		b.Fatal(err)
	}
	defer unix.Close(server)
	data, room := make([]byte, 64<<10), make([]byte, 256<<10)
	b.SetBytes(1 << 20)
	for b.Loop() {
		for got := 0; got < 1<<20; {
			unix.Write(client, data)
			s.lab.Pump()
			if n, err := unix.Read(server, room); err == nil {
				got += n
			}
		}
	}
}
