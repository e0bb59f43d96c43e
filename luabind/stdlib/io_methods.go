package stdlib

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"syscall"

	lua "github.com/yuin/gopher-lua"
)

func (l *ioLibrary) fileRead(c call) int  { return c.read(c.fileOf(c.arg(1)), values(c, 2)) }
func (l *ioLibrary) fileWrite(c call) int { return c.write(c.fileOf(c.arg(1)), 2) }
func (l *ioLibrary) fileFlush(c call) int { return c.done(c.fileOf(c.arg(1)).flush()) }
func (l *ioLibrary) fileLines(c call) int { return l.iterate(c, c.fileOf(c.arg(1)), false) }
func (l *ioLibrary) fileClose(c call) int { return l.closeFile(c, c.fileOf(c.arg(1))) }

// done gives true, or what went wrong.
func (c call) done(err error) int {
	if err != nil {
		return c.refused("", err)
	}
	return c.push(lua.LTrue)
}

// write writes the arguments from the n-th on.
func (c call) write(f *file, n int) int {
	for i := n; i <= c.L.GetTop(); i++ {
		if err := f.write(c.str(i)); err != nil {
			return c.refused("", err)
		}
	}
	return c.push(lua.LTrue)
}

func (l *ioLibrary) closeFile(c call, f *file) int {
	if f.permanent {
		return c.give(lua.LNil, lua.LString("cannot close standard file"))
	}
	err := f.flush()
	f.closed = true
	delete(l.buffered, f)
	n := f.closing(c)
	if err != nil {
		return c.refused("", err)
	}
	return n
}

// fileSeek is file:seek([whence [, offset]]).
func (l *ioLibrary) fileSeek(c call) int {
	f := c.fileOf(c.arg(1))
	whence, ok := map[string]int{"set": io.SeekStart, "cur": io.SeekCurrent, "end": io.SeekEnd}[c.optStr(2, "cur")]
	if !ok {
		c.fail(2, "invalid option '"+c.str(2)+"'")
	}
	offset := c.optInteger(3, 0)
	if f.os == nil {
		return c.refused("", syscall.ESPIPE)
	}
	if err := f.flush(); err != nil {
		return c.refused("", err)
	}
	if err := f.settle(); err != nil {
		return c.refused("", err)
	}
	at, err := f.os.Seek(int64(offset), whence)
	if err != nil {
		return c.refused("", err)
	}
	return c.push(lua.LNumber(at))
}

// fileSetvbuf is file:setvbuf(mode [, size]).
func (l *ioLibrary) fileSetvbuf(c call) int {
	f := c.fileOf(c.arg(1))
	mode, size := c.str(2), c.optInteger(3, 4096)
	if mode != "no" && mode != "full" && mode != "line" {
		c.fail(2, "invalid option '"+mode+"'")
	}
	if err := f.flush(); err != nil {
		return c.refused("", err)
	}
	if f.w == nil || f.permanent {
		return c.push(lua.LTrue) // nothing to keep, or kept by the session
	}
	f.buffer, f.lines = nil, mode == "line"
	delete(l.buffered, f)
	if mode != "no" {
		f.buffer = bufio.NewWriterSize(f.w, min(max(size, 16), 1<<20))
		l.buffered[f] = true
	}
	return c.push(lua.LTrue)
}

func (l *ioLibrary) fileToString(c call) int {
	object, _ := c.arg(1).(*lua.LUserData)
	f, ok := (*file)(nil), false
	if object != nil {
		f, ok = object.Value.(*file)
	}
	switch {
	case !ok:
		c.expected(1, "FILE*")
	case f.closed:
		return c.push(lua.LString("file (closed)"))
	}
	return c.push(lua.LString(fmt.Sprintf("file (%p)", f)))
}

// popen is io.popen(command [, mode]): a file that is the output of a command of the
// shell ("r") or its input ("w"). Closing it waits for the command's end; it gives
// true, "exit" or "signal", and the number.
func (l *ioLibrary) popen(c call) int {
	command, mode := c.str(1), c.optStr(2, "r")
	if mode != "r" && mode != "w" {
		c.fail(2, "invalid mode")
	}
	if l.sys.Sealed() {
		c.raise("%s", errSealed)
	}
	r, w, err := os.Pipe()
	if err != nil {
		return c.refused(command, err)
	}
	p := newProgram(l.sys, "io.popen", command)
	ours, theirs, f := w, r, &file{}
	if mode == "r" {
		ours, theirs = r, w
		p.cmd.Stdout = w
		f.r = bufio.NewReader(slowFile{l.sys, p.call, r})
	} else {
		p.cmd.Stdin = r
		f.w = slowFile{l.sys, p.call, w}
	}
	err = l.sys.Start(p.cmd)
	theirs.Close()
	if err != nil {
		ours.Close()
		return c.refused(command, err)
	}
	l.programs[p] = true
	l.opened.add(ours)
	f.closing = func(c call) int {
		ours.Close()
		status, err := p.wait()
		delete(l.programs, p)
		if err != nil {
			return c.refused("", err)
		}
		if status.Signaled() {
			return c.give(lua.LTrue, lua.LString("signal"), lua.LNumber(status.Signal()))
		}
		return c.give(lua.LTrue, lua.LString("exit"), lua.LNumber(status.ExitStatus()))
	}
	return c.push(l.object(c.L, f))
}
