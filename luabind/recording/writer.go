package recording

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"socksh/luabind/journal"
	"socksh/luabind/line"
	"socksh/luabind/sock"
	"socksh/luabind/source"
)

// A writer writes a scenario. It goes through the steps twice: what a variable is needed
// for is known only in the end.
type writer struct {
	session *Session
	options Options
	steps   []*step
	now     *step

	patience int             // seconds
	own      map[string]bool // ports of the session's own sockets
	chosen   map[string]bool // of these the ones that the system has chosen
	sides    map[int]Half
	programs map[string]bool // the ports and paths of the programs under test
	serves   bool            // the clients are other programs
	mentions map[string]int  // the first step of Lua with that name in it
	words    map[string]bool // names in all that was typed
	spelt    map[string]bool // ports of addresses that are texts of Lua
	wished   map[string]bool // ports that were asked for, the time before
	needed   map[string]bool // variables that were used, the time before
	borrows  map[string]bool // variables of the other half that were used, the time before

	head    []string
	rows    []string
	names   map[int]string // of handles
	sockets map[int]*journal.Socket
	closed  map[int]bool
	shut    map[int]bool          // handles that were shut down
	lost    map[int]bool          // handles whose variables others have now
	theirs  map[string]bool       // variables of the other half alone
	streams map[int]bool          // handles that are connected to other programs
	left    map[int]int           // how many bytes they had to read
	held    map[int]int           // how many they had received and not given
	over    map[int]bool          // those whose streams have ended
	quiet   map[int]time.Duration // since when they have but received
	jobs    map[string]bool       // those that were spawned and not joined
	taken   map[string]bool       // variables
	locals  int
	ports   map[string]*place
	paths   map[string]string // variables for paths of unix sockets
	wish    map[string]bool
	used    map[string]bool
	set     map[string]bool // options that were set: "3 SO_RCVBUF"
	strange []int           // handles that were there before
	stream  *stream         // what the last row expects
	waits   bool            // the client was called
}

// A stream is data that is expected of a handle, in the last row.
type stream struct{ handle, data string }

// Script returns the scenario.
func Script(s *Session, o Options) (string, error) {
	w := &writer{session: s, options: o, steps: s.steps()}
	w.patience = patience(w.steps)
	if err := w.survey(); err != nil {
		return "", err
	}
	w.wished, w.needed = map[string]bool{}, map[string]bool{}
	for range 2 {
		if err := w.write(); err != nil {
			return "", err
		}
		w.borrows = w.borrowed()
		w.wished, w.needed = w.wish, w.used
	}
	if len(w.rows) == 0 {
		return "", errNothing
	}
	for _, name := range slices.Sorted(maps.Keys(w.borrows)) {
		return "", cannot("the %s's half uses %s, which the other half makes: type what it stands for", o.Half, name)
	}
	return w.session.shown(w.text())
}

// reset forgets what was written.
func (w *writer) reset() {
	w.head, w.rows, w.strange = nil, nil, nil
	w.names, w.sockets, w.closed, w.shut = map[int]string{}, map[int]*journal.Socket{}, map[int]bool{}, map[int]bool{}
	w.lost, w.theirs = map[int]bool{}, map[string]bool{}
	w.jobs, w.taken, w.locals = map[string]bool{}, map[string]bool{}, 0
	w.paths = map[string]string{}
	w.ports, w.wish, w.used, w.set = map[string]*place{}, map[string]bool{}, map[string]bool{}, map[string]bool{}
	w.streams, w.over, w.quiet = map[int]bool{}, map[int]bool{}, map[int]time.Duration{}
	w.left, w.held = map[int]int{}, map[int]int{}
	w.stream, w.waits = nil, false
}

func (w *writer) write() error {
	w.reset()
	for _, st := range w.steps {
		w.now = st
		mine, err := w.step(st)
		if err != nil {
			return err
		}
		for _, j := range st.jobs {
			w.join(j)
		}
		maps.Copy(w.left, st.left)
		maps.Copy(w.held, st.held)
		for _, e := range st.after {
			w.over[e.Handle] = e.Fact.(journal.State).After != "ESTABLISHED"
		}
		for n := range st.known {
			w.streams[n] = w.streams[n] || w.sockets[n].Type == "stream" && w.isTarget(n)
		}
		if mine { // what other programs bring about they do in their own time
			w.states(st)
		}
	}
	w.end()
	return nil
}

