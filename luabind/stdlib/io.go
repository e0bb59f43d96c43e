package stdlib

import (
	"bufio"
	"io"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"weak"

	lua "github.com/yuin/gopher-lua"
)

// An ioLibrary is the library io of a state.
type ioLibrary struct {
	sys      System
	meta     *lua.LTable
	input    *lua.LUserData    // what io.read reads
	output   *lua.LUserData    // what io.write writes
	buffered map[*file]bool    // files to be flushed at the end
	programs map[*program]bool // those to be killed then
	opened   openFiles         // those to be closed then
}

// openFiles are files that a script has opened, unless it has let go of them: what
// the collector has found is closed.
type openFiles []weak.Pointer[os.File]

func (o *openFiles) add(f *os.File) {
	if len(*o) == cap(*o) {
		*o = slices.DeleteFunc(*o, func(p weak.Pointer[os.File]) bool { return p.Value() == nil })
	}
	*o = append(*o, weak.Make(f))
}

func (o openFiles) close() {
	for _, p := range o {
		if f := p.Value(); f != nil {
			f.Close()
		}
	}
}

// OpenIO makes the library io (manual 5.7). Files write at once, unless setvbuf says
// otherwise. A function that closes the library flushes those, closes all files and
// ends the programs that io.popen has started; the reader is standard input as io sees it.
func OpenIO(L *lua.LState, sys System) (stdin *bufio.Reader, end func()) {
	l := &ioLibrary{sys: sys, meta: L.NewTypeMetatable("FILE*"), buffered: make(map[*file]bool), programs: make(map[*program]bool)}
	library := newLibrary(L, lua.IoLibName, map[string]func(call) int{
		"close": l.close, "flush": l.flush, "input": l.setInput, "lines": l.lines, "open": l.open, "output": l.setOutput,
		"popen": l.popen, "read": l.read, "tmpfile": l.tmpfile, "type": l.typeOf, "write": l.write,
	})
	for name, f := range map[string]func(call) int{
		"close": l.fileClose, "flush": l.fileFlush, "lines": l.fileLines, "read": l.fileRead, "seek": l.fileSeek,
		"setvbuf": l.fileSetvbuf, "write": l.fileWrite, "__tostring": l.fileToString,
	} {
		l.meta.RawSetString(name, L.NewFunction(goFunction(name, f)))
	}
	l.meta.RawSetString("__index", l.meta)
	in, _, _ := sys.Streams()
	stdin = bufio.NewReader(in)
	stream := func(name string, f *file) *lua.LUserData {
		f.permanent = true
		object := l.object(L, f)
		library.RawSetString(name, object)
		return object
	}
	l.input = stream("stdin", &file{r: stdin})
	l.output = stream("stdout", &file{w: streamWriter{sys, false}})
	stream("stderr", &file{w: streamWriter{sys, true}})
	return stdin, func() {
		for f := range l.buffered {
			f.flush()
		}
		l.opened.close()
		for p := range l.programs {
			p.kill()
			p.cmd.Wait()
		}
	}
}

// streamWriter is a standard stream, whichever it is at the time.
type streamWriter struct {
	sys      System
	messages bool
}

func (w streamWriter) Write(data []byte) (int, error) {
	_, out, messages := w.sys.Streams()
	if w.messages {
		out = messages
	}
	return out.Write(data)
}

func (l *ioLibrary) object(L *lua.LState, f *file) *lua.LUserData {
	return &lua.LUserData{Value: f, Env: L.Env, Metatable: l.meta}
}

// fileOf takes a file that is open.
func (c call) fileOf(v lua.LValue) *file {
	object, _ := v.(*lua.LUserData)
	if object != nil {
		if f, ok := object.Value.(*file); ok {
			if f.closed {
				c.raise("attempt to use a closed file")
			}
			return f
		}
	}
	c.expected(1, "FILE*")
	return nil
}

// openFile opens a file in one of fopen's modes.
func (l *ioLibrary) openFile(path, mode string) (*file, error) {
	flags := map[string]int{
		"r": os.O_RDONLY, "r+": os.O_RDWR, "w": os.O_WRONLY | os.O_CREATE | os.O_TRUNC, "w+": os.O_RDWR | os.O_CREATE | os.O_TRUNC,
		"a": os.O_WRONLY | os.O_CREATE | os.O_APPEND, "a+": os.O_RDWR | os.O_CREATE | os.O_APPEND,
	}
	flag, ok := flags[strings.Replace(mode, "b", "", 1)]
	if !ok {
		return nil, syscall.EINVAL
	}
	opened, err := l.sys.OpenFile(path, flag)
	if err != nil {
		return nil, err
	}
	return l.fileOn(opened, flag), nil
}

