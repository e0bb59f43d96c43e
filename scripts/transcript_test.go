package scripts

import (
	"flag"
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
			r, err := openReplay(luabind.Config{Library: Library()})
			if err != nil {
				t.Fatal(err)
			}
			defer r.close()
			if why, err := r.unmet(string(text)); err != nil {
				t.Fatal(err)
			} else if why != "" {
				t.Skip(why)
			}
			got := r.play(string(text))
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
