package scripts

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
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
scenario("  _odd_ *name* <b> \\_ | $x$ ~~s~~ [l](http://x.y) ", function() error("\n  <i>_message_</i> | *m*\n\n\96\96\96\n::error::no", 0) end)
scenario("skips oddly", function() skip("_why_ | <b> *not* \\_ [l](u) ~~s~~") end)
`

// TestReports has others read the reports: Python's XML, JSON and YAML, junitparser,
// xmllint, perl's prove and TAP::Parser, cmark-gfm.
func TestReports(t *testing.T) {
	bin := build(t)
	w := newWorkshop(t, bin, map[string]string{"sub/a.lua": reported})
	out := w.test(1, "sub", "-j", "1", "--retries", "1", "--artifacts", "art", "--report", "junit=out/r.xml", "--report", "tap=r.tap", "--report", "json=r.json", "--report", "md=r.md")
	w.contains(out, "4 failed")
	t.Run("junit", func(t *testing.T) {
		need(t, "python3")
		check(t, w, `
import sys, xml.etree.ElementTree as E
root = E.parse("out/r.xml").getroot()
assert root.tag == "testsuites", root.tag
cases = {c.get("name"): c for c in root.iter("testcase")}
assert len(cases) == 9, list(cases)
for s in [root] + list(root.iter("testsuite")):
    kinds = {k: len(s.findall(".//" + k)) for k in ("testcase", "failure", "error", "skipped")}
    assert int(s.get("tests")) == kinds["testcase"] and int(s.get("failures")) == kinds["failure"] == 1, s.attrib
    assert int(s.get("errors")) == kinds["error"] == 3 and int(s.get("skipped")) == kinds["skipped"] == 3, s.attrib
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
import os, re
for case in cases.values():
    out = case.findtext("system-out") or ""
    left = re.findall(r"^\[\[ATTACHMENT\|(.*)\]\]$", out, re.M)
    assert left == [p.get("value") for p in case.findall("properties/property[@name='attachment']")]
    assert bool(left) == (case.find("failure") is not None or case.find("error") is not None or case.find("flakyFailure") is not None), case.get("name")
    for path in left:
        assert not os.path.isabs(path) and os.path.getsize(path) > 0, path
`)
	})
	t.Run("schema", func(t *testing.T) {
		need(t, "xmllint")
		fitsSchema(t, filepath.Join(w.dir, "out/r.xml"))
	})
	t.Run("yaml", func(t *testing.T) {
		python := "/usr/bin/python3"
		if exec.Command(python, "-c", "import yaml").Run() != nil {
			t.Skip("needs python3-yaml")
		}
		checkWith(t, w, python, `
import re, yaml
blocks = re.findall(r"^  ---\n(.*?)^  \.\.\.\n", open("r.tap").read(), re.M | re.S)
assert len(blocks) == 4, len(blocks)
for block in blocks:
    d = yaml.safe_load(block)
    assert d["again"].startswith("socksh test ") and d["message"] and d["details"].strip(), d
`)
	})
	t.Run("junitparser", func(t *testing.T) {
		python := "/usr/bin/python3" // the system's own, which its packages are for
		if exec.Command(python, "-c", "import junitparser").Run() != nil {
			t.Skip("needs python3-junitparser")
		}
		checkWith(t, w, python, `
from junitparser import JUnitXml
xml = JUnitXml.fromfile("out/r.xml")
assert xml.tests == 9 and xml.failures == 1 and xml.errors == 3 and xml.skipped == 3, (xml.tests, xml.failures, xml.errors, xml.skipped)
before = (xml.tests, xml.failures, xml.errors, xml.skipped)
xml.update_statistics()
assert before == (xml.tests, xml.failures, xml.errors, xml.skipped)
assert "blocks" in [c.name for s in xml for c in s]
`)
	})
	t.Run("tap", func(t *testing.T) {
		need(t, "prove")
		cmd := exec.Command("prove", "-v", "-e", "cat", "r.tap")
		cmd.Dir = w.dir
		out, _ := cmd.CombinedOutput()
		w.contains(string(out), "Tests: 9 Failed: 4", "Failed tests:  2-3, 7-8")
		w.lacks(string(out), "Parse errors", "Bad plan")
		cmd = exec.Command("perl", "-MTAP::Parser", "-e", `
