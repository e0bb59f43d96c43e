package stdlib

import (
	"bufio"
	"io"
	"os"
	"strings"
	"syscall"

	lua "github.com/yuin/gopher-lua"

	"socksh/luabind/source"
)

// A file is an open file of the library io, or one that was: an *os.File, a standard
// stream or a program's pipe.
type file struct {
	os        *os.File      // nil if it is none
	in        io.Reader     // what r reads, if that is one
	r         *bufio.Reader // nil if it cannot be read
	w         io.Writer     // nil if it cannot be written
	buffer    *bufio.Writer // before w, nil without one
	lines     bool          // the buffer holds no more than a line
	closing   func(c call) int
	closed    bool
	permanent bool // a standard stream
}

// write writes text behind what has been read.
func (f *file) write(text string) error {
	if f.w == nil {
		return syscall.EBADF
	}
	if err := f.settle(); err != nil {
		return err
	}
	if f.buffer == nil {
		_, err := io.WriteString(f.w, text)
		return err
	}
	_, err := f.buffer.WriteString(text)
	if err == nil && f.lines && strings.Contains(text, "\n") {
		err = f.buffer.Flush()
	}
	return err
}

func (f *file) flush() error {
	if f.buffer == nil {
		return nil
	}
	return f.buffer.Flush()
}

// settle brings the file's position to where the script has read up to.
func (f *file) settle() error {
	if f.os == nil || f.r == nil || f.r.Buffered() == 0 {
		return nil
	}
	_, err := f.os.Seek(-int64(f.r.Buffered()), io.SeekCurrent)
	f.r.Reset(f.in)
	return err
}

// read reads as formats say: see file:read in the manual (5.7).
func (c call) read(f *file, formats []lua.LValue) int {
	if f.r == nil {
		return c.refused("", syscall.EBADF)
	}
	if err := f.flush(); err != nil {
		return c.refused("", err)
	}
	if len(formats) == 0 {
		formats = []lua.LValue{lua.LString("*l")}
	}
	c.room(len(formats), "too many arguments")
	for i, format := range formats {
		v, err := c.readFormat(f, format)
		if err != nil && err != io.EOF {
			return c.refused("", err)
		}
		c.L.Push(v)
		if v == lua.LNil {
			return i + 1
		}
	}
	return len(formats)
}

func (c call) readFormat(f *file, format lua.LValue) (lua.LValue, error) {
	if n, ok := format.(lua.LNumber); ok {
		return readCount(f.r, toInt(float64(n)))
	}
	name, _ := format.(lua.LString)
	if !strings.HasPrefix(string(name), "*") {
		c.raise("bad argument to 'read' (invalid option)")
	}
	switch name[:min(2, len(name))] {
	case "*l":
		return readLine(f.r)
	case "*a":
		data, err := io.ReadAll(f.r)
		return ownBytes(data), err
	case "*n":
		return readNumber(f.r)
	}
	c.raise("bad argument to 'read' (invalid format)")
	return nil, nil
}

// readLine returns the next line without its end, nil at the end of the file.
func readLine(r *bufio.Reader) (lua.LValue, error) {
	line, err := r.ReadString('\n')
	if line == "" {
		return lua.LNil, err
	}
	return lua.LString(strings.TrimSuffix(line, "\n")), nil
}

// readCount returns up to n bytes, nil at the end of the file.
func readCount(r *bufio.Reader, n int) (lua.LValue, error) {
	if n <= 0 {
		if _, err := r.Peek(1); err != nil {
			return lua.LNil, err
		}
		return lua.LString(""), nil
	}
	data, err := io.ReadAll(io.LimitReader(r, int64(n)))
	if len(data) == 0 {
		return lua.LNil, err
	}
	return ownBytes(data), err
}

// readNumber reads what could be a number, up to where it could not go on; nil if it
// is none.
func readNumber(r *bufio.Reader) (lua.LValue, error) {
	var word []byte
	for {
		b, err := r.ReadByte()
		switch {
		case err != nil && err != io.EOF:
			return lua.LNil, err
		case err == nil && len(word) == 0 && strings.IndexByte(" \t\n\v\f\r", b) >= 0:
			continue
		case err == nil && len(word) < 200 && goesOn(word, b):
			word = append(word, b)
			continue
		case err == nil:
			r.UnreadByte()
		}
		if n, ok := source.ParseNumber(string(word)); ok {
			return lua.LNumber(n), nil
		}
		return lua.LNil, nil
	}
}

// goesOn reports whether a number that begins with word could go on with b.
func goesOn(word []byte, b byte) bool {
	text := strings.ToLower(strings.TrimLeft(string(word), "+-"))
	hexadecimal := strings.HasPrefix(text, "0x")
	switch {
	case asciiDigit(b):
		return true
	case b == '+' || b == '-':
		return len(word) == 0 || strings.HasSuffix(text, "e") && !hexadecimal
	case b == '.':
		return !strings.ContainsAny(text, ".ex")
	case b|0x20 == 'x':
		return text == "0"
	case hexadecimal:
		return 'a' <= b|0x20 && b|0x20 <= 'f'
	}
	return b|0x20 == 'e' && strings.ContainsAny(text, "0123456789") && !strings.Contains(text, "e")
}
