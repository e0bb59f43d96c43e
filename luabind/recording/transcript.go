package recording

import (
	"strings"

	"socksh/luabind/journal"
	"socksh/luabind/line"
	"socksh/luabind/sock"
)

// Transcript returns the transcript: what was typed with what came. What is another on
// each run is left out.
func Transcript(s *Session) (string, error) {
	t := &transcript{steps: s.steps(), names: Names{typed: make(map[string]bool)}}
	for _, st := range t.steps {
		if err := t.step(st); err != nil {
			return "", err
		}
		for _, j := range st.jobs {
			if j.out.Ended != journal.Cancelled && !t.waitedFor(j, st) {
				t.add("wait "+j.job, j.out.Shown)
			}
			delete(t.pending, j.job)
		}
	}
	for _, st := range t.steps {
		if t.pending[st.job] {
			t.add("cancel "+st.job, "")
		}
	}
	if s.Running {
		t.add(endJobs, "")
	}
	text := t.text.String()
	if _, err := s.shown(text); err != nil {
		return "", cannot("%w; a .lua file has vars in its place", err)
	}
	if text == "" {
		return "", errNothing
	}
	head := transcriptHead + ". Runs by itself: socksh run FILE, socksh test FILE.\n"
	if t.lab {
		head = "# need: lab\n" + head
	}
	return head + text, nil
}

type transcript struct {
	steps   []*step
	names   Names
	text    strings.Builder
	pending map[string]bool // jobs that run
	lab     bool
}

func (t *transcript) step(st *step) error {
	if st.out == nil && st.job == "" || st.line.Kind == line.Empty {
		return nil
	}
	if st.out != nil && st.out.Ended == journal.Cancelled && st.job == "" {
		return nil
	}
	typed := st.text
	if v := st.verb; v != nil {
		if v.Records == sock.RecordNone || v.Records == sock.RecordCall && v.Asks {
			return nil
		}
		t.lab = t.lab || v.Name == "host" && st.out != nil && st.out.Ended == ""
	}
	if st.job != "" {
		if st.verb == nil {
			return cannot("a transcript has no ^Z: %s went on as a job", sock.Quote(first(typed)))
		}
		if !st.line.Job {
			typed += " &"
		}
		if t.pending == nil {
			t.pending = make(map[string]bool)
		}
		t.pending[st.job] = true
		t.add(typed, "= "+st.job+"\n")
		return nil
	}
	if st.verb != nil && st.verb.Name == "bind" && st.out.Ended == "" && st.out.Socket != nil && st.out.Socket.Host == "" {
		if _, port, ok := split(st.out.Socket.Local); ok && port != "0" && strings.Contains(typed, port) {
			i := strings.LastIndex(typed, port)
			typed = typed[:i] + "0" + typed[i+len(port):]
			t.names.typed[port] = true
		}
	}
	t.add(typed, st.out.Shown)
	return nil
}

// add adds what was typed, and what came.
func (t *transcript) add(typed, came string) {
	typed = t.names.hide(typed)
	t.text.WriteString("> " + strings.ReplaceAll(typed, "\n", "\n.. ") + "\n" + t.names.Lines(came))
}

// waitedFor reports whether the person has waited for a job that had ended at the step
// at, or has ended it.
func (t *transcript) waitedFor(job, at *step) bool {
	for _, st := range t.steps[at.index:] {
		if st.verb != nil && (st.verb.Name == "join" || st.verb.Name == "cancel") && st.out != nil && st.out.Ended != journal.Refused {
			if word, _ := st.line.Words[0].Plain(); word == job.job {
				return true
			}
		}
	}
	return false
}
