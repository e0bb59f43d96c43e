package scripts

import (
	"io"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// lifetime is how long a process of a test may live.
const lifetime = 60 * time.Second

// A process is a program that a test talks to. What it prints is waited for; a
// wait ends at the latest with the process, and that with its lifetime.
type process struct {
	t    *testing.T
	name string
	cmd  *exec.Cmd
	in   io.WriteCloser

	mu    sync.Mutex
	more  *sync.Cond // out or ended has changed
	out   string     // all that it has printed
	taken int        // how much of out the test has seen
	ended bool
}

// start runs a program; it is killed when the test ends.
func start(t *testing.T, program string, args ...string) *process {
	t.Helper()
	p := &process{t: t, name: strings.Join(append([]string{filepath.Base(program)}, args...), " "), cmd: exec.Command(program, args...)}
	p.more = sync.NewCond(&p.mu)
	p.cmd.Stdout, p.cmd.Stderr = p, p
	var err error
	if p.in, err = p.cmd.StdinPipe(); err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	limit := time.AfterFunc(lifetime, func() { p.cmd.Process.Kill() })
	go func() {
		p.cmd.Wait()
		limit.Stop()
		p.mu.Lock()
		defer p.mu.Unlock()
		p.ended = true
		p.more.Broadcast()
	}()
	t.Cleanup(func() {
		p.kill()
		if t.Failed() {
			t.Logf("%s printed\n%s", p.name, p.out)
		}
	})
	return p
}

// Write takes what the process prints.
func (p *process) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.out += string(b)
	p.more.Broadcast()
	return len(b), nil
}

// line types a line.
func (p *process) line(text string) { io.WriteString(p.in, text+"\n") }

// await waits for output in which find returns the end of what it looks for, not
// -1, and takes it. It reports false if the process ends without it.
func (p *process) await(find func(out string) int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		if end := find(p.out[p.taken:]); end >= 0 {
			p.taken += end
			return true
		}
		if p.ended {
			return false
		}
		p.more.Wait()
	}
}

// expect waits for a text.
func (p *process) expect(text string) {
	p.t.Helper()
	if !p.await(func(out string) int {
		if at := strings.Index(out, text); at >= 0 {
			return at + len(text)
		}
		return -1
	}) {
		p.t.Fatalf("%s did not print %q", p.name, text)
	}
}

// match waits for output that fits a pattern and returns what its group holds,
// "" if the process ends without it.
func (p *process) match(pattern string) (group string) {
	re := regexp.MustCompile(pattern)
	p.await(func(out string) int {
		at := re.FindStringSubmatchIndex(out)
		if at == nil {
			return -1
		}
		group = out[at[2]:at[3]]
		return at[1]
	})
	return group
}

// address waits for the address that a server prints.
func (p *process) address() string {
	p.t.Helper()
	address := p.match(`listening on (\S+)\n`)
	if address == "" {
		p.t.Fatalf("%s did not print its address", p.name)
	}
	return address
}

// end ends the input, waits for the end of the process, checks its status and
// that it has printed a text, and returns all that it has printed.
func (p *process) end(status int, text string) string {
	p.t.Helper()
	p.in.Close()
	p.wait()
	if got := p.cmd.ProcessState.ExitCode(); got != status {
		p.t.Fatalf("%s ended with status %d, expected %d", p.name, got, status)
	}
	p.expect(text)
	return p.out
}

func (p *process) wait() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for !p.ended {
		p.more.Wait()
	}
}

func (p *process) kill() {
	p.cmd.Process.Kill()
	p.wait()
}
