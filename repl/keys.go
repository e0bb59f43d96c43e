package repl

import (
	"bytes"
	"io"
	"strings"
	"sync"
	"time"
)

// What stands in the line for characters that cannot: a pasted newline and tab.
const (
	lineBreak = '\u2424' // ␤
	tabStop   = '\u2409' // ␉
)

var plainText = strings.NewReplacer(string(lineBreak), "\n", string(tabStop), "\t")

// terminal is the person's end: it waits for bytes, or to be woken.
type terminal interface {
	// read waits for input, at most limit if that is positive. It returns no bytes
	// when the time is up, or wake was called.
	read(p []byte, limit time.Duration) (n int, err error)
	wake()
}

// keys is what readline reads from, one key after the other in the order typed.
// It turns the keys of today's terminals into those that readline knows, and keeps
// away what it stumbles over: pasted newlines, the Delete key on an empty line
// (which it takes for the end of the input), NUL bytes.
//
// The terminal is read at any moment, as ^C and ^Z are keys here, no signals of the
// terminal's: for those it throws away what is not yet shown or read. While a
// command runs the two are meant for it, and what else is typed waits.
type keys struct {
	tty     terminal
	empty   func() bool // whether the line being typed is empty
	pressed chan byte   // ^C and ^Z for the command that runs

	mu      sync.Mutex // guards what follows
	changed *sync.Cond
	queue   []byte // translated, not yet taken
	running bool
	ended   error // why no more comes

	held     []byte // the start of an escape sequence
	paste    bool
	returned bool // the last byte was a carriage return
}

const (
	interruptKey = 0x03 // ^C
	suspendKey   = 0x1a // ^Z

	// escapeTime is how long a lone ESC is held back, as it may begin a key.
	escapeTime = 30 * time.Millisecond

	// ahead is how many bytes may be typed ahead; then the terminal is not read, so
	// it holds up who types.
	ahead = 1 << 20
)

func newKeys(tty terminal, empty func() bool) *keys {
	k := &keys{tty: tty, empty: empty, pressed: make(chan byte, 4)}
	k.changed = sync.NewCond(&k.mu)
	go k.listen()
	return k
}

// listen reads the terminal until its end, or Close.
func (k *keys) listen() {
	buf := make([]byte, 4096)
	for k.mu.Lock(); k.ended == nil; {
		limit := time.Duration(0)
		if len(k.held) > 0 && !k.paste {
			limit = escapeTime
		}
		k.mu.Unlock()
		n, err := k.tty.read(buf, limit)
		k.mu.Lock()
		switch {
		case err != nil:
			k.ended = err
		case n == 0:
			k.queue, k.held = append(k.queue, k.held...), nil
		default:
			k.translate(buf[:n])
		}
		k.changed.Broadcast()
		for len(k.queue) > ahead && k.ended == nil {
			k.changed.Wait()
		}
	}
	k.mu.Unlock()
}

// Close ends all reading.
func (k *keys) Close() error {
	k.mu.Lock()
	k.queue, k.running, k.ended = nil, false, io.EOF
	k.changed.Broadcast()
	k.mu.Unlock()
	k.tty.wake()
	return nil
}

// run is told that a command begins: ^C and ^Z are for it, those too that were
// typed right behind its Enter.
func (k *keys) run() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.running = true
	typed := k.queue
	k.queue = nil
	for _, c := range typed {
		k.typed(c)
	}
	k.changed.Broadcast()
}

// line is told that keys are for a line again, and those that no command has taken.
func (k *keys) line() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.running = false
	var untaken []byte
	for len(k.pressed) > 0 {
		untaken = append(untaken, <-k.pressed)
	}
	k.queue = append(untaken, k.queue...)
	k.changed.Broadcast()
}

// press is a key that was not typed: a signal from elsewhere.
func (k *keys) press(key byte) {
	k.mu.Lock()
	k.typed(key)
	k.changed.Broadcast()
	k.mu.Unlock()
}

// typed takes a byte. ^C for a command also takes back what was typed before it.
func (k *keys) typed(c byte) {
	if !k.running || c != interruptKey && c != suspendKey {
		k.queue = append(k.queue, c)
		return
	}
	if c == interruptKey {
		k.queue = nil
	}
	select {
	case k.pressed <- c:
	default: // enough of them wait already
	}
}

// Read gives one byte, so that readline never holds what is meant for later.
func (k *keys) Read(p []byte) (int, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for {
		switch {
		case k.running || len(k.queue) == 0 && k.ended == nil:
			k.changed.Wait()
		case len(k.queue) == 0:
			return 0, k.ended
		case bytes.HasPrefix(k.queue, []byte(deleteKey)) && k.empty():
			k.queue = k.queue[len(deleteKey):]
		default:
			p[0] = k.queue[0]
			k.queue = k.queue[1:]
			k.changed.Broadcast()
			return 1, nil
		}
	}
}

// The sequences that need another meaning.
const (
	pasteStart = "\x1b[200~"
	pasteEnd   = "\x1b[201~"
	deleteKey  = "\x1b[3~"
)

var otherKeys = []struct{ from, to string }{
	{"\x1b[1;5D", "\x1bb"}, {"\x1b[1;5C", "\x1bf"}, // Ctrl and the arrows: by words
	{"\x1b[1;3D", "\x1bb"}, {"\x1b[1;3C", "\x1bf"}, // Alt and the arrows
	{"\x1b[1~", "\x01"}, {"\x1b[4~", "\x05"}, // Home and End, in tmux, screen and on a console
	{"\x1b[7~", "\x01"}, {"\x1b[8~", "\x05"}, // and in rxvt
	{pasteStart, ""}, {pasteEnd, ""},
	{deleteKey, deleteKey}, // in one piece, as Read looks for it
}

func (k *keys) translate(input []byte) {
	b := append(k.held, input...)
	k.held = nil
	for len(b) > 0 {
		if b[0] == 0x1b {
			n, whole := k.escape(b)
			if !whole {
				k.held = append([]byte(nil), b...)
				return
			}
			if n > 0 {
				b = b[n:]
				continue
			}
		}
		c := b[0]
		switch {
		case c == 0:
		case c == interruptKey:
			k.paste = false
			k.typed(c)
		case k.paste && c == '\n' && k.returned:
		case k.paste && (c == '\r' || c == '\n'):
			k.queue = append(k.queue, string(lineBreak)...)
		case k.paste && c == '\t':
			k.queue = append(k.queue, string(tabStop)...)
		case k.paste && c < 0x20:
		default:
			k.typed(c)
		}
		k.returned = c == '\r'
		b = b[1:]
	}
}

// escape deals with a sequence at the start of b and returns its length, 0 if it
// means nothing special. It is not whole when more may come.
func (k *keys) escape(b []byte) (n int, whole bool) {
	for _, key := range otherKeys {
		if k.paste && key.from != pasteEnd {
			continue
		}
		if len(b) < len(key.from) && strings.HasPrefix(key.from, string(b)) {
			return 0, false
		}
		if !bytes.HasPrefix(b, []byte(key.from)) {
			continue
		}
		switch key.from {
		case pasteStart:
			k.paste, k.returned = true, false
		case pasteEnd:
			k.paste = false
		default:
			k.queue = append(k.queue, key.to...)
		}
		return len(key.from), true
	}
	return 0, true
}
