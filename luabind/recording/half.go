package recording

import (
	"slices"
	"strings"

	"socksh/luabind/journal"
	"socksh/luabind/line"
	"socksh/luabind/sock"
	"socksh/luabind/source"
)

// survey learns from all steps who is who, before anything is written.
func (w *writer) survey() error {
	w.own, w.chosen, w.sides = map[string]bool{}, map[string]bool{}, map[int]Half{}
	w.mentions, w.words, w.spelt = map[string]int{}, map[string]bool{}, map[string]bool{}
	for _, st := range w.steps {
		w.surveyText(st)
		for n, s := range st.known {
			w.place(n, s)
		}
		if st.verb == nil || st.out == nil || st.out.Ended != "" {
			continue
		}
		if w.sides[st.about] == Server && st.verb.Makes {
			for _, made := range st.made() {
				w.sides[made] = Server
			}
		}
		if s := st.out.Socket; s != nil && st.verb.Name == "bind" {
			if typed := lastPlain(st); strings.HasSuffix(typed, ":0") {
				_, port, _ := split(s.Local)
				w.chosen[port] = true
			}
			if s.Type != "stream" && s.Type != "seqpacket" {
				w.sides[st.about] = Server
			}
		}
	}
	w.findPrograms()
	w.serves = w.options.Half == Server || w.clientsAreStrangers()
	switch {
	case w.options.Half == "":
	case w.inLab():
		return cannot("the hosts of a lab have no halves: record all of it")
	case !slices.Contains(w.allSides(), w.options.Half):
		return cannot("there is no %s in this session, so no half of it", w.options.Half)
	}
	return nil
}

func lastPlain(st *step) string {
	if len(st.line.Words) == 0 {
		return ""
	}
	text, _ := st.line.Words[len(st.line.Words)-1].Plain()
	if text == "0" {
		return ":0"
	}
	return text
}

// surveyText notes the names that were typed, and the ports.
func (w *writer) surveyText(st *step) {
	note := func(code string) {
		for _, t := range source.Tokens(code) {
			text, _ := source.Unquote(code[t.From:t.To])
			if _, port, ok := split(text); ok && t.Kind == source.Text && port != "0" {
				w.spelt[port] = true
			}
			if t.Kind == source.Name {
				name := code[t.From:t.To]
				w.words[name] = true
				if _, known := w.mentions[name]; !known && st.verb == nil {
					w.mentions[name] = st.index
				}
			}
		}
	}
	if st.line.Kind == line.Lua {
		note(st.text)
	}
	note(st.line.Targets)
	note(st.name)
	for _, word := range st.line.Words {
		for _, p := range word.Parts {
			note(p.Lua)
			if sock.IsName(p.Text) && !word.Quoted {
				w.words[p.Text] = true
			}
		}
	}
}

// place notes where a socket stands.
func (w *writer) place(n int, s *journal.Socket) {
	if _, port, ok := split(s.Local); ok && port != "0" {
		w.own[port] = true
	}
	if atPath(s.Local) {
		w.own[pathOf(s.Local)] = true
	}
	if s.Listens || s.Of != 0 && w.sides[s.Of] == Server {
		w.sides[n] = Server
	}
}

// side returns the half that a handle belongs to.
func (w *writer) side(n int) Half {
	if w.sides[n] == Server {
		return Server
	}
	return Client
}

func (w *writer) allSides() []Half {
	var all []Half
	for _, st := range w.steps {
		for _, n := range st.handles() {
			all = append(all, w.side(n))
		}
	}
	return all
}

// handles returns the handles that a step is about.
func (st *step) handles() []int {
	var all []int
	if st.about != 0 {
		all = append(all, st.about)
	}
	all = append(all, st.made()...)
	if st.verb == nil || st.about == 0 {
		for n := range st.calls {
			all = append(all, n)
		}
	}
	return all
}

// made returns the handles that a step has made.
func (st *step) made() []int {
	var all []int
	if st.out == nil {
		return nil
	}
	if st.verb == nil {
		for _, n := range st.out.Made {
			all = append(all, int(n))
		}
	}
	for _, v := range st.out.Values {
		if n, ok := v.(journal.HandleNumber); ok {
			all = append(all, int(n))
		}
	}
	return all
}

// mine reports whether a step belongs to the half that is written. What is about no
// handle belongs to both.
func (w *writer) mine(st *step) (bool, error) {
	if w.options.Half == "" {
		return true, nil
	}
	all := st.handles()
	if st.verb != nil && !st.verb.Makes && st.about != 0 {
		all = []int{st.about} // what others did meanwhile is not this step's
		for _, word := range st.line.Words {
			if text, plain := word.Plain(); plain {
				for n, name := range w.names {
					if name == text {
						all = append(all, n)
					}
				}
			}
		}
	}
	here, there := false, false
	for _, n := range all {
		if w.side(n) == w.options.Half {
			here = true
		} else {
			there = true
		}
	}
	if here && there && !(st.verb != nil && st.verb.Makes) {
		return false, cannot("%s is about a client and a server: a half cannot have it", sock.Quote(first(st.text)))
	}
	return here || !there, nil
}

func first(text string) string {
	row, _, more := strings.Cut(text, "\n")
	if more {
		row += "…"
	}
	return row
}

// clientsAreStrangers reports whether another program has connected to the session, or was
// the first to send a datagram.
func (w *writer) clientsAreStrangers() bool {
	called := map[string]bool{}
	for _, st := range w.steps {
		for address := range st.sent {
			called[addressKey(address)] = true
		}
		if st.verb != nil && receives(st.verb) && w.side(st.about) == Server && st.out != nil && len(st.out.Values) > 1 {
			from, _ := st.out.Values[1].(string)
			if key := addressKey(from); key != "" && !w.own[key] && !called[key] {
				return true
			}
		}
		for n, s := range st.known {
			_, port, ok := split(s.Peer)
			if ok && w.side(n) == Server && s.Type == "stream" && s.Host == "" && !w.own[port] {
				return true
			}
		}
	}
	return false
}

// leaveOut notes the variables that a step of the other half makes. One that holds the
// address of a server is made here too, of the program under test.
func (w *writer) leaveOut(st *step) {
	names := targets(st)
	if st.verb == nil {
		names = assignedNames(st.line.Code)
	}
	for _, name := range names {
		w.theirs[name] = true
	}
	if w.options.Half != Client || len(names) != 1 || len(st.binds) != 1 || !w.borrows[names[0]] {
		return
	}
	for n := range st.binds {
		if s := w.sockets[n]; s != nil && w.isProgram(s.Local) {
			w.target(s.Local)
			expr, _ := w.addresses(s.Local)
			w.put(w.local(names[0]) + names[0] + " = " + expr)
			delete(w.theirs, names[0])
		}
	}
}

// borrowed returns the variables that the rows use and the other half alone makes.
func (w *writer) borrowed() map[string]bool {
	used := map[string]bool{}
	for _, row := range w.rows {
		for _, t := range source.Tokens(row) {
			field := t.From > 0 && (row[t.From-1] == '.' || row[t.From-1] == ':')
			if name := row[t.From:t.To]; t.Kind == source.Name && !field && w.theirs[name] {
				used[name] = true
			}
		}
	}
	return used
}
