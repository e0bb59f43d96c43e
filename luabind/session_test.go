package luabind

import (
	"bytes"
	"context"
	"io"

	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"socksh/luabind/loop"
)

// descriptors counts this process's open files, where the system tells.
func descriptors() int {
	names, _ := filepath.Glob("/proc/self/fd/*")
	return len(names)
}

// leaks checks that what a test opened is closed again.
func leaks(t *testing.T) {
	t.Helper()
	files, goroutines := descriptors(), runtime.NumGoroutine()
	t.Cleanup(func() {
		limit := time.Now().Add(10 * time.Second)
		for descriptors() > files || runtime.NumGoroutine() > goroutines {
			if runtime.Gosched(); time.Now().After(limit) {
				t.Fatalf("%d files and %d goroutines, before %d and %d", descriptors(), runtime.NumGoroutine(), files, goroutines)
			}
		}
	})
}

// script runs Lua as a script and returns what it printed and its error.
func script(t *testing.T, code string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	s, err := New(Config{Out: &out, Err: &out, ReadLine: func(context.Context, string) (string, error) { return "", io.EOF }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	err = s.Do(func(task *loop.Task) (err error) {
		if task.Within(30*time.Second, func() { err = s.RunCode(task, code, "test", nil) }) {
			t.Error("still blocked after 30s")
		}
		return err
	})
	return strings.TrimSpace(out.String()), err
}

// echo is a server that answers what it receives, and a connection to it, h.
const echo = `
local l = socket()
local address = l:bind("127.0.0.1:0")
l:listen(100)
local server = spawn(function()
  while true do
    local c = accept(l)
    spawn(function() while true do local data = recv(c) if not data then break end send(c, data) end close(c) end)
  end
end)
local h = socket()
h:connect(address)
`

// TestBlocking checks that a verb may block wherever Lua can call.
func TestBlocking(t *testing.T) {
	for _, c := range []struct{ name, code, want string }{
		{"plain", `send(h,"a") print(recv(h))`, "a"},
		{"pcall", `print(pcall(function() send(h,"a") return recv(h) end))`, "true\ta"},
		{"error after a wait", `local ok,e=pcall(function() send(h,"b") error({code=recv(h)}) end) print(ok,e.code)`, "false\tb"},
		{"xpcall and its handler", `print(xpcall(function() send(h,"a") error("x"..recv(h),0) end, function(e) send(h,"q") return e..recv(h) end))`, "false\txaq"},
		{"metamethod", `local t=setmetatable({},{__index=function(_,k) send(h,k) return recv(h) end}) print(t.foo, t.bar)`, "foo\tbar"},
		{"arithmetic metamethod", `local t=setmetatable({},{__add=function() send(h,"+") return recv(h) end}) print(t+1)`, "+"},
		{"iterator", `local n=0 for x in function() n=n+1 if n>3 then return nil end send(h,"i"..n) return recv(h) end do print(x) end`, "i1\ni2\ni3"},
		{"sort", `local t={3,1,2} table.sort(t,function(a,b) send(h,"c") recv(h) return a<b end) print(t[1],t[2],t[3])`, "1\t2\t3"},
		{"gsub", `print((string.gsub("abc","%w",function(c) send(h,c) return recv(h):upper() end)))`, "ABC"},
		{"coroutine", `local g=coroutine.wrap(function() for i=1,3 do send(h,"g"..i) coroutine.yield(recv(h)) end end) print(g(),g(),g())`, "g1\tg2\tg3"},
		{"for over a coroutine", `for v in coroutine.wrap(function() for i=1,3 do send(h,"w"..i) coroutine.yield(recv(h)) end end) do print(v) end`, "w1\nw2\nw3"},
		{"nested coroutines", `local function gen(n) return coroutine.wrap(function() for i=1,n do send(h,tostring(i)) coroutine.yield(recv(h)) end end) end
local outer=coroutine.wrap(function() for v in gen(3) do coroutine.yield("o"..v) end end) print(outer(),outer(),outer())`, "o1\to2\to3"},
		{"running is stable", `local co=coroutine.create(function() local a=coroutine.running() send(h,"z") recv(h) return a==coroutine.running() end) print(coroutine.resume(co))`, "true\ttrue"},
		{"yield across pcall", `local co=coroutine.create(function(a) return pcall(function() local b=coroutine.yield(a+1) error("e"..b,0) end) end)
print(coroutine.resume(co,1)) print(coroutine.resume(co,5)) print(coroutine.status(co))`, "true\t2\ntrue\tfalse\te5\ndead"},
		{"yield everywhere", `local co=coroutine.wrap(function()
  for x in function() return coroutine.yield("it") end do coroutine.yield("got "..x) end
  local t=setmetatable({},{__index=function(_,k) return coroutine.yield("idx "..k) end}) coroutine.yield("v "..t.foo)
  table.sort({2,1},function(a,b) return coroutine.yield("cmp") end)
  return (string.gsub("a","a",function() return coroutine.yield("gsub") end)) end)
print(co(),co("X"),co(),co(nil),co("V"),co(),co(false),co("Z"))`, "it\tgot X\tit\tidx foo\tv V\tcmp\tgsub\tZ"},
		{"yield in tail position", `local co=coroutine.wrap(function() return coroutine.yield(1) end) print(co(),co(7))`, "1\t7"},
		{"errors through resume and wrap", `print(pcall(coroutine.wrap(function() error("w",0) end))) print((coroutine.resume(coroutine.create(function() error({}) end))))`, "false\tw\nfalse"},
		{"upvalues after a caught error", `local n=0 local function inc() n=n+1 end inc() pcall(function() error("x") end) inc() print(n)`, "2"},
		{"upvalues after try", `local n=0 local function inc() n=n+1 end try(recv, 99) inc() print(n)`, "1"},
		{"join gives results", `print(join(spawn(function(a) send(h,a) return recv(h), 2 end, "t")))`, "t\t2"},
		{"join gives the error", `local ok,e=try(join, spawn(function() error("bad",0) end)) print(ok,e)`, "false\tbad"},
		{"timeout", `local ok,e=try(recv,h,10,{timeout=0.01}) print(ok,e.timeout,e.op,e)`, "false\ttrue\trecv\trecv 2: timed out"},
		{"with_timeout", `local ok,e=pcall(with_timeout,0.01,function() while true do pcall(recv,h) end end) print(ok,e.timeout,e)`, "false\ttrue\twith_timeout: timed out after 10ms"},
		{"with_timeout and a spin", `local ok,e=pcall(with_timeout,0.01,function() while true do pcall(function() end) end end) print(ok,e.timeout)`, "false\ttrue"},
		{"with_timeout in time", `print(with_timeout(5,function(a) send(h,a) return recv(h) end,"in time"))`, "in time"},
		{"a spin lets others run", `local n=0 spawn(function() for i=1,5 do sleep(0.001) n=n+1 end end) while n<5 do end print(n)`, "5"},
		{"close wakes a reader", `local a,b=socketpair() local t=spawn(function() return recv(a) end) yield() close(a) local ok,e=try(join,t) print(ok,(tostring(e):gsub("%d+","N")))`, "false\trecv N: handle was closed"},
		{"two readers", `local a=spawn(function() return recv(h,1) end) local b=spawn(function() return recv(h,1) end) send(h,"xy") print(join(a)..join(b))`, "xy"},
		{"cancel", `local t=spawn(function() while true do pcall(recv,h) end end) yield() cancel(t) print(try(join,t))`, "false\tjoin j2: the job was cancelled"},
		{"cancel a spin", `local t=spawn(function() while true do pcall(function() while true do end end) end end) sleep(0.001) t:cancel() print((try(join,t)), t.state)`, "false\tcancelled"},
	} {
		t.Run(c.name, func(t *testing.T) {
			leaks(t)
			out, err := script(t, echo+c.code+"\nexit(0)")
			if err != nil || out != c.want {
				t.Errorf("got %q, %v; want %q", out, err, c.want)
			}
		})
	}
}

// TestScriptEnds checks how a run ends: with its tasks, with the first error of
// the main chunk, with exit, with a task's error that nobody took.
func TestScriptEnds(t *testing.T) {
	for _, c := range []struct{ name, code, out, err string }{
		{"tasks are waited for", `spawn(function() sleep(0.01) print("late") end) print("main")`, "main\nlate", ""},
		{"error with its line", "local x\nx.y = 1", "", "test:2: attempt to index a non-table object(nil) with key 'y'"},
		{"failed call with its line", "\nrecv(7)", "", "test:2: recv: no such handle: 7; usage: recv SOCKET [MAX=65536] [FLAGS] [--timeout TIME]"},
		{"error value", `error({code=1})`, "", "{code = 1}"},
		{"error object with tostring", `error(setmetatable({},{__tostring=function() return "mine" end}))`, "", "mine"},
		{"exit", `spawn(function() while true do sleep(1) end end) exit(3)`, "", "exit status 3"},
		{"exit in a task", `spawn(function() exit(4) end) while true do sleep(1) end`, "", "exit status 4"},
		{"exit 0 in pcall", `pcall(exit) print("not reached")`, "", ""},
		{"os.exit", `os.exit(5)`, "", "exit status 5"},
		{"a task's error", `spawn(function() error("lost?",0) end) sleep(0.01) print("main goes on")`, "j1: lost?\nmain goes on", "a task has failed"},
		{"a task's error that was taken", `local t=spawn(function() error("x",0) end) print(try(join,t))`, "false\tx", ""},
		{"two errors", `for i=1,2 do spawn(function() error(i,0) end) end`, "j1: 1\nj2: 2", "2 tasks have failed"},
		{"syntax", `x = = 1`, "", `test:1: syntax error near "="`},
		{"stack overflow", `local function f() return 1 + f() end f()`, "", "stack overflow"},
		{"deep calls", `local function f(n) if n == 0 then return 0 end return 1 + f(n-1) end print(f(5000))`, "5000", ""},
		{"pcall in pcall for ever", `local function f() return pcall(f) end print((f()))`, "true", ""},
		{"an abandoned coroutine", `local g=coroutine.wrap(function() while true do pcall(coroutine.yield) end end) g() g() print("end")`, "end", ""},
		{"an abandoned blocking task", `local a,b=socketpair() local t=spawn(function() recv(a) end) cancel(t)`, "", ""},
		{"a spinning task is cancelled by exit", `spawn(function() while true do end end) sleep(0.001) exit()`, "", ""},
		{"input at its end", `print(input("? "), io.read(), io.read("*a"))`, "nil\tnil", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			leaks(t)
			out, err := script(t, c.code)
			text := ""
			if err != nil {
				text = err.Error()
			}
			if out != c.out || (c.err == "") != (text == "") || !strings.Contains(text, c.err) {
				t.Errorf("printed %q, want %q; error %q, want %q", out, c.out, text, c.err)
			}
		})
	}
}

// TestThousandClients is a server and a thousand clients in one script.
func TestThousandClients(t *testing.T) {
	leaks(t)
	out, err := script(t, `
local l = socket() local address = l:bind("127.0.0.1:0") l:listen(2000)
local served = 0
local server = spawn(function()
  while true do
    local c = accept(l)
    spawn(function() for line in lines(c) do c:send(line:upper().."\n") end c:close() served = served + 1 end)
  end
end)
local clients = {}
for i = 1, 1000 do
  clients[i] = spawn(function()
    local c = socket() c:connect(address)
    for k = 1, 3 do c:send("hello "..i.."\n") expect.equal(c:recvline(), "HELLO "..i) end
    c:shutdown("write") expect.eof(c) c:close()
    return 1
  end)
end
local sum = 0
for _, c in ipairs(clients) do sum = sum + c:join() end
while served < 1000 do yield() end
server:cancel()
print(sum, served, #handles())`)
	if err != nil || out != "1000\t1000\t1" {
		t.Errorf("%q, %v", out, err)
	}
}

// TestInputs checks how pasted text is cut.
func TestInputs(t *testing.T) {
	s, err := New(Config{Out: io.Discard, Err: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for text, want := range map[string]string{
		"socket\nbind 1 127.0.0.1:0":                   "socket|bind 1 127.0.0.1:0",
		"local a = 1\nprint(a)":                        "local a = 1;print(a)",
		"socket\nfor i=1,2 do\nsocket()\nend\nhandles": "socket|for i=1,2 do;socket();end|handles",
		"x = {": "x = {",
	} {
		got := strings.ReplaceAll(strings.Join(s.Inputs(text), "|"), "\n", ";")
		if strings.TrimSuffix(got, ";") != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}