func (l *ioLibrary) fileOn(opened *os.File, flag int) *file {
	l.opened.add(opened)
	f := &file{os: opened, closing: func(c call) int {
		if err := opened.Close(); err != nil {
			return c.refused("", err)
		}
		return c.push(lua.LTrue)
	}}
	var stream io.ReadWriter = opened
	if info, err := opened.Stat(); err == nil && info.Mode()&(fs.ModeNamedPipe|fs.ModeCharDevice) != 0 {
		stream = slowFile{l.sys, "io.open " + strconv.Quote(opened.Name()), opened}
	}
	if flag&os.O_WRONLY == 0 {
		f.in, f.r = stream, bufio.NewReader(stream)
	}
	if flag&(os.O_WRONLY|os.O_RDWR) != 0 {
		f.w = stream
	}
	return f
}

func (l *ioLibrary) open(c call) int {
	path := c.str(1)
	f, err := l.openFile(path, c.optStr(2, "r"))
	if err != nil {
		return c.refused(path, err)
	}
	return c.push(l.object(c.L, f))
}

func (l *ioLibrary) tmpfile(c call) int {
	if l.sys.Sealed() {
		return c.refused("", errSealed)
	}
	opened, err := os.CreateTemp("", "lua_*")
	if err != nil {
		return c.refused("", err)
	}
	os.Remove(opened.Name())
	return c.push(l.object(c.L, l.fileOn(opened, os.O_RDWR)))
}

// setInput is io.input([file]), setOutput io.output([file]).
func (l *ioLibrary) setInput(c call) int  { return l.setDefault(c, &l.input, "r") }
func (l *ioLibrary) setOutput(c call) int { return l.setDefault(c, &l.output, "w") }

func (l *ioLibrary) setDefault(c call, at **lua.LUserData, mode string) int {
	if path, ok := asString(c.arg(1)); ok {
		f, err := l.openFile(path, mode)
		if err != nil {
			c.refused(path, err)
			c.raise("%s", c.L.Get(-2))
		}
		*at = l.object(c.L, f)
	} else if c.given(1) {
		c.fileOf(c.arg(1))
		*at = c.arg(1).(*lua.LUserData)
	}
	return c.push(*at)
}

func (l *ioLibrary) typeOf(c call) int {
	if object, ok := c.some(1).(*lua.LUserData); ok {
		if f, ok := object.Value.(*file); ok {
			if f.closed {
				return c.push(lua.LString("closed file"))
			}
			return c.push(lua.LString("file"))
		}
	}
	return c.push(lua.LNil)
}

func (l *ioLibrary) read(c call) int  { return c.read(c.fileOf(l.input), values(c, 1)) }
func (l *ioLibrary) write(c call) int { return c.write(c.fileOf(l.output), 1) }
func (l *ioLibrary) flush(c call) int { return c.done(c.fileOf(l.output).flush()) }
func (l *ioLibrary) close(c call) int {
	if c.given(1) {
		return l.fileClose(c)
	}
	return l.closeFile(c, c.fileOf(l.output))
}

// lines is io.lines([path]); a file that it opens is closed at its end.
func (l *ioLibrary) lines(c call) int {
	if !c.given(1) {
		return l.iterate(c, c.fileOf(l.input), false)
	}
	path := c.str(1)
	f, err := l.openFile(path, "r")
	if err != nil {
		c.refused(path, err)
		c.raise("%s", c.L.Get(-2))
	}
	return l.iterate(c, f, true)
}

func (l *ioLibrary) iterate(c call, f *file, closes bool) int {
	return c.push(c.L.NewFunction(goFunction("lines", func(c call) int {
		if f.closed {
			c.raise("file is already closed")
		}
		if f.r == nil {
			c.raise("%s", syscall.EBADF)
		}
		line, err := readLine(f.r)
		if err != nil && err != io.EOF {
			c.raise("%s", err)
		}
		if line == lua.LNil && closes {
			l.closeFile(c, f)
		}
		return c.push(line)
	})))
}

// values returns the arguments from the n-th on.
func values(c call, n int) []lua.LValue {
	var all []lua.LValue
	for i := n; i <= c.L.GetTop(); i++ {
		all = append(all, c.L.Get(i))
	}
	return slices.Clip(all)
}
