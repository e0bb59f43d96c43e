//go:build unix

package repl

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/term"
)

// binary builds the program once, without the race detector: readline has races
// of its own.
var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "socksh")
	if err != nil {
		return "", err
	}
	file := filepath.Join(dir, "socksh")
	if out, err := exec.Command("go", "build", "-o", file, "socksh").CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %v\n%s", err, out)
	}
	return file, nil
})

func TestMain(m *testing.M) {
	status := m.Run()
	if file, err := binary(); err == nil {
		os.RemoveAll(filepath.Dir(file))
	}
	os.Exit(status)
}

// person is someone at a terminal.
type person struct {
	t     *testing.T
	tty   *os.File
	cmd   *exec.Cmd
	state string // the folder of the history

	mu     sync.Mutex
	screen *vt
	raw    strings.Builder
	over   chan struct{}
}

const patience = 20 * time.Second

func sit(t *testing.T, width int, state string, args ...string) *person {
	t.Helper()
	file, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	p := &person{t: t, screen: newVT(width, 24), state: state, over: make(chan struct{})}
	p.cmd = exec.Command(file, args...)
	p.cmd.Env = append(os.Environ(), "TERM=xterm", "XDG_STATE_HOME="+state, "NO_COLOR=")
	p.tty, err = pty.StartWithSize(p.cmd, &pty.Winsize{Rows: 24, Cols: uint16(width)})
	if err != nil {
		t.Skip("no pseudo-terminal: ", err)
	}
	go func() {
		defer close(p.over)
		buf := make([]byte, 1<<16)
		for {
			n, err := p.tty.Read(buf)
			p.mu.Lock()
			p.screen.write(buf[:n])
			p.raw.Write(buf[:n])
			p.mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() {
		p.cmd.Process.Kill()
		p.cmd.Wait()
		p.tty.Close()
	})
	if len(args) == 0 {
		p.sees("^> ")
	}
	return p
}

// types sends keys.
func (p *person) types(keys string) {
	p.t.Helper()
	if _, err := p.tty.WriteString(keys); err != nil {
		p.t.Fatal(err)
	}
}

func (p *person) lines() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.screen.text()
}

// sees waits until the last lines shown match the patterns, one a line, which
// may leave out the blanks at a line's end.
func (p *person) sees(patterns ...string) {
	p.t.Helper()
	p.seesAmong(nil, patterns...)
}

// seesAmong is sees, where a line for each of the others stands anywhere among them.
func (p *person) seesAmong(others []string, patterns ...string) {
	p.t.Helper()
	for limit := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		lines := p.lines()
		for len(lines) > 0 && lines[len(lines)-1] == "" {
			lines = lines[:len(lines)-1]
		}
		if n := len(lines) - len(others) - len(patterns); n >= 0 && fits(slices.Clone(lines[n:]), others, patterns) {
			return
		}
		if time.Now().After(limit) {
			p.t.Fatalf("not seen: %q among %q; the screen:\n%s", others, patterns, strings.Join(lines, "\n"))
		}
	}
}

// fits takes a line for each of the others out of lines, and matches the rest in order.
func fits(lines, others, patterns []string) bool {
	for _, pattern := range others {
		i := slices.IndexFunc(lines, func(line string) bool { return matches(pattern, line) })
		if i < 0 {
			return false
		}
		lines = slices.Delete(lines, i, i+1)
	}
	return slices.EqualFunc(patterns, lines, matches)
}

func matches(pattern, line string) bool {
	return regexp.MustCompile(strings.TrimRight(strings.ReplaceAll(pattern, " $", "$"), " ")).MatchString(line)
}

// cursor waits until the cursor is in that column.
func (p *person) cursor(column int) {
	p.t.Helper()
	for limit := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		p.mu.Lock()
		now := p.screen.column
		p.mu.Unlock()
		if now == column {
			return
		}
		if time.Now().After(limit) {
			p.t.Fatalf("the cursor is in column %d, not %d:\n%s", now, column, strings.Join(p.lines(), "\n"))
		}
	}
}

