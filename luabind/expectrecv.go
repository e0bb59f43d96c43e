package luabind

import (
	"fmt"
	"slices"
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"

	"socksh/luabind/sock"
)

// A pattern is data that is wanted, of which some bytes may be any.
type pattern struct {
	data string
	any  [][2]int // ranges of data
}

// pattern takes an argument: a text, a number for so many bytes of any value, or a list
// of these.
func (s *Session) pattern(L *lua.LState, n int) pattern {
	var p pattern
	add := func(v lua.LValue) {
		switch v := v.(type) {
		case lua.LString:
			p.data += string(v)
		case lua.LNumber:
			count := int(v)
			if lua.LNumber(count) != v || count < 0 || count > maxAny {
				L.ArgError(n, "a number stands for so many bytes of any value")
			}
			p.any = append(p.any, [2]int{len(p.data), len(p.data) + count})
			p.data += string(make([]byte, count))
		default:
			L.ArgError(n, "data is a text, or a list of texts and numbers of bytes")
		}
	}
	if list, ok := L.Get(n).(*lua.LTable); ok {
		for i := 1; i <= list.Len(); i++ {
			add(list.RawGetInt(i))
		}
	} else {
		add(L.Get(n))
	}
	return p
}

// maxAny is how many bytes of any value there may be in a row.
const maxAny = 1 << 24

// like returns the pattern's data with the bytes that may be any as they are in got.
func (p pattern) like(got string) string {
	if len(p.any) == 0 {
		return p.data
	}
	data := []byte(p.data)
	for _, r := range p.any {
		for i := r[0]; i < r[1]; i++ {
			data[i] = '?'
			if i < len(got) {
				data[i] = got[i]
			}
		}
	}
	return string(data)
}

// beside returns the pattern's data as it is shown beside got, which differs from it: bytes
// that may be any are as they came where the rest of their line came, else question marks.
func (p pattern) beside(got string) string {
	if len(p.any) == 0 {
		return p.data
	}
	like := p.like(got)
	same := Alike(like, got)
	shown := []byte(like)
	lines := strings.SplitAfter(got, "\n")
	from := 0
	for line := range strings.Lines(p.data) {
		to := from + len(line)
		i := slices.IndexFunc(lines, func(came string) bool { return p.fits(from, to, came) })
		for _, r := range p.any {
			for k := max(from, same, r[0]); k < min(to, r[1]); k++ {
				shown[k] = '?'
				if i >= 0 {
					shown[k] = lines[i][k-from]
				}
			}
		}
		from = to
	}
	return string(shown)
}

// fits reports whether a line that came is the pattern's data from and to those bytes.
func (p pattern) fits(from, to int, came string) bool {
	if len(came) != to-from {
		return false
	}
	at := from
	for _, r := range append(p.any[:len(p.any):len(p.any)], [2]int{to, to}) {
		if begin := min(r[0], to); at < begin && p.data[at:begin] != came[at-from:begin-from] {
			return false
		}
		at = max(at, min(r[1], to))
	}
	return true
}

// openExpectRecv defines the check of what comes.
func (s *Session) openExpectRecv() {
	s.define("expect.recv(socket, data [, options])", "these bytes come next, of a stream in pieces of any size; in a list a number stands for so many bytes of any value; within 5 s unless a timeout is given; gives what came", func(L *lua.LState) int {
		want := s.pattern(L, 2)
		got, end := s.receive(L, want, time.Now().Add(s.optionTimeout(L, 3)))
		like := want.like(got)
		if end == "" && got == like {
			L.Push(lua.LString(got))
			return 1
		}
		beside := want.beside(got)
		e := s.unmetValue(L, 0, "%s", compareData(beside, got, end))
		e.RawSetString("expected", lua.LString(beside))
		e.RawSetString("got", lua.LString(got))
		L.Error(e, 0)
		return 0
	})
}

// openExpectNothing defines the check of what must not come.
func (s *Session) openExpectNothing() {
	s.define("expect.nothing(socket)", "all that has come until now was received; the end of a stream, or an error that waits, is nothing", func(L *lua.LState) int {
		options := s.lua.CreateTable(0, 1)
		options.RawSetString("flags", lua.LString("peek dontwait"))
		results, err := s.call(s.builtins.RawGetString("recv"), []lua.LValue{L.Get(1), lua.LNumber(restMost), options}, nil)
		if err != nil {
			if e, ok := s.errorObject(err).(*lua.LTable); ok && e.RawGetString("errno") != lua.LNil {
				return 0
			}
			s.rethrow(L, err)
		}
		if results[0] != lua.LNil {
			s.unmet(L, 0, "expected nothing more, got %s", s.inspect(results[0]))
		}
		return 0
	})
}

