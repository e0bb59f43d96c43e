package repl

import (
	"bytes"
	"errors"
	"os"
	"sync"
	"time"

	"github.com/chzyer/readline"
)

// printer is the only way to the terminal for all but the line being typed.
// While a line is typed, what comes appears above it: whole lines, a batch at a
// time, and only when readline stands still, between the prompt's appearance
// and Enter; at any other moment the two would mix.
type printer struct {
	rl *readline.Instance

	mu     sync.Mutex // held while writing to the terminal
	typing bool

	queue    sync.Mutex
	room     *sync.Cond // signalled when text has been taken
	text     bytes.Buffer
	pending  chan struct{}
	open     bool // the terminal's last line is not ended
	finished bool
}

// batch is how long output is gathered while a line is typed; limit is how much.
const (
	batch = 5 * time.Millisecond
	limit = 256 << 10
)

func newPrinter(rl *readline.Instance) *printer {
	p := &printer{rl: rl, pending: make(chan struct{}, 1)}
	p.room = sync.NewCond(&p.queue)
	go p.run()
	return p
}

// Write queues text; it waits while very much is queued already.
func (p *printer) Write(text []byte) (int, error) {
	p.queue.Lock()
	defer p.queue.Unlock()
	for p.text.Len() > limit && !p.finished {
		p.signal()
		p.room.Wait()
	}
	p.text.Write(text)
	return len(text), nil
}

// Flush lets queued text out: at once while no line is typed, else soon.
func (p *printer) Flush() error {
	p.signal()
	return nil
}

func (p *printer) signal() {
	select {
	case p.pending <- struct{}{}:
	default:
	}
}

func (p *printer) run() {
	for range p.pending {
		for !p.try() {
			time.Sleep(200 * time.Microsecond)
		}
	}
}

// try writes what is queued, if this is a moment for it.
func (p *printer) try() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case !p.typing:
		p.write()
	case p.rl.Terminal.IsReading():
		time.Sleep(batch) // one redraw for many lines
		if !p.rl.Terminal.IsReading() {
			return false
		}
		return p.writeAbove()
	default:
		return false
	}
	return true
}

// write writes all that is queued, while no line is typed.
func (p *printer) write() {
	p.queue.Lock()
	out := append([]byte(nil), p.text.Bytes()...)
	p.text.Reset()
	p.room.Broadcast()
	p.queue.Unlock()
	if len(out) > 0 {
		os.Stdout.Write(out)
		p.open = out[len(out)-1] != '\n'
	}
}

// writeAbove writes the queued lines above the line being typed, unless that is
// being submitted right now.
func (p *printer) writeAbove() bool {
	p.queue.Lock()
	lines := p.text.Bytes()
	lines = lines[:bytes.LastIndexByte(lines, '\n')+1]
	out := append([]byte(above), lines...)
	p.queue.Unlock()
	if len(lines) == 0 {
		return true
	}
	if _, err := p.rl.Stdout().Write(out); errors.Is(err, errBusy) {
		return false
	}
	p.queue.Lock()
	p.text.Next(len(out) - len(above))
	p.room.Broadcast()
	p.queue.Unlock()
	return true
}

// Readline is the instance's, with the printer told of it.
func (p *printer) Readline(prefill string) (string, error) {
	p.mu.Lock()
	p.write()
	if p.open {
		os.Stdout.WriteString("\n")
		p.open = false
	}
	p.typing = true
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		p.typing = false
		p.mu.Unlock()
	}()
	if prefill != "" {
		return p.rl.ReadlineWithDefault(prefill)
	}
	return p.rl.Readline()
}

// close writes out what is left.
func (p *printer) close() {
	p.mu.Lock()
	p.typing = false
	p.write()
	p.mu.Unlock()
	p.queue.Lock()
	p.finished = true
	p.room.Broadcast()
	p.queue.Unlock()
	close(p.pending)
}
