package lab

import (
	"encoding/binary"
	"errors"

	"golang.org/x/sys/unix"
)

// What the helper is asked for.
type op uint8

const (
	opHello  op = iota // → the file of its own network, the cable's
	opHost             // → the file of a new network, and its number
	opSocket           // socket(2) with the numbers → the socket
	opPacket           // → a packet socket of no protocol yet, of which the helper keeps a copy
	opOpen             // open(2) of the text with the first number as flags → the file
	opSysctl           // write the text, "net.ipv4.x=1"
	opExec             // run the text, words that NULs separate, the folder first; its descriptors come with the request: input, output, where its end is told → its process
	opKill             // end the process of the first number
)

// A request goes to the helper as one datagram.
type request struct {
	op      op
	network int    // 0 is the cable's, hosts follow
	numbers [3]int // what they mean is the op's
	text    string
}

// maxRequest bounds a request's size, and the size of its answer.
const maxRequest = 64 << 10

const requestHead = 2 + 3*4

func (r *request) encode() []byte {
	b := make([]byte, 0, requestHead+len(r.text))
	b = append(b, byte(r.op), byte(r.network))
	for _, n := range r.numbers {
		b = binary.NativeEndian.AppendUint32(b, uint32(n))
	}
	return append(b, r.text...)
}

func decodeRequest(b []byte) (r request, ok bool) {
	if len(b) < requestHead {
		return r, false
	}
	r.op, r.network = op(b[0]), int(b[1])
	for i := range r.numbers {
		r.numbers[i] = int(int32(binary.NativeEndian.Uint32(b[2+4*i:])))
	}
	r.text = string(b[requestHead:])
	return r, true
}

// An answer is what the helper says to a request. A descriptor, if there is one,
// has come by the other socket before.
type answer struct {
	errno  unix.Errno
	number int
	sends  bool // a descriptor comes with it
}

const answerSize = 9

func (a *answer) encode() []byte {
	b := binary.NativeEndian.AppendUint32(nil, uint32(a.errno))
	b = binary.NativeEndian.AppendUint32(b, uint32(a.number))
	if a.sends {
		return append(b, 1)
	}
	return append(b, 0)
}

func decodeAnswer(b []byte) (a answer, ok bool) {
	if len(b) < answerSize {
		return a, false
	}
	ne := binary.NativeEndian
	return answer{unix.Errno(ne.Uint32(b)), int(int32(ne.Uint32(b[4:]))), b[8] != 0}, true
}

// errnoOf returns the errno in err; EIO stands for what has none.
func errnoOf(err error) unix.Errno {
	var errno unix.Errno
	if err != nil && !errors.As(err, &errno) {
		errno = unix.EIO
	}
	return errno
}

// rights returns the descriptors of a control message.
func rights(control []byte) []int {
	messages, err := unix.ParseSocketControlMessage(control)
	if err != nil {
		return nil
	}
	var fds []int
	for i := range messages {
		if some, err := unix.ParseUnixRights(&messages[i]); err == nil {
			fds = append(fds, some...)
		}
	}
	return fds
}