// openExpectQuiet defines the check that for a while nothing comes at all.
func (s *Session) openExpectQuiet() {
	s.define("expect.quiet(socket [, seconds])", "all that has come was received, and for so long (0.1 s unless given) nothing comes: no byte, no end of the stream, no error", func(L *lua.LState) int {
		options := s.lua.CreateTable(0, 2)
		options.RawSetString("flags", lua.LString("peek"))
		options.RawSetString("timeout", L.OptNumber(2, 0.1))
		results, failed := s.recv(L, restMost, options)
		switch {
		case failed == nil:
			s.unmet(L, 0, "expected quiet, got %s", s.inspect(cameOrEnd(results)))
		case failed.RawGetString("timeout") != lua.LTrue:
			s.unmet(L, 0, "expected quiet, got %s", lua.LVAsString(failed.RawGetString("message")))
		}
		return 0
	})
}

// cameOrEnd returns the data that recv gave, or in its place the word for the stream's end.
func cameOrEnd(results []lua.LValue) lua.LValue {
	if results[0] == lua.LNil && len(results) > 1 {
		return results[1]
	}
	return results[0]
}

// optionTimeout takes the timeout of the options at argument n.
func (s *Session) optionTimeout(L *lua.LState, n int) time.Duration {
	if L.Get(n) == lua.LNil {
		return patience
	}
	options := L.CheckTable(n)
	options.ForEach(func(name, _ lua.LValue) {
		if name != lua.LString("timeout") {
			L.ArgError(n, "the option is timeout; there is no "+s.show(name))
		}
	})
	v := options.RawGetString("timeout")
	if v == lua.LNil {
		return patience
	}
	d, err := sock.Duration(s.toValue(v))
	if err != nil {
		L.ArgError(n, err.Error())
	}
	return d
}

// recv makes one call of recv for the socket at argument 1, and gives what came or the error
// of the call; any other error, as of a wrong argument, goes on.
func (s *Session) recv(L *lua.LState, max int, options *lua.LTable) (results []lua.LValue, failed *lua.LTable) {
	results, err := s.call(s.builtins.RawGetString("recv"), []lua.LValue{L.Get(1), lua.LNumber(max), options}, nil)
	if err == nil {
		return results, nil
	}
	failed, _ = s.errorObject(err).(*lua.LTable)
	if failed == nil || s.Loop.Current().Stopping() || failed.RawGetString("usage") != lua.LNil {
		s.rethrow(L, err)
	}
	return nil, failed
}

// receive takes from the socket at argument 1 as many bytes as are wanted, or one
// datagram. It stops where they differ, and says in words what kept more from coming.
func (s *Session) receive(L *lua.LState, want pattern, until time.Time) (got, end string) {
	stream := true
	if ud, ok := L.CheckAny(1).(*lua.LUserData); ok {
		if h, ok := ud.Value.(*sock.Handle); ok {
			stream = h.Stream()
		}
	}
	recv := func(max int, options string, v lua.LValue) ([]lua.LValue, *lua.LTable) {
		table := s.lua.CreateTable(0, 1)
		table.RawSetString(options, v)
		return s.recv(L, max, table)
	}
	for stream && len(got) < len(want.data) || !stream && got == "" {
		room := maxDatagram
		if stream {
			room = len(want.data) - len(got)
		}
		results, failed := recv(room, "timeout", lua.LNumber(max(time.Until(until), 0).Round(time.Millisecond).Seconds()))
		switch {
		case failed != nil && failed.RawGetString("timeout") == lua.LTrue:
			if got == "" {
				return got, "nothing in time"
			}
			return got, "nothing more in time"
		case failed != nil:
			return got, lua.LVAsString(failed.RawGetString("message"))
		case results[0] == lua.LNil:
			return got, "eof"
		}
		got += lua.LVAsString(results[0])
		if !stream {
			return got, ""
		}
		if like := want.like(got); got != like[:len(got)] {
			if more, failed := recv(restMost, "flags", lua.LString("dontwait")); failed == nil && more[0] != lua.LNil {
				got += lua.LVAsString(more[0]) // the whole answer says more than its begin
			}
			return got, ""
		}
	}
	return got, ""
}

// What is received at most: of a datagram, and of what follows bytes that are not as
// expected.
const (
	maxDatagram = 65536
	restMost    = 4096
)

// compareData says how what came differs from what was wanted.
func compareData(want, got, end string) string {
	const around, most = 20, 200
	came := sock.Quote(got)
	switch {
	case end != "" && got == "":
		came = end
	case end != "":
		came += " and then " + end
	}
	if len(want) <= most && len(got) <= most {
		return fmt.Sprintf("expected %s, got %s", sock.Quote(want), came)
	}
	at := Alike(want, got)
	part := func(data string) string {
		return sock.Quote(data[max(0, at-around):min(len(data), at+around)])
	}
	if at == len(got) {
		return fmt.Sprintf("expected %d bytes, got the first %d of them and then %s", len(want), at, end)
	}
	return fmt.Sprintf("expected %d bytes; from byte %d on they differ: expected …%s…, got …%s…", len(want), at+1, part(want), part(got))
}
