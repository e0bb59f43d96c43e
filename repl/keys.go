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
	// read waits for input, at most limit if that is positive. It returns woken
	// when wake was called, and no bytes when the time is up.
	read(p []byte, limit time.Duration) (n int, woken bool, err error)
	wake()
}

// keys is what readline reads from. It turns the keys of today's terminals into
// those that readline knows, and keeps away what it stumbles over: pasted
// newlines, the Delete key on an empty line (which it takes for the end of the
// input), NUL bytes. inject types for the person.
type keys struct {
	tty   terminal
	empty func() bool // whether the line being typed is empty

	mu       sync.Mutex // guards injected and closed
	injected []byte
	closed   bool

	out   []byte // translated, not yet taken
	held  []byte // the start of an escape sequence
	paste bool
}

const (
	interruptKey = "\x03" // ^C
	suspendKey   = "\x1a" // ^Z
)

// escapeTime is how long a lone ESC is held back, as it may begin a key.
const escapeTime = 30 * time.Millisecond

func (k *keys) inject(text string) {
	k.mu.Lock()
	k.injected = append(k.injected, text...)
	k.mu.Unlock()
	k.tty.wake()
}

// unread takes back what was injected but not read any more, as it came right
// behind Enter: it is meant for what Enter has started.
func (k *keys) unread() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	text := string(k.injected)
	k.injected = nil
	return text
}

func (k *keys) Close() error {
	k.mu.Lock()
	k.closed = true
	k.mu.Unlock()
	k.tty.wake()
	return nil
}

func (k *keys) Read(p []byte) (int, error) {
	for len(k.out) == 0 {
		limit := time.Duration(0)
		if len(k.held) > 0 {
			limit = escapeTime
		}
		var buf [4096]byte
		n, woken, err := k.tty.read(buf[:], limit)
		switch {
		case woken:
			k.mu.Lock()
			k.out = append(k.out, k.injected...)
			k.injected = nil
			closed := k.closed
			k.mu.Unlock()
			if closed {
				return 0, io.EOF
			}
		case err != nil:
			return 0, err
		case n == 0:
			k.out, k.held = append(k.out, k.held...), nil
		default:
			k.translate(buf[:n])
		}
	}
	n := copy(p, k.out)
	k.out = k.out[n:]
	return n, nil
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
	{pasteStart, ""}, {pasteEnd, ""}, {deleteKey, deleteKey},
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
		case k.paste && c == '\r' && len(b) > 1 && b[1] == '\n':
		case k.paste && (c == '\r' || c == '\n'):
			k.out = append(k.out, string(lineBreak)...)
		case k.paste && c == '\t':
			k.out = append(k.out, string(tabStop)...)
		case k.paste && c < 0x20:
		default:
			k.out = append(k.out, c)
		}
		b = b[1:]
	}
}

// escape deals with a sequence at the start of b and returns its length, 0 if it
// means nothing special. It is not whole when more may come.
func (k *keys) escape(b []byte) (n int, whole bool) {
	for _, key := range otherKeys {
		if len(b) < len(key.from) && strings.HasPrefix(key.from, string(b)) && !k.paste {
			return 0, false
		}
		if k.paste && len(b) < len(pasteEnd) && strings.HasPrefix(pasteEnd, string(b)) {
			return 0, false
		}
		if !bytes.HasPrefix(b, []byte(key.from)) {
			continue
		}
		switch key.from {
		case pasteStart:
			k.paste = true
		case pasteEnd:
			k.paste = false
		case deleteKey:
			if !k.empty() {
				k.out = append(k.out, deleteKey...)
			}
		default:
			k.out = append(k.out, key.to...)
		}
		return len(key.from), true
	}
	return 0, true
}
