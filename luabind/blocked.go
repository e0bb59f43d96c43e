package luabind

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"

	"socksh/luabind/journal"
	"socksh/luabind/loop"
	"socksh/luabind/sock"
)

// where returns the file and the line that L is at, in code that belongs to the script
// and not to an embedded module.
func (s *Session) where(L *lua.LState) (file string, line int) {
	for level := 0; ; level++ {
		frame, ok := L.GetStack(level)
		if !ok {
			return file, line
		}
		if _, err := L.GetInfo("Sl", frame, lua.LNil); err != nil || frame.CurrentLine <= 0 {
			continue
		}
		if !embedded(frame.Source) {
			return frame.Source, frame.CurrentLine
		}
		if line == 0 {
			file, line = frame.Source, frame.CurrentLine
		}
	}
}

// position returns where as text for a thread of the task t, "" if it runs no Lua.
func (s *Session) position(t *loop.Task, L *lua.LState) string {
	file, line := s.where(L)
	switch {
	case t != nil && localOf(t).caller != "" && (line == 0 || embedded(file)):
		return localOf(t).caller
	case line == 0:
		return ""
	}
	return file + ":" + strconv.Itoa(line)
}

// whereIs returns where a task is, as text: in its innermost thread that runs the script's
// Lua, as that of try(recv, h) runs none.
func (s *Session) whereIs(t *loop.Task) string {
	for _, L := range slices.Backward(localOf(t).threads) {
		if where := s.position(t, L); where != "" {
			return where
		}
	}
	return ""
}

// A pending is what a task does now.
type pending struct {
	task  string // "the scenario", "j1 (spawn x.lua:3)"
	call  string // "recv 2", "" while it runs Lua
	since time.Duration
	where string
	ends  bool // by itself, some time: a program does
}

// An outside is a wait that is none of a socket call's: for a program, or a pipe.
type outside struct {
	what  string
	since time.Time
}

// outside notes what the running task waits for, until the function that it gives is
// called.
func (s *Session) outside(what string) (over func()) {
	l := localOf(s.Loop.Current())
	before := l.outside
	l.outside = &outside{what, time.Now()}
	return func() { l.outside = before }
}

func (p pending) String() string {
	text := p.task + ": "
	if p.call == "" {
		text += "runs Lua code"
	} else {
		text += fmt.Sprintf("%s, for %s", p.call, p.since.Round(time.Millisecond))
	}
	if p.where != "" {
		text += ", at " + p.where
	}
	return text
}

// doing returns what a task does.
func (s *Session) doing(t *loop.Task, name string) pending {
	p := pending{task: name, where: s.whereIs(t)}
	if o := localOf(t).outside; o != nil {
		p.call, p.since, p.ends = o.what, time.Since(o.since), true
		return p
	}
	if j := s.Table.Journal; j != nil {
		if calls := j.Pending(t.Number()); len(calls) > 0 {
			begin := calls[len(calls)-1]
			p.call, p.since = begin.Fact.(journal.Call).Text, j.Now()-begin.At
		}
	}
	return p
}

// blocked returns what each task of the group does, its main task first.
func (s *Session) blocked(g *group) []pending {
	var all []pending
	if ended, _ := g.main.Ended(); !ended {
		all = append(all, s.doing(g.main, "the scenario"))
	}
	return append(all, s.jobsDoing(g)...)
}

func (s *Session) jobsDoing(g *group) []pending {
	var all []pending
	for _, j := range jobsInOrder(g.jobs) {
		all = append(all, s.doing(j.Task, fmt.Sprintf("task %s (%s)", j.Name(), j.Text)))
	}
	return all
}

// jobsInOrder returns the jobs of a set by their numbers.
func jobsInOrder(set map[*sock.Job]bool) []*sock.Job {
	return slices.SortedFunc(maps.Keys(set), func(a, b *sock.Job) int { return a.N - b.N })
}

// waitsForOthers reports whether the call ends only by something that happens: it has
// neither a timeout nor an end of its own.
func (p pending) waitsForOthers() bool {
	return p.call != "" && !p.ends && !strings.HasPrefix(p.call, "sleep") && !strings.Contains(p.call, " --timeout ")
}