my $p = TAP::Parser->new({tap => do { local $/; open my $f, "<", "r.tap" or die; <$f> }});
my %n; while (my $r = $p->next) { $n{yaml}++ if $r->is_yaml; next unless $r->is_test; $n{test}++; $n{skip}++ if $r->has_skip; $n{todo}++ if $r->has_todo; }
print join(" ", map { "$_=$n{$_}" } sort keys %n), " errors=", scalar($p->parse_errors), "\n";`)
		cmd.Dir = w.dir
		out, err := cmd.CombinedOutput()
		if err != nil || string(out) != "skip=2 test=9 todo=1 yaml=4 errors=0\n" {
			t.Errorf("%v: %s", err, out)
		}
	})
	t.Run("json", func(t *testing.T) {
		need(t, "python3")
		check(t, w, `
import json
r = json.load(open("r.json"))
assert r["format"] == 1 and r["counts"] == {"passed": 1, "failed": 4, "skipped": 2, "xfailed": 1, "flaky": 1}, r["counts"]
s = {c["name"]: c for c in r["scenarios"]}
assert [len(s[n]["attempts"]) for n in ("raises", "flaky", "skips")] == [2, 2, 1]
assert s["blocks"]["attempts"][0]["failures"][0]["blocked"][0].startswith("the scenario: recv 1, for")
assert [t["status"] for t in s["passes, with subtests"]["attempts"][0]["subtests"]] == ["passed", "skipped"]
assert s["fails <&> \"'#|*"]["attempts"][0]["failures"][0]["got"] == "\\x00\\x01\\xff"
`)
	})
	t.Run("markdown", func(t *testing.T) {
		w.contains(w.read("r.md"), "## socksh: 1 passed, 1 flaky, 4 failed", "<details>", "| sub/a.lua::flaky | flaky |", "| sub/a.lua::expected | xfailed | bug 7 |")
		w.lacks(w.read("r.md"), "\x00", "\x1b")
	})
	t.Run("markdown as GitHub renders it", func(t *testing.T) {
		need(t, "cmark-gfm")
		page, err := exec.Command("cmark-gfm", "-e", "table", "-e", "strikethrough", "-e", "autolink", "--unsafe", filepath.Join(w.dir, "r.md")).Output()
		if err != nil {
			t.Fatal(err)
		}
		w.write("r.html", string(page))
		need(t, "python3")
		check(t, w, `
from html.parser import HTMLParser
class P(HTMLParser):
    def __init__(self):
        super().__init__(); self.open, self.texts, self.tags = [], {}, set()
    def handle_starttag(self, tag, attrs):
        self.open.append(tag); self.tags.add(tag); self.texts.setdefault(tag, []).append("")
    def handle_endtag(self, tag):
        assert self.open.pop() == tag, (tag, self.open)
    def handle_data(self, data):
        for tag in set(self.open): self.texts[tag][-1] += data
