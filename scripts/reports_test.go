package scripts

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"socksh/scripts/report"
)

// reported is a file whose report has all there is: bytes that XML has no way to hold,
// marks of each format, every status.
const reported = pair + `
scenario("passes, with subtests", function() subtest("inside # it", function() end) subtest("other", function() skip("no") end) end)
scenario("fails <&> \"'#|*", function() print("\27[31mred\27[0m\0\1\255]]>") expect.equal("\0\1\255", "<![CDATA[ ]]>") end)
scenario("raises", function() error("first line\nsecond ::line") end)
scenario("skips", function() skip("no # reason") end)
scenario("expected", function() xfail("bug 7") error("boo") end)
scenario("flaky", function()
  local f = io.open("tried") if f then f:close() return end
  f = io.open("tried", "w") f:close()
  error("the first time")
end)
scenario("blocks", {timeout = 0.2}, function() local a = pair() a:recv() end)
`

// TestReports has others read the reports: Python's XML and JSON, junitparser, and
// perl's prove.
func TestReports(t *testing.T) {
	bin := build(t)
	w := newWorkshop(t, bin, map[string]string{"sub/a.lua": reported})
	out := w.test(1, "sub", "-j", "1", "--retries", "1", "--artifacts", "art", "--report", "junit=out/r.xml", "--report", "tap=r.tap", "--report", "json=r.json", "--report", "md=r.md")
	w.contains(out, "3 failed")
	t.Run("junit", func(t *testing.T) {
		need(t, "python3")
		check(t, w, `
import sys, xml.etree.ElementTree as E
root = E.parse("out/r.xml").getroot()
assert root.tag == "testsuites", root.tag
cases = {c.get("name"): c for c in root.iter("testcase")}
assert len(cases) == 7, list(cases)
for s in [root] + list(root.iter("testsuite")):
    kinds = {k: len(s.findall(".//" + k)) for k in ("testcase", "failure", "error", "skipped")}
    assert int(s.get("tests")) == kinds["testcase"] and int(s.get("failures")) == kinds["failure"] == 1, s.attrib
    assert int(s.get("errors")) == kinds["error"] == 2 and int(s.get("skipped")) == kinds["skipped"] == 2, s.attrib
    float(s.get("time"))
for c in cases.values():
    assert c.get("classname") == "sub/a" and c.get("file") == "sub/a.lua" and int(c.get("line")) > 1 and float(c.get("time")) >= 0
    assert sum(len(c.findall(k)) for k in ("failure", "error", "skipped")) <= 1
f = cases["fails <&> \"'#|*"].find("failure")
assert f.get("type") == "check" and "expected" in f.get("message") and "again: socksh test" in f.text, f.attrib
assert r"\x1b[31mred" in cases["fails <&> \"'#|*"].find("system-out").text
assert cases["expected"].find("skipped").get("type") == "xfail"
assert cases["flaky"].find("flakyFailure") is not None and cases["flaky"].find("flakyFailure/stackTrace").text
assert cases["raises"].find("rerunFailure") is not None
assert cases["blocks"].find("error").get("type") == "timeout" and "recv 1" in cases["blocks"].find("error").text
assert "[[ATTACHMENT|art/" in cases["raises"].find("system-out").text
`)
	})
	t.Run("schema", func(t *testing.T) {
		need(t, "xmllint")
		schema, err := filepath.Abs("../testdata/junit.xsd")
		if err != nil {
			t.Fatal(err)
		}
		w.write("sub/a.txt", "> = 1\n= 1\n") // a and a: names must be told apart
		w.write("sub/same/a.lua", "print(1)")
		w.write("sub/same/a.txt", "> = 1\n= 2\n")
		w.test(1, "sub", "--retries", "1", "--repeat", "2", "--report", "junit=s.xml")
		cmd := exec.Command("xmllint", "--noout", "--schema", schema, "s.xml", "out/r.xml")
		cmd.Dir = w.dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
	})
	t.Run("junitparser", func(t *testing.T) {
		python := "/usr/bin/python3" // the system's own, which its packages are for
		if exec.Command(python, "-c", "import junitparser").Run() != nil {
			t.Skip("needs python3-junitparser")
		}
		checkWith(t, w, python, `
from junitparser import JUnitXml
xml = JUnitXml.fromfile("out/r.xml")
assert xml.tests == 7 and xml.failures == 1 and xml.errors == 2 and xml.skipped == 2, (xml.tests, xml.failures, xml.errors, xml.skipped)
before = (xml.tests, xml.failures, xml.errors, xml.skipped)
xml.update_statistics()
assert before == (xml.tests, xml.failures, xml.errors, xml.skipped)
assert sorted(c.name for s in xml for c in s)[0] == "blocks"
`)
	})
	t.Run("tap", func(t *testing.T) {
		need(t, "prove")
		cmd := exec.Command("prove", "-v", "-e", "cat", "r.tap")
		cmd.Dir = w.dir
		out, _ := cmd.CombinedOutput()
		w.contains(string(out), "Tests: 7 Failed: 3", "Failed tests:  2-3, 7")
		w.lacks(string(out), "Parse errors", "Bad plan")
		cmd = exec.Command("perl", "-MTAP::Parser", "-e", `
my $p = TAP::Parser->new({tap => do { local $/; open my $f, "<", "r.tap" or die; <$f> }});
my %n; while (my $r = $p->next) { if ($r->is_yaml) { $n{yaml}++; $n{told}++ if $r->data->{message} && $r->data->{details} =~ /again: socksh test/ } next unless $r->is_test; $n{test}++; $n{skip}++ if $r->has_skip; $n{todo}++ if $r->has_todo; }
print join(" ", map { "$_=$n{$_}" } sort keys %n), " errors=", scalar($p->parse_errors), "\n";`)
		cmd.Dir = w.dir
		out, err := cmd.CombinedOutput()
		if err != nil || string(out) != "skip=1 test=7 todo=1 told=3 yaml=3 errors=0\n" {
			t.Errorf("%v: %s", err, out)
		}
	})
	t.Run("json", func(t *testing.T) {
		need(t, "python3")
		check(t, w, `
import json
r = json.load(open("r.json"))
assert r["format"] == 1 and r["counts"] == {"passed": 1, "failed": 3, "skipped": 1, "xfailed": 1, "flaky": 1}, r["counts"]
s = {c["name"]: c for c in r["scenarios"]}
assert [len(s[n]["attempts"]) for n in ("raises", "flaky", "skips")] == [2, 2, 1]
assert s["blocks"]["attempts"][0]["failures"][0]["blocked"][0].startswith("the scenario: recv 1, for")
assert [t["status"] for t in s["passes, with subtests"]["attempts"][0]["subtests"]] == ["passed", "skipped"]
assert s["fails <&> \"'#|*"]["attempts"][0]["failures"][0]["got"] == "\\x00\\x01\\xff"
`)
	})
	t.Run("markdown", func(t *testing.T) {
		w.contains(w.read("r.md"), "## socksh: 1 passed, 1 flaky, 3 failed", "<details>", "| sub/a.lua::flaky | flaky |", "| sub/a.lua::expected | xfailed | bug 7 |")
		w.lacks(w.read("r.md"), "\x00", "\x1b")
		need(t, "cmark-gfm")
		m := newWorkshop(t, bin, map[string]string{"a.lua": `
scenario("a_b *c* <x> | y", function() error("*z*\n` + "```" + `\n<b>") end)
scenario("b_c *d* <x> | y", function() skip("*no* | <reason>") end)`})
		m.test(1, "a.lua", "--report", "md=r.md")
		cmd := exec.Command("cmark-gfm", "-e", "table", "--unsafe", "r.md")
		cmd.Dir = m.dir
		html, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		m.contains(string(html), "<b>a.lua::a_b *c* &lt;x&gt; | y</b>", "*z*\n```\n&lt;b&gt;\n", "<td>a.lua::b_c *d* &lt;x&gt; | y</td>", "<td>*no* | &lt;reason&gt;</td>")
	})
	t.Run("github", func(t *testing.T) {
		g := newWorkshop(t, bin, map[string]string{"a.lua": "for i = 1, 12 do scenario('s' .. i, function()\n error('100% wrong,\\nreally: no') end) end"})
		g.env = append(g.env, "GITHUB_ACTIONS=true", "GITHUB_STEP_SUMMARY="+filepath.Join(g.dir, "summary.md"))
		out := g.test(1, "a.lua", "-j", "1")
		g.contains(out, "::error file=a.lua,line=2,title=a.lua%3A%3As1::a.lua:2: 100%25 wrong,%0Areally: no%0Aagain: socksh test a.lua::s1\n", "::error title=socksh::3 scenarios more have failed\n")
		if n := strings.Count(out, "::error "); n != 10 {
			t.Errorf("%d annotations", n)
		}
		g.contains(g.read("summary.md"), "12 failed")
		stop := regexp.MustCompile(`(?s)^::stop-commands::(\w+)\n.*\n::(\w+)::\n::error `).FindStringSubmatch(out)
		if stop == nil || stop[1] != stop[2] {
			t.Errorf("workflow commands are not stopped while it runs:\n%s", out)
		}
		g.write("sub/b.lua", `error("boo")`)
		g.env = append(g.env, "GITHUB_WORKSPACE="+g.dir)
		cmd := g.command("test", "b.lua", "--report", "tap=-")
		cmd.Dir = filepath.Join(g.dir, "sub")
		var tap, log strings.Builder
		cmd.Stdout, cmd.Stderr = &tap, &log
		cmd.Run()
		g.contains(log.String(), "::error file=sub/b.lua,line=1,")
		g.lacks(tap.String(), "::error")
		g.write("many.lua", `for i = 1, 200 do scenario("s" .. i, function() error(("x"):rep(8000)) end) end`)
		g.write("summary.md", strings.Repeat("x", 500<<10))
		g.test(1, "many.lua")
		if n := len(g.read("summary.md")); n > 1<<20 || n < 900<<10 {
			t.Errorf("the summary has %d bytes", n)
		}
		g.contains(g.read("summary.md")[500<<10:], "For ", " more there is no room here.")
	})
	t.Run("standard output", func(t *testing.T) {
		cmd := w.command("test", "sub", "--run", "passes", "--report", "tap=-")
		out, err := cmd.Output()
		if err != nil || !strings.HasPrefix(string(out), "TAP version 13\n1..1\n") || !strings.HasSuffix(string(out), "ok 1 - sub/a.lua::passes, with subtests\n") {
			t.Errorf("%v: %s", err, out)
		}
	})
	t.Run("refused", func(t *testing.T) {
		w.contains(w.test(2, "sub", "--report", "html=x"), "one of json, junit, md, tap")
		if os.Getuid() != 0 {
			w.contains(w.test(1, "sub", "--run", "passes", "--report", "tap=/proc/x"), "socksh: ")
		}
	})
}

func check(t *testing.T, w *workshop, script string) {
	t.Helper()
	checkWith(t, w, "python3", script)
}

func checkWith(t *testing.T, w *workshop, python, script string) {
	t.Helper()
	cmd := exec.Command(python, "-c", script)
	cmd.Dir = w.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// FuzzVisible checks that what is written into XML may be there.
func FuzzVisible(f *testing.F) {
	f.Add("a\x00\x1b\xff\ufffe\u0085\ufffd€")
	f.Fuzz(func(t *testing.T, text string) {
		for i, r := range report.Visible(text) {
			ok := r == '\t' || r == '\n' || r >= ' ' && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000
			if !ok {
				t.Fatalf("%q at %d of %q", r, i, text)
			}
		}
	})
}
