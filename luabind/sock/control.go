package sock

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A control is one row of the table of control messages, cmsg(3).
type control struct {
	name        string // of the parameter of sendmsg, and of the field that recvmsg gives
	level, kind int
	meaning     string
	write       func(*Table, Value) ([]byte, error) // from an argument; nil where the kernel alone tells it
	read        func(*Table, []byte) (Value, bool)  // false if the bytes are not of its form
}

// A cmsg is a control message to send.
type cmsg struct {
	level, kind int
	data        []byte
	shared      []*Handle // whose descriptors it passes on
}

// otherControl is the name of the control messages that are in no row.
const otherControl = "cmsg"

// ControlNames returns the names and meanings of the control messages that can be
// sent, for help and completion.
func ControlNames() [][2]string {
	var all [][2]string
	for _, c := range controls() {
		if c.write != nil && (len(all) == 0 || all[len(all)-1][0] != c.name) {
			all = append(all, [2]string{c.name, c.meaning})
		}
	}
	return append(all, [2]string{otherControl, "any other: LEVEL:TYPE:HEX"})
}

// controlNamed finds the row of a name; for one of IPv4 and IPv6 alike the
// family of the socket decides.
func controlNamed(name string, family int) *control {
	var found *control
	for _, c := range controls() {
		if c.name == name && c.write != nil && (found == nil || family == unix.AF_INET6 && c.level == unix.IPPROTO_IPV6) {
			found = &c
		}
	}
	return found
}

// bindControl makes the arguments that are named for no parameter control messages
// of parameter i.
func (c *Call) bindControl(i int) error {
	h := c.Handle()
	var all []cmsg
	for _, f := range c.named {
		if f.Name == otherControl {
			values := []Value{f.Value}
			if f.Value.Type == List {
				values = f.Value.Any.([]Value)
			}
			for _, v := range values {
				m, err := plainControl(v)
				if err != nil {
					return c.usage("%v", err)
				}
				all = append(all, m)
			}
			continue
		}
		row := controlNamed(f.Name, h.family)
		if row == nil {
			return c.usage("no parameter and no control message is called %s", Quote(shorten(f.Name, 40)))
		}
		data, err := row.write(c.table, f.Value)
		if err != nil {
			return c.usage("%s: %v", f.Name, err)
		}
		m := cmsg{level: row.level, kind: row.kind, data: data}
		if isRights(m.level, m.kind) {
			for fd := range descriptors(data) {
				if h := c.table.owner(fd); h != nil {
					m.shared = append(m.shared, h)
				}
			}
		}
		all = append(all, m)
	}
	c.named = c.named[:0]
	c.args.values[i] = Value{Type: Foreign, Any: all}
	return nil
}

// plainControl reads "LEVEL:TYPE:HEX". Descriptors are passed by handle only, so that
// none goes out which is the program's own.
func plainControl(v Value) (cmsg, error) {
	words := strings.Split(v.Str, ":")
	if v.Type != Text && v.Type != Bytes || len(words) != 3 {
		return cmsg{}, fmt.Errorf("%s is no control message; write LEVEL:TYPE:HEX", v.word())
	}
	level, err := integer(Str(words[0]), 0, 1<<31-1)
	if err != nil {
		return cmsg{}, err
	}
	kind, err := integer(Str(words[1]), 0, 1<<31-1)
	if err != nil {
		return cmsg{}, err
	}
	data, err := hex.DecodeString(words[2])
	if err != nil {
		return cmsg{}, fmt.Errorf("%s is not hexadecimal", Quote(shorten(words[2], 40)))
	}
	if isRights(level, kind) {
		return cmsg{}, errors.New("descriptors are passed with fds")
	}
	return cmsg{level: level, kind: kind, data: data}, nil
}

// control returns the control messages of parameter i as the kernel takes them.
func (a *Args) control(i int) ([]byte, error) {
	all, _ := a.values[i].Any.([]cmsg)
	var out []byte
	for _, m := range all {
		for _, h := range m.shared {
			if h.closed {
				return nil, misuse(fmt.Sprintf("handle %d %v", h.N, errClosed))
			}
			h.share()
		}
		out = appendControl(out, m.level, m.kind, m.data)
	}
	return out, nil
}

