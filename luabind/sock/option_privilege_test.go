//go:build linux

package sock

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"socksh/luabind/loop"
)

// TestRepair takes the sequence numbers out of a connection, which takes a privilege.
func TestRepair(t *testing.T) {
	l, err := loop.New()
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	tab := NewTable(l)
	defer tab.Close()
	fd, err := sysSocket(unix.AF_INET, unix.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	h := tab.add(fd, unix.AF_INET, unix.SOCK_STREAM)
	set := func(name string, v ...Value) error {
		o, err := tab.option(name)
		if err != nil {
			t.Fatal(err)
		}
		return tab.setOption(h, o, v)
	}
	get := func(name string) string {
		o, _ := tab.option(name)
		v, err := tab.getOption(h, o)
		if err != nil {
			return err.Error()
		}
		return v.String()
	}
	if err := set("TCP_REPAIR", Str("on")); err != nil {
		if err != unix.EPERM {
			t.Error(err)
		}
		t.Skip("needs CAP_NET_ADMIN: ", err)
	}
	for _, step := range []struct{ name, value, want string }{
		{"TCP_REPAIR", "", "on"}, {"TCP_REPAIR_QUEUE", "send_queue", "send_queue"}, {"TCP_QUEUE_SEQ", "4000000000", "4000000000"},
		{"TCP_REPAIR_QUEUE", "TCP_RECV_QUEUE", "recv_queue"}, {"TCP_QUEUE_SEQ", "7", "7"}, {"TCP_TIMESTAMP", "", get("TCP_TIMESTAMP")},
		{"TCP_REPAIR", "off_no_wp", "off"},
	} {
		if step.value != "" {
			if err := set(step.name, Str(step.value)); err != nil {
				t.Errorf("%s: %v", step.name, err)
			}
		}
		if got := get(step.name); got != step.want && step.name != "TCP_TIMESTAMP" {
			t.Errorf("%s is %s, want %s", step.name, got, step.want)
		}
	}
}

// TestSecret signs a connection's segments, and looks that a wrong key ends it.
func TestSecret(t *testing.T) {
	l, err := loop.New()
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	tab := NewTable(l)
	defer tab.Close()
	open := func() *Handle {
		fd, err := sysSocket(unix.AF_INET, unix.SOCK_STREAM, 0)
		if err != nil {
			t.Fatal(err)
		}
		return tab.add(fd, unix.AF_INET, unix.SOCK_STREAM)
	}
	sign := func(h *Handle, name string, v ...Value) {
		t.Helper()
		o, _ := tab.option(name)
		switch err := tab.setOption(h, o, v); err {
		case nil:
		case unix.ENOPROTOOPT:
			t.Skip("this kernel has no ", name)
		default:
			t.Fatal(err)
		}
	}
	srv := open()
	sign(srv, "TCP_MD5SIG_EXT", Str("127.0.0.0/8"), Str("top secret"))
	if err := unix.Bind(srv.FD, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	if err := unix.Listen(srv.FD, 5); err != nil {
		t.Fatal(err)
	}
	to, err := unix.Getsockname(srv.FD)
	if err != nil {
		t.Fatal(err)
	}
	connect := func(key string, wait int) string {
		h := open()
		if key != "" {
			sign(h, "TCP_MD5SIG", Str("127.0.0.1"), Str(key))
		}
		if err := unix.Connect(h.FD, to); err != unix.EINPROGRESS {
			return stateOf(h.FD)
		}
		fds := []unix.PollFd{{Fd: int32(h.FD), Events: unix.POLLOUT}}
		for until := time.Now().Add(time.Duration(wait) * time.Millisecond); ; {
			_, err := unix.Poll(fds, int(max(time.Until(until), 0).Milliseconds()))
			if err == nil {
				break
			}
			if err != unix.EINTR { // Go's own signals do that
				t.Fatal(err)
			}
		}
		return stateOf(h.FD)
	}
	if got := connect("top secret", 5000); got != "ESTABLISHED" {
		t.Errorf("the right key: %s", got)
	}
	if got := connect("no secret", 50); got != "SYN_SENT" {
		t.Errorf("a wrong key: %s", got)
	}
	if got := connect("", 50); got != "SYN_SENT" {
		t.Errorf("no key: %s", got)
	}
}

// TestSandboxOptions checks that the sandbox joins no group and sets nothing by
// number.
func TestSandboxOptions(t *testing.T) {
	l, err := loop.New()
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	tab := NewTable(l)
	defer tab.Close()
	tab.Policy.Loopback = true
	fd, err := sysSocket(unix.AF_INET, unix.SOCK_DGRAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	h := tab.add(fd, unix.AF_INET, unix.SOCK_DGRAM)
	for name, allowed := range map[string]bool{"IP_ADD_MEMBERSHIP": false, "MCAST_JOIN_GROUP": false, "IP_ADD_SOURCE_MEMBERSHIP": false, "ip:35": false, "socket:2": false, "SO_REUSEADDR": true} {
		o, err := tab.option(name)
		if err != nil {
			t.Fatal(err)
		}
		err = tab.setOption(h, o, []Value{Str("1")})
		if _, refused := err.(misuse); refused == allowed || !allowed && !strings.Contains(err.Error(), "sandbox") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestPeerPidfd checks that the descriptor that SO_PEERPIDFD makes is closed, by
// whatever name the option is asked for.
func TestPeerPidfd(t *testing.T) {
	l, err := loop.New()
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	tab := NewTable(l)
	defer tab.Close()
	fds, err := sysSocketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fds[1])
	h := tab.add(fds[0], unix.AF_UNIX, unix.SOCK_STREAM)
	tab.listOptions(h) // Go's own poller is made at the first file
	before := openDescriptors(t)
	for _, name := range []string{"SO_PEERPIDFD", "socket:77"} {
		o, err := tab.option(name)
		if err != nil {
			t.Fatal(err)
		}
		v, err := tab.getOption(h, o)
		if errors.Is(err, unix.ENOPROTOOPT) {
			t.Skip("needs Linux 6.5")
		}
		if err != nil || int(v.Num) != os.Getpid() {
			t.Errorf("%s: %s, %v; want %d", name, v, err, os.Getpid())
		}
	}
	tab.listOptions(h)
	if after := openDescriptors(t); after != before {
		t.Errorf("%d descriptors before, %d after", before, after)
	}
}
