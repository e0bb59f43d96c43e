package scripts

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// TestRunner runs scenarios of all kinds, and looks at what is told of them.
func TestRunner(t *testing.T) {
	inWorkshops(t, []trial{
		{"who ran beside it", map[string]string{"a.lua": `
local function together(name) return function()
  io.open(name, "w"):close()
  eventually(function() return io.open("one") and io.open("two") end)
  error("boo")
end end
scenario("first", together("one")) scenario("second", together("two")) scenario("alone", {"serial"}, function() error("boo") end)`}, func(w *workshop) {
			out := w.test(1, "a.lua", "-j", "2", "--artifacts", "failed")
			w.contains(out, "beside it ran: a.lua::second", "beside it ran: a.lua::first")
			w.lacks(w.read("failed/a.lua__alone/failure.txt"), "beside it ran")
		}},
		{"bundles of what passes again", map[string]string{"a.lua": `scenario("one", function() error("x") end) scenario("two", function() error("y") end)`}, func(w *workshop) {
			w.test(1, "a.lua", "--artifacts", "failed")
			w.test(1, "a.lua", "--artifacts", "failed", "--repeat", "3")
			w.write("a.lua", `scenario("one", function() end) scenario("two", function() error("y") end)`)
			w.test(1, "a.lua", "--artifacts", "failed")
			if left, _ := filepath.Glob(filepath.Join(w.dir, "failed", "*")); len(left) != 1+3 { // two, alone and by rounds
				w.t.Errorf("left: %s", left)
			}
			w.contains(w.test(2, "a.lua::tow"), `did you mean "two"?`)
			w.contains(w.test(2, "a.lua::other"), `it has "one", "two"`)
		}},
		{"outcomes", map[string]string{"a.lua": pair + `
scenario("passes", function() local a, b = pair() a:send("x") expect.equal(b:recv(), "x") end)
scenario("fails", function() expect.equal("a\nb\n", "a\nc\n") end)
scenario("raises", function() connect(socket(), "127.0.0.1:1") end)
scenario("skips", function() skip("not today") end)
scenario("needs", function() need{"cmd:nonesuch"} end)
scenario("expected", function() xfail("bug 7") error("boo") end)
scenario("unexpected", function() xfail("bug 8") end)
scenario("leaves a handle", function() socket() end)
scenario("leaves CLOSE_WAIT", function()
  local l = socket() defer(close, l)
  local at = l:bind("127.0.0.1:0") l:listen()
  local c = socket() c:connect(at)
  l:accept():close()
  expect.state(c, "CLOSE_WAIT")
end)
scenario("leaves a task", function() spawn(recv, socket("udp")) end)
scenario("a task fails", function() local a = pair() spawn(error, "in the task") a:recv() end)
scenario("exits", function() exit(3) end)
scenario("defines another", function() scenario("inside", function() end) end)
scenario("leaves two", function() socketpair() end)
scenario("exits well", function() exit(0) end)
scenario("subtests", function()
  subtest("one", function() expect.equal(1, 2) end)
  subtest("two", function() skip("no two") end)
  subtest("three", function() subtest("inside", function() end) end)
end)`}, func(w *workshop) {
			equalResults(w.t, w.results(1, "a.lua"), "a.lua::passes: passed", "a.lua::fails: failed", "a.lua::raises: failed",
				"a.lua::skips: skipped", "a.lua::needs: skipped", "a.lua::expected: xfailed", "a.lua::unexpected: failed",
				"a.lua::leaves a handle: failed", "a.lua::leaves CLOSE_WAIT: failed", "a.lua::leaves a task: failed",
				"a.lua::a task fails: failed", "a.lua::exits: failed", "a.lua::defines another: failed", "a.lua::leaves two: failed", "a.lua::exits well: passed", "a.lua::subtests: failed")
			for name, parts := range map[string][]string{
				"fails":             {`a.lua:8: expected "a\nc\n", got "a\nb\n"`, ">    8 | scenario(\"fails\"", "-c", "+b", "again: socksh test a.lua::fails"},
				"raises":            {"a.lua:9: connect 1 127.0.0.1:1: ECONNREFUSED", "last events of each handle, since 20", "handles, when it failed"},
				"unexpected":        {"it passed, and was expected to fail: bug 8"},
				"leaves a handle":   {"a.lua:14: handle 1, made here, is left open: stream"},
				"leaves CLOSE_WAIT": {"CLOSE_WAIT", "its peer has closed, and nobody has closed it"},
				"leaves a task":     {"still running at the end: task j1 (spawn a.lua:22): recv 1, for 2", "at "},
				"a task fails":      {"task j1 (spawn a.lua:23): in the task", "recv 1   (has not ended)"},
				"exits":             {"exit(3)"},
				"defines another":   {"scenario belongs outside of the scenarios"},
				"leaves two":        {"handle 1, made here, is left open", "handle 2, made here, is left open"},
				"subtests":          {"one: expected 2, got 1"},
			} {
				w.contains(w.test(1, "a.lua::"+name), parts...)
			}
			w.contains(w.test(0, "a.lua::needs"), "skipped a.lua::needs", "needs the program nonesuch", "1 skipped")
		}},
		{"processes beside", map[string]string{"a.lua": `
for i = 1, 4 do scenario("starts " .. i, function() for i = 1, 20 do doctor() os.execute("true") end end) end
for i = 1, 2 do scenario("closes " .. i, function()
  for i = 1, 1000 do
    local a, b = socketpair() close(a)
    expect.errno("EPIPE", send, b, "x") -- nobody has a copy of a
    close(b) yield()
  end
end) end`}, func(w *workshop) { w.test(0, "a.lua", "-j", "6", "--repeat", "2") }},
		{"a lab's cable", nil, func(w *workshop) { // what it holds keeps nobody from what is on its way
			w.test(0, "phenomena/abort-on-overflow", "--repeat", "10", "-j", "6")
		}},
		{"failures", map[string]string{"a.lua": pair + `
scenario("refused", function()
  local c = socket() defer(close, c)
  local l = socket() local at = l:bind("127.0.0.1:0") l:close()
  c:connect(at)
end)
scenario("late", function()
  local l = socket() defer(close, l)
  l:bind("127.0.0.1:0") l:listen()
  spawn(function() l:accept() end)
end)
scenario("long", function() expect.equal(("a"):rep(500) .. "b\r\n", ("a"):rep(500) .. "c\r\n") end)
scenario("short", function() expect.equal("a\r\n", "b\r\n") end)
scenario("a long line", function() error("no") -- ` + strings.Repeat("x", 3000) + `
end)`}, func(w *workshop) {
			w.contains(w.test(1, "a.lua::refused", "--artifacts", "art", "--report", "json=r.json"), "why: nobody listens at port ")
			w.contains(w.read("r.json"), `"why": "nobody listens`)
			w.contains(w.test(1, "a.lua::late"), "task j1 (spawn a.lua:15), which still ran when the scenario had ended: accept 1: handle was closed")
			out := w.test(1, "a.lua::long")
			w.contains(out, `the first 500 bytes are the same; what was expected (503 bytes) goes on "c\r\n", what came (503 bytes) goes on "b\r\n"`, `aac\r\n", got …"aaa`, `c\r`)
			w.lacks(w.test(1, "a.lua::short"), "the first", `\x0d`)
			if out := w.test(1, "a.lua::a long line"); len(out) > 1000 {
				w.t.Error(out)
			}
		}},
		{"what only seems to pass", map[string]string{"a.lua": `
scenario("late", function() eventually(function() sleep(0.3) return true end, 0.05) end)
scenario("no answer", function() local c = socket() defer(close, c) c:connect(peer.never_accept()) eventually(function() c:recv() return true end, 0.05) end)
scenario("in time", function() local n = 0 eventually(function() n = n + 1 expect.equal(n, 3) return true end, 5) end)
scenario("in vain", function() eventually(function() expect.equal(1, 3) return true end, 0.01) end)
scenario("no function", function() expect.error(nil) end)
scenario("a call", function() expect.error(tostring(1)) end)
scenario("callable", function() expect.error(setmetatable({}, {__call = error}), "x") end)
scenario("types", function() expect.equal(u64(5), 5) end)
scenario("digits", function() expect.equal(0.1 + 0.2, 0.3) end)
scenario("nan", function() expect.equal(0/0, 0/0) end)
scenario("one value", function() expect.equal(1) end)`, "none.lua": `if vars.x then scenario("a", function() end) end`, "own.lua": `local function scenario(n) print(n) end scenario("x")`, "empty.lua": "#!/usr/bin/env socksh\n-- print(1)\n", "lf.txt": "> = 1\n= 1", "crlf.txt": "\ufeff> = 1\r\n= 1\r\n"}, func(w *workshop) {
			out := w.test(1, "a.lua")
			w.contains(out, "a.lua:2: the condition did not come true after 50ms", "a.lua:3: the condition did not come true after 50ms", "ok      a.lua::in time", "a.lua:5: expected 3, got 1 after 10ms",
				"not what it gives: nil", `not what it gives: "1"`, "ok      a.lua::callable", "expected 5 (number), got 5 (userdata)", "expected 0.29999999999999999, got 0.30000000000000004", "expected nan, which equals nothing", "two values are compared", "2 passed, 9 failed")
			w.contains(w.test(1, "none.lua"), "it calls scenario, but this time has defined none")
			w.contains(w.test(1, "empty.lua"), "there is nothing in the file that could run")
			w.test(0, "lf.txt", "crlf.txt", "own.lua")
		}},
		{"places of reports", map[string]string{"a.txt": "> = 1\n= 1\n", "real.xml": "<old/>"}, func(w *workshop) {
			if err := os.Symlink("real.xml", filepath.Join(w.dir, "link.xml")); err != nil {
				w.t.Skip(err)
			}
			w.test(0, "a.txt", "--report", "junit=link.xml")
			w.contains(w.read("real.xml"), "<testsuites")
			w.contains(w.test(2, "a.txt", "--report", "junit=b.xml", "--report", "json=./b.xml"), "another report goes to that file")
			w.contains(w.test(2, ".", "--report", "junit=a.txt"), "that is one of the scenarios")
			w.contains(w.test(2, "a.txt", "--report", "junit="+filepath.Join(w.dir, "a.txt")), "that is one of the scenarios")
			w.contains(w.test(2, "a.txt", "--report", "junit=new/b.xml", "--report", "json="+filepath.Join(w.dir, "new", "b.xml")), "another report goes to that file")
			if err := syscall.Mkfifo(filepath.Join(w.dir, "pipe"), 0o600); err != nil {
				w.t.Fatal(err)
			}
			reader := exec.Command("cat", "pipe")
			reader.Dir = w.dir
			came := make(chan string)
			go func() {
				text, _ := reader.Output()
				came <- string(text)
			}()
			w.test(0, "a.txt", "--report", "tap=pipe")
			if text := <-came; text != "TAP version 13\n1..1\nok 1 - a.txt\n" {
				w.t.Errorf("%q", text)
			}
			if _, err := os.Stat("/dev/full"); err == nil {
				w.contains(w.test(1, "a.txt", "--report", "tap=/dev/full"), "no space left on device")
				if info, err := os.Lstat("/dev/full"); err != nil || info.Mode().IsRegular() {
					w.t.Error("the device was replaced")
				}
			}
		}},
		{"isolation", map[string]string{"a.lua": `
local log = {}
setup(function() log[#log + 1] = "setup" end)
teardown(function() print(table.concat(log, " "), #handles()) end)
local l = socket()
defer(close, l)
for i = 1, 20 do
  scenario("s" .. i, function()
    log[#log + 1] = "body"
    defer(function() log[#log + 1] = "deferred" end)
    socket():close()
    expect.equal(seen, nil) seen = true
    expect.equal(tostring(l), "1")
  end)
end
scenario("fails", function() error("boo") end)`, "bad.lua": "setup(function() end)",
			"setup.lua": `setup(function() error("no way") end) scenario("s", function() print("never") end) teardown(function() print("torn down") end)`}, func(w *workshop) {
			w.contains(w.test(1, "a.lua", "-v", "-j", "8"), "20 passed, 1 failed", "| setup body deferred\t0", "| setup\t0")
			w.contains(w.test(1, "bad.lua"), "setup and teardown are for files with scenario(name, f)")
			out := w.test(1, "setup.lua")
			w.contains(out, "setup.lua:1: setup: no way", "| torn down")
			w.lacks(out, "| never")
		}},
		{"what was there when it failed", map[string]string{"a.lua": `
scenario("refused", function()
  local l = socket() defer(close, l)
  local at = l:bind("127.0.0.1:0") l:listen()
  local c = socket() defer(close, c) c:connect(at)
  local s = l:accept()
  s:send("refused\n")
  peer.client(at, peer.silent):join()
  peer.reset(s)
  eventually(function() return state(c) == "CLOSE" end)
  expect.equal(c:recvline(), "welcome")
end)
scenario("kept waiting", {timeout = 0.5}, function()
  peer.client(peer.never_accept(), peer.late, "x"):join()
end)`}, func(w *workshop) {
			w.test(1, "a.lua", "--artifacts", "failed")
			text := w.read("failed/a.lua__refused/failure.txt")
			w.contains(text, "8 bytes to read", " ms  plays peer.silent\n", " ms  plays peer.reset\n")
			w.lacks(text, " ms  join")
			if bare := regexp.MustCompile(`→ CLOSE\n +0 bytes to read`); bare.MatchString(text) {
				w.t.Errorf("what came before the reset is not lost:\n%s", text)
			}
			w.contains(w.read("failed/a.lua__refused/ladder.txt"), "FAILED: a.lua:11:")
			w.contains(w.read("failed/a.lua__refused/events.jsonl"), `"kind":"failure"`)
			if got := w.read("failed/a.lua__refused/scenario.lua"); got != w.read("a.lua") {
				w.t.Errorf("the copy is\n%s", got)
			}
			if all := w.read("failed/a.lua__refused/transcript.txt"); !regexp.MustCompile(`(?s) 2 .*connect 2 127.* 1 .*accept 1   = 3 127.* 3 .*send 3 "refused\\n"   = 8\n.*plays peer.reset\n.*\n--- here it failed\n`).MatchString(all) {
				w.t.Error(all)
			}
			w.contains(text, "ran in: "+w.dir+"\n")
			w.lacks(w.test(0, ".", "--list"), "failed/")
			w.contains(w.read("failed/a.lua__kept_waiting/failure.txt"), "task j1 (spawn a.lua:14): recv 2, for")
		}},
		{"needs", map[string]string{"a.lua": `need{"cmd:sh", "var:target"} expect.equal(vars.target, "x")`, "t.txt": "# need: cmd:nonesuch\n> = 1\n= 1\n",
			"bad.lua": `need("warp")`}, func(w *workshop) {
			w.contains(w.test(0, "a.lua", "t.txt"), "skipped a.lua", "needs --var target=…", "skipped t.txt", "needs the program nonesuch")
			w.contains(w.test(3, "a.lua", "--require"), "needs --var target=…, which is required")
			w.contains(w.test(0, "a.lua", "--var", "target=x"), "1 passed")
			w.contains(w.test(1, "bad.lua"), `nobody knows a need called "warp"`)
			cmd := w.command("run", "a.lua")
			out, _ := cmd.CombinedOutput()
			if cmd.ProcessState.ExitCode() != Skipped || !strings.Contains(string(out), "skipped: needs --var target") {
				w.t.Errorf("%d: %s", cmd.ProcessState.ExitCode(), out)
			}
		}},
		{"transcripts", map[string]string{"t.txt": "> = 1\n= 2\n> = 3\n= 3\n", "good.txt": "> = 1\n= 1\n"}, func(w *workshop) {
			w.contains(w.test(1, ".", "--artifacts", "art"), `t.txt:2: expected "= 2", got "= 1"`, "-= 2", "+= 1")
			w.write("s.txt", "> socket as c\n= 1\n> bind c 127.0.0.1:0\n= 127.0.0.1:80\n> close c\n")
			w.contains(w.test(1, "s.txt"), "handles, when it failed", "*1  c  inet stream  CLOSE  127.0.0.1:")
			os.Remove(filepath.Join(w.dir, "s.txt"))
			w.lacks(w.test(1, "."), "art/") // what came is no transcript
			if got := w.read("art/t.txt/came.txt"); got != "> = 1\n= 1\n> = 3\n= 3\n" {
				w.t.Error(got)
			}
			w.env = append(w.env, "CI=true")
			w.contains(w.test(2, ".", "--update"), "--update is not for CI")
			if out, err := w.command("fmt", ".").CombinedOutput(); err == nil || !strings.Contains(string(out), "--update is not for CI") {
				w.t.Errorf("%v %s", err, out)
			}
			w.env = append(w.env, "CI=")
			w.write("u.txt", w.read("t.txt"))
			w.contains(w.test(0, "t.txt", "--update"), "rewritten: t.txt")
			if out, err := w.command("fmt", ".").CombinedOutput(); err != nil || !strings.Contains(string(out), "rewritten: u.txt") {
				w.t.Errorf("%v %s", err, out)
			}
			w.test(0, ".")
			if got := w.read("t.txt"); got != "> = 1\n= 1\n> = 3\n= 3\n" {
				w.t.Error(got)
			}
		}},
		{"artifacts", map[string]string{"a.lua": `
scenario("is cut: off/here", function()
  local l = socket() defer(close, l)
  local c = socket() defer(close, c)
  c:connect(l:bind("127.0.0.1:0"))
end)`}, func(w *workshop) {
			w.contains(w.test(1, "a.lua", "--artifacts", "art", "--report", "junit=r.xml"), "files: art/a.lua__is_cut__off_here/")
			w.contains(w.read("art/a.lua__is_cut__off_here/failure.txt"), "ECONNREFUSED", "again: socksh test")
			w.contains(w.read("art/a.lua__is_cut__off_here/ladder.svg"), "<svg", "ECONNREFUSED")
			w.contains(w.read("art/a.lua__is_cut__off_here/ladder.html"), "<html", "ECONNREFUSED")
			w.contains(w.read("art/a.lua__is_cut__off_here/ladder.txt"), "ECONNREFUSED")
			for line := range strings.Lines(w.read("art/a.lua__is_cut__off_here/events.jsonl")) {
				if !json.Valid([]byte(line)) {
					w.t.Error(line)
				}
			}
			w.contains(w.read("r.xml"), "<system-out>[[ATTACHMENT|art/a.lua__is_cut__off_here/ladder.svg]]", "[[ATTACHMENT|art/a.lua__is_cut__off_here/ladder.html]]")
			w.test(1, "a.lua", "--artifacts", filepath.Join(w.dir, "art"), "--report", "junit=r.xml") // CI systems want paths of their workspace
			w.contains(w.read("r.xml"), "<system-out>[[ATTACHMENT|art/a.lua__is_cut__off_here/ladder.svg]]")
			w.write("names.lua", `for _, name in ipairs{"a b", "a_b", ("x"):rep(300)} do scenario(name, function() error(name) end) end`)
			w.test(1, "names.lua", "--artifacts", "art")
			one, two := w.read("art/names.lua__a_b/failure.txt"), w.read("art/names.lua__a_b-2/failure.txt")
			w.contains(one+two, "names.lua::a b\n", "names.lua::a_b\n")
		}},
		{"tried again in vain", map[string]string{"a.lua": `
local first = not io.open("been-" .. vars.how)
io.open("been-" .. vars.how, "w"):close()
if first then error("the first failure") end
if vars.how == "skip" then skip("it is down") elseif vars.how == "need" then need{"cmd:nosuch"} else xfail("known") error("another") end`}, func(w *workshop) {
			for how, again := range map[string]string{"skip": "skipped: it is down", "need": "skipped: ", "xfail": "xfailed: known"} {
				w.contains(w.test(1, "a.lua", "--retries", "2", "--var", "how="+how, "--report", "junit=r.xml"), "a.lua:4: the first failure; tried again it was "+again, "0 passed, 1 failed")
				w.contains(w.read("r.xml"), "the first failure")
				w.lacks(w.read("r.xml"), "<skipped")
			}
		}},
		{"watch", map[string]string{"a.lua": `error("first")`}, func(w *workshop) {
			cmd := w.command("test", "a.lua", "--watch")
			log := &output{}
			cmd.Stdout, cmd.Stderr = log, log
			if err := cmd.Start(); err != nil {
				w.t.Fatal(err)
			}
			defer cmd.Process.Kill()
			await(w.t, func() bool { return strings.Contains(log.String(), "waiting for a change") })
			w.contains(log.String(), "first", "1 failed")
			w.write("a.lua", `print("second")`)
			await(w.t, func() bool { return strings.Contains(log.String(), "1 passed") })
			cmd.Process.Signal(syscall.SIGTERM)
			cmd.Wait()
			if got := cmd.ProcessState.ExitCode(); got != Terminated {
				w.t.Errorf("status %d", got)
			}
		}},
		{"adopt", map[string]string{"a.lua": `
for i = 1, 5 do
  scenario("s" .. i, function()
    local c = socket() defer(close, c)
    c:connect(server:getsockname())
    expect.equal(c:recv(), "hello from python")
  end)
end`}, func(w *workshop) {
			need(w.t, "python3")
			cmd := exec.Command("python3", "-c", `
import socket, subprocess, sys, threading
l = socket.create_server(("127.0.0.1", 0))
def serve():
    while True:
        c, _ = l.accept()
        c.sendall(b"hello from python")
        c.close()
threading.Thread(target=serve, daemon=True).start()
sys.exit(subprocess.run([sys.argv[1], "test", "a.lua", "--adopt", "server=%d" % l.fileno()], pass_fds=[l.fileno()]).returncode)`, w.bin)
			cmd.Dir, cmd.Env = w.dir, w.env
			if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "5 passed") {
				w.t.Errorf("%v\n%s", err, out)
			}
			w.contains(w.test(2, "a.lua", "--adopt", "server"), "--adopt takes NAME=DESCRIPTOR")
			w.contains(w.test(2, "a.lua::s1", "--adopt", "server=999"), "--adopt server=999: descriptor 999 was not passed to socksh")
		}},
		{"run of a transcript", map[string]string{"sandbox.txt": "> f = io.open('/etc/passwd')\n> = f == nil\n= true\n", "vars.txt": "> = vars.x\n= \"y\"\n",
			"need.txt": "# need: cmd:nonesuch\n> = 1\n= 2\n", "wait.txt": "> file = io.open('here', 'w'):close()\n> recv $(socket('udp'))\n> = 1\n= 1\n"}, func(w *workshop) {
			for args, want := range map[string]int{"--sandbox sandbox.txt": 0, "--var x=y vars.txt": 0, "vars.txt": 1, "need.txt": 77} {
				cmd := w.command(append([]string{"run"}, strings.Fields(args)...)...)
				if out, _ := cmd.CombinedOutput(); cmd.ProcessState.ExitCode() != want {
					w.t.Errorf("run %s: status %d\n%s", args, cmd.ProcessState.ExitCode(), out)
				}
			}
			cmd := w.command("run", "wait.txt")
			cmd.Env = append(w.env, "TMPDIR="+w.t.TempDir())
			cmd.Start()
			await(w.t, func() bool { _, err := os.Stat(filepath.Join(w.dir, "here")); return err == nil })
			cmd.Process.Signal(os.Interrupt)
			cmd.Wait()
			if left, _ := os.ReadDir(strings.TrimPrefix(cmd.Env[len(cmd.Env)-1], "TMPDIR=")); cmd.ProcessState.ExitCode() != 130 || len(left) > 0 {
				w.t.Errorf("%v, left: %v", cmd.ProcessState, left)
			}
		}},
		{"run", map[string]string{"a.lua": `
teardown(function() print("torn down") end)
scenario("one", {matrix = {n = {1, 2}}}, function(case) print("n is " .. case.n) end)
scenario("two", function() skip("not today") end)
scenario("three", function() defer(print, "deferred") expect.equal(vars.x, "y") end)`, "b.lua": `
defer(print, "last") defer(print, "first") error("boo")`}, func(w *workshop) {
			out, err := w.command("run", "--var", "x=y", "a.lua").CombinedOutput()
			want := "n is 1\ntorn down\npassed one [n=1]\nn is 2\ntorn down\npassed one [n=2]\ntorn down\nskipped two: not today\ndeferred\ntorn down\npassed three\n"
			if err != nil || string(out) != want {
				w.t.Errorf("%v\n%s", err, out)
			}
			out, err = w.command("run", "a.lua").CombinedOutput()
			w.contains(string(out), "FAILED three", "a.lua:5: expected \"y\", got nil", "1 of 4 scenarios have failed")
			if err == nil {
				w.t.Error("no failure")
			}
			out, _ = w.command("run", "b.lua").CombinedOutput()
			if string(out) != "first\nlast\nsocksh: b.lua:2: boo\n" {
				w.t.Errorf("%s", out)
			}
		}},
	})
}
