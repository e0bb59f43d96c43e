package scripts

import (
	"net"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestMessages reads what is said to those who err.
func TestMessages(t *testing.T) {
	inWorkshops(t, []trial{
		{"causes", map[string]string{"why.lua": pair + `
local function get(c) expect.match(c:recvline(), "^x") end
scenario("helper", function() local a, b = pair() b:close() get(a) end)
scenario("lua", function()
  local function inner(x) return "x" .. x end
  local function outer() inner(nil) end
  outer()
end)
scenario("waits", function()
  eventually(function() local c = socket() local ok = try(connect, c, "127.0.0.1:1") c:close() return ok end, 0.1)
end)
scenario("others", function()
  local other = spawn(function() while true do local c = socket() try(connect, c, "127.0.0.1:1") c:close() sleep(0.001) end end)
  defer(cancel, other)
  eventually(function() sleep(0.02) return false end, 0.1)
end)
scenario("closes", function() local a = pair() a:close() end)
scenario("defers", function() defer(function() error({}) end) end)
scenario("sleeps", function()
  local c = socket() defer(close, c) c:connect(vars.target)
  sleep(2)
  expect.equal(c:recv(), "x")
end)
scenario("much", function() local a, b = pair() b:send(("0123456789"):rep(30)) a:recv() expect.equal(1, 2) end)`}, func(w *workshop) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				w.t.Fatal(err)
			}
			defer l.Close()
			go func() {
				if c, err := l.Accept(); err == nil {
					time.AfterFunc(300*time.Millisecond, func() { c.Close() }) // while the scenario sleeps
				}
			}()
			equalResults(w.t, w.results(1, "why.lua", "--artifacts", "failed", "--var", "target="+l.Addr().String()), "why.lua::helper: failed", "why.lua::lua: failed", "why.lua::waits: failed", "why.lua::others: failed",
				"why.lua::closes: passed", "why.lua::defers: failed", "why.lua::sleeps: failed", "why.lua::much: failed")
			for name, parts := range map[string][]string{
				"helper": {`why.lua:7: expected something like "^x", got nil: recvline came to the end of the stream`, "called from why.lua:8"},
				"lua":    {"why.lua:10: attempt to concatenate", "called from why.lua:11", "called from why.lua:12"},
				"waits":  {"the condition did not come true after 100ms; the last call in it that failed: connect", "ECONNREFUSED"},
				"defers": {"why.lua:23: "},
			} {
				w.contains(w.read("failed/why.lua__"+name+"/failure.txt"), parts...)
			}
			w.lacks(w.read("failed/why.lua__others/failure.txt"), "the last call in it")
			if text := w.read("failed/why.lua__sleeps/failure.txt"); !regexp.MustCompile(` (\d{1,3}|1\d{3})\.\d{3} ms +ESTABLISHED → CLOSE_WAIT`).MatchString(text) {
				w.t.Errorf("the peer's FIN has not its own time:\n%s", text)
			}
			w.contains(w.read("failed/why.lua__much/events.jsonl"), strings.Repeat("0123456789", 30))
		}},
		{"values that nothing asks for", map[string]string{"a.lua": `local target = vars.target or "none"`, "b.lua": `for name in pairs(vars) do print(name) end`, "c.lua": `print(vars.targets)`, "t.txt": "> = 1\n= 1\n"}, func(w *workshop) {
			w.contains(w.test(0, "a.lua", "--var", "taget=1"), "nothing has asked for vars.taget, which was given; vars.target was not given")
			w.contains(w.test(0, "t.txt", "--var", "target=1"), "nothing has asked for vars.target, which was given")
			w.contains(w.test(0, "c.lua", "--var", "target=1"), "nothing has asked for vars.target, which was given; vars.targets was not given")
			w.lacks(w.test(0, "a.lua", "t.txt", "--var", "target=1"), "nothing has asked")
			w.lacks(w.test(0, "b.lua", "--var", "target=1"), "nothing has asked")
			for told, args := range map[bool][]string{true: {"-c", "= 1"}, false: {"-e", "print(vars.target)"}} {
				out, _ := w.command(append(args, "--var", "target=1")...).CombinedOutput()
				if strings.Contains(string(out), "nothing has asked for vars.target") != told {
					w.t.Errorf("%s: %s", args, out)
				}
			}
		}},
		{"misuse", map[string]string{"a.lua": `print("ran")`}, func(w *workshop) {
			for _, bad := range [][]string{{"-j", "0"}, {"--repeat", "0"}, {"--retries", "-1"}, {"--max-fail", "-1"}, {"--timeout", "-1s"}, {"--call-timeout", "-1s"}, {"--run-timeout", "-1s"}, {"--timeout", "soon"}, {"--seed", "0"}, {"--repeat", "1000000000"}, {"--tags", "!"}, {"--tags", "x,,y"}, {"--adopt", "conn=3"}, {"--adopt", "conn=999"}} {
				out := w.test(2, append([]string{"a.lua", "-v"}, bad...)...)
				w.contains(out, strings.TrimSuffix(bad[1], "s"))
				w.lacks(out, "ran")
			}
			for told, flags := range map[string][]string{`--jobs takes a whole number, not "many"`: {"-j", "many"}, "did you mean --var?": {"--vars", "x=1"}, "two dashes: --var": {"-var", "x=1"},
				"--report junit=FILE": {"--junit", "r.xml"}, "--var target=VALUE": {"--target", "127.0.0.1:80"}} {
				w.contains(w.test(2, append([]string{"a.lua"}, flags...)...), told)
			}
			out, _ := w.command("tset", "a.lua").CombinedOutput()
			w.contains(string(out), "did you mean socksh test?")
			w.contains(w.test(2), "test needs a PATH")
			w.contains(w.test(2, "a.lua", "--watch", "--until-fail"), "do not go together")
			w.contains(w.test(2, "a.lua", "--ladder", "x.svg"), "--ladder is for one script")
			w.contains(w.test(2, ""), "a path is empty")
			w.contains(w.test(2, "::x"), "a path is empty")
			if out := w.test(0, "a.lua", "--watch", "--list"); out != "a.lua\n" {
				w.t.Error(out)
			}
		}},
		{"what newcomers do", map[string]string{"a.lua": `
scenario("no var", function() peer.client(vars.target, peer.silent) end)
scenario("no such check", function() expect.equals(1, 1) end)
scenario("no such peer", function() peer.rude() end)
scenario("no reason", function() skip("") end)
scenario("no arguments", function() peer.cut() end)`,
			"unequal.lua": "local c = nil\nif c != nil then end", "quote.lua": "send(c, \"PING)\nrecv(c)"}, func(w *workshop) {
			w.contains(w.test(2, "unequal.lua"), `unequal.lua:2: there is no ! in Lua: "not equal" is ~=`)
			w.contains(w.test(2, "quote.lua"), "quote.lua:1: unterminated string")
			w.contains(w.test(1, "a.lua"), "a.lua:2: connect: nil is not an address", "vars.target was not given: --var target=…",
				"a.lua:3: there is no expect.equals; did you mean equal?", "a.lua:4: there is no peer.rude", "a reason is some text", "a.lua:6: peer.cut: conn is a socket, not nil", "5 failed")
		}},
		{"errors in a peer", map[string]string{"a.lua": `
local function with(...) return peer.client(peer.server(peer.silent), ...) end
scenario("check", function() with(function(c) expect.equal(1, 2) end):join() end)
scenario("not joined", function() local job = with(function(c) expect.equal(1, 2) end) eventually(function() return job.state ~= "pending" end) end)
scenario("of the server", function() local c = socket() defer(close, c) c:connect(peer.server(function() expect.equal(1, 2) end)) expect.eof(c) end)
scenario("method", function() with(function(c) c:sned("x") end):join() end)
scenario("option", function() with(function(c) c:recvline({timout = 1}) end):join() end)
scenario("timeout", function() with(function(c) c:recvline({timeout = 0.01}) end):join() end)
scenario("name", function() with("silent") end)
scenario("cut", function() with(peer.cut, "abc"):join() end)
scenario("pause", function() with(peer.trickle, "abc", {pause = 1}):join() end)
scenario("its connection ends", function()
  local l = socket() defer(close, l)
  local job = peer.client(l:bind("127.0.0.1:0"), function(c) c:recv() end)
end)
scenario("mistake", function() with(function(c) c:bind("127.0.0.1:0") end):join() end)
scenario("another's", function() with(function() connect(socket(), "127.0.0.1:1") end):join() end)
scenario("it is closed", function()
  local l, conn = socket() defer(close, l)
  local at = l:bind("127.0.0.1:0") l:listen()
  local job = peer.client(at, function(c) conn = c sleep(0.02) c:send("x") end)
  eventually(function() return conn end) conn:close() job:join()
end)
scenario("it is reset", function()
  local l = socket() defer(close, l)
  local at = l:bind("127.0.0.1:0") l:listen()
  local job = peer.client(at, recv)
  peer.reset(l:accept())
  job:join()
end)`}, func(w *workshop) {
			out := w.test(1, "a.lua", "-j", "1")
			w.contains(out, "a.lua:3: expected 2, got 1", "a.lua:4: task j2 (spawn a.lua:2): expected 2, got 1", "a.lua:5: task j2 (spawn a.lua:5): expected 2, got 1",
				"a.lua:6: attempt to call a non-function object: there is no method sned; did you mean send?", `a.lua:7: recvline: no parameter is called "timout"`, "a.lua:8: recvline 2: timed out",
				"a.lua:2: peer.client(address, how, ...): how is a function such as peer.silent, not silent", "a.lua:2: peer.cut(conn, data, n [, abort]): n is a number, not nil",
				"a.lua:2: sleep: time is missing", "ECONNREFUSED", "EINVAL",
				"ok      a.lua::it is reset", "ok      a.lua::it is closed", "2 passed, 12 failed")
		}},
		{"words that are wrong", map[string]string{"a.lua": `
local function connected() return socket() end
scenario("function", function() conected() end)
scenario("method", function() local c = connected() defer(close, c) c:poll() end)
scenario("library", function() string.fromat("x") end)
scenario("state", function() local c = connected() defer(close, c) expect.state(c, "ESTABLISHD") end)
scenario("option", function() local c = connected() defer(close, c) expect.eof(c, {timout = 1}) end)
scenario("address", function() eventually(function() local c = socket() local ok = try(connect, c, "127.0.0.1") c:close() return ok end, 0.01) end)`,
			"b.lua": "local function f()\n  if x then\n    print(1)\nend\n", "args.lua": "print(vars.x, #arg, arg[1], arg[2])"}, func(w *workshop) {
			w.contains(w.test(1, "a.lua"), "there is no conected; did you mean connected?", "poll is no method of a handle; write poll(c, ...)", "there is no string.fromat; did you mean format?",
				`no state is called "ESTABLISHD"; did you mean ESTABLISHED?`, "the option is timeout; there is no timout", `the last call in it that failed: connect: "127.0.0.1" has no port`)
			w.contains(w.test(2, "b.lua"), `b.lua: at the end: syntax error; "if" of line 2 has no end`)
			out, _ := w.command("run", "args.lua", "--var", "x=y", "--own", "--", "--var").CombinedOutput()
			w.contains(string(out), "y\t2\t--own\t--var\n")
			out, _ = w.command("args.lua", "--sandbox", "--var").CombinedOutput()
			w.contains(string(out), "flag needs an argument: --var")
			for _, first := range []string{"--sandbox", "--max-steps=1000000", "--"} { // these arguments may be a stranger's
				out, _ = w.command(first, "args.lua", "--var", "x=y").CombinedOutput()
				w.contains(string(out), "nil\t2\t--var\tx=y\n")
			}
			out, _ = w.command("--sandbox", "args.lua", "--", "a", "--b").CombinedOutput()
			w.contains(string(out), "nil\t2\ta\t--b\n")
			for name, code := range map[string]string{"field.lua": "local t = {}\nif t.on then on() end t.x()", "inside.lua": "local M = {}\nfunction M:each(f) f() end\nM:each()", "twice.lua": "local a = {}\na.b(nope())"} {
				w.write(name, code) // no doubt must be left
				out, _ = w.command("run", name).CombinedOutput()
				w.contains(string(out), "attempt to call a non-function object\n")
			}
			out, _ = w.command("-c", "function f(t) t.x() end", "-c", "f({}); bogus()").CombinedOutput()
			w.lacks(string(out), "bogus;", "no bogus")
		}},
	})
}
