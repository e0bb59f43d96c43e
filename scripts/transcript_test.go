package scripts

import (
	"errors"
	"flag"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"socksh/luabind"
)

var update = flag.Bool("update", false, "rewrite the transcripts in testdata from what came")

// TestTranscripts replays every transcript in testdata, and checks that all
// descriptors are closed again.
func TestTranscripts(t *testing.T) {
	startPoller(t)
	before := openDescriptors(t)
	t.Run("all", replayAll)
	after := openDescriptors(t)
	for fd, what := range before {
		if after[fd] == what {
			delete(after, fd)
		}
	}
	for fd, what := range after {
		t.Errorf("descriptor %s is open still: %s", fd, what)
	}
}

// startPoller makes Go open the two descriptors of its own poller, which it does
// when it first needs them.
func startPoller(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	w.Close()
}

// openDescriptors returns what each descriptor of this process is.
func openDescriptors(t *testing.T) map[string]string {
	open := make(map[string]string)
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Log("descriptors are not counted: ", err)
	}
	for _, e := range entries {
		if what, err := os.Readlink("/proc/self/fd/" + e.Name()); err == nil {
			open[e.Name()] = what
		}
	}
	return open
}

func replayAll(t *testing.T) {
	files, err := filepath.Glob("../testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no transcripts: ", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if why := lacks(string(text)); why != "" {
				t.Skip(why)
			}
			got, err := Replay(string(text))
			if skipped := new(luabind.SkipError); errors.As(err, &skipped) {
				t.Skip(skipped.Why)
			}
			if err != nil {
				t.Fatal(err)
			}
			if *update {
				if os.Getenv("CI") != "" {
					t.Fatal("-update is not for CI")
				}
				if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			if line, came, wanted := Differ(got, string(text)); line > 0 {
				t.Errorf("%s:%d:\nexpected %s\ngot      %s\n\nthe whole:\n%s", file, line, wanted, came, got)
			}
		})
	}
}

// lacks tells what of a transcript's first line this system lacks, "" if nothing.
func lacks(text string) string {
	first, _, _ := strings.Cut(text, "\n")
	if need, ok := strings.CutPrefix(first, "# need: "); ok {
		return missing(need)
	}
	return ""
}

// missing tells what of a "# need:" line this system lacks, "" if nothing.
func missing(need string) string {
	for _, word := range strings.Fields(need) {
		switch word {
		case "ipv6":
			if _, err := os.Stat("/proc/net/if_inet6"); err != nil {
				return "needs IPv6: " + err.Error()
			}
		case "raw-sockets":
			c, err := net.ListenPacket("ip4:icmp", "127.0.0.1")
			if err != nil {
				return "needs raw sockets: " + err.Error()
			}
			c.Close()
		case "lab": // Replay tries
		case "root":
			if os.Getuid() != 0 {
				return "needs root"
			}
		case "ordinary-user":
			if os.Getuid() == 0 {
				return "needs a user who is not root"
			}
		default:
			return "needs " + word + ", which no one knows"
		}
	}
	return ""
}
