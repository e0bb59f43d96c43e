package repl

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/chzyer/readline"
	"golang.org/x/term"

	"socksh/luabind"
	"socksh/luabind/sock"
	"socksh/scripts"
)

const (
	promptText = "> "
	moreText   = ".. "

	pasteOn  = "\x1b[?2004h" // what is pasted comes between marks
	pasteOff = "\x1b[?2004l"
)

// prompt is a session at a terminal. The session's loop runs on a goroutine of
// its own; this one reads lines, posts them and waits for their end.
type prompt struct {
	session   *luabind.Session
	rl        *readline.Instance
	keys      *keys
	screen    *screen
	printer   *printer
	shown     io.Writer // the printer, without secrets
	history   *history
	questions chan question
}

// Prompt goes on with a session at a prompt, and returns the exit status.
func Prompt(streams *scripts.Streams, s *luabind.Session) int {
	streams.Out.Flush()
	in := int(os.Stdin.Fd())
	if !term.IsTerminal(in) {
		return Batch{Streams: streams}.Session(s)
	}
	restore, err := promptMode(in)
	if err != nil {
		return scripts.Status(streams, err)
	}
	defer restore()
	streams.BeforeAbort(restore)
	p, err := newPrompt(streams, s, in)
	if err != nil {
		return scripts.Status(streams, err)
	}
	defer p.close()
	os.Stdout.WriteString(pasteOn)
	defer os.Stdout.WriteString(pasteOff)
	defer p.watch(restore)()
	stop, stopped := false, make(chan bool)
	go func() {
		s.Loop.Run(func() bool { return stop })
		close(stopped)
	}()
	status := p.run()
	s.Loop.Post(func() { stop = true })
	<-stopped
	return streams.Finish(s, status)
}

func newPrompt(streams *scripts.Streams, s *luabind.Session, in int) (*prompt, error) {
	t, err := openTTY(in)
	if err != nil {
		return nil, err
	}
	p := &prompt{session: s, questions: make(chan question)}
	width := func() int {
		if w := readline.GetScreenWidth(); w > 0 {
			return w
		}
		return 80
	}
	colour := os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	p.screen = &screen{to: os.Stdout, width: width, colour: colour, prompt: promptText, known: s.Known}
	p.keys = newKeys(t, func() bool { line, _ := p.screen.typed(); return line == "" })
	p.history = new(history)
	if colour {
		p.screen.hint = p.hint
	}
	file := historyFile()
	p.rl, err = readline.NewEx(&readline.Config{
		Prompt: promptText, Stdin: p.keys, Stdout: p.screen, Stderr: p.screen, Painter: p.screen,
		HistoryFile: file, DisableAutoSaveHistory: true, HistoryLimit: 2000,
		FuncMakeRaw: func() error { return nil }, FuncExitRaw: func() error { return nil }, // promptMode has done it
		InterruptPrompt: "^C", FuncGetWidth: width, FuncFilterInputRune: p.filter,
		AutoComplete: &completer{session: s, width: width, list: p.list},
	})
	if err != nil {
		return nil, err
	}
	p.history.rl = p.rl
	p.history.load(file)
	p.printer = newPrinter(p.rl)
	p.shown = streams.Hide(p.printer)
	s.Out, s.Err, s.Prefix, s.NotePrefix = p.shown, p.shown, "= ", "~ "
	s.Notify = func(text string) {
		p.list("~ " + text + "\n")
	}
	s.ReadLine, s.Width, s.Colour = p.ask, width, colour
	s.View(s.DefaultView()...)
	return p, nil
}

// list shows a text above the line being typed.
func (p *prompt) list(text string) {
	io.WriteString(p.shown, text)
	p.printer.Flush()
}

func (p *prompt) close() {
	p.printer.close()
	p.keys.Close()
	p.rl.Close()
}

// hint is what is shown in grey after the line: the rest of an earlier line, or
// what the command still takes.
func (p *prompt) hint(line string) string {
	if rest := p.history.suggest(line); rest != "" {
		return rest
	}
	return p.session.Hint(line)
}

// filter sees each key before readline does, and keeps those that it deals with.
func (p *prompt) filter(r rune) (rune, bool) {
	line, atEnd := p.screen.typed()
	set := func(text string) (rune, bool) {
		p.rl.Operation.SetBuffer(text)
		p.screen.set(text)
		return r, false
	}
	switch r {
	case readline.CharCtrlZ:
		return r, false
	case readline.CharCtrlL:
		os.Stdout.WriteString("\x1b[H\x1b[2J")
		return r, false
	case readline.CharForward:
		if rest := p.history.suggest(line); atEnd && rest != "" && p.screen.hint != nil {
			return set(line + rest)
		}
	case readline.CharPrev:
		if entry := p.history.before(line); entry != "" {
			return set(entry)
		}
		p.rl.Terminal.Bell()
		return r, false
	case readline.CharNext:
		if entry, ok := p.history.after(line); ok {
			return set(entry)
		}
		return r, false
	}
	p.history.leave()
	return r, true
}

// run reads and runs lines until the end.
func (p *prompt) run() int {
	text, empty, prefill := "", 0, ""
	for {
		var host string
		p.session.Query(func() { host = p.session.Here() })
		shown := host + promptText
		if text != "" {
			shown = moreText
		}
		typed, err := p.readline(shown, prefill)
		if prefill != "" && err == nil && strings.TrimSpace(typed) == strings.TrimSpace(prefill) {
			prefill = "" // nothing was added: it is not wanted
			continue
		}
		prefill = ""
		switch {
		case errors.Is(err, readline.ErrInterrupt):
			text, empty = "", 0
			continue
		case err != nil:
			p.farewell()
			return scripts.OK
		}
		if strings.TrimSpace(typed) == "" && text != "" {
			empty++
		} else {
			empty = 0
		}
		if text += typed; empty == 2 {
			text, empty = "", 0
			continue
		}
		if all := plainText.Replace(text); strings.TrimSpace(all) != "" && p.session.Incomplete(lastInput(p.session, all)) {
			text += string(lineBreak)
			continue
		}
		p.history.add(text)
		all := plainText.Replace(text)
		text, empty = "", 0
		for _, input := range p.session.Inputs(all) {
			err := p.submit(input)
			if err != nil {
				p.failed(err)
				if misused := new(sock.UsageError); errors.As(err, &misused) && misused.Missing != nil && !strings.Contains(all, "\n") {
					prefill = strings.TrimRight(input, " ") + " "
				}
				break
			}
		}
		var quit bool
		var status int
		p.session.Query(func() { quit, status = p.session.Quit() })
		if quit {
			p.farewell()
			return status
		}
	}
}

// lastInput returns the last of the inputs in text: only that may be incomplete.
func lastInput(s *luabind.Session, text string) string {
	all := s.Inputs(text)
	if len(all) == 0 {
		return ""
	}
	return all[len(all)-1]
}

func (p *prompt) readline(shown, prefill string) (string, error) {
	p.rl.SetPrompt(shown)
	p.screen.begin(shown)
	return p.printer.Readline(prefill)
}

// farewell tells what is closed now.
func (p *prompt) farewell() {
	var handles, jobs int
	p.session.Query(func() {
		handles = len(p.session.Table.Handles())
		for _, j := range p.session.Table.Jobs() {
			if !j.Ended() {
				jobs++
			}
		}
	})
	if handles+jobs > 0 {
		fmt.Fprintf(p.printer, "~ closing %d handles, ending %d jobs\n", handles, jobs)
	}
}