// leaves waits for the program's end and returns its exit status.
func (p *person) leaves() int {
	p.t.Helper()
	select {
	case <-p.over:
	case <-time.After(patience):
		p.t.Fatalf("still there:\n%s", strings.Join(p.lines(), "\n"))
	}
	p.cmd.Wait()
	return p.cmd.ProcessState.ExitCode()
}

// TestSegments sees the segments that nobody has asked for.
func TestSegments(t *testing.T) {
	if c, err := net.ListenPacket("ip4:icmp", "127.0.0.1"); err != nil {
		t.Skip("needs the right to see segments: ", err)
	} else {
		c.Close()
	}
	p := sit(t, 80, t.TempDir())
	p.types("socket as srv\rbind srv 127.0.0.1:0\rlisten srv\rat = getsockname srv\rsocket as cli\rconnect cli $at\r")
	p.sees("^> connect cli", "^~ 2 cli → 1 srv  SYN seq=0$", `^~ 1 srv → 2 cli  SYN\+ACK seq=0 ack=1$`, "^~ 2 cli → 1 srv  ACK seq=1 ack=1$",
		"^~ 1 srv: completed queue 0 → 1 of 129$", "^~ 2 cli: CLOSE → ESTABLISHED$", "^> $")
	p.mu.Lock()
	if !strings.Contains(p.raw.String(), "\x1b[32mSYN seq=0\x1b[0m") {
		t.Error("a SYN is not green")
	}
	p.mu.Unlock()
	p.types("view\r")
	p.sees("^= states wire$", "^> $")
}

// TestByHand builds a server and a client in one prompt, with a pending accept
// whose result appears above the line being typed.
func TestByHand(t *testing.T) {
	p := sit(t, 80, t.TempDir())
	p.types("view states\rsocket as srv\r") // segments are not seen by everybody
	p.sees("^> socket as srv$", "^= 1$", "^> $")
	p.types("bind srv @socksh-by-hand\r")
	p.sees("^! bind 1 @socksh-by-hand: EAFNOSUPPORT", "", "^> ")
	p.types("\x15bind srv 127.0.0.1:0\r")
	p.sees(`^= 127\.0\.0\.1:\d+$`, "^> $")
	p.types("listen srv\raccept srv &\r")
	p.sees("^= j1$", "^> $")
	p.types("jobs\r")
	p.sees("^= j1 +pending +accept srv$", "^> $")
	p.types("x = getsockname srv\rsocket as cli\r")
	p.sees("^= 2$", "^> $")
	p.types("spawn(function() sleep(0.05) connect(cli, x) end)\rsend 3 half a li")
	p.seesAmong([]string{"^~ j1 accept srv = 3 127", "^~ j2 .*done$"}, // jobs end when their turn comes
		"^~ 1 srv: completed queue 0 → 1 of 129$", "^~ 2 cli: CLOSE → ESTABLISHED$", "^~ 1 srv: completed queue 1 → 0 of 129$", "^~ 3: ESTABLISHED$", "^> send 3 half a li")
	p.types("\x15send 3 'whole line'\r")
	p.sees("^= 10$", "^~ 2 cli: 10 bytes to read$", "^> $")
	p.types("recv cli\r")
	p.sees(`^= "whole line"$`, "^> $")
	p.types("quit 7\r")
	if status := p.leaves(); status != 7 {
		t.Errorf("status %d", status)
	}
}