p = P(); p.feed(open("r.html").read())
assert not p.open and p.tags == {"h2", "details", "summary", "b", "pre", "code", "table", "thead", "tbody", "tr", "th", "td"}, p.tags
names = [t for t in p.texts["b"]]
assert "sub/a.lua::fails <&> \"'#|*" in names and r"sub/a.lua::  _odd_ *name* <b> \_ | $x$ ~~s~~ [l](http://x.y) " in names, names
assert any("<i>_message_</i> | *m*" in t for t in p.texts["summary"]), p.texts["summary"]
assert r"_why_ | <b> *not* \_ [l](u) ~~s~~" in p.texts["td"], p.texts["td"]
assert len(p.texts["pre"]) == 4 and any("::error::no" in t for t in p.texts["pre"])
assert {len(r.strip().split("\n")) for r in p.texts["tr"]} <= {3, 4}, p.texts["tr"]
`)
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
		muted, commands, found := strings.Cut(out, out[strings.Index(out, "::stop-commands::")+len("::stop-commands"):][:28]+"::\n")
		if !strings.HasPrefix(out, "::stop-commands::") || !found || strings.Contains(muted, "::error ") || strings.Count(commands, "::error ") != 10 {
			t.Errorf("what the scenarios say is not muted:\n%s", out)
		}
		g.write("sub/b.lua", `error("boo")`)
		g.env = append(g.env, "GITHUB_WORKSPACE="+g.dir)
		cmd := g.command("test", "b.lua", "--report", "tap=-")
		cmd.Dir = filepath.Join(g.dir, "sub")
		var tap, log strings.Builder
		cmd.Stdout, cmd.Stderr = &tap, &log
		cmd.Run()
		g.contains(log.String(), "::stop-commands::", "::error file=sub/b.lua,line=1,")
		g.lacks(tap.String(), "::stop-commands", "::error")
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
		for _, bad := range []string{"", ",", "junit", "junit=", "junit=x,", "junit=x,y.xml", "junit=x,html=y"} {
			w.contains(w.test(2, "sub", "--report", bad), "one of json, junit, md, tap")
		}
		w.contains(w.test(2, "sub", "--run", "passes", "--report", "tap=/proc/x"), "--report tap=/proc/x: ")
	})
}

// fitsSchema has xmllint check a report.
func fitsSchema(t *testing.T, file string) {
	t.Helper()
	if out, err := exec.Command("xmllint", "--noout", "--schema", "../testdata/junit.xsd", file).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestReportTraps goes through what breaks the readers of reports.
func TestReportTraps(t *testing.T) {
	bin := build(t)
	for _, test := range []struct {
		name  string
		files map[string]string
		run   func(w *workshop)
	}{
		{"no name twice", map[string]string{"a.lua": "local m = matrix{ip = {4, 6}}", "a.txt": "> = 1\n= 1\n", "b.lua": "print(1)", "b.txt": "> = 1\n= 1\n", "sub/b.lua": "print(1)",
			"c.lua": `scenario("x", {matrix = {n = {1, 2}}}, function() end) scenario("b", function() end)`}, func(w *workshop) {
			need(w.t, "xmllint")
			w.test(0, ".", "--repeat", "3", "--report", "junit=r.xml")
			fitsSchema(w.t, filepath.Join(w.dir, "r.xml")) // which has each name once
			w.contains(w.read("r.xml"), `tests="27"`)
			w.contains(w.test(0, "./b.lua", "b.lua", "sub/../b.lua"), "1 passed")
		}},
		{"not run", map[string]string{"a.lua": `for i = 1, 4 do scenario("s" .. i, function() error("no") end) end`}, func(w *workshop) {
			need(w.t, "xmllint")
			w.test(1, "a.lua", "-j", "1", "--fail-fast", "--report", "junit=r.xml")
			w.contains(w.read("r.xml"), `<skipped message="not run: ended at the first failure"></skipped>`, `skipped="3"`)
			fitsSchema(w.t, filepath.Join(w.dir, "r.xml"))
		}},
		{"whole at any time", map[string]string{"a.lua": `local f = io.open("out/r.xml") print(f:read("*a")) f:close()`, "out/r.xml": "the one before"}, func(w *workshop) {
			w.contains(w.test(0, "a.lua", "-v", "--report", "junit=out/r.xml"), "socksh was killed or has crashed", "| </testsuites>\n")
			w.contains(w.read("out/r.xml"), "<testsuites", "</testsuites>")
			entries, err := os.ReadDir(filepath.Join(w.dir, "out"))
			if err != nil || len(entries) != 1 {
				w.t.Errorf("%v %v", entries, err)
			}
			if info, err := entries[0].Info(); err != nil || info.Mode() != 0o644 {
				w.t.Errorf("%v %v", info.Mode(), err)
			}
		}},
		{"known before", map[string]string{"a.lua": `print("ran")`, "dir/x": ""}, func(w *workshop) {
			w.lacks(w.test(2, "a.lua", "-v", "--report", "junit=dir"), "ran", ".socksh-report")
			w.contains(w.test(2, "a.lua", "--report", "junit=a.lua/r.xml"), "--report junit=a.lua/r.xml: mkdir a.lua: not a directory")
			w.contains(w.test(2, "a.lua", "--artifacts", "a.lua"), "--artifacts: mkdir a.lua: not a directory")
		}},
		{"nothing ran", map[string]string{"good.lua": `print("ran")`, "bad.lua": `print("`}, func(w *workshop) {
			w.test(0, "good.lua", "--report", "junit=r.xml,json=r.json")
			w.contains(w.read("r.xml"), `tests="1" failures="0" errors="0"`)
			out := w.test(2, "good.lua", "bad.lua", "none.lua", "--report", "junit=r.xml,json=r.json")
			w.contains(out, "bad.lua:1: unterminated string", `is called "none.lua"`)
			w.contains(w.read("r.xml"), `tests="2" failures="0" errors="2"`, "bad.lua:1: unterminated string", `is called &#34;none.lua&#34;`)
			w.contains(w.read("r.json"), `"where": "bad.lua:1"`, "unterminated string")
			w.contains(w.test(2, "bad.lua", "--annotate"), "::error file=bad.lua,line=1,title=bad.lua::bad.lua:1: unterminated string")
			w.test(4, "good.lua", "--run", "other", "--report", "junit=r.xml")
			w.contains(w.read("r.xml"), `tests="0"`)
			w.test(2, "bad.lua", "--report", "junit=bad.lua")
			w.contains(w.read("bad.lua"), `print("`)
		}},
		{"much output", map[string]string{"a.lua": `
for i = 1, 12 do scenario("s" .. i, function() print(("<\0\n"):rep(300000)) expect.equal(("a"):rep(100000), ("a"):rep(100000) .. "b\n") end) end`}, func(w *workshop) {
			need(w.t, "xmllint")
			out := w.test(1, "a.lua", "--report", "junit=r.xml,json=r.json", "--report", "tap=r.tap,md=r.md")
			fitsSchema(w.t, filepath.Join(w.dir, "r.xml"))
			w.contains(w.read("r.xml"), "bytes are left out here")
			for name, most := range map[string]int{"r.xml": 26e6, "r.md": 1 << 20} {
				if n := len(w.read(name)); n > most {
					w.t.Errorf("%s has %d bytes", name, n)
				}
			}
			if len(out) > 1<<20 {
				w.t.Errorf("the log has %d bytes", len(out))
			}
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.run(newWorkshop(t, bin, test.files))
		})
	}
}

