package scripts

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"sync"

	"socksh/luabind"
)

// Exit statuses, documented in the README.
const (
	OK          = 0
	Failed      = 1   // a script raised, a check or a command failed
	Misused     = 2   // bad flags, no such file, a syntax error: nothing ran
	Unmet       = 3   // a need is missing, and test was told to require all
	Nothing     = 4   // no scenario was selected
	Internal    = 70  // a bug of this program
	Skipped     = 77  // run: a need of the script is missing, or it skipped itself
	HungUp      = 129 // the terminal is gone
	Interrupted = 130 // ^C
	Quit        = 131 // ^\
	Terminated  = 143
)

// Streams are what a session reads and writes.
type Streams struct {
	In      *Lines
	Out     *bufio.Writer
	Err     io.Writer
	Sandbox bool           // for all sessions
	Limits  luabind.Limits // of all sessions
	Vars    Vars           // for vars in Lua
	// Pictures are the files that what a session did is drawn into; see the verb ladder.
	Pictures []string

	mu   sync.Mutex
	last []func() // what BeforeAbort was given
}

// Standard returns the program's own streams. Results are buffered; they go out
// before the program waits, and before each message.
func Standard() *Streams {
	s := &Streams{In: NewLines(os.Stdin), Out: bufio.NewWriterSize(os.Stdout, 32<<10)}
	s.Err = &messages{s.Out, os.Stderr}
	return s
}

// messages keeps messages behind the results that came before them.
type messages struct {
	results *bufio.Writer
	to      io.Writer
}

func (m *messages) Write(p []byte) (int, error) {
	m.results.Flush()
	return m.to.Write(p)
}

// flushing writes results at once: a run of scenarios is watched.
type flushing struct{ *bufio.Writer }

func (f *flushing) Write(p []byte) (int, error) {
	n, err := f.Writer.Write(p)
	if flushed := f.Flush(); err == nil {
		err = flushed
	}
	return n, err
}

// Open returns a session over the streams. From now on messages hide secrets.
func (s *Streams) Open(c luabind.Config) (*luabind.Session, error) {
	c, s.Err = s.config(c), s.Hide(s.Err)
	c.Out, c.Err, c.Abort = s.Hide(s.Out), s.Err, s.abort
	if out, ok := c.Out.(*hiding); ok {
		messages := s.Err.(*hiding)
		out.beside, messages.beside = messages, out
	}
	if c.ReadLine == nil {
		c.ReadLine = s.ask
	}
	session, err := luabind.New(c)
	if err == nil && len(s.Pictures) > 0 {
		session.Journal()
	}
	return session, err
}

// config adds to c what all sessions have.
func (s *Streams) config(c luabind.Config) luabind.Config {
	c.Library, c.Sandbox, c.Limits = Library(), s.Sandbox, s.Limits
	c.Vars, c.Secrets, c.Asked = s.Vars.Values, s.Vars.Hidden, s.Vars.ask
	c.Redact = newRedactor(s.Vars.Secrets).events
	return c
}

// tellUnasked says which values of vars nothing has asked for.
func (s *Streams) tellUnasked() {
	for _, line := range s.Vars.unasked() {
		fmt.Fprintf(s.Err, "socksh: %s\n", line)
	}
}

func (s *Streams) ask(_ context.Context, prompt string) (string, error) {
	io.WriteString(os.Stdout, newRedactor(s.Vars.Secrets).text(prompt))
	return s.In.ReadLine()
}

// NextLine returns the next line of In; before it waits for one the results go out, for who
// types it may have to see them.
func (s *Streams) NextLine() (string, error) {
	if !s.In.ready() {
		s.Out.Flush()
	}
	return s.In.ReadLine()
}

// BeforeAbort has f called if the program must be ended at once.
func (s *Streams) BeforeAbort(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = append(s.last, f)
}

func (s *Streams) abort(text string) {
	s.mu.Lock()
	for _, f := range s.last {
		f()
	}
	fmt.Fprintf(os.Stderr, "socksh: %s\n", text)
	os.Exit(Failed)
}

// release shows what a session's streams hold as it may be the begin of a secret.
func (s *Streams) release(session *luabind.Session) {
	for _, w := range []io.Writer{session.Out, s.Err} {
		if h, ok := w.(*hiding); ok {
			h.release()
		}
	}
}

// Finish writes out what is buffered and the pictures of what the session did, tells
// which values nobody has asked for, and returns the status to leave with: what could
// not be written is a failure.
func (s *Streams) Finish(session *luabind.Session, status int) int {
	s.release(session)
	s.tellUnasked()
	for _, file := range s.Pictures {
		if err := session.Draw(file); err != nil {
			fmt.Fprintf(s.Err, "socksh: %v\n", err)
			status = max(status, Failed)
		}
	}
	if err := session.EndRecording(); err != nil {
		fmt.Fprintf(s.Err, "socksh: %v\n", err)
		status = max(status, Failed)
	}
	if err := s.Out.Flush(); err != nil {
		fmt.Fprintf(os.Stderr, "socksh: %v\n", err)
		if status == OK {
			return Failed
		}
	}
	return status
}

// Lines reads lines of any length. Several goroutines may ask; each line goes to
// one of them.
type Lines struct {
	mu sync.Mutex
	r  *bufio.Reader
}

// NewLines returns a reader of r's lines.
func NewLines(r io.Reader) *Lines { return &Lines{r: bufio.NewReader(r)} }

// ready reports whether a line is here already.
func (l *Lines) ready() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	here, _ := l.r.Peek(l.r.Buffered())
	return bytes.IndexByte(here, '\n') >= 0
}

// ReadLine returns the next line without its end, or io.EOF.
func (l *Lines) ReadLine() (string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	text, err := l.r.ReadString('\n')
	if text == "" && err != nil {
		return "", err
	}
	if text[len(text)-1] == '\n' {
		text = text[:len(text)-1]
	}
	if n := len(text); n > 0 && text[n-1] == '\r' {
		text = text[:n-1]
	}
	return text, nil
}