// TestInterrupt checks ^C: it cancels what blocks, spins or is being typed, and
// never ends the shell.
func TestInterrupt(t *testing.T) {
	p := sit(t, 80, t.TempDir())
	p.types("socket\rbind 1 127.0.0.1:0\rlisten 1\r")
	p.sees("^> listen 1$", "^~ 1: CLOSE → LISTEN$", "^> $")
	for _, busy := range []string{"accept 1", "while true do end", "while true do pcall(accept, 1) end", "sleep 1h", `input("what? ")`} {
		p.types(busy + "\r")
		if strings.HasPrefix(busy, "input") {
			p.sees("^what\\? $")
		} else {
			p.sees("^> " + regexp.QuoteMeta(busy) + "$")
		}
		p.types("\x03")
		p.sees("^! cancelled$", "^> $")
		if !strings.HasPrefix(busy, "input") { // keys are taken in order, however quickly they come
			p.types(busy + "\r\x03")
			p.sees("^> "+regexp.QuoteMeta(busy)+"$", "^! cancelled$", "^> $")
		}
	}
	p.types("half a line\x03")
	p.sees(`^> half a line\^C$`, "^> $")
	p.types("for i = 1, 3 do\r")
	p.sees(`^\.\. $`)
	p.types("\x03")
	p.sees("^> $")
	p.types("handles\r")
	p.sees("LISTEN", "^> $") // the socket has survived
	p.types("accept 1\r\x1a1 + 1\r")
	p.sees("^> accept 1$", "^= j1$", `^> 1 \+ 1$`, "^= 2$", "^> $")
	p.types("sleep 1h\r1 + 1\r\x032 + 2\r") // ^C takes back what was typed ahead
	p.sees("^> sleep 1h$", "^! cancelled$", `^> 2 \+ 2$`, "^= 4$", "^> $")
	p.types("print('it runs') sleep(3600)\r")
	p.sees("^it runs$")
	p.cmd.Process.Signal(syscall.SIGINT) // from elsewhere
	p.sees("^! cancelled$", "^> $")
	p.types("cancel j1\r")
	p.sees("^~ j1 accept 1: cancelled$", "^> $")
	p.types("\x1b[3~\x1b[3~") // Delete on an empty line is no end
	p.types("1+1\r")
	p.sees("^= 2$", "^> $")
	p.types("\x04")
	if status := p.leaves(); status != 0 {
		t.Errorf("status %d", status)
	}
	if text := strings.Join(p.lines(), "\n"); !strings.Contains(text, "closing 1 handles") {
		t.Errorf("no word of the open handle:\n%s", text)
	}
}

