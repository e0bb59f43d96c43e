package scripts

import (
	"encoding/base64"
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A workshop is a folder of scenarios, and the program that runs them.
type workshop struct {
	t   *testing.T
	bin string
	dir string
	env []string
}

func newWorkshop(t *testing.T, bin string, files map[string]string) *workshop {
	w := &workshop{t: t, bin: bin, dir: t.TempDir()}
	w.env = append(os.Environ(), "CI=", "GITHUB_ACTIONS=", "GITHUB_STEP_SUMMARY=", "XDG_STATE_HOME="+t.TempDir())
	for name, text := range files {
		w.write(name, text)
	}
	return w
}

func (w *workshop) write(name, text string) {
	w.t.Helper()
	file := filepath.Join(w.dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		w.t.Fatal(err)
	}
}

func (w *workshop) read(name string) string {
	w.t.Helper()
	text, err := os.ReadFile(filepath.Join(w.dir, name))
	if err != nil {
		w.t.Fatal(err)
	}
	return string(text)
}

func (w *workshop) command(args ...string) *exec.Cmd {
	cmd := exec.Command(w.bin, args...)
	cmd.Dir, cmd.Env = w.dir, w.env
	return cmd
}

// starts runs socksh, whose script makes the file "ready" when it is about to wait. Out is
// for after cmd.Wait.
func (w *workshop) starts(args ...string) (cmd *exec.Cmd, out *strings.Builder) {
	w.t.Helper()
	os.Remove(filepath.Join(w.dir, "ready"))
	cmd, out = w.command(args...), &strings.Builder{}
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { cmd.Process.Kill() })
	w.awaitFile("ready")
	return cmd, out
}

// awaitFile waits until a file of the folder is there.
func (w *workshop) awaitFile(name string) {
	w.t.Helper()
	await(w.t, func() bool { _, err := os.Stat(filepath.Join(w.dir, name)); return err == nil })
}

// test runs socksh test over the folder.
func (w *workshop) test(status int, args ...string) string {
	w.t.Helper()
	cmd := w.command(append([]string{"test"}, args...)...)
	out, err := cmd.CombinedOutput()
	if err != nil && cmd.ProcessState == nil {
		w.t.Fatal(err)
	}
	if got := cmd.ProcessState.ExitCode(); got != status {
		w.t.Errorf("test %s: status %d, expected %d\n%s", strings.Join(args, " "), got, status, out)
	}
	return string(out)
}

// results runs the folder's scenarios and returns what became of each.
func (w *workshop) results(status int, args ...string) map[string]string {
	w.t.Helper()
	w.test(status, append(args, "--report", "json=r.json")...)
	var run struct {
		Scenarios []struct{ ID, Status string }
	}
	if err := json.Unmarshal([]byte(w.read("r.json")), &run); err != nil {
		w.t.Fatal(err)
	}
	all := map[string]string{}
	for _, s := range run.Scenarios {
		all[s.ID] = s.Status
	}
	return all
}

func (w *workshop) contains(out string, parts ...string) {
	w.t.Helper()
	for _, part := range parts {
		if !strings.Contains(out, part) {
			w.t.Errorf("no %q in\n%s", part, out)
		}
	}
}

func (w *workshop) lacks(out string, parts ...string) {
	w.t.Helper()
	for _, part := range parts {
		if strings.Contains(out, part) {
			w.t.Errorf("%q in\n%s", part, out)
		}
	}
}

func equalResults(t *testing.T, got map[string]string, want ...string) {
	t.Helper()
	var all []string
	for id, status := range got {
		all = append(all, id+": "+status)
	}
	slices.Sort(all)
	slices.Sort(want)
	if !slices.Equal(all, want) {
		t.Errorf("got\n  %s\nexpected\n  %s", strings.Join(all, "\n  "), strings.Join(want, "\n  "))
	}
}

// pair makes two connected handles, in Lua.
const pair = `local function pair()
  local a, b = socketpair()
  defer(close, a) defer(close, b)
  return a, b
end
`

