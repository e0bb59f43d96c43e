package kernel

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"socksh/luabind/loop"
	"socksh/luabind/sock"
)

// A finding is what one trial of doctor has shown.
type finding struct {
	what   string
	ok     bool
	found  string
	remedy string // what to do where it is not ok
}

// trials are what doctor tries, each by doing it.
var trials = []func() finding{trySockDiag, tryIPv6, tryLowPorts, tryDescriptors, tryCapture, tryNamespaces}

func (v *View) doctor(t *loop.Task, tab *sock.Table, a *sock.Args) (sock.Result, error) {
	if tab.Policy.Loopback {
		return nil, errOutside
	}
	var rows []sock.Value
	for _, try := range trials {
		f := try()
		fields := []sock.Field{{Name: "what", Value: sock.Str(f.what)}, {Name: "ok", Value: sock.Flag(f.ok)}, {Name: "found", Value: sock.Str(f.found)}}
		if !f.ok {
			fields = append(fields, sock.Field{Name: "remedy", Value: sock.Str(f.remedy)})
		}
		rows = append(rows, sock.Value{Type: sock.Record, Any: fields})
		t.Spent(0)
	}
	return a.Give(sock.Value{Type: sock.List, Any: rows}), nil
}

func trySockDiag() finding {
	f := finding{what: "sock_diag", found: "state, queues and sockets see the kernel's tables",
		remedy: "state, queues, sockets and the causes of errors need it; gVisor has none"}
	var v View
	defer v.Close()
	_, err := v.dump(request{family: unix.AF_INET, protocol: unix.IPPROTO_TCP, states: listening})
	return f.judge(err)
}

func tryIPv6() finding {
	f := finding{what: "IPv6", found: "::1 can be bound", remedy: "sudo sysctl -w net.ipv6.conf.lo.disable_ipv6=0"}
	fd, err := unix.Socket(unix.AF_INET6, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err == nil {
		defer unix.Close(fd)
		err = unix.Bind(fd, &unix.SockaddrInet6{Addr: [16]byte{15: 1}})
	}
	return f.judge(err)
}

// tryLowPorts binds a port below 1024, or says from which port on it may.
func tryLowPorts() finding {
	first := setting("net/ipv4/ip_unprivileged_port_start")
	f := finding{what: "low ports", found: "ports below 1024 can be bound", remedy: "ports from " + first + " on need no right; for lower ones: sudo sysctl -w net.ipv4.ip_unprivileged_port_start=0"}
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return f.judge(err)
	}
	defer unix.Close(fd)
	for port := 1; port < 1024; port++ {
		err = unix.Bind(fd, &unix.SockaddrInet4{Port: port, Addr: [4]byte{127, 0, 0, 1}})
		if err != unix.EADDRINUSE {
			break
		}
	}
	return f.judge(err)
}

func tryDescriptors() finding {
	var limit unix.Rlimit
	err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit)
	f := finding{what: "descriptors", found: fmt.Sprintf("%d may be open", limit.Cur), remedy: "for many connections: ulimit -n 65536"}
	if err == nil && limit.Cur < 1024 {
		err = fmt.Errorf("only %d may be open", limit.Cur)
	}
	return f.judge(err)
}

func tryCapture() finding {
	f := finding{what: "raw sockets", found: "raw and packet sockets can be opened",
		remedy: "run as root, or: sudo setcap cap_net_raw+ep socksh"}
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
	if err == nil {
		unix.Close(fd)
	}
	return f.judge(err)
}

// tryNamespaces starts a program in user and network namespaces of its own.
func tryNamespaces() finding {
	f := finding{what: "private networks", found: "host makes labs: networks of one's own, with their own ports and counters"}
	cmd := exec.Command("true")
	cmd.SysProcAttr = OwnNetwork()
	err := sock.Start(cmd)
	if err == nil {
		err = cmd.Wait()
	}
	if err == nil {
		return f.judge(nil)
	}
	why := RefusedNamespaces(err)
	f.remedy = why.Why + "; without them there are no labs; " + why.Remedy
	return f.judge(err)
}

// setting returns the value of a sysctl, "" if there is none.
func setting(name string) string {
	text, _ := os.ReadFile("/proc/sys/" + name)
	return strings.TrimSpace(string(text))
}

// judge completes a finding with how its trial ended.
func (f finding) judge(err error) finding {
	if f.ok = err == nil; !f.ok {
		f.found = err.Error()
		if errno := syscall.Errno(0); errors.As(err, &errno) {
			f.found = unix.ErrnoName(errno) + " (" + errno.Error() + ")"
		}
	}
	return f
}