// TestEditing checks completion, hints, history and what is pasted.
func TestEditing(t *testing.T) {
	state := t.TempDir()
	p := sit(t, 80, state)
	p.types("acc\t")
	p.sees(`^> accept SOCKET`)
	p.types("\x15socket as server\rsocket as client\rbind ser\t")
	p.sees(`^> bind server  ?ADDRESS`)
	p.types("127.0.0.1:0\rlisten server\rbind \t")
	p.sees("^> bind client ") // a listener is not offered
	p.types("\x15setsockopt client SO_KEEP\t")
	p.sees("^> setsockopt client SO_KEEPALIVE ")
	p.types("\x15recv client 10 pe\t")
	p.sees("^> recv client 10 peek ")
	p.types("\x15expect.eq\t")
	p.sees("^> expect.equal")
	p.types("\x15run tutorial/life\t")
	p.sees("^> run tutorial/lifecycle ")
	p.types("\x15你好你好\t\t\x15")
	p.types("\x15send client 你好吗\x1b[D\x1b[D")
	p.cursor(len("> send client ") + 2)
	p.types("\x1b[1~")
	p.cursor(len("> "))
	p.types("\x1b[4~\x15connect\r")
	p.sees("^! connect: address is missing; usage: ", "^> connect ")
	p.types("\r") // it is not wanted
	p.sees("^> connect *$", "^> $")
	p.types("lisen 1\r")
	p.sees("did you mean listen", "^> $")

	p.types("\x1b[200~local a = 1\nlocal function f(n)\n\treturn n + a\nend\nprint(f(41))\n\x1b[201~")
	p.sees("print")
	p.types("\r")
	p.sees("^42$", "^> $")
	p.types("\x1b[200~socket as third\nname third\x1b[201~\r")
	p.sees("^= third$", "^> $")
	p.types("for i = 1, 2 do\rprint(i)\rend\r")
	p.sees("^1$", "^2$", "^> $")
	p.types("\x1b[A")
	p.sees("^> for i = 1, 2 do␤print")
	p.types("\x15socket as th\x1b[A")
	p.sees("^> socket as third␤name third")
	p.types("\x15 = 'secret'\r")
	p.sees(`^= "secret"$`, "^> $")
	p.types("=40\x1b[C") // nothing to suggest
	p.types("\x15socket as cl")
	p.sees("^> socket as client")
	p.types("\x1b[C")
	p.cursor(len("> socket as client"))
	p.types("\x15\x04")
	p.leaves()

	info, err := os.Stat(filepath.Join(state, "socksh", "history"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("history: %v, %v", info, err)
	}
	text, _ := os.ReadFile(filepath.Join(state, "socksh", "history"))
	if strings.Contains(string(text), "secret") || !strings.Contains(string(text), "for i = 1, 2 do␤print(i)␤end\n") {
		t.Errorf("history:\n%s", text)
	}
	p = sit(t, 80, state)
	p.types("setsock\x1b[A") // never submitted
	p.types("\x15lis\x1b[A")
	p.sees("^> lisen 1|^> listen server")
}

// TestNarrow checks that no width and no key brings the program down.
func TestNarrow(t *testing.T) {
	p := sit(t, 20, t.TempDir())
	p.types("s\t\t\x1b[B\t\x1b[B\x7f\x7f")
	p.types("setsockopt 1 SO\t\t\x1b[B\x1b[B\x15")
	p.types("send 1 " + strings.Repeat("你", 30) + strings.Repeat("\x1b[D", 40) + "x\x15")
	p.types("\x12so\x07\x15\x00\x1bb\x1bf\x19\x14\x0b")
	p.types("\x151+1\r")
	p.sees("^= 2$", "^> $")
	pty.Setsize(p.tty, &pty.Winsize{Rows: 24, Cols: 1})
	p.types("soc\t\t\x15")
	pty.Setsize(p.tty, &pty.Winsize{Rows: 24, Cols: 20})
	p.types("\x152+2\r")
	p.sees("^= 4$", "^> $")
}

// TestAsynchronous prints 10,000 lines while someone types and runs commands:
// each must come whole, once and in order.
func TestAsynchronous(t *testing.T) {
	const count = 10000
	p := sit(t, 80, t.TempDir())
	p.types(fmt.Sprintf("spawn(function() for i = 1, %d do print('<line '..i..'>') if i %% 7 == 0 then sleep(0.0004) end end end)\r", count))
	p.sees("^> ")
	last := fmt.Sprintf("<line %d>", count)
	for limit := time.Now().Add(3 * time.Minute); !slices.Contains(p.lines(), last); {
		for _, keys := range []string{"= 1", " + ", "1", "\r", "soc", "\x15", "你好", "\x1b[D", "\x15", "name?", "\r"} {
			p.types(keys)
			time.Sleep(time.Millisecond)
		}
		if time.Now().After(limit) {
			all := p.lines()
			t.Fatalf("the lines do not come:\n%s", strings.Join(all[max(0, len(all)-20):], "\n"))
		}
	}
	p.types("\x05\x15quit\r")
	p.leaves()
	next := 1
	for _, line := range p.lines() {
		if !strings.Contains(line, "<line") && !strings.Contains(line, "line ") {
			continue
		}
		if strings.Contains(line, "spawn(") {
			continue
		}
		if want := fmt.Sprintf("<line %d>", next); line != want {
			t.Fatalf("got %q, want %q", line, want)
		}
		next++
	}
	if next != count+1 {
		t.Errorf("%d lines of %d came", next-1, count)
	}
}

// TestTerminalRestored checks that the terminal is as before when the program
// has ended, also when it was told to.
func TestTerminalRestored(t *testing.T) {
	for name, end := range map[string]func(*person){
		"quit":    func(p *person) { p.types("quit\r") },
		"exit":    func(p *person) { p.types("os.exit(3)\r") },
		"SIGTERM": func(p *person) { p.cmd.Process.Signal(syscall.SIGTERM) },
		"SIGTERM while it runs": func(p *person) {
			p.types("sleep 1h\r")
			p.sees("^> sleep 1h$")
			p.cmd.Process.Signal(syscall.SIGTERM)
		},
	} {
		t.Run(name, func(t *testing.T) {
			// A shell of its own keeps the terminal open behind the program.
			file, err := binary()
			if err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command(file)
			cmd.Env = append(os.Environ(), "TERM=xterm", "XDG_STATE_HOME="+t.TempDir())
			tty, slave, err := pty.Open()
			if err != nil {
				t.Skip("no pseudo-terminal: ", err)
			}
			defer tty.Close()
			defer slave.Close()
			before, err := term.GetState(int(slave.Fd()))
			if err != nil {
				t.Fatal(err)
			}
			cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, slave, slave
			cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			p := &person{t: t, screen: newVT(80, 24), tty: tty, cmd: cmd, over: make(chan struct{})}
			go func() {
				buf := make([]byte, 4096)
				for {
					n, err := tty.Read(buf)
					if err != nil {
						return
					}
					p.mu.Lock()
					p.screen.write(buf[:n])
					p.mu.Unlock()
				}
			}()
			go func() { cmd.Wait(); close(p.over) }()
			defer cmd.Process.Kill()
			p.sees("^> $")
			end(p)
			select {
			case <-p.over:
			case <-time.After(patience):
				t.Fatal("still there")
			}
			after, err := term.GetState(int(slave.Fd()))
			if err != nil || *after != *before {
				t.Errorf("%v: %+v, before %+v", err, after, before)
			}
		})
	}
}

// TestRecorded records what a person types: ^Z, ^C and results that come later become
// what a script can do. What ends the program does not lose it.
func TestRecorded(t *testing.T) {
	for name, end := range map[string]func(*person){
		"off":     func(p *person) { p.types("record off\r"); p.sees("^> $"); p.types("quit\r"); p.leaves() },
		"quit":    func(p *person) { p.types("quit\r"); p.leaves() },
		"SIGTERM": func(p *person) { p.cmd.Process.Signal(syscall.SIGTERM); p.leaves() },
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "it.lua")
			p := sit(t, 200, t.TempDir())
			for _, step := range [][]string{
				{"view off\r", "^> $"}, {"record " + file + "\r", "^> $"},
				{"socket as srv\r", "^= 1$", "^> $"}, {"bind srv 127.0.0.1:0\r", "^= 127.0.0.1:", "^> $"}, {"listen srv\r", "^> $"},
				{"accept srv\r", "^> accept srv$"}, {"\x1a", "^= j1$", "^> $"},
				{"socket as cli\r", "^= 2$", "^> $"}, {"connect cli $(srv:getsockname())\r", "j1 accept srv = 3", "^> $"},
				{"recv 3\r", "^> recv 3$"}, {"\x03", "cancelled$", "^> $"},
				{"for i = 1, 2 do\r", `^\.\. `}, {"cli:send('hel' .. i)\r", `^\.\. `}, {"end\r", "^> $"},
				{"recv 3\r", `^= "hel1hel2"$`, "^> $"},
			} {
				p.types(step[0])
				p.sees(step[1:]...)
			}
			end(p)
			script, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range []string{"local j1 = spawn(accept, srv)", "local s3 = j1:join()", "for i = 1, 2 do\ncli:send('hel' .. i)\nend\n", `expect.recv(s3, "hel1hel2")`} {
				if !strings.Contains(string(script), want) {
					t.Errorf("no %q in\n%s", want, script)
				}
			}
			bin, _ := binary()
			if out, err := exec.Command(bin, "test", file, "--repeat", "10").CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}
