package luabind

import (
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
)

var updateCalls = flag.Bool("calls", false, "write testdata/calls.md anew")

// calls are the calls around sockets of POSIX and of the man pages of sections 2 and
// 3, each with the verbs that make it; or, without any, why there is none.
var calls = []struct{ name, verbs, note string }{
	{"socket", "socket", ""},
	{"socketpair", "socketpair", ""},
	{"bind", "bind", ""},
	{"listen", "listen", ""},
	{"accept, accept4", "accept", "its flags are words; cloexec is always on"},
	{"connect", "connect disconnect", "disconnect is its form with AF_UNSPEC"},
	{"shutdown", "shutdown", ""},
	{"close", "close", ""},
	{"send, write", "send sendall", ""},
	{"sendto", "sendto", ""},
	{"sendmsg, writev", "sendmsg", ""},
	{"sendmmsg, recvmmsg", "", "the same as so many sendmsg and recvmsg, to save system calls"},
	{"recv, read", "recv recvexact recvline recvlines recvuntil discard", ""},
	{"recvfrom", "recvfrom", ""},
	{"recvmsg, readv", "recvmsg", ""},
	{"getsockname", "getsockname", ""},
	{"getpeername", "getpeername", ""},
	{"getsockopt", "getsockopt options", ""},
	{"setsockopt", "setsockopt", ""},
	{"sockatmark", "sockatmark", ""},
	{"ioctl", "ioctl interfaces", "the requests that tell a number; interfaces are rows"},
	{"fcntl", "nonblock cloexec", "F_SETOWN and F_SETSIG ask for signals, which a script cannot take"},
	{"dup, dup2, dup3", "dup", "a handle never changes its descriptor"},
	{"poll, ppoll, select, pselect, epoll_wait", "poll", "signals are not a script's; select is a word of Lua"},
	{"sendfile", "sendfile", ""},
	{"splice, tee", "splice pump", "tee is for pipes"},
	{"getaddrinfo, gethostbyname", "getaddrinfo resolve", ""},
	{"getnameinfo, gethostbyaddr", "getnameinfo", ""},
	{"getservbyname, getprotobyname", "getaddrinfo socket", "names of services and protocols are understood where a number is"},
	{"gethostname", "gethostname", ""},
	{"if_nametoindex, if_indextoname", "if_nametoindex if_indextoname", ""},
	{"if_nameindex, getifaddrs", "interfaces", ""},
	{"inet_pton, inet_ntop, htons", "", "addresses are texts, and ports numbers"},
	{"sd_listen_fds", "adopt", ""},
	{"nanosleep", "sleep", ""},
	{"sethostname, setdomainname", "", "of the whole machine, not of a socket"},
	{"signal, sigaction", "", "SIGPIPE never comes, and EINTR is not seen"},
}

// TestCalls checks that each verb which the table of calls names is there, and that
// testdata/calls.md is what the table says.
func TestCalls(t *testing.T) {
	s, err := New(Config{Out: io.Discard, Err: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var b strings.Builder
	b.WriteString("# The calls around sockets, and the verbs that make them\n\nWritten by `go test ./luabind -run TestCalls -calls`.\n\n| call | verbs | |\n|---|---|---|\n")
	for _, c := range calls {
		if c.verbs == "" && c.note == "" {
			t.Errorf("%s: neither a verb nor a reason", c.name)
		}
		for _, name := range strings.Fields(c.verbs) {
			if v := s.Verb(name); v == nil {
				t.Errorf("%s: no verb is called %s", c.name, name)
			} else if v.Summary == "" || v.Example == "" {
				t.Errorf("%s: help of %s lacks its summary or example", c.name, name)
			}
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", c.name, strings.ReplaceAll(c.verbs, " ", ", "), c.note)
	}
	const file = "../testdata/calls.md"
	if *updateCalls {
		if os.Getenv("CI") != "" {
			t.Fatal("-calls is not for CI")
		}
		if err := os.WriteFile(file, []byte(b.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if text, err := os.ReadFile(file); err != nil || string(text) != b.String() {
		t.Errorf("%s is not what the table says (%v); go test ./luabind -run TestCalls -calls", file, err)
	}
}
