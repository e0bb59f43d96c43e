package scripts

import (
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestDeadlines ends what takes too long.
func TestDeadlines(t *testing.T) {
	inWorkshops(t, []trial{
		{"deadlines", map[string]string{"a.lua": pair + `
scenario("blocks", {timeout = 0.5}, function()
  local a, b = pair()
  spawn(function()
    b:recv()
  end)
  pcall(function()
    a:recv() -- which no pcall keeps
  end)
  pair()
end)
scenario("turns", {timeout = 0.5}, function() while true do end end)
scenario("ends", {timeout = 0.5}, function() defer(print, "cleaned up") sleep(5) end)
scenario("cleans up for ever", {timeout = 5}, function() defer(function() while true do end end) end)
scenario("a call", function() local a = pair() a:recv() end)
scenario("no limit", {timeout = 0}, function() sleep(0.3) end)
`, "t.txt": "> a, b = socketpair unix\n= 1 2\n> recv a\n"}, func(w *workshop) {
			w.contains(w.test(1, "a.lua::blocks"), "a.lua:13: the scenario's limit of 500ms is over", "the scenario: recv 1, for", "task j1 (spawn a.lua:9): recv 2, for", "at a.lua:10", "recv 2   (has not ended)")
			w.contains(w.test(1, "a.lua::turns"), "a.lua:17: the scenario's limit", "the scenario: runs Lua code, at a.lua:17")
			w.contains(w.test(1, "a.lua::ends"), "sleep", "| cleaned up")
			w.contains(w.test(1, "a.lua::a call", "--call-timeout", "200ms"), "a.lua:20: the limit of 200ms for a call is over: recv 1")
			w.test(0, "a.lua::no limit", "--timeout", "100ms")
			w.contains(w.test(1, "t.txt", "--timeout", "500ms"), "t.txt:3: the scenario's limit of 500ms is over")
			w.contains(w.test(1, "a.lua::a call", "t.txt", "--run-timeout", "600ms", "--report", "junit=r.xml"), "the run's limit of 600ms is over", "recv 1, for")
			w.contains(w.read("r.xml"), `tests="2"`, "the run&#39;s limit")
		}},
		{"deadlines of programs and files", map[string]string{"a.lua": `
scenario("execute", {timeout = 1}, function() os.execute("echo $$ >pid; exec sleep 1000") end)
scenario("trap", {timeout = 1}, function() os.execute("trap '' INT TERM HUP; echo $$ >pid; sleep 1000; sleep 1001") end)
scenario("read", {timeout = 1}, function()
  local f = io.popen("echo $$ >pid; exec sleep 1000")
  f:read("*a")
end)
scenario("close", {timeout = 1}, function() io.popen("echo $$ >pid; exec sleep 1000"):close() end)
scenario("open a pipe", {timeout = 1}, function() io.open("p1") end)
scenario("read a pipe", {timeout = 1}, function() io.open("p2", "r+"):read() end)
scenario("others go on", {timeout = 20}, function()
  os.execute("mkfifo p3")
  local job = spawn(function() local f = io.open("p3") local text = f:read() f:close() return text end)
  local f = io.open("p3", "w") f:write("through\n") f:close()
  expect.equal(join(job), "through")
end)`}, func(w *workshop) {
			for _, pipe := range []string{"p1", "p2"} {
				if err := syscall.Mkfifo(filepath.Join(w.dir, pipe), 0o600); err != nil {
					w.t.Fatal(err)
				}
			}
			for name, doing := range map[string]string{"execute": `a.lua:2: the scenario's limit of 1s is over`, "trap": `the scenario: os.execute "trap`,
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
		{"held", nil, func(w *workshop) { // a busy machine's poller is late, which is not to be stuck
			w.lacks(w.test(0, "phenomena/abort-on-overflow", "-j", "16", "--repeat", "20"), "FAILED")
		}},
		{"where a task waits", map[string]string{"a.lua": `scenario("tried", {timeout = 0.5}, function()
  local a, b = socketpair() defer(close, a) defer(close, b)
  try(recv, a)
end)
scenario("expected", {timeout = 0.5}, function()
  local a, b = socketpair() defer(close, a) defer(close, b)
  expect.timeout(recv, a, {timeout = 60})
end)`}, func(w *workshop) {
			w.contains(w.test(1, "a.lua"), "a.lua:3: the scenario's limit of 500ms is over", "at a.lua:3", "a.lua:7: the scenario's limit of 500ms is over", "at a.lua:7")
		}},
	})
}