func appendControl(out []byte, level, kind int, data []byte) []byte {
	start := len(out)
	out = append(out, make([]byte, unix.CmsgSpace(len(data)))...)
	h := (*unix.Cmsghdr)(unsafe.Pointer(&out[start]))
	h.Level, h.Type = int32(level), int32(kind)
	h.SetLen(unix.CmsgLen(len(data)))
	copy(out[start+unix.CmsgLen(0):], data)
	return out
}

// eachControl calls f with every control message in b. Where a length leads beyond
// the end, the end counts.
func eachControl(b []byte, f func(level, kind int, data []byte)) {
	head := unix.CmsgLen(0)
	for len(b) >= head {
		h := (*unix.Cmsghdr)(unsafe.Pointer(&b[0]))
		if uint64(h.Len) < uint64(head) {
			return
		}
		n := int(min(uint64(h.Len), uint64(len(b))))
		f(int(h.Level), int(h.Type), b[head:n])
		b = b[min(unix.CmsgSpace(n-head), len(b)):]
	}
}

// decodeControl returns control messages as fields, by their rows. Descriptors
// become handles; those beyond the limit of handles are closed, and counted.
func (t *Table) decodeControl(b []byte) []Field {
	rows := controls()
	var fields []Field
	var others []Value
	eachControl(b, func(level, kind int, data []byte) {
		for i := range rows {
			row := &rows[i]
			if row.level != level || row.kind != kind || row.read == nil {
				continue
			}
			if v, ok := row.read(t, data); ok {
				fields = append(fields, Field{row.name, v})
				return
			}
		}
		others = append(others, Value{Type: Record, Any: []Field{
			{"level", Num(level)}, {"type", Num(kind)}, {"data", Value{Type: Bytes, Str: string(data)}}}})
	})
	if len(others) > 0 {
		fields = append(fields, Field{otherControl + "s", Value{Type: List, Any: others}})
	}
	return fields
}

// descriptors yields those of an SCM_RIGHTS message.
func descriptors(data []byte) func(func(int) bool) {
	return func(yield func(int) bool) {
		for ; len(data) >= 4; data = data[4:] {
			if !yield(int(int32(binary.NativeEndian.Uint32(data)))) {
				return
			}
		}
	}
}

// writeRights takes one handle or a list of them, in a text joined by commas.
func writeRights(t *Table, v Value) ([]byte, error) {
	values := []Value{v}
	switch v.Type {
	case List:
		values = v.Any.([]Value)
	case Text, Bytes:
		values = nil
		for word := range strings.FieldsFuncSeq(v.Str, func(r rune) bool { return r == ',' || r == ' ' }) {
			values = append(values, Str(word))
		}
	}
	if len(values) == 0 {
		return nil, fmt.Errorf("%s names no handle", v.word())
	}
	var data []byte
	for _, v := range values {
		h, err := t.handleOf(v)
		if err != nil {
			return nil, err
		}
		data = binary.NativeEndian.AppendUint32(data, uint32(h.FD))
	}
	return data, nil
}

func readRights(t *Table, data []byte) (Value, bool) {
	var list []Value
	for fd := range descriptors(data) {
		if t.allowMore(1) != nil {
			unix.Close(fd)
			list = append(list, Value{Type: Text, Str: "closed"})
			continue
		}
		list = append(list, handleValue(t.take(fd)))
	}
	return Value{Type: List, Any: list}, true
}

// writeInt and readInt are of messages that hold an int; writeSmall is of those with
// a byte in it.
func writeInt(_ *Table, v Value) ([]byte, error) {
	n, err := integer(v, -1<<31, 1<<32-1)
	return binary.NativeEndian.AppendUint32(nil, uint32(n)), err
}

func readInt(_ *Table, data []byte) (Value, bool) {
	switch len(data) {
	case 1: // as IP_TOS comes
		return Num(int(data[0])), true
	case 4:
		return Num(int(int32(binary.NativeEndian.Uint32(data)))), true
	}
	return Value{}, false
}
