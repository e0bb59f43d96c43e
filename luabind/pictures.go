package luabind

import (
	"bytes"
	"fmt"
	"path/filepath"

	"socksh/luabind/journal"
	"socksh/luabind/loop"
	"socksh/luabind/sock"
)

// pictureWidth is how wide a ladder may be where no terminal says it.
const pictureWidth = 100

// pictureVerbs are the verbs over the journal.
func (s *Session) pictureVerbs() []sock.Verb {
	return []sock.Verb{
		{Name: "journal", Shell: true, Records: sock.RecordNone, Gives: "how many events it has, if nothing is given",
			Summary: "keep a log of what happens, for pictures of it",
			Details: "on: each call from now on, what the kernel changes, the segments that are seen; the last 10000 events are kept. clear: forget what was. A prompt begins with on; elsewhere nothing is kept until it is asked for: a script that wants its picture says journal(\"on\") first.",
			Params:  []sock.Param{{Name: "what", Kind: sock.WordKind, Optional: true, Choices: []string{"on", "clear"}}},
			Example: "journal clear", Run: s.doJournal},
		{Name: "ladder", Shell: true, Records: sock.RecordNone, Gives: "the picture, if it goes to no file",
			Summary: "draw what happened: calls, segments, states and queues",
			Details: "A lane for each socket, with those that accept made of it, or for each host of a lab; time runs down. The file's ending says what is written: .svg a drawing, .html a page to walk through step by step, .mmd Mermaid, .txt this text, .jsonl the events themselves. It begins where the journal does, or with the last so many calls.",
			Params: []sock.Param{{Name: "file", Kind: sock.FileKind, Optional: true},
				{Name: "last", Kind: sock.IntKind, Optional: true, Default: sock.Num(0), Max: journalSize}},
			Errors:  []sock.Cause{{Errno: "ENOENT", When: "there is no such folder"}, {Errno: "ENOSPC", When: "the disk is full"}, {Errno: "EISDIR", When: "it is a folder"}},
			Example: "ladder story.html", Show: showText, Run: s.doLadder},
	}
}

// showText prints a result that is one text as it is.
func showText(r sock.Result) string {
	if len(r) == 0 {
		return ""
	}
	return r[0].Str
}

func (s *Session) doJournal(_ *loop.Task, tab *sock.Table, a *sock.Args) (sock.Result, error) {
	switch a.Text(0) {
	case "on":
		s.Journal()
	case "clear":
		s.Journal().Look()
		s.cleared = tab.Journal.Last()
	default:
		if !s.journalOn {
			return a.Give(sock.Str("off")), nil
		}
		return a.Give(sock.Num(tab.Journal.Last() - s.cleared)), nil
	}
	return nil, nil
}

func (s *Session) doLadder(_ *loop.Task, tab *sock.Table, a *sock.Args) (sock.Result, error) {
	if !s.journalOn {
		return nil, sock.Misuse("nothing is in the journal: it is off; journal on starts it")
	}
	tab.Journal.Look()
	events := since(tab.Journal.Events(0), s.cleared, a.Int(1))
	if a.Value(0).Type == sock.Nil {
		width := pictureWidth
		if s.Width != nil {
			width = s.Width()
		}
		return a.Give(sock.Str(journal.Draw(events).Ladder(width))), nil
	}
	text, err := s.render(a.Text(0), events)
	if err != nil {
		return nil, err
	}
	return nil, tab.WriteFile(a.Text(0), text)
}

// Draw writes a picture of what happened into a file, as ladder does.
func (s *Session) Draw(file string) error {
	s.Journal().Look()
	text, err := s.render(file, since(s.Journal().Events(0), s.cleared, 0))
	if err == nil {
		err = s.Table.WriteFile(file, text)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", sock.Quote(file), err)
	}
	return nil
}

// render returns the events in the form that the file's name asks for.
func (s *Session) render(file string, events []journal.Event) ([]byte, error) {
	if s.Redact != nil {
		events = s.Redact(events)
	}
	switch filepath.Ext(file) {
	case ".txt":
		return []byte(journal.Draw(events).Ladder(pictureWidth) + "\n"), nil
	case ".mmd":
		return []byte(journal.Draw(events).Mermaid()), nil
	case ".svg":
		return []byte(journal.Draw(events).SVG()), nil
	case ".html":
		return []byte(journal.Draw(events).Page(events)), nil
	case ".jsonl":
		var b bytes.Buffer
		err := journal.Lines(&b, events)
		return b.Bytes(), err
	}
	return nil, sock.Misuse("the name of the file must end in .svg, .html, .mmd, .txt or .jsonl: " + sock.Quote(file))
}

// since returns the events after number first, and of these, for calls above 0, those
// from the begin of the last so many calls on. What says who the sockets are stays.
func since(events []journal.Event, first, calls int) []journal.Event {
	i := len(events)
	for i > 0 && events[i-1].N > first {
		i--
		if c, begins := events[i].Fact.(journal.Call); begins && !c.Asks {
			if calls--; calls == 0 {
				break
			}
		}
	}
	var all []journal.Event
	for k, e := range events {
		if _, who := e.Fact.(journal.Socket); who || k >= i {
			all = append(all, e)
		}
	}
	return all
}
