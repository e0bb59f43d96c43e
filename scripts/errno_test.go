package scripts

import (
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"socksh/luabind"
)

// unprovoked are the errors in the help of verbs that no transcript and no script
// provokes, each with the reason.
var unprovoked = map[string]string{
	"socket EMFILE":          "TestNoDescriptors does, in a process of its own",
	"accept EMFILE":          "TestNoDescriptors does, in a process of its own",
	"dup EMFILE":             "TestNoDescriptors does, in a process of its own",
	"connect EHOSTUNREACH":   "needs a router that says so",
	"resolve EAI_AGAIN":      "needs a name server that does not answer",
	"getaddrinfo EAI_AGAIN":  "needs a name server that does not answer",
	"getnameinfo EAI_NONAME": "needs a name server that says so",
	"sendmsg ETOOMANYREFS":   "needs as many descriptors on their way as a user may have open",
	"splice EINVAL":          "needs both ends of one pipe, which only another program can pass on",
}

// TestErrnosProvoked checks that each error that help tells of a verb is seen in a
// transcript or a script of the library.
func TestErrnosProvoked(t *testing.T) {
	seen := make(map[string]bool)
	find := func(pattern string, lines *regexp.Regexp) {
		files, _ := filepath.Glob(pattern)
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range lines.FindAllStringSubmatch(string(text), -1) {
				seen[m[1]+" "+m[2]] = true
			}
		}
	}
	find("../testdata/*.txt", regexp.MustCompile(`(?m)^[!~] (?:j\d+ .*: )?(\w+)(?: \S+)*: (E[A-Z0-9_]+)\b`))
	for _, pattern := range []string{"*/*.lua", "../testdata/*.txt"} {
		files, _ := filepath.Glob(pattern)
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range regexp.MustCompile(`expect\.errno\("(E\w+)", (\w+)`).FindAllStringSubmatch(string(text), -1) {
				seen[m[2]+" "+m[1]] = true
			}
		}
	}
	s, err := luabind.New(luabind.Config{Out: io.Discard, Err: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	untold := maps.Clone(unprovoked)
	for _, v := range s.Verbs() {
		for _, e := range v.Errors {
			key := v.Name + " " + e.Errno
			switch why := unprovoked[key]; {
			case !seen[key] && why == "":
				t.Errorf("nothing provokes %s (%s)", key, e.When)
			case seen[key] && why != "":
				t.Errorf("%s is provoked, and yet: %s", key, why)
			}
			delete(untold, key)
		}
	}
	for key := range untold {
		t.Errorf("no help tells of %s", key)
	}
}

// TestNoDescriptors runs out of descriptors, and goes on once there are some.
func TestNoDescriptors(t *testing.T) {
	bin := build(t)
	out, err := exec.Command("sh", "-c", `ulimit -n 40 && exec "$0" -e "$1"`, bin, `
local l = socket()
local at = l:bind("127.0.0.1:0")
l:listen()
local c, last = socket()
c:connect(at)
repeat
  local ok, s = try(socket)
  if ok then last = s end
until not ok
expect.errno("EMFILE", socket)
expect.errno("EMFILE", accept, l)
expect.errno("EMFILE", socketpair)
expect.errno("EMFILE", dup, l)
last:close()
l:accept():close()
socket():close()
print("goes on")`).CombinedOutput()
	if err != nil || string(out) != "goes on\n" {
		t.Errorf("%v: %s", err, out)
	}
}
