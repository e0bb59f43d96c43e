package sock

import (
	"fmt"
	"runtime"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// aFilter is a program of the classic BPF, linux/filter.h: one of a few by name, or
// its instructions. A filter of a TCP or UDP socket sees packets from the TCP or UDP
// header on; what it drops is lost, as if it had never arrived.
var aFilter = &form{takes: "drop or accept, of a TCP socket also what: drop syn|fin|rst|ack|data; first N (bytes, headers included); or hex instructions",
	room: maxInstructions, encode: encodeFilter, decode: decodeFilter, set: setFilter}

const (
	maxInstructions   = unix.BPF_MAXINSNS
	sizeofInstruction = int(unsafe.Sizeof(unix.SockFilter{}))
)

// isFilter reports whether getsockopt(2) counts the instructions of o.
func (o *option) isFilter() bool { return o.level == unix.SOL_SOCKET && o.num == unix.SO_GET_FILTER }

// segments are what a filter tells TCP segments apart by: a flag of their header.
var segments = []named{{"fin", 1}, {"syn", 2}, {"rst", 4}, {"ack", 16}}

// filterOf returns the program that drops or accepts packets, all of them for "".
func filterOf(drop bool, what string) ([]unix.SockFilter, bool) {
	some, others := uint32(1<<32-1), uint32(0)
	if drop {
		some, others = others, some
	}
	var program []unix.SockFilter
	switch what {
	case "":
		return []unix.SockFilter{{Code: unix.BPF_RET | unix.BPF_K, K: some}}, true
	case "data": // the packet is longer than its header, whose length in words is the upper half of byte 12
		program = []unix.SockFilter{
			{Code: unix.BPF_LD | unix.BPF_B | unix.BPF_ABS, K: 12},
			{Code: unix.BPF_ALU | unix.BPF_AND | unix.BPF_K, K: 0xf0},
			{Code: unix.BPF_ALU | unix.BPF_RSH | unix.BPF_K, K: 2},
			{Code: unix.BPF_MISC | unix.BPF_TAX},
			{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_LEN},
			{Code: unix.BPF_JMP | unix.BPF_JGT | unix.BPF_X, Jf: 1}}
	default:
		for _, s := range segments {
			if s.name == what {
				program = []unix.SockFilter{
					{Code: unix.BPF_LD | unix.BPF_B | unix.BPF_ABS, K: 13},
					{Code: unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K, Jf: 1, K: uint32(s.value)}}
			}
		}
	}
	return append(program, unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: some}, unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: others}), program != nil
}

func encodeFilter(f *form, b []byte, v []Value) ([]byte, error) {
	if w, err := words(v, 1, 2); err == nil {
		what := append(w, "")[1]
		switch verdict := strings.ToLower(w[0]); verdict {
		case "drop", "accept":
			program, ok := filterOf(verdict == "drop", strings.ToLower(what))
			if !ok {
				return nil, fmt.Errorf("%s is none of syn, fin, rst, ack, data", Quote(shorten(what, 40)))
			}
			return appendProgram(b, program), nil
		case "first":
			n, err := size(Str(what))
			if err != nil {
				return nil, err
			}
			return appendProgram(b, []unix.SockFilter{{Code: unix.BPF_RET | unix.BPF_K, K: uint32(n)}}), nil
		}
	}
	b, err := encodeData(f, b, v)
	if err == nil && (len(b) == 0 || len(b)%sizeofInstruction != 0) {
		return nil, fmt.Errorf("%s is no filter; it takes %s", Quote(shorten(Result(v).String(), 60)), f.takes)
	}
	return b, err
}

func appendProgram(b []byte, program []unix.SockFilter) []byte {
	for i := range program {
		b = append(b, inMemory(&program[i])...)
	}
	return b
}

func decodeFilter(f *form, b []byte) Value {
	if len(b) == 0 {
		return Str("none")
	}
	for _, verdict := range []string{"drop", "accept"} {
		for _, what := range []string{"", "data", "fin", "syn", "rst", "ack"} {
			if program, _ := filterOf(verdict == "drop", what); string(appendProgram(nil, program)) == string(b) {
				return Str(strings.TrimSpace(verdict + " " + what))
			}
		}
	}
	if i := fromMemory[unix.SockFilter](b); len(b) == sizeofInstruction && i.Code == unix.BPF_RET|unix.BPF_K {
		return Str(fmt.Sprintf("first %d", i.K))
	}
	return decodeData(f, b)
}

// setFilter passes the instructions of b as a struct sock_fprog.
func setFilter(fd, level, num int, b []byte) error {
	program := make([]unix.SockFilter, len(b)/sizeofInstruction)
	for i := range program {
		program[i] = fromMemory[unix.SockFilter](b[i*sizeofInstruction:])
	}
	if len(program) > 1<<16-1 {
		return unix.EINVAL
	}
	p := unix.SockFprog{Len: uint16(len(program)), Filter: unsafe.SliceData(program)}
	err := sysSetsockopt(fd, level, num, inMemory(&p))
	runtime.KeepAlive(program)
	return err
}
