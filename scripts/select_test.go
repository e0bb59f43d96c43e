package scripts

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestSelection chooses and orders what runs.
func TestSelection(t *testing.T) {
	inWorkshops(t, []trial{
		{"scenarios that are not seen", map[string]string{"a.lua": `scenario("one", function() end)
matrix{n = {1}}
scenario("two", function() end)`, "b.lua": `scenario("one", function() end) need{"cmd:nonesuch"}`}, func(w *workshop) {
			for _, out := range []string{w.test(1, "a.lua", "--list"), w.test(1, "a.lua", "--run", "two"), w.test(1, "a.lua")} {
				w.contains(out, "socksh: a.lua:2: a file with scenarios writes", ": scenarios that follow are not seen\n")
			}
			w.lacks(w.test(0, "b.lua"), "not seen")
		}},
		{"selection", map[string]string{"a.lua": `
scenario("one", {"slow", "net"}, function() end)
scenario("two", {"net"}, function() end)
scenario("three", function() end)`, "b/whole.lua": "-- A script.\n-- tags: slow\nprint(1)", "b/t.txt": "# tags: quick\n> = 1\n= 1\n",
			"b/_helper.lua": "error('not a scenario')", "b/notes.txt": "no transcript", "b/manual.lua": "-- tags: manual\nprint('by hand')",
			"_n.lua": `scenario("one", {matrix = {n = {1, 2}}}, function() end) scenario("one more", function() end)`,
			"m.lua":  `local m = matrix{ip = {4, 6}, size = {1, 2}} print(m.ip + m.size)`}, func(w *workshop) {
			list := func(want string, args ...string) {
				w.t.Helper()
				if got := strings.Join(strings.Fields(w.test(0, append(args, "--list")...)), " "); got != want {
					w.t.Errorf("%v: %s", args, got)
				}
			}
			list("a.lua::one slow net a.lua::two net a.lua::three b/t.txt quick b/whole.lua slow m.lua::[ip=4,size=1] m.lua::[ip=4,size=2] m.lua::[ip=6,size=1] m.lua::[ip=6,size=2]", ".")
			w.contains(w.test(4, "b/", "--run", "manual"), "those tagged manual run where they are named")
			list("a.lua::one slow net a.lua::two net", ".", "--tags", "net")
			list("a.lua::two net", ".", "--tags", "net,!slow")
			list("a.lua::two net b/t.txt quick", ".", "--tags", "net,!slow", "--tags", "quick")
			list("b/manual.lua manual", "b/manual.lua")
			list("b/manual.lua manual", ".", "--tags", "manual")
			list("a.lua::two net a.lua::three", ".", "--run", "::t")
			list("a.lua::three", ".", "--run", "::t", "--skip", "two$")
			list("a.lua::two net", "a.lua::two")
			list("m.lua::[ip=6,size=2]", "m.lua::[ip=6,size=2]")
			list("_n.lua::one [n=1] _n.lua::one [n=2]", "_n.lua::one")
			list("_n.lua::one [n=2]", "_n.lua::one [n=2]")
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
			w.contains(w.test(1, "a.lua", "--until-fail", "--run-timeout", "1s"), "round 1:", "the run's limit of 1s is over")
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
			w.contains(w.test(1, filepath.Join(w.dir, "a.lua"), "--failed"), "a.lua::bad", "1 failed in")
			equalResults(w.t, w.results(0, "a.lua", "--failed", "--var", "fixed=1"), "a.lua::bad: passed")
			w.test(4, "a.lua", "--failed")
			w.write("once.lua", `local f = io.open("ran") if f then f:close() return end io.open("ran", "w"):close() error("the first time")`)
			w.test(1, "once.lua", "--repeat", "2", "-j", "1")
			equalResults(w.t, w.results(0, ".", "--failed"), "once.lua: passed")
			w.test(1, "a.lua", "--repeat", "2")
			equalResults(w.t, w.results(1, "a.lua", "--failed"), "a.lua::bad: failed")
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
	})
}
