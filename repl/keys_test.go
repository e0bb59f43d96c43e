package repl

import (
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"
)

// keyboard is a terminal at which a test types. It never finds that a key takes long.
type keyboard struct {
	asked chan struct{} // more is asked for: what came before has been taken
	input chan string
	woken chan struct{}
}

func (b keyboard) read(p []byte, _ time.Duration) (int, error) {
	select {
	case b.asked <- struct{}{}:
	case <-b.woken:
		return 0, nil
	}
	select {
	case text := <-b.input:
		return copy(p, text), nil
	case <-b.woken:
		return 0, nil
	}
}

func (b keyboard) wake() { close(b.woken) }

func (b keyboard) types(text string) {
	b.input <- text
	<-b.asked
}

func sitDown(t testing.TB) (*keys, keyboard) {
	b := keyboard{make(chan struct{}), make(chan string), make(chan struct{})}
	k := newKeys(b, func() bool { return false })
	t.Cleanup(func() { k.Close() })
	<-b.asked
	return k, b
}

// pressed returns what the command that runs is told.
func pressed(k *keys) string {
	for all := ""; ; {
		select {
		case key := <-k.pressed:
			all += string(key)
		default:
			return all
		}
	}
}

// TestKeysForLineAndCommand checks who gets which key.
func TestKeysForLineAndCommand(t *testing.T) {
	k, b := sitDown(t)
	line := func(want string) {
		t.Helper()
		got := make([]byte, len(want))
		if _, err := io.ReadFull(k, got); string(got) != want {
			t.Errorf("the line gets %q, %v, not %q", got, err, want)
		}
		if len(k.queue) > 0 {
			t.Errorf("and there is more: %q", k.queue)
		}
	}
	command := func(want string) {
		t.Helper()
		if got := pressed(k); got != want {
			t.Errorf("the command gets %q, not %q", got, want)
		}
	}
	b.types("abc\x03\x1a\r")
	line("abc\x03\x1a\r")

	k.run()
	b.types("typed ahead\x1a")
	b.types(" or not")
	command("\x1a")
	k.line()
	line("typed ahead or not")

	k.run()
	b.types("taken back\x03stays")
	command("\x03")
	k.line()
	line("stays")

	b.types("\r")
	line("\r")
	b.types("right behind Enter\x03later\x1a")
	k.run()
	command("\x03\x1a")
	k.line()
	line("later")

	k.run()
	b.types("\x1a\x03")
	k.line() // the command has ended before it was told
	line("\x1a\x03")

	k.run()
	k.press(interruptKey)
	command("\x03")
	b.types(strings.Repeat("\x03", 1000))
	command("\x03\x03\x03\x03")
	k.line()
}

// TestKeysTranslated checks what readline gets for the keys that it does not know.
func TestKeysTranslated(t *testing.T) {
	for typed, want := range map[string]string{
		"a\x00b":                       "ab",
		"\x1b[1~\x1b[4~\x1b[7~\x1b[8~": "\x01\x05\x01\x05",
		"\x1b[1;5D\x1b[1;3C":           "\x1bb\x1bf",
		"\x1b[A\x1b[15~\x1bb":          "\x1b[A\x1b[15~\x1bb",
		"\x1b[3~":                      "\x1b[3~",
		"\x1b[200~a\nb\r\nc\rd\te\x1b[A\x01\x1b[201~\r":   "a␤b␤c␤d␉e[A\r",
		"\x1b[200~rm\x03\r":                               "rm\x03\r", // its end has got lost
		"\x1b[200~\x1b[20\x1b[2\x1b[201~\x1b[201~\x1b[2~": "[20[2\x1b[2~",
		"你好\xff": "你好\xff",
	} {
		k, b := sitDown(t)
		b.types(typed)
		if string(k.queue) != want {
			t.Errorf("%q: %q, want %q", typed, k.queue, want)
		}
	}
}

// TestKeysAtOnce types while commands begin and end: each key comes, in order.
func TestKeysAtOnce(t *testing.T) {
	k, b := sitDown(t)
	const count = 20000
	stop := make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				k.run()
				pressed(k)
				k.line()
			}
		}
	})
	all.Go(func() {
		for sent := 0; sent < count; {
			n := min(1+rand.IntN(50), count-sent)
			var text strings.Builder
			for ; n > 0; n-- {
				text.WriteByte('a' + byte(sent%26))
				sent++
				if rand.IntN(10) == 0 {
					text.WriteByte(suspendKey)
				}
			}
			b.types(text.String())
		}
	})
	var c [1]byte
	for got := 0; got < count; {
		if _, err := k.Read(c[:]); err != nil {
			t.Fatal(err)
		}
		switch {
		case c[0] == suspendKey:
		case c[0] != 'a'+byte(got%26):
			t.Fatalf("key %d is %q", got, c)
		default:
			got++
		}
	}
	close(stop)
	all.Wait()
}

// FuzzKeys checks that it does not matter how what is typed is cut into reads, but for
// the time between.
func FuzzKeys(f *testing.F) {
	for _, typed := range []string{"abc\r", "\x1b[1;5D\x1b[3~\x00", "\x1b[200~a\r\nb\tc\x1b[201~d", "\x1b[200~\x1b[20\x03\x1b[201~", "你\x1b"} {
		f.Add(typed, uint64(1))
	}
	f.Fuzz(func(t *testing.T, typed string, seed uint64) {
		whole, cut := new(keys), new(keys)
		whole.translate([]byte(typed))
		for cuts, rest := rand.New(rand.NewPCG(seed, 0)), typed; rest != ""; {
			n := 1 + cuts.IntN(len(rest))
			cut.translate([]byte(rest[:n]))
			rest = rest[n:]
		}
		if string(whole.queue)+string(whole.held) != string(cut.queue)+string(cut.held) {
			t.Errorf("%q: at once %q, in pieces %q", typed, whole.queue, cut.queue)
		}
	})
}