func TestRunner(t *testing.T) {
	bin := build(t)
	for _, test := range []struct {
		name  string
		files map[string]string
		run   func(w *workshop)
	}{
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
		{"who ran beside it", map[string]string{"a.lua": `
local function together(name) return function()
  io.open(name, "w"):close()
  eventually(function() return io.open("one") and io.open("two") end)
  error("boo")
end end
scenario("first", together("one")) scenario("second", together("two")) scenario("alone", {"serial"}, function() error("boo") end)`}, func(w *workshop) {
			out := w.test(1, "a.lua", "-j", "2", "--artifacts", "failed")
			w.contains(out, "beside it ran: a.lua::second", "beside it ran: a.lua::first")
			w.lacks(w.read("failed/a.lua__alone/failure.txt"), "beside")
		}},
		{"scenarios that are not seen", map[string]string{"a.lua": `scenario("one", function() end)
matrix{n = {1}}
scenario("two", function() end)`, "b.lua": `scenario("one", function() end) need{"cmd:nonesuch"}`}, func(w *workshop) {
			for _, out := range []string{w.test(1, "a.lua", "--list"), w.test(1, "a.lua", "--run", "two"), w.test(1, "a.lua")} {
				w.contains(out, "socksh: a.lua:2: a file with scenarios writes", ": scenarios that follow are not seen\n")
			}
			w.lacks(w.test(0, "b.lua"), "not seen")
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
		{"deadlines", map[string]string{"a.lua": pair + `
scenario("blocks", {timeout = 0.2}, function()
  local a, b = pair()
  spawn(function()
    b:recv()
  end)
  pcall(function()
    a:recv() -- which no pcall keeps
  end)
  pair()
end)
scenario("turns", {timeout = 0.2}, function() while true do end end)
scenario("ends", {timeout = 0.2}, function() defer(print, "cleaned up") sleep(5) end)
scenario("cleans up for ever", {timeout = 5}, function() defer(function() while true do end end) end)
scenario("a call", function() local a = pair() a:recv() end)
`, "t.txt": "> a, b = socketpair unix\n= 1 2\n> recv a\n"}, func(w *workshop) {
			w.contains(w.test(1, "a.lua::blocks"), "a.lua:13: the scenario's limit of 200ms is over", "the scenario: recv 1, for", "task j1 (spawn a.lua:9): recv 2, for", "at a.lua:10", "recv 2   (has not ended)")
			w.contains(w.test(1, "a.lua::turns"), "a.lua:17: the scenario's limit", "the scenario: runs Lua code, at a.lua:17")
			w.contains(w.test(1, "a.lua::ends"), "sleep", "| cleaned up")
			w.contains(w.test(1, "a.lua::a call", "--call-timeout", "200ms"), "a.lua:20: the limit of 200ms for a call is over: recv 1")
			w.contains(w.test(1, "t.txt", "--timeout", "200ms"), "t.txt:3: the scenario's limit of 200ms is over")
			w.contains(w.test(1, "a.lua::a call", "t.txt", "--run-timeout", "300ms", "--report", "junit=r.xml"), "the run's limit of 300ms is over", "recv 1, for")
			w.contains(w.read("r.xml"), `tests="2"`, "the run&#39;s limit")
		}},
		{"deadlines of programs and files", map[string]string{"a.lua": `
scenario("execute", {timeout = 0.2}, function() os.execute("echo $$ >pid; exec sleep 1000") end)
scenario("trap", {timeout = 0.2}, function() os.execute("trap '' INT TERM HUP; echo $$ >pid; sleep 1000; sleep 1001") end)
scenario("read", {timeout = 0.2}, function()
  local f = io.popen("echo $$ >pid; exec sleep 1000")
  f:read("*a")
end)
scenario("close", {timeout = 0.2}, function() io.popen("echo $$ >pid; exec sleep 1000"):close() end)
scenario("open a pipe", {timeout = 0.2}, function() os.execute("mkfifo p1") io.open("p1") end)
scenario("read a pipe", {timeout = 0.2}, function() os.execute("mkfifo p2") io.open("p2", "r+"):read() end)
scenario("others go on", {timeout = 20}, function()
  os.execute("mkfifo p3")
  local job = spawn(function() local f = io.open("p3") local text = f:read() f:close() return text end)
  local f = io.open("p3", "w") f:write("through\n") f:close()
  expect.equal(join(job), "through")
end)`}, func(w *workshop) {
			for name, doing := range map[string]string{"execute": `a.lua:2: the scenario's limit of 200ms is over`, "trap": `the scenario: os.execute "trap`,
				"read": `the scenario: read of io.popen "echo $$ >pid; exec sleep 1000", for`, "close": `the scenario: io.popen "echo $$`,
				"open a pipe": `the scenario: io.open "p1", for`, "read a pipe": `the scenario: read of io.open "p2", for`} {
				began := time.Now()
				w.contains(w.test(1, "a.lua::"+name), doing)
				if took := time.Since(began); took > abandonAfter/2 {
					w.t.Errorf("%s took %s", name, took)
				}
				if name[0] != 'o' && !strings.HasSuffix(name, "pipe") {
					pid, err := strconv.Atoi(strings.TrimSpace(w.read("pid")))
					if err != nil {
						w.t.Fatal(err)
					}
					await(w.t, func() bool { return syscall.Kill(pid, 0) == syscall.ESRCH })
				}
			}
			w.contains(w.test(1, "a.lua::execute", "--call-timeout", "50ms"), `the limit of 50ms for a call is over: os.execute "echo`, "again: socksh test a.lua::execute --call-timeout 50ms")
			w.test(0, "a.lua::others go on")
		}},
		{"processes beside", map[string]string{"a.lua": `
for i = 1, 4 do scenario("starts " .. i, function() for i = 1, 20 do doctor() os.execute("true") end end) end
for i = 1, 2 do scenario("closes " .. i, function()
  for i = 1, 1000 do
    local a, b = socketpair() close(a)
    expect.errno("EPIPE", send, b, "x") -- nobody has a copy of a
    close(b) yield()
  end
end) end`}, func(w *workshop) { w.test(0, "a.lua", "-j", "6", "--repeat", "5") }},
		{"a lab's cable", nil, func(w *workshop) { // what it holds keeps nobody from what is on its way
			w.test(0, "phenomena/abort-on-overflow", "--repeat", "20", "-j", "6")
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
		{"misuse", map[string]string{"a.lua": `print("ran")`}, func(w *workshop) {
			for _, bad := range [][]string{{"-j", "0"}, {"--repeat", "0"}, {"--retries", "-1"}, {"--max-fail", "-1"}, {"--timeout", "-1s"}, {"--call-timeout", "-1s"}, {"--run-timeout", "-1s"}, {"--timeout", "soon"}, {"--seed", "0"}, {"--repeat", "1000000000"}, {"--tags", "!"}, {"--tags", "x,,y"}, {"--adopt", "conn=3"}, {"--adopt", "conn=999"}} {
				out := w.test(2, append([]string{"a.lua", "-v"}, bad...)...)
				w.contains(out, strings.TrimSuffix(bad[1], "s"))
				w.lacks(out, "ran")
			}
			w.contains(w.test(2), "test needs a PATH")
			w.contains(w.test(2, "a.lua", "--watch", "--until-fail"), "do not go together")
			w.contains(w.test(2, "a.lua", "--ladder", "x.svg"), "--ladder is for one script")
			w.contains(w.test(2, ""), "a path is empty")
			w.contains(w.test(2, "::x"), "a path is empty")
			if out := w.test(0, "a.lua", "--watch", "--list"); out != "a.lua\n" {
				w.t.Error(out)
			}
		}},
		{"^C twice", map[string]string{"a.lua": `
scenario("waits", function() defer(function() io.open("ending", "w"):close() sleep(9) end) io.open("ready", "w"):close() sleep(60) end)`}, func(w *workshop) {
			cmd, _ := w.starts("test", "a.lua", "--report", "junit=r.xml")
			cmd.Process.Signal(os.Interrupt)
			w.awaitFile("ending")
			began := time.Now()
			await(w.t, func() bool { return time.Since(began) > twins })
			cmd.Process.Signal(os.Interrupt)
			cmd.Wait()
			if got := cmd.ProcessState.ExitCode(); got != Interrupted || time.Since(began) > 5*time.Second {
				w.t.Errorf("status %d after %s", got, time.Since(began))
			}
			w.contains(w.read("r.xml"), `message="interrupted twice; it was left alone"`)
		}},
		{"selection", map[string]string{"a.lua": `
scenario("one", {"slow", "net"}, function() end)
scenario("two", {"net"}, function() end)
scenario("three", function() end)`, "b/whole.lua": "-- A script.\n-- tags: slow\nprint(1)", "b/t.txt": "# tags: quick\n> = 1\n= 1\n",
			"b/_helper.lua": "error('not a scenario')", "b/notes.txt": "no transcript", "b/manual.lua": "-- tags: manual\nprint('by hand')",
			"m.lua": `local m = matrix{ip = {4, 6}, size = {1, 2}} print(m.ip + m.size)`}, func(w *workshop) {
			list := func(want string, args ...string) {
				w.t.Helper()
				if got := strings.Join(strings.Fields(w.test(0, append(args, "--list")...)), " "); got != want {
					w.t.Errorf("%v: %s", args, got)
				}
			}
			list("a.lua::one slow net a.lua::two net a.lua::three b/t.txt quick b/whole.lua slow m.lua::[ip=4,size=1] m.lua::[ip=4,size=2] m.lua::[ip=6,size=1] m.lua::[ip=6,size=2]", ".")
			list("a.lua::one slow net a.lua::two net", ".", "--tags", "net")
			list("a.lua::two net", ".", "--tags", "net,!slow")
			list("a.lua::two net b/t.txt quick", ".", "--tags", "net,!slow", "--tags", "quick")
			list("b/manual.lua manual", "b/manual.lua")
			list("b/manual.lua manual", ".", "--tags", "manual")
			list("a.lua::two net a.lua::three", ".", "--run", "::t")
			list("a.lua::three", ".", "--run", "::t", "--skip", "two$")
			list("a.lua::two net", "a.lua::two")
			list("m.lua::[ip=6,size=2]", "m.lua::[ip=6,size=2]")
			list("a.lua::one slow net a.lua::three", "a.lua", "--shard", "1/2")
			list("a.lua::two net", "a.lua", "--shard", "2/2")
			list("tutorial/lifecycle", "tutorial/lifecycle")
			w.test(4, ".", "--run", "nonesuch")
			w.contains(w.test(2, "nonesuch"), `is called "nonesuch"`)
			w.contains(w.test(2, "a.lua::nonesuch"), `no scenario called "nonesuch"`)
			w.contains(w.test(2, "b/notes.txt"), "needs a line")
			w.contains(w.test(2, ".", "--run", "("), "--run")
			w.contains(w.test(2, ".", "--shard", "3/2"), "--shard")
			w.write("bad.lua", "x = = 1")
			w.lacks(w.test(2, "a.lua", "bad.lua"), "ok ")
			equalResults(w.t, w.results(0, "m.lua"), "m.lua::[ip=4,size=1]: passed", "m.lua::[ip=4,size=2]: passed", "m.lua::[ip=6,size=1]: passed", "m.lua::[ip=6,size=2]: passed")
			w.contains(w.test(0, "m.lua", "-v"), "| 8")
		}},
		{"order and times", map[string]string{"a.lua": `
for i = 1, 8 do scenario("s" .. i, function() end) end`, "count.lua": `
local f = io.open("count", "a") f:write("x") f:close()
f = io.open("count") local n = #f:read("*a") f:close()
expect.truthy(n >= tonumber(vars.least or 0), "run " .. n)
expect.truthy(n <= tonumber(vars.most or 1000), "run " .. n)`}, func(w *workshop) {
			order := func(args ...string) string {
				out := w.test(0, append([]string{"a.lua", "-j", "1"}, args...)...)
				return strings.Join(regexp.MustCompile(`::s\d`).FindAllString(out, -1), "")
			}
			if got := order(); got != "::s1::s2::s3::s4::s5::s6::s7::s8" {
				w.t.Error(got)
			}
			if one, two := order("--seed", "7"), order("--seed", "7"); one != two || one == order() {
				w.t.Errorf("%s and %s", one, two)
			}
			out := w.test(0, "a.lua", "--shuffle")
			if !regexp.MustCompile(`shuffled with --seed \d+`).MatchString(out) {
				w.t.Error(out)
			}
			equalResults(w.t, w.results(0, "a.lua::s1", "--repeat", "2"), "a.lua::s1 (round 1): passed", "a.lua::s1 (round 2): passed")

			w.contains(w.test(0, "count.lua", "--retries", "4", "--var", "least=3"), "flaky   count.lua", "passed at attempt 3", "1 flaky")
			os.Remove(filepath.Join(w.dir, "count"))
			w.test(1, "count.lua", "--retries", "4", "--var", "least=3", "--fail-flaky")
			os.Remove(filepath.Join(w.dir, "count"))
			w.test(1, "count.lua", "--retries", "1", "--var", "least=3")
			os.Remove(filepath.Join(w.dir, "count"))
			w.contains(w.test(1, "count.lua", "--until-fail", "--var", "most=4"), "round 4: 1 passed", "run 5", "round 5: 0 passed, 1 failed")
			w.contains(w.test(1, "a.lua", "--until-fail", "--run-timeout", "300ms"), "round 1:", "the run's limit of 300ms is over")
		}},
		{"stopping", map[string]string{"a.lua": `
for i = 1, 8 do scenario("s" .. i, function() expect.equal(i < 3, true) end) end`}, func(w *workshop) {
			w.contains(w.test(1, "a.lua", "-j", "1", "--fail-fast", "--report", "tap=r.tap"), "2 passed, 1 failed, 5 not run", "ended at the first failure")
			w.contains(w.read("r.tap"), "not ok 3", "ok 4 - a.lua::s4 # SKIP not run: ended at the first failure")
			w.contains(w.test(1, "a.lua", "-j", "1", "--max-fail", "2"), "2 passed, 2 failed, 4 not run", "ended after 2 failures")
		}},
		{"failed last time", map[string]string{"a.lua": `
scenario("good", function() end)
scenario("bad", function() expect.truthy(vars.fixed) end)`}, func(w *workshop) {
			w.test(4, "a.lua", "--failed")
			w.test(1, "a.lua")
			equalResults(w.t, w.results(1, "a.lua", "--failed"), "a.lua::bad: failed")
			equalResults(w.t, w.results(0, "a.lua", "--failed", "--var", "fixed=1"), "a.lua::bad: passed")
			w.test(4, "a.lua", "--failed")
			w.write("once.lua", `local f = io.open("ran") if f then f:close() return end io.open("ran", "w"):close() error("the first time")`)
			w.test(1, "once.lua", "--repeat", "2", "-j", "1")
			equalResults(w.t, w.results(0, ".", "--failed"), "once.lua: passed")
			w.test(1, "a.lua", "--repeat", "2")
			equalResults(w.t, w.results(1, "a.lua", "--failed"), "a.lua::bad: failed")
		}},
		{"what newcomers do", map[string]string{"a.lua": `
scenario("no var", function() peer.client(vars.target, peer.silent) end)
scenario("no such check", function() expect.equals(1, 1) end)
scenario("no such peer", function() peer.rude() end)
scenario("no reason", function() skip("") end)
scenario("no arguments", function() peer.cut() end)`}, func(w *workshop) {
			w.contains(w.test(1, "a.lua"), "a.lua:2: connect: nil is not an address", "vars.target was not given: --var target=…",
				"a.lua:3: there is no expect.equals; help expect lists", "a.lua:4: there is no peer.rude", "a reason is some text", "a.lua:6: ", "5 failed")
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
		{"held", nil, func(w *workshop) { // a busy machine's poller is late, which is not to be stuck
			w.lacks(w.test(0, "phenomena/abort-on-overflow", "-j", "16", "--repeat", "60"), "FAILED")
		}},
		{"crash", map[string]string{"a.lua": `
scenario("before", function() end)
scenario("kills it", function() sleep(0.5) os.execute("kill -9 $PPID") sleep(60) end)
scenario("after", function() end)`}, func(w *workshop) {
			w.test(-1, "a.lua", "-j", "1", "--report", "junit=r.xml", "--report", "json=r.json")
			w.contains(w.read("r.xml"), `tests="3" failures="0" errors="1" skipped="1"`, "killed or has crashed while this ran")
			w.contains(w.read("r.json"), `"stopped": "socksh was killed or has crashed"`, `"status": "passed"`, `"status": "not run"`)
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
		{"serial", map[string]string{"a.lua": `
for i = 1, 6 do
  scenario("s" .. i, i > 3 and {"serial"} or {}, function()
    local f = io.open("running", "r")
    if f and i > 3 then f:close() error("not alone") end
    f = io.open("running", "w") f:close()
    sleep(0.02)
    os.remove("running")
  end)
end`}, func(w *workshop) { w.contains(w.test(0, "a.lua", "-j", "6"), "6 passed") }},
		{"secrets", map[string]string{"a.lua": `
local a, b = socketpair()
defer(close, a) defer(close, b)
a:send("password: " .. vars.token .. ("x"):rep(100))
print("I know " .. vars.token, (vars.token:gsub(".", function(c) return ("%02x"):format(c:byte()) end)), vars.encoded)
for i = 1, 5 do b:recv(7) end
expect.equal("I know " .. vars.token .. "\n\1", vars.token)`, "named.lua": `
scenario("s", {matrix = {password = {vars.token}}}, function() subtest("with " .. vars.token, function() error("boo") end) end)`}, func(w *workshop) {
			const secret = `hunter2"&<\open sesame`
			w.env = append(w.env, "TOKEN="+secret)
			out := w.test(1, "a.lua", "named.lua", "--secret", "token="+secret, "--var", "encoded="+base64.StdEncoding.EncodeToString([]byte(secret)), "--artifacts", "art", "--report", "junit=r.xml", "--report", "tap=r.tap", "--report", "json=r.json", "--report", "md=r.md", "--annotate")
			all := out
			filepath.WalkDir(w.dir, func(path string, d os.DirEntry, err error) error {
				if text, err := os.ReadFile(path); err == nil && !strings.HasSuffix(path, "a.lua") {
					all += string(text)
				}
				return nil
			})
			w.contains(out, "I know ***", "--secret token", "--var 'encoded=***'")
			w.lacks(all, "hunter2", "open sesame", "68756e74657232", "aHVudGVyMi")
			w.write("typed.txt", "> journal on\n> a, b = socketpair unix\n= 1 2\n> send a $(vars.token)\n= 22\n> recv b\n= nothing\n> save copy.txt\n> save copy.lua\n")
			all = w.test(1, "typed.txt", "--secret", "token="+secret, "--artifacts", "typed")
			filepath.WalkDir(w.dir, func(path string, d os.DirEntry, err error) error {
				if text, err := os.ReadFile(path); err == nil && (strings.Contains(path, "typed/") || strings.Contains(path, "copy")) {
					all += string(text)
				}
				return nil
			})
			w.contains(all, `"kind":"output"`)
			w.lacks(all, "hunter2", "open sesame")
			w.write("b.lua", `expect.equal(#vars.TOKEN, 22)`)
			w.test(0, "b.lua", "--secret", "TOKEN")
			w.test(2, "b.lua", "--secret", "NONESUCH")
		}},
		{"secrets that look like other words", map[string]string{"a.lua": `expect.equal(vars.pass:sub(1, -2), vars.pass)`,
			"b.lua": `local a, b = socketpair() a:send(vars.pass) print(b:recv(), vars.pass) error("not " .. vars.pass)`, "c.txt": "> = vars.pass\n= 1\n"}, func(w *workshop) {
			w.contains(w.test(1, "a.lua", "--secret", "pass=secret1"), "\n    again: socksh test a.lua --secret pass\n", `expected "***", got "***" (what *** hides differs)`)
			w.contains(w.test(1, "c.txt", "--secret", "pass=secret1"), "again: socksh test c.txt --secret pass\n")
			for _, args := range [][]string{{"--ladder", "ladder.jsonl", "b.lua"}, {"run", "c.txt"}, {"-c", "= vars.pass"}, {"-e", "io.write(vars.pass, '\\n')"}} {
				out, _ := w.command(append([]string{"--secret", "pass=secret1"}, args...)...).CombinedOutput()
				w.contains(string(out), "***")
				w.lacks(string(out), "secret1")
			}
			w.write("forms.lua", `for before = 0, 3 do print(base64.encode(("x"):rep(before) .. "root:" .. vars.pass)) end print(tohex(vars.pass, " "), tohex(vars.pass))`)
			out, _ := w.command("--secret", "pass=correct-horse-battery", "forms.lua").CombinedOutput()
			w.lacks(string(out), "Y29ycmV", "29ycmVj", "3JyZWN0", "63 6f 72", "636f72", "aG9yc2", "hvcnNl", "ob3JzZ")
			for secret, code := range map[string]string{"481963": `io.write("pin=", vars.pass, "\n")`, "hellohello": `print(vars.pass, "x") io.write("hell") print("ohello")`, "1212": `io.stderr:write(vars.pass) print()`} {
				out, _ = w.command("--secret", "pass="+secret, "-e", code).CombinedOutput()
				w.lacks(string(out), secret)
				w.contains(string(out), "***")
			}
			out, _ = w.command("--secret", "pass=swordfish", "-e", `io.write(#vars.pass, "outs") io.stderr:write("ERR\n") io.write("end-sw")`).CombinedOutput()
			if string(out) != "9outsERR\nend-sw" {
				w.t.Errorf("%q", out)
			}
			w.write("pieces.lua", `local a, b = socketpair() a:send(vars.pass) for i = 1, 7 do io.write(b:recv(1)) end io.write("\n", "end se")`)
			out, _ = w.command("--secret", "pass=secret1", "pieces.lua").CombinedOutput()
			if string(out) != "***\nend se" {
				w.t.Errorf("%q", out)
			}
			out, _ = w.command("--secret", "pass=secret1", "-e", `input("not " .. vars.pass .. "? ")`).CombinedOutput()
			w.contains(string(out), "not ***? ")
			w.contains(w.read("ladder.jsonl"), "***")
			w.lacks(w.read("ladder.jsonl"), "secret1")
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
scenario("kept waiting", {timeout = 0.2}, function()
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
			if got := w.read("art/t.txt/came.txt"); got != "> = 1\n= 1\n> = 3\n= 3\n" {
				w.t.Error(got)
			}
			w.env = append(w.env, "CI=true")
			w.contains(w.test(2, ".", "--update"), "--update is not for CI")
			w.env = append(w.env, "CI=")
			w.contains(w.test(0, ".", "--update"), "rewritten: t.txt")
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
		{"^C", map[string]string{"a.lua": `
scenario("waits", function() defer(print, "cleaned up") print("waiting") local f = io.open("ready", "w") f:close() sleep(60) end)
scenario("later", function() end)`}, func(w *workshop) {
			cmd, out := w.starts("test", "a.lua", "-j", "1", "--report", "junit=r.xml", "--report", "tap=r.tap")
			cmd.Process.Signal(os.Interrupt)
			cmd.Wait()
			if got := cmd.ProcessState.ExitCode(); got != Interrupted {
				w.t.Errorf("status %d", got)
			}
			w.contains(out.String(), "interrupted", "| cleaned up", "sleep 60, for", "1 failed, 1 not run")
			w.contains(w.read("r.xml"), `name="later"`, "not run: interrupted")
			w.contains(w.read("r.tap"), "Bail out! interrupted")
		}},
		{"the terminal is gone", map[string]string{"a.lua": `
scenario("waits", function() defer(print, "cleaned up") io.open("ready", "w"):close() sleep(60) end)`}, func(w *workshop) {
			for _, verb := range []string{"test", "run"} {
				cmd, out := w.starts(verb, "a.lua")
				cmd.Process.Signal(syscall.SIGHUP)
				cmd.Wait()
				if got := cmd.ProcessState.ExitCode(); got != HungUp {
					w.t.Errorf("%s: status %d", verb, got)
				}
				w.contains(out.String(), "cleaned up")
			}
			signal.Ignore(syscall.SIGHUP) // as nohup(1) does
			defer signal.Reset(syscall.SIGHUP)
			cmd, out := w.starts("test", "a.lua")
			cmd.Process.Signal(syscall.SIGHUP)
			cmd.Process.Signal(syscall.SIGTERM)
			cmd.Wait()
			if got := cmd.ProcessState.ExitCode(); got != Terminated {
				w.t.Errorf("with SIGHUP ignored: status %d\n%s", got, out)
			}
		}},
		{"a file whose scenarios are not known", map[string]string{"a.lua": `
assert(vars.target, "it needs a target")
scenario("important", {"quick"}, function() end)`, "half.lua": `
scenario("slow one", {"slow"}, function() end)
undefined()
scenario("important", {"quick"}, function() end)`, "by_hand.lua": "-- tags: manual\nassert(vars.target)\nscenario('x', function() end)", "good.lua": `scenario("good", {"quick"}, function() end)`}, func(w *workshop) {
			for _, choice := range [][]string{nil, {"--tags", "quick"}, {"--tags", "!slow"}, {"--run", "good|important"}, {"--skip", "slow"}, {"--failed"}} {
				w.contains(w.test(1, append(choice, ".")...), "a.lua:2: it needs a target", "FAILED  half.lua::slow one", " 2 failed")
				w.test(1, append(choice, ".", "--list")...)
			}
			w.contains(w.test(0, "a.lua", "good.lua", "--var", "target=x"), "2 passed")
			w.write("task.lua", `scenario("one", function() end) spawn(function() error("too early", 0) end)`)
			w.contains(w.test(1, "task.lua"), "socksh: task.lua: a task has failed: scenarios that follow are not seen")
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
		{"SIGTERM to the process and to its group", map[string]string{"a.lua": `
scenario("waits", function() defer(function() sleep(0.1) print("cleaned up") end) io.open("ready", "w"):close() sleep(60) end)`}, func(w *workshop) {
			w.write("b.lua", `defer(function() sleep(0.1) print("cleaned up") end) io.open("ready", "w"):close() sleep(60)`)
			for _, args := range [][]string{{"test", "a.lua"}, {"run", "a.lua"}, {"run", "b.lua"}, {"-c", "run b.lua"}} {
				cmd, out := w.starts(args...)
				began := time.Now()
				for n := 0; n < 10 && time.Since(began) < twins/4; n++ { // with pauses, for the kernel makes one of those that wait
					cmd.Process.Signal(syscall.SIGTERM)
					time.Sleep(100 * time.Microsecond)
				}
				cmd.Wait()
				if got := cmd.ProcessState.ExitCode(); got != Terminated {
					w.t.Errorf("%s: status %d", args, got)
				}
				w.contains(out.String(), "cleaned up")
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
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.run(newWorkshop(t, bin, test.files))
		})
	}
}

// await waits for a condition that another process brings about.
func await(t *testing.T, condition func() bool) {
	t.Helper()
	for end := time.Now().Add(lifetime); !condition(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it did not come true")
		}
	}
}
