package recording

import (
	"fmt"
	"strconv"
	"strings"

	"socksh/luabind/journal"
	"socksh/luabind/line"
	"socksh/luabind/sock"
)

// A place is an address that is another on each run: its port was chosen by the system,
// or is to be, or it is the address of the program under test.
type place struct {
	host, name string // name is the variable's
	any        bool   // the variable stands for the address whatever its host is called
	fixed      bool   // it is the same on each run, and name what it is
}

// split cuts "host:port"; ok is false for what is no such address.
func split(address string) (host, port string, ok bool) {
	i := strings.LastIndexByte(address, ':')
	if i < 0 {
		return "", "", false
	}
	host, port = address[:i], address[i+1:]
	n, err := strconv.Atoi(port)
	return host, port, err == nil && 0 <= n && n < 1<<16 && !strings.ContainsFunc(host, notOfHost) && (!strings.Contains(host, ":") || strings.HasSuffix(host, "]"))
}

func isAddress(text string) bool { _, _, ok := split(text); return ok }

func notOfHost(r rune) bool {
	return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_[]:%", r)
}

// addresses returns the expression for an address with a port that is a variable.
func (w *writer) addresses(text string) (string, bool) {
	if name := w.paths[pathOf(text)]; name != "" {
		if strings.HasPrefix(text, "unix:") && name != "target" {
			return `"unix:" .. ` + name, true
		}
		return name, true
	}
	host, port, ok := split(text)
	if !ok {
		return "", false
	}
	p := w.ports[port]
	if p == nil {
		w.wish[port] = true
		for n, s := range w.sockets {
			if s.Local == text && s.Host == "" && w.names[n] != "" && !w.closed[n] {
				return w.names[n] + ":getsockname()", true
			}
		}
		return "", false
	}
	w.used[p.name] = true
	if p.host == host || p.any || p.fixed {
		if p.fixed {
			return sock.Quote(text), true
		}
		return p.name, true
	}
	return fmt.Sprintf(`"%s:" .. %s:match("%%d+$")`, host, p.name), true
}

// pathOf returns the path of a unix socket's address.
func pathOf(address string) string { return strings.TrimPrefix(address, "unix:") }

// atPath reports whether a socket has its address in the file system.
func atPath(address string) bool {
	path := pathOf(address)
	return strings.Contains(path, "/") || path != address && path != "" && path[0] != '@'
}

// path makes a variable of a path that was bound, so that the recording may run twice at
// a time.
func (w *writer) path(typed string) {
	name := w.pick("path")
	w.paths[pathOf(typed)] = name
	w.put(w.local(name) + name + " = os.tmpname() -- for " + pathOf(typed))
	w.put("os.remove(" + name + ")")
	w.put("defer(os.remove, " + name + ")")
}

// address returns what was typed as an address as an expression.
func (w *writer) address(text string) string {
	if expr, ok := w.addresses(text); ok {
		return expr
	}
	return w.literal(text)
}

// learn makes a variable of an address that a call gave, if the system has chosen its
// port and someone asks for it later. It returns the variable's name, or "".
func (w *writer) learn(address, name string) string {
	host, port, ok := split(address)
	if !ok || w.ports[port] != nil {
		return ""
	}
	if name == "" {
		name = w.pick("address")
	}
	w.ports[port] = &place{host: host, name: name}
	if !w.wished[port] && !w.needed[name] {
		return ""
	}
	return name
}

// bound is the argument of a bind that went well. A port that was typed becomes one that
// the system chooses, so that the recording may run anywhere, and twice at a time.
func (w *writer) bound(n int, typed string) string {
	s := w.sockets[n]
	host, port, ok := split(typed)
	if s == nil || !ok {
		return w.address(typed)
	}
	if s.Host != "" {
		w.ports[port] = &place{host: host, fixed: true}
		return w.address(typed)
	}
	if w.ports[port] != nil {
		return w.address(typed)
	}
	free := sock.Quote(host + ":0")
	if w.serves && w.side(n) == Server {
		return listenVar + " or " + free
	}
	return free
}

