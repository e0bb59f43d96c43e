package kernel

import (
	"bufio"
	"bytes"
	"os"
	"sort"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"socksh/luabind/loop"
	"socksh/luabind/sock"
)

// counterPaths are of the counters of the thread's network, proc(5): pairs of lines,
// the first with the names, the second with the values.
var counterPaths = []string{"/proc/thread-self/net/snmp", "/proc/thread-self/net/netstat"}

// counterFiles are those of one host: they keep telling of the network in which they
// were opened.
type counterFiles struct {
	fds [2]int
	buf []byte
}

func (f *counterFiles) close() {
	for _, fd := range f.fds {
		unix.Close(fd)
	}
}

func openCounters(host sock.Host) (*counterFiles, error) {
	f := &counterFiles{buf: make([]byte, 32<<10)}
	for i, path := range counterPaths {
		fd, err := host.Open(path)
		if err != nil {
			if i > 0 {
				unix.Close(f.fds[0])
			}
			return nil, err
		}
		f.fds[i] = fd
	}
	return f, nil
}

// read reads file i from its beginning, which makes the kernel write it anew.
func (f *counterFiles) read(i int) ([]byte, error) {
	for n := 0; ; {
		k, err := unix.Pread(f.fds[i], f.buf[n:], int64(n))
		if err != nil || k == 0 {
			return f.buf[:n], err
		}
		if n += k; n == len(f.buf) {
			f.buf = append(f.buf, make([]byte, n)...)
		}
	}
}

// readCounters returns all counters of a network by name: TcpRetransSegs,
// ListenOverflows... Those of netstat's TcpExt stand without that prefix, as nstat
// shows the others.
func (v *View) readCounters(host sock.Host) (map[string]int64, error) {
	all := make(map[string]int64)
	if host == nil {
		for _, file := range counterPaths {
			text, err := os.ReadFile(file)
			if err != nil {
				return nil, err
			}
			parseCounters(text, all)
		}
		return all, nil
	}
	f := v.files[host]
	if f == nil {
		var err error
		if f, err = openCounters(host); err != nil {
			return nil, err
		}
		if v.files == nil {
			v.files = make(map[sock.Host]*counterFiles)
		}
		v.files[host] = f
	}
	for i := range f.fds {
		text, err := f.read(i)
		if err != nil {
			return nil, err
		}
		parseCounters(text, all)
	}
	return all, nil
}

func parseCounters(text []byte, all map[string]int64) {
	rows := bufio.NewScanner(bytes.NewReader(text))
	rows.Buffer(nil, 1<<20)
	for rows.Scan() {
		group, names, _ := strings.Cut(rows.Text(), ":")
		if !rows.Scan() {
			return
		}
		_, numbers, _ := strings.Cut(rows.Text(), ":")
		values := strings.Fields(numbers)
		for i, name := range strings.Fields(names) {
			if i >= len(values) {
				break
			}
			if n, err := strconv.ParseInt(values[i], 10, 64); err == nil {
				all[strings.TrimPrefix(group, "TcpExt")+name] = n
			}
		}
	}
}

func (v *View) counters(_ *loop.Task, tab *sock.Table, a *sock.Args) (sock.Result, error) {
	all, err := v.readCounters(tab.HostArg(a, 1))
	if err != nil {
		return nil, err
	}
	var names []string
	for name, n := range all {
		if wanted(name, n, a.Rest()) {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	fields := make([]sock.Field, len(names))
	for i, name := range names {
		fields[i] = sock.Field{Name: name, Value: sock.Num(int(all[name]))}
	}
	return a.Give(sock.Value{Type: sock.Record, Any: fields}), nil
}

// wanted reports whether a counter is asked for: by a part of its name in any
// case, or, without names, because it is not 0.
func wanted(name string, n int64, parts []sock.Value) bool {
	if len(parts) == 0 {
		return n != 0
	}
	for _, part := range parts {
		if strings.Contains(strings.ToLower(name), strings.ToLower(part.Str)) {
			return true
		}
	}
	return false
}