// TestReportOfBug checks that a panic of the runner beside a session, here of one that
// lacks a part, is told and reported like any failure, and that the others run.
func TestReportOfBug(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	t.Setenv("XDG_STATE_HOME", dir)
	if err := os.WriteFile("a.lua", []byte(`scenario("fails", function() error("no") end) scenario("passes", function() end)`), 0o666); err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	s := &Suite{Streams: &Streams{Out: bufio.NewWriter(&log), Err: &log}, Jobs: 1, Reports: []report.Target{{Format: "junit", File: "r.xml"}}, stopped: make(chan struct{})}
	s.redactor = newRedactor(nil)
	items, problems := s.find([]string{"a.lua"})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	s.redactor = nil
	s.begin(len(items))
	run := s.run(items)
	s.progress.finish(run)
	if status := max(s.report(run, items), s.status(run)); status != Internal {
		t.Errorf("status %d", status)
	}
	text, err := os.ReadFile("r.xml")
	if err != nil || !strings.Contains(string(text), `type="bug"`) || !strings.Contains(string(text), `errors="2"`) || !strings.Contains(string(text), `tests="2"`) {
		t.Errorf("%v %s", err, text)
	}
	if !strings.Contains(log.String(), "This is a bug of socksh") {
		t.Error(log.String())
	}
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

// FuzzVisible checks that what is written into XML and YAML may be there.
func FuzzVisible(f *testing.F) {
	f.Add("a\x00\x1b\xff\ufffe\u0085\ufffd€\u2028\ufeff")
	f.Fuzz(func(t *testing.T, text string) {
		for i, r := range report.Visible(text) {
			ok := r == '\t' || r == '\n' || r >= ' ' && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000
			if !ok || r == 0x2028 || r == 0x2029 || r == 0xFEFF {
				t.Fatalf("%q at %d of %q", r, i, text)
			}
		}
	})
}