// step writes what was typed, and reports whether that belongs to what is written.
func (w *writer) step(st *step) (mine bool, err error) {
	for n, s := range st.known {
		w.sockets[n] = s
	}
	maps.Copy(w.shut, st.shut)
	if mine, err = w.mine(st); err != nil || st.refused() {
		return mine, err
	}
	if !mine {
		w.leaveOut(st)
		return false, nil
	}
	w.pause(st)
	switch {
	case st.line.Kind == line.Empty:
		w.put(w.hide(strings.TrimSpace(st.text)))
	case st.verb == nil:
		w.lua(st)
	case st.verb.Asks && st.verb.Records == sock.RecordCall && st.line.Kind == line.Command:
	default:
		w.typed(st)
	}
	return true, nil
}

// looks finds checks that may be left out where they are there already: of a state, and of a variable.
var looks = lazy(`^expect\.(state\(|equal\(\w+, )`)

// put adds rows.
func (w *writer) put(text string) {
	w.stream = nil
	if n := len(w.rows); n > 0 && w.rows[n-1] == text && looks().MatchString(text) {
		return // it was seen, and then asked for
	}
	w.rows = append(w.rows, text)
}

// code returns Lua as it was typed, with variables for ports that the system chooses
// and for secrets.
func (w *writer) code(text string) string {
	var b strings.Builder
	from := 0
	tokens := source.Tokens(text)
	for i, t := range tokens {
		if t.From < from {
			continue // the port of the address before it
		}
		piece, to := text[t.From:t.To], t.To
		expr := ""
		switch t.Kind {
		case source.Text:
			data, ok := source.Unquote(piece)
			if !ok {
				continue
			}
			if i+1 < len(tokens) && tokens[i+1].Kind == source.Numeral && strings.TrimSpace(text[t.To:tokens[i+1].From]) == "," {
				if both := sock.JoinPort(data, text[tokens[i+1].From:tokens[i+1].To]); w.isProgram(both) {
					data, to = both, tokens[i+1].To
				}
			}
			if w.isProgram(data) {
				w.target(data)
			}
			if n := w.boundTo(data, text); n != 0 {
				expr = w.bound(n, data)
			} else if address, known := w.addresses(data); known {
				expr = address
			} else if parts := w.parts(data); len(parts) > 1 || w.isSecret(data) {
				expr = strings.Join(parts, " .. ")
			}
			alone := strings.HasSuffix(text[:t.From], "(") && strings.HasPrefix(text[to:], ")")
			if strings.Contains(expr, " ") && !alone {
				expr = "(" + expr + ")"
			}
		case source.Comment:
			expr = w.hide(piece)
		case source.Long:
			if w.hide(piece) != piece {
				begin := strings.IndexByte(piece[1:], '[') + 2
				expr = "(" + w.literal(strings.TrimPrefix(piece[begin:len(piece)-begin], "\n")) + ")"
			}
		case source.Numeral:
			if p := w.ports[piece]; p != nil && !p.fixed {
				w.used[p.name] = true
				expr = fmt.Sprintf(`tonumber(%s:match("%%d+$"))`, p.name)
			}
		}
		if expr != "" {
			b.WriteString(text[from:t.From] + expr)
			from = to
		}
	}
	return b.String() + text[from:]
}

// pause writes a wait as long as the person's.
func (w *writer) pause(st *step) {
	if !w.options.Pauses || st.index == 0 {
		return
	}
	if d := st.at - w.steps[st.index-1].ended; d.Milliseconds() >= 10 {
		w.put(fmt.Sprintf("pause(%.2f)", d.Seconds()))
	}
}

// endJobs ends what runs in the end.
const endJobs = "for _, row in ipairs(jobs()) do cancel(row.job) end"

// end ends what is left over.
func (w *writer) end() {
	w.now = nil
	for _, st := range w.steps {
		if w.jobs[st.job] {
			w.put(st.job + ":cancel()")
		}
	}
	if w.session.Running {
		w.put(endJobs)
	}
	var left []string
	unnamed := false
	for _, n := range w.session.Open {
		switch mine := w.options.Half == "" || w.side(n) == w.options.Half; {
		case !mine || slices.Contains(w.strange, n):
		case w.names[n] != "" && !w.closed[n]:
			left = append(left, w.names[n])
		default:
			unnamed = unnamed || w.madeByLua(n) || w.lost[n]
		}
	}
	if unnamed {
		w.put("for _, row in ipairs(handles()) do close(row.handle) end")
		return
	}
	for _, name := range left {
		if isPath(name) {
			w.put(name + ":close()")
		} else {
			w.put("close(" + name + ")")
		}
	}
}
