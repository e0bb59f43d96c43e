package scripts

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"socksh/luabind"
	"socksh/luabind/loop"
	"socksh/luabind/recording"
)

// A transcript is a session as text. "> " and what follows is typed (".. " goes
// on with it), the lines under it are what must come: "= " before a result, "! "
// before a failure, "~ " before a note, printed text as it is ("| " before it
// where it would look like something else). "#" lines and blank lines are for
// the reader; "# input: TEXT" is a line that the session's input gives.
//
// "# need: lab" as the first line has it skipped where the system gives no labs.
//
// $p1, $p2... are the ports that the system chose, in the order they appear;
// $fd is any descriptor, $time how long a timer of the kernel has to run, $date a date with
// its time as protocols write it, and $tmp a folder that is removed at the end.

// lineLimit is how long one line of a transcript may take.
const lineLimit = 20 * time.Second

// openReplay makes the session of a transcript. What it shows is the transcript's.
func openReplay(c luabind.Config) (*replay, error) {
	tmp, err := os.MkdirTemp("", "socksh")
	if err != nil {
		return nil, err
	}
	r := &replay{names: recording.Names{Tmp: tmp}}
	c.Out, c.Err, c.Prefix, c.NotePrefix = &r.out, &r.out, "= ", "~ "
	c.ReadLine = func(context.Context, string) (string, error) { return r.input() }
	if r.session, err = luabind.New(c); err != nil {
		os.RemoveAll(tmp)
		return nil, err
	}
	return r, nil
}

func (r *replay) close() {
	r.session.Close()
	os.RemoveAll(r.names.Tmp)
}

// unmet returns what of the line "# need: ..." is missing, "" if nothing.
func (r *replay) unmet(text string) (string, error) {
	first, _, _ := strings.Cut(text, "\n")
	words, _ := strings.CutPrefix(first, "# need:")
	if words == first {
		return "", nil
	}
	for _, word := range strings.Fields(words) {
		why, known := r.session.Missing(word)
		if !known {
			return "", fmt.Errorf("nobody knows a need called %q", word)
		}
		if why != "" {
			return why, nil
		}
	}
	return "", nil
}

// endings returns a transcript with each line ended as here, and without the mark of
// UTF-8, whatever editor wrote it.
func endings(text string) string {
	return lined(strings.ReplaceAll(strings.TrimPrefix(text, byteOrderMark), "\r\n", "\n"))
}

const byteOrderMark = "\ufeff"

// play types the lines one after the other, until all are done or r is stopped.
func (r *replay) play(text string) string {
	lines := strings.SplitAfter(text, "\n")
	for i := 0; i < len(lines) && r.stopped == ""; i++ {
		line := lines[i]
		typed, ok := strings.CutPrefix(line, "> ")
		switch {
		case ok:
			r.line = i + 1
			r.doc.WriteString(line)
			for i+1 < len(lines) && strings.HasPrefix(lines[i+1], ".. ") {
				i++
				r.doc.WriteString(lines[i])
				typed += lines[i][3:]
			}
			r.run(strings.TrimRight(typed, "\r\n"))
			r.watch(text)
		case strings.TrimSpace(line) == "" || line[0] == '#':
			if input, ok := strings.CutPrefix(line, "# input: "); ok {
				r.inputs = append(r.inputs, strings.TrimRight(input, "\r\n"))
			}
			r.doc.WriteString(line)
		}
	}
	r.session.Leftovers()
	r.print()
	r.watch(text)
	return r.doc.String()
}

// watch looks at the handles when the first line has come out otherwise than in text.
func (r *replay) watch(text string) {
	if r.handles != "" || strings.HasPrefix(text, r.doc.String()) {
		return
	}
	r.session.Do(func(*loop.Task) error {
		r.handles, r.differedAt = r.session.Look()
		r.session.MarkFailure(fmt.Sprintf("what line %d gives is not as written", r.line))
		return nil
	})
}

// stop ends the replay, from another goroutine.
func (r *replay) stop(why string) {
	r.session.Loop.Post(func() {
		if r.stopped == "" {
			r.stopped, r.stoppedAt = why, r.line
			cancelAll(r.session.Loop)
		}
	})
}

type replay struct {
	session *luabind.Session
	out     bytes.Buffer
	doc     strings.Builder
	names   recording.Names
	inputs  []string

	handles    string // as they were when the first line differed
	differedAt int    // the journal's last event then

	line      int    // of the transcript that was typed last
	stopped   string // why it was ended, "" if it was not
	stoppedAt int    // in which line
}

func (r *replay) input() (string, error) {
	if len(r.inputs) == 0 {
		return "", io.EOF
	}
	text := r.inputs[0]
	r.inputs = r.inputs[1:]
	return text, nil
}

// run types one input.
func (r *replay) run(typed string) {
	err := r.session.Do(func(t *loop.Task) (err error) {
		if t.Within(lineLimit, func() { err = r.session.Exec(t, r.names.Expand(typed)) }) {
			err = fmt.Errorf("still blocked after %s", lineLimit)
		}
		return err
	})
	if err != nil {
		fmt.Fprintf(&r.out, "! %s\n", strings.ReplaceAll(err.Error(), "\n", "\n! "))
	}
	r.print()
}

// print moves what came to the document.
func (r *replay) print() {
	r.doc.WriteString(r.names.Lines(r.out.String()))
	r.out.Reset()
}

// Differ returns the number of the first line in which a and b differ and that
// line of each, 0 if they are the same.
func Differ(a, b string) (line int, lineA, lineB string) {
	as, bs := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range max(len(as), len(bs)) {
		if i < len(as) {
			lineA = as[i]
		}
		if i < len(bs) {
			lineB = bs[i]
		}
		if i >= len(as) || i >= len(bs) || lineA != lineB {
			return i + 1, lineA, lineB
		}
	}
	return 0, "", ""
}

func runTranscript(streams *Streams, file string) int {
	streams.Err = streams.Hide(streams.Err)
	text, err := os.ReadFile(file)
	if err != nil {
		fmt.Fprintf(streams.Err, "socksh: %v\n", err)
		return Misused
	}
	if !isTranscript(string(text)) {
		return Status(streams, errors.New(file+": a transcript needs a line that starts with \"> \""))
	}
	code := endings(string(text))
	r, err := openReplay(streams.config(luabind.Config{Abort: streams.abort}))
	if err != nil {
		return Status(streams, err)
	}
	defer r.close()
	switch why, err := r.unmet(code); {
	case err != nil:
		return Status(streams, fmt.Errorf("%s: %w", file, err))
	case why != "":
		return Status(streams, &luabind.SkipError{Reason: why, Need: true})
	}
	if len(streams.Pictures) > 0 {
		r.session.Journal()
	}
	signalled, end := Guard(r.session, func() { r.stopped = "interrupted" })
	got := r.play(code)
	end()
	status := signalled()
	if line, came, wanted := Differ(got, code); status != OK {
		fmt.Fprintf(streams.Err, "socksh: interrupted, at %s:%d\n", file, r.line)
	} else if line > 0 {
		fmt.Fprintf(streams.Err, "%s:%d: expected: %s\n%s:%d: got:      %s\n", file, line, wanted, file, line, came)
		status = Failed
	}
	return streams.Finish(r.session, status)
}
