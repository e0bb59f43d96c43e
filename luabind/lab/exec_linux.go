package lab

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"

	"golang.org/x/sys/unix"

	"socksh/luabind/loop"
	"socksh/luabind/sock"
)

// mostOutput is how much of a program's output is kept: its beginning.
const mostOutput = 1 << 20

func (l *Lab) doExec(t *loop.Task, tab *sock.Table, a *sock.Args) (sock.Result, error) {
	h, err := hostOf(a, 0)
	if err != nil {
		return nil, err
	}
	dir, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	words := []string{dir}
	for _, v := range a.Rest() {
		if strings.ContainsRune(v.Str, 0) {
			return nil, misuse("a word of a command cannot hold a NUL byte")
		}
		words = append(words, v.Str)
	}
	name := words[1]
	failed := func(err error) error { return &sock.Error{Op: "exec", Address: h.name + " " + name, Err: err} }
	if h.lab.tab.Policy.Loopback {
		return nil, failed(errSandbox)
	}
	if words[1], err = exec.LookPath(name); err != nil {
		return nil, failed(unix.ENOENT)
	}
	p, err := h.start(words)
	if err != nil {
		return nil, failed(err)
	}
	defer p.close()
	text, err := loop.Block(t, a.Deadline(), func(context.Context) (string, error) { return p.output(), nil }, nil)
	if err != nil {
		h.lab.kill(p.process)
		return nil, err
	}
	if p.status != "0" {
		text = strings.TrimRight(text, "\n")
		if text != "" {
			text = ":\n" + text
		}
		return nil, failed(fmt.Errorf("status %s%s", p.status, text))
	}
	return a.Give(sock.Str(text)), nil
}

// A program is one that runs on a host.
type program struct {
	process  int
	out, end *os.File
	status   string // once output has returned
}

// start runs a program: the folder, the program's path, its arguments.
func (h *Host) start(words []string) (*program, error) {
	in, err := os.Open(os.DevNull)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	out, theirOut, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer theirOut.Close()
	end, theirEnd, err := os.Pipe()
	if err != nil {
		out.Close()
		return nil, err
	}
	defer theirEnd.Close()
	p := &program{out: out, end: end}
	_, p.process, err = h.ask(&request{op: opExec, network: h.number, text: strings.Join(words, "\x00")},
		int(in.Fd()), int(theirOut.Fd()), int(theirEnd.Fd()))
	if err != nil {
		p.close()
		return nil, err
	}
	return p, nil
}

// output returns what the program has written, once it has ended.
func (p *program) output() string {
	text, _ := io.ReadAll(io.LimitReader(p.out, mostOutput))
	io.Copy(io.Discard, p.out)
	status, _ := io.ReadAll(p.end)
	if p.status = string(status); p.status == "" {
		p.status = "unknown: the lab has ended"
	}
	return string(text)
}

func (p *program) close() {
	p.out.Close()
	p.end.Close()
}

func (l *Lab) kill(process int) {
	if l.helper != nil {
		l.helper.ask(&request{op: opKill, numbers: [3]int{process}}) // it may have ended
	}
}
