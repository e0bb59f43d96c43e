package sock

import (
	"strings"

	"socksh/luabind/loop"
)

// A mark ends what is asked for of a stream: a plain text or, if match is not
// nil, what that finds.
type mark struct {
	text  string
	match func(data, pattern string) (end int, err error)
}

// end returns where the mark ends in data, -1 if it is not there. It was not in
// the first seen bytes.
func (m mark) end(data string, seen int) (int, error) {
	if m.match != nil {
		return m.match(data, m.text)
	}
	from := max(0, seen-len(m.text)+1)
	if i := strings.Index(data[from:], m.text); i >= 0 {
		return from + i + len(m.text), nil
	}
	return -1, nil
}

// until receives up to and with m. It returns "" at the end of the stream.
func (t *Table) until(task *loop.Task, a *Args, m mark) (string, error) {
	h := a.Handle(0)
	if !h.Stream() {
		return "", errNoStream
	}
	if i, err := m.end(h.inbox, 0); i >= 0 || err != nil {
		return h.takeInbox(max(i, 0), false).Str, err
	}
	data := []byte(h.inbox)
	h.inbox = ""
	for {
		got, err := t.receive(task, h, len(t.scratch), 0, a)
		if err != nil {
			h.inbox = string(data)
			return "", &partialError{partial: h.inbox, err: err}
		}
		if got == 0 && len(data) > 0 {
			return "", &partialError{partial: string(data), err: errCut}
		}
		if got == 0 {
			return "", nil
		}
		seen := len(data)
		data = append(data, t.scratch[:got]...)
		i, err := m.end(stringOf(data), seen)
		if i >= 0 || err != nil {
			h.inbox = stringOf(data) // data is not written again
			return h.takeInbox(max(i, 0), false).Str, err
		}
	}
}

func doRecvuntil(t *loop.Task, tab *Table, a *Args) (Result, error) {
	m := mark{text: a.Text(1)}
	if m.text == "" {
		return nil, misuse("the mark is empty")
	}
	if a.Text(2) == "pattern" {
		m.match = tab.Match
	}
	data, err := tab.until(t, a, m)
	if data == "" || err != nil {
		return a.eof(), err
	}
	return a.bytes(data), nil
}

func doRecvline(t *loop.Task, tab *Table, a *Args) (Result, error) {
	line, err := tab.until(t, a, mark{text: "\n"})
	if line == "" || err != nil {
		return a.eof(), err
	}
	return a.bytes(withoutEnd(line)), nil
}

func doRecvlines(t *loop.Task, tab *Table, a *Args) (Result, error) {
	line, err := tab.until(t, a, mark{text: "\n"})
	if line == "" || err != nil {
		return a.eof(), err
	}
	return a.lines(line), nil
}

// lines is line and the lines that the handle holds, at most as many as the
// call's maximum.
func (a *Args) lines(line string) Result {
	h := a.Handle(0)
	all := []Value{{Type: Bytes, Str: withoutEnd(line)}}
	for len(all) < a.Int(1) {
		i := strings.IndexByte(h.inbox, '\n')
		if i < 0 {
			break
		}
		all = append(all, Value{Type: Bytes, Str: withoutEnd(h.takeInbox(i+1, false).Str)})
	}
	return a.Give(Value{Type: List, Any: all})
}

func withoutEnd(line string) string { return strings.TrimSuffix(line[:len(line)-1], "\r") }