// listenVar is where a server's half listens if it is told.
const listenVar = "vars.listen"

// spelled returns a bind to an address that a variable holds as one that gives the variable
// the address, if its port was typed before: it is another on each run.
func (w *writer) spelled(st *step) *step {
	words, out := st.line.Words, st.out
	if st.verb.Name != "bind" || st.line.Kind != line.Command || len(words) == 0 || out == nil || out.Ended != "" || out.Socket == nil || out.Socket.Host != "" {
		return st
	}
	parts := words[len(words)-1].Parts
	if _, port, inet := split(out.Socket.Local); !inet || !w.spelt[port] || len(parts) != 1 || !sock.IsName(parts[0].Lua) {
		return st
	}
	again := *st
	again.line.Kind, again.line.Targets = line.Assign, parts[0].Lua
	again.line.Words = append(words[:len(words)-1:len(words)-1], line.Word{Parts: []line.Part{{Text: out.Socket.Local}}})
	return &again
}

// boundTo returns the handle that the step of Lua, whose code is given, has bound to an address as
// it was typed, 0 for none. A port that the code has twice may be more than the bind's.
func (w *writer) boundTo(typed, code string) int {
	host, port, ok := split(typed)
	if w.now == nil || w.now.verb != nil || !ok || port != "0" && strings.Count(code, port) > 1 {
		return 0
	}
	for n := range w.now.binds {
		if s := w.sockets[n]; s != nil && s.Host == "" && w.names[n] != "" {
			if _, at, _ := split(s.Local); port == "0" || port == at && host != "" {
				return n
			}
		}
	}
	return 0
}

// isTarget reports whether a call of a client reaches a program that is not the session's.
func (w *writer) isTarget(n int) bool {
	s := w.sockets[n]
	return s != nil && s.Host == "" && w.side(n) != Server && w.isProgram(s.Peer)
}

// findPrograms learns the addresses of the programs under test, all of which are known in
// the end only: ports, and paths of unix sockets.
func (w *writer) findPrograms() {
	w.programs = map[string]bool{}
	sockets := map[int]*journal.Socket{}
	note := func(n int, address string) {
		key := addressKey(address)
		if s := sockets[n]; key != "" && (s == nil || s.Host == "") && w.side(n) != Server && (w.options.Half == Client || !w.own[key]) {
			w.programs[key] = true
		}
	}
	for _, st := range w.steps {
		for n, s := range st.known {
			sockets[n] = s
			note(n, s.Peer)
		}
		for address, n := range st.sent {
			note(n, address)
		}
	}
}

// addressKey is what tells an address from others: its port or its path, "" for none.
func addressKey(address string) string {
	if _, port, ok := split(address); ok && port != "0" {
		return port
	}
	if atPath(address) {
		return pathOf(address)
	}
	return ""
}

// isProgram reports whether a text is the address of a program under test.
func (w *writer) isProgram(text string) bool { return w.programs[addressKey(text)] }

// target makes a variable of the address of a program under test, as it was typed.
func (w *writer) target(typed string) {
	if atPath(typed) {
		if w.paths[pathOf(typed)] == "" {
			name := w.pick("target")
			w.paths[pathOf(typed)] = name
			w.head = append(w.head, fmt.Sprintf("%s%s = vars.%s or %s", w.local(name), name, name, sock.Quote(typed)))
		}
		return
	}
	host, port, ok := split(typed)
	if !ok || w.ports[port] != nil && w.ports[port].any {
		return
	}
	p := &place{host: host, name: w.pick("target"), any: true}
	w.ports[port] = p
	asked := fmt.Sprintf("vars.%s or %s", p.name, sock.Quote(typed))
	if w.chosen[port] {
		asked = fmt.Sprintf(`assert(vars.%s, "which server? --var %s=HOST:PORT")`, p.name, p.name)
	}
	w.head = append(w.head, fmt.Sprintf("%s%s = %s", w.local(p.name), p.name, asked))
}
