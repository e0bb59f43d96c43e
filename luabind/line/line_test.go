package line

import (
	"errors"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/gopher-lua/parse"
)

var commands = strings.Fields("socket socketpair bind listen accept connect send recv sendto recvfrom close shutdown setsockopt getsockopt getsockname getpeername poll sleep wait help run resolve handles ls jobs cancel quit")

func known(word string) bool {
	for _, c := range commands {
		if c == word {
			return true
		}
	}
	return false
}

// describe returns a line's meaning in a word or two.
func describe(text string) string {
	l, err := Parse(text, known)
	if err != nil {
		return "error"
	}
	switch l.Kind {
	case Empty:
		return "empty"
	case Command, Assign:
		s := "command " + l.Verb
		for _, w := range l.Words {
			text, plain := w.Plain()
			if !plain {
				text = "$"
			}
			if w.Name != "" {
				text = w.Name + "=" + text
			}
			s += " " + text
		}
		if l.Job {
			s += " (job)"
		}
		if l.Kind == Assign {
			s = l.Targets + " <- " + s
		}
		return s
	case More:
		return "more"
	}
	if l.Expr {
		return "expression"
	}
	return "lua"
}

// TestTricky holds the inputs on which shells of two languages stumble.
func TestTricky(t *testing.T) {
	for _, c := range []struct{ input, want string }{
		{"", "empty"}, {"   ", "empty"}, {"-- comment", "empty"}, {"--[[ block", "more"}, {"--[[ block ]] x = 1", "lua"},
		{"listen 8080", "command listen 8080"}, {"listen(8080)", "expression"}, {"close (s)", "expression"},
		{"listen", "command listen"}, {"close", "command close"}, {"x = listen", "lua"},
		{"x = listen 8080", "x <- command listen 8080"}, {"x = socket tcp", "x <- command socket tcp"},
		{"x = socket tcp()", "x <- command socket tcp()"}, {"local s = socket tcp", "s <- command socket tcp"},
		{"local s = socket()", "lua"}, {"local s = socket", "lua"},
		{"a, b = socketpair unix", "a, b <- command socketpair unix"}, {"a, b = socketpair", "lua"},
		{"t[#t+1] = accept 3", "t[#t+1] <- command accept 3"}, {"t.x = accept 3", "t.x <- command accept 3"},
		{"listen = 5", "lua"}, {"listen == 5", "expression"},
		{"run ../x.lua", "command run ../x.lua"}, {"listen .. x", "expression"}, {"listen ..x", "expression"},
		{"close -1", "command close -1"}, {"close - 1", "expression"},
		{`send "hello"`, "command send hello"}, {`send "s1" "hello"`, "command send s1 hello"},
		{`send {s, "x"}`, "expression"}, {"send [[x]]", "expression"}, {"send s [[x y]]", "command send s x y"},
		{"send s (1)", "command send s (1)"}, {"send s msg", "command send s msg"},
		{`send s "a" .. b`, "command send s a .. b"},
		{`send("s", "x"`, "more"}, {`x = "abc`, "error"}, {"x = [[abc", "more"}, {"x = {1,2", "more"}, {"1 +", "more"},
		{"x = f(", "more"}, {"for i=1,3 do", "more"}, {"for i=1,3 do print(i) end", "lua"}, {"if x then", "more"}, {"repeat", "more"},
		{"function f() return 1 end", "lua"}, {"function() end", "expression"},
		{"3", "expression"}, {"#t", "expression"}, {"-1", "expression"}, {"{1,2}", "expression"}, {`"a"`, "expression"}, {"nil", "expression"}, {"not x", "expression"},
		{"s.fd", "expression"}, {`a.b["c"]`, "expression"}, {"f", "expression"}, {"=1+1", "expression"}, {"= s", "expression"}, {"return 1", "lua"},
		{"x == 1", "expression"}, {"x ~= 1", "expression"}, {"x != 1", "error"}, {"x += 1", "error"}, {"x++", "error"}, {"f 1", "error"}, {"1 2", "error"},
		{"connect ::1 80", "command connect ::1 80"}, {"connect [::1]:80", "command connect [::1]:80"}, {"connect 127.0.0.1:80", "command connect 127.0.0.1:80"},
		{`connect "localhost:80"`, "command connect localhost:80"}, {"s1 = connect 2 127.0.0.1:80", "s1 <- command connect 2 127.0.0.1:80"},
		{"listen 8080; accept 3", "error"}, {"listen 8080;", "error"}, {`print "a"; listen 8080`, "error"}, {"listen 8080 && accept", "error"},
		{"recv s > f", "error"}, {"recv s | hex", "error"}, {"recv > f", "expression"}, {"recv s 100 -- note", "command recv s 100"}, {`send s "--"`, "command send s --"},
		{"recv s 100 --timeout 2s", "command recv s 100 timeout=2s"}, {"recv s --flags=peek", "command recv s flags=peek"}, {"recv s --timeout", "error"},
		{"accept 1 &", "command accept 1 (job)"}, {"accept 1&", "command accept 1 (job)"}, {"accept 1 & 2", "error"}, {"c = accept 1 &", "c <- command accept 1 (job)"}, {`send 1 "&"`, "command send 1 &"},
		{"help", "command help"}, {"?", "command help"}, {"?send", "command help send"}, {"send?", "command help send"}, {"x?", "command help x"}, {":help", "command help"}, {":send s1 hi", "command send s1 hi"}, {":nope", "error"},
		{".help", "error"}, {"%help", "error"}, {"/help", "error"}, {`\h`, "error"}, {"!ls", "error"},
		{"print（1）", "error"}, {"“hi”", "error"}, {"你好", "error"}, {"send s 你好", "command send s 你好"}, {"LISTEN 8080", "error"},
		{"goto x", "lua"}, {"help = nil", "lua"}, {"assert listen(80)", "error"}, {"return listen 8080", "error"},
		{`send s "a\x41\0\n"`, "command send s aA\x00\n"}, {`send s "\q"`, "error"}, {`send s "\x4"`, "error"}, {`send s "\300"`, "error"}, {`send s 'it''s'`, "command send s its"},
		{"send s $name", "command send s $"}, {"connect c 127.0.0.1:$port", "command connect c $"}, {"send s $(1+(2))", "command send s $"}, {"send s $(1", "error"}, {"send s $5", "command send s $5"},
		{"x = 1\ny = 2", "lua"}, {"socket\nsocket", "error"}, {"local x = 1\nprint(x)", "lua"},
	} {
		if got := describe(c.input); got != c.want {
			t.Errorf("%q: got %s, want %s", c.input, got, c.want)
		}
	}
}

// FuzzParse looks for inputs that crash the parser, or that lose a command.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"listen 8080", `send s "a\x41"`, "x = socket tcp", "f(", "send s $(1+1)", "a\x00b", "recv 1 -- x", "[[", "= ", "你好", "\\", "send \"\\\f", "send --\x01", ":\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		l, err := Parse(s, known)
		var syntax *parse.Error
		if err != nil && !errors.As(err, &syntax) && (!utf8.ValidString(err.Error()) || strings.ContainsFunc(err.Error(), unicode.IsControl)) {
			t.Errorf("%q: not one printable line: %q", s, err)
		}
		if err == nil && (l.Kind == Command || l.Kind == Assign) && !known(l.Verb) && l.Verb != "help" {
			t.Errorf("%q: unknown command %q", s, l.Verb)
		}
		if err == nil && l.Kind == Assign && l.Targets == "" {
			t.Errorf("%q: an assignment to nothing", s)
		}
	})
}
