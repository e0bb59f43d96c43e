package kernel

import (
	"bufio"
	"bytes"
	"os"
	"sort"
	"strconv"
	"strings"

	"socksh/luabind/loop"
	"socksh/luabind/sock"
)

// counterFiles hold the counters of the thread's network, proc(5): pairs of lines,
// the first with the names, the second with the values.
var counterFiles = []string{"/proc/thread-self/net/snmp", "/proc/thread-self/net/netstat"}

// readCounters returns all counters by name: TcpRetransSegs, ListenOverflows...
// Those of netstat's TcpExt stand without that prefix, as nstat shows the others.
func readCounters() (map[string]int64, error) {
	all := make(map[string]int64)
	for _, file := range counterFiles {
		text, err := os.ReadFile(file)
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

func (v *View) counters(_ *loop.Task, _ *sock.Table, a *sock.Args) (sock.Result, error) {
	all, err := readCounters()
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
