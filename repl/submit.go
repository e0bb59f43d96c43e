package repl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/chzyer/readline"

	"socksh/luabind/loop"
)

// A question is a script's wish for a line of input.
type question struct {
	prompt string
	answer chan<- answer
}

type answer struct {
	text string
	err  error
}

// submit runs one input and waits for its end. ^C cancels it, ^Z leaves it
// running as a job.
func (p *prompt) submit(input string) error {
	s := p.session
	done := make(chan error, 1)
	var task *loop.Task
	s.Loop.Post(func() {
		task = s.Loop.Go(func(t *loop.Task) error { return s.Exec(t, input) })
		s.Loop.Go(func(t *loop.Task) error {
			err := t.Join(task, time.Time{})
			if err == nil {
				_, err = task.Ended()
			}
			done <- err
			return nil
		})
	})
	detached := make(chan bool, 1)
	p.keys.run()
	defer p.keys.line()
	for {
		select {
		case err := <-done:
			return err
		case <-detached:
			return nil
		case key := <-p.keys.pressed:
			if key == interruptKey {
				s.Loop.Post(func() { task.Cancel() })
				break
			}
			s.Loop.Post(func() {
				if ended, _ := task.Ended(); !ended {
					j := s.Detach(task, input)
					fmt.Fprintf(p.printer, "= %s\n", j.Name())
					detached <- true
				}
			})
		case q := <-p.questions:
			p.reply(q, done, func() { s.Loop.Post(func() { task.Cancel() }) })
		}
	}
}

// reply asks the person a script's question. ^C there cancels what runs.
func (p *prompt) reply(q question, done chan error, cancel func()) {
	answered := make(chan bool)
	go func() {
		select {
		case err := <-done: // it has ended meanwhile: nobody needs the answer
			done <- err
			p.keys.press(interruptKey)
		case <-answered:
		}
	}()
	p.keys.line()
	line, err := p.readline(q.prompt, "")
	p.keys.run()
	close(answered)
	if errors.Is(err, readline.ErrInterrupt) {
		cancel()
		err = context.Canceled
	}
	q.answer <- answer{plainText.Replace(line), err}
}

// ask is the session's way to a line of input; it runs on a goroutine of its own.
func (p *prompt) ask(ctx context.Context, prompt string) (string, error) {
	answers := make(chan answer, 1)
	select {
	case p.questions <- question{prompt, answers}:
	case <-ctx.Done():
		return "", ctx.Err()
	}
	a := <-answers
	return a.text, a.err
}

// failed shows an error.
func (p *prompt) failed(err error) {
	text := err.Error()
	switch {
	case errors.Is(err, loop.ErrCancelled):
		text = "cancelled"
	case err == io.EOF:
		return
	}
	text = "! " + strings.ReplaceAll(text, "\n", "\n! ")
	if p.screen.colour {
		text = "\x1b[31m" + text + "\x1b[0m"
	}
	fmt.Fprintln(p.shown, text)
	why := ""
	p.session.Query(func() { why = p.session.Why(err) })
	if why != "" {
		fmt.Fprintln(p.shown, "~ "+why)
	}
}
