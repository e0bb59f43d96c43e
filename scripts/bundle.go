package scripts

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"socksh/luabind/journal"
	"socksh/luabind/wire"
	"socksh/scripts/report"
)

// ladderWidth is how wide the ladder of a bundle is.
const ladderWidth = 120

// leave writes the bundle of a failed attempt into a folder of its own below the
// suite's artifacts, and adds the files to the attempt.
func (s *Suite) leave(it *item, number int, a *report.Attempt, e *evidence) error {
	if s.Artifacts == "" {
		return nil
	}
	name := s.folder(it)
	if number > 1 {
		name += fmt.Sprintf(".attempt%d", number)
	}
	dir := filepath.Join(s.Artifacts, name)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	write := func(name string, text []byte) error {
		file := filepath.Join(dir, name)
		if len(text) == 0 {
			os.Remove(file) // that of a run before
			return nil
		}
		a.Files = append(a.Files, file)
		return os.WriteFile(file, text, 0o666)
	}
	type part struct {
		name string
		text []byte
	}
	var parts []part
	hidden := false
	if len(e.events) > 0 {
		var lines bytes.Buffer
		if err := journal.Lines(&lines, e.events); err != nil {
			return err
		}
		var frames bytes.Buffer
		kept, err := wire.WriteSegments(&frames, e.events, e.when)
		if err != nil {
			return err
		}
		isSegment := func(ev journal.Event) bool { _, is := ev.Fact.(journal.Segment); return is }
		hidden = len(s.redactor.forms) > 0 && kept == 0 && slices.ContainsFunc(e.events, isSegment)
		p := journal.Draw(e.events)
		p.Title = it.label()
		parts = append(parts, part{"ladder.svg", []byte(p.SVG())}, // GitLab shows the first file of a bundle
			part{"ladder.html", []byte(p.Page(e.events))}, part{"ladder.txt", []byte(p.Ladder(ladderWidth) + "\n")},
			part{"transcript.txt", []byte(transcribe(e))}, part{"events.jsonl", lines.Bytes()}, part{"segments.pcapng", frames.Bytes()})
	}
	parts = append(parts, part{"output.txt", []byte(a.Output)}, part{"came.txt", []byte(e.came)},
		part{it.copyName(), []byte(s.redactor.text(it.code))})
	for _, p := range parts {
		if err := write(p.name, p.text); err != nil {
			return err
		}
	}
	text := s.details(it, a, e)
	if e.dropped > 0 {
		text += fmt.Sprintf("The first %d events are not kept.\n", e.dropped)
	}
	if hidden {
		text += "The segments are not kept: the secret may be in them.\n"
	}
	var with []string
	for _, p := range s.properties() {
		with = append(with, p[0]+" "+p[1])
	}
	if here, err := os.Getwd(); err == nil {
		text += "ran in: " + s.redactor.text(here) + "\n"
	}
	return write(failureFile, []byte(it.label()+"\n"+text+"ran with: "+strings.Join(with, ", ")+"\n"))
}

// tidy removes the bundles that runs before have left of an item that has not failed now.
func (s *Suite) tidy(it *item) {
	if s.Artifacts == "" {
		return
	}
	dir := filepath.Join(s.Artifacts, s.folder(it))
	dirs, _ := filepath.Glob(dir + ".attempt*") // a folder's name has no pattern in it
	if it.round == 0 {
		rounds, _ := filepath.Glob(dir + "__round_*")
		dirs = append(dirs, rounds...)
	}
	for _, dir := range append(dirs, dir) {
		if _, err := os.Stat(filepath.Join(dir, failureFile)); err == nil { // it is a bundle
			os.RemoveAll(dir)
		}
	}
}

// Files that each bundle has: what failed, and one of two with what was run.
const (
	failureFile    = "failure.txt"
	scriptFile     = "scenario.lua"
	transcriptFile = "scenario.txt"
)

// copyName is the name of what was run in an item's bundle.
func (it *item) copyName() string {
	if it.transcript {
		return transcriptFile
	}
	return scriptFile
}

// isBundle reports whether a folder is the bundle of a scenario: what is in it is no test.
func isBundle(dir string) bool {
	has := func(name string) bool {
		_, err := os.Stat(filepath.Join(dir, name))
		return err == nil
	}
	return has(failureFile) && (has(scriptFile) || has(transcriptFile))
}

// longestFolder is how long the name of a bundle's folder is at most, without what tells
// it from others.
const longestFolder = 150

// folder returns the name of an item's bundle, which no other item's has.
func (s *Suite) folder(it *item) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.folders == nil {
		s.folders = make(map[string]string)
	}
	name := fileName(it.label())
	name = name[:min(len(name), longestFolder)]
	for n, tried := 1, name; ; n++ {
		if n > 1 {
			tried = fmt.Sprintf("%s-%d", name, n)
		}
		if whose, taken := s.folders[tried]; !taken || whose == it.label() {
			s.folders[tried] = it.label()
			return tried
		}
	}
}

// fileName makes of a scenario's name one that every file system takes, and that an
// upload of artifacts does not refuse.
func fileName(id string) string {
	return strings.Trim(strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '-', r == '=':
			return r
		}
		return '_'
	}, id), "._")
}
