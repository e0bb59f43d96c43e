package scripts

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSecrets looks for secrets in all that is shown and written.
func TestSecrets(t *testing.T) {
	inWorkshops(t, []trial{
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
		{"a secret as a tag", map[string]string{"a.lua": `scenario("x", {vars.pass}, function() error("y") end)`}, func(w *workshop) {
			out := w.test(1, "a.lua", "--secret", "pass=secret1", "--report", "json=r.json") + w.test(0, "a.lua", "--secret", "pass=secret1", "--list")
			w.lacks(out+w.read("r.json"), "secret1")
		}},
	})
}
