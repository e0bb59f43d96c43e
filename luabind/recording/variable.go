package recording

import (
	"slices"
	"strconv"

	"socksh/luabind/journal"
	"socksh/luabind/sock"
)

// name returns the expression for a handle.
func (w *writer) name(n int) string {
	if name := w.names[n]; name != "" {
		return name
	}
	if !slices.Contains(w.strange, n) && !w.madeByLua(n) && !w.lost[n] {
		w.strange = append(w.strange, n)
	}
	return strconv.Itoa(n)
}

// call gives a handle its variable, which no other has then.
func (w *writer) call(n int, name string) {
	for other, its := range w.names {
		if its == name && other != n {
			delete(w.names, other)
			w.lost[other] = !w.closed[other]
		}
	}
	w.names[n] = name
}

func (w *writer) madeByLua(n int) bool {
	for _, st := range w.steps {
		if st.verb == nil && st.out != nil && slices.Contains(st.out.Made, journal.HandleNumber(n)) {
			return true
		}
	}
	return false
}

// handleName chooses a variable for a handle that has no name: s1, s2…
func (w *writer) handleName(n int) string {
	for _, prefix := range []string{"s", "h", "socket_"} {
		if name := prefix + strconv.Itoa(n); !w.words[name] {
			return name
		}
	}
	return "handle_" + strconv.Itoa(n)
}

// pick returns a name for a variable that nothing else has.
func (w *writer) pick(name string) string {
	free := name
	for i := 2; w.words[free] || w.taken[free]; i++ {
		free = name + strconv.Itoa(i)
	}
	w.taken[free] = true
	return free
}

// localsMost bounds the variables that are local: Lua has 200 in one function.
const localsMost = 150

// local returns "local " where the variables come to be here, and nobody has asked for
// them before: what was typed as Lua sees the same variables then.
func (w *writer) local(names ...string) string {
	fresh := w.locals+len(names) <= localsMost
	for _, name := range names {
		first, mentioned := w.mentions[name]
		if !sock.IsName(name) || w.taken["local "+name] || mentioned && w.now != nil && first < w.now.index {
			fresh = false
		}
	}
	for _, name := range names {
		w.taken["local "+name] = true
	}
	if !fresh {
		return ""
	}
	w.locals += len(names)
	return "local "
}
