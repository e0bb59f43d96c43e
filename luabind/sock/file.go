package sock

import (
	"io/fs"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"socksh/luabind/loop"
)

// filePiece is how much of a file goes out in one call.
const filePiece = 1 << 20

// Home is how a path begins that is below the user's home directory.
const Home = "~/"

// Path returns the path that text means: below the home directory where it begins with Home.
func Path(text string) string {
	below, ok := strings.CutPrefix(text, Home)
	home, err := os.UserHomeDir()
	if !ok || err != nil {
		return text
	}
	return strings.TrimSuffix(home, "/") + "/" + below
}

// openFile opens a file that reading and writing cannot block on for long: no
// pipe, no directory, no terminal. Its errors are the system's errno.
func (t *Table) openFile(path string, flag int) (*os.File, error) {
	open := t.Policy.OpenFile
	if open == nil {
		open = func(path string, flag int) (*os.File, error) { return os.OpenFile(path, flag, 0o666) }
	}
	f, err := open(path, flag|unix.O_NONBLOCK)
	if err == nil {
		var info fs.FileInfo
		if info, err = f.Stat(); err == nil && !info.Mode().IsRegular() && info.Mode().Type() != fs.ModeDevice|fs.ModeCharDevice {
			err = unix.EINVAL
			if info.IsDir() {
				err = unix.EISDIR
			}
		}
		if err == nil {
			return f, nil
		}
		f.Close()
	}
	return nil, Bare(err)
}

// CreateFile opens a file to write it anew, as far as the table's policy lets that be. Its
// errors are the system's errno.
func (t *Table) CreateFile(path string) (*os.File, error) {
	return t.openFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
}

// WriteFile writes a whole file, as far as the table's policy lets it. Its errors are
// the system's errno.
func (t *Table) WriteFile(path string, data []byte) error {
	f, err := t.CreateFile(path)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if e := f.Close(); err == nil {
		err = e
	}
	return Bare(err)
}

func doSendfile(t *loop.Task, tab *Table, a *Args) (Result, error) {
	h, offset, left := a.Handle(0), int64(a.Int(2)), a.count(3)
	if !h.Stream() {
		return nil, errNoStream
	}
	f, err := tab.openFile(a.Text(1), os.O_RDONLY)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
		left = min(left, max(0, int(info.Size()-offset)))
	}
	w := h.begin("sendfile", left)
	defer h.end(w)
	for w.done < left {
		n := 0
		if h.isForeign() && !h.dontWait() { // sendfile(2) would block the program
			piece := make([]byte, min(left-w.done, filePiece))
			if n, _ = f.ReadAt(piece, offset+int64(w.done)); n == 0 {
				break // the file has become shorter
			}
			n, err := h.transmit(t, a, stringOf(piece[:n]), 0)
			w.done += n
			if err != nil {
				return nil, &partialError{sent: w.done, err: err}
			}
			continue
		}
		err := h.retry(t, loop.Write, a, h.refusesData(), func() (err error) {
			at := offset + int64(w.done)
			n, err = unix.Sendfile(h.FD, int(f.Fd()), &at, min(left-w.done, filePiece))
			if n > 0 {
				err = nil
			}
			return err
		})
		if err != nil {
			return nil, &partialError{sent: w.done, err: err}
		}
		if n == 0 {
			break // the file has become shorter
		}
		w.done += n
		t.Spent(n)
	}
	return a.Give(Num(w.done)), nil
}

func doRecvfile(t *loop.Task, tab *Table, a *Args) (Result, error) {
	if !a.Handle(0).Stream() {
		return nil, errNoStream
	}
	f, err := tab.openFile(a.Text(1), os.O_WRONLY|os.O_CREATE)
	if err != nil {
		return nil, err
	}
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
		if err := f.Truncate(0); err != nil {
			f.Close()
			return nil, err
		}
	}
	out, err := tab.forward(t, a, "recvfile", a.count(2), func(data string) (int, error) {
		n, err := f.WriteString(data)
		return n, Bare(err)
	})
	if e := f.Close(); e != nil && err == nil {
		err = e
	}
	return out, err
}
