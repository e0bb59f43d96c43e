package scripts

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"socksh/luabind"
	"socksh/luabind/loop"
	"socksh/luabind/sock"
)

// An item is one scenario that test can run.
type item struct {
	luabind.Scenario
	id         string // "echo.lua::two clients"
	file       string // as messages name it
	code       string
	transcript bool
	inLibrary  bool
	asked      bool // it was named itself, not found in a folder
	incomplete bool // its file has failed before all of its scenarios were known
	round      int  // of --repeat, 0 for the only one
}

// A problem is what keeps a path from being read: nothing runs then.
type problem struct {
	path string
	err  error
}

// find returns the scenarios of paths: files, folders, names of the library,
// "library" for all of it, and "FILE::NAME" for a single one.
func (s *Suite) find(paths []string) (all []*item, problems []problem) {
	seen := map[string]bool{}
	for _, path := range paths {
		path, name, single := strings.Cut(path, "::")
		files, err := findFiles(path)
		if err != nil {
			problems = append(problems, problem{path, err})
			continue
		}
		found := 0
		var others []string
		for _, f := range files {
			items, err := s.itemsOf(f)
			if err != nil {
				problems = append(problems, problem{f.name, err})
				continue
			}
			for _, it := range items {
				if single && !it.called(name) {
					others = append(others, it.Name)
					continue
				}
				found++
				if !seen[it.id] {
					seen[it.id] = true
					it.id, it.asked = s.redactor.text(it.id), single || f.named
					for i, tag := range it.Tags {
						it.Tags[i] = s.redactor.text(tag)
					}
					all = append(all, it)
				}
			}
		}
		if single && found == 0 && len(problems) == 0 {
			problems = append(problems, problem{path, fmt.Errorf("%s has no scenario called %q%s", path, name, whatThereIs(name, others))})
		}
	}
	return all, problems
}

// called reports whether FILE::NAME means the item: by its name, or by the one that is
// written in the file for all combinations of a matrix.
func (it *item) called(name string) bool {
	rest, begins := strings.CutPrefix(it.Name, name)
	return begins && (rest == "" || name != "" && strings.HasPrefix(rest, " [") && strings.HasSuffix(rest, "]"))
}

// whatThereIs says which names there are in place of one that nothing has.
func whatThereIs(name string, names []string) string {
	const most = 5
	if near := sock.Nearest(name, names); near != "" {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	var quoted []string
	for _, n := range names[:min(len(names), most)] {
		if n != "" {
			quoted = append(quoted, strconv.Quote(n))
		}
	}
	switch {
	case len(quoted) == 0:
		return ": it is one scenario itself"
	case len(names) > most:
		quoted = append(quoted, fmt.Sprintf("%d more", len(names)-most))
	}
	return "; it has " + strings.Join(quoted, ", ")
}

// A found is a file with scenarios.
type found struct {
	name      string
	code      string
	inLibrary bool
	named     bool
}

func findFiles(path string) ([]found, error) {
	if path == "" {
		return nil, errors.New("a path is empty: it is a file, a folder or a name of the library")
	}
	path = filepath.Clean(path)
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return findInLibrary(path)
	case err != nil:
		return nil, err
	case !info.IsDir():
		text, err := os.ReadFile(path)
		return []found{{name: path, code: string(text), named: true}}, err
	}
	return findBelow(path, "._")
}

// findBelow returns the scripts and transcripts of a folder, without the folders of bundles
// and what begins with a character of hidden.
func findBelow(path, hidden string) (all []found, err error) {
	err = filepath.WalkDir(path, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := filepath.Base(file)
		if file != path && (strings.ContainsRune(hidden, rune(base[0])) || d.IsDir() && isBundle(file)) {
			if d.IsDir() {
				return filepath.SkipDir
			}
			return nil
		}
		ext := filepath.Ext(file)
		if d.IsDir() || ext != ".lua" && ext != ".txt" {
			return nil
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if ext == ".lua" || isTranscript(string(text)) {
			all = append(all, found{name: file, code: string(text)})
		}
		return nil
	})
	return all, err
}

func findInLibrary(path string) ([]found, error) {
	clean := strings.TrimSuffix(filepath.ToSlash(filepath.Clean(path)), ".lua")
	var all []found
	for _, s := range List() {
		if s.Name == clean || strings.HasPrefix(s.Name, clean+"/") || clean == "library" {
			text, err := fs.ReadFile(files, s.Name+".lua")
			if err != nil {
				return nil, err
			}
			all = append(all, found{name: s.Name, code: string(text), inLibrary: true, named: s.Name == clean})
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("no file or folder, and nothing of the library, is called %q", path)
	}
	return all, nil
}

// chunk is how messages name the file's code.
func (f found) chunk() string {
	if f.inLibrary {
		return f.name + ".lua"
	}
	return f.name
}

func (s *Suite) itemsOf(f found) ([]*item, error) {
	if strings.HasSuffix(f.name, ".txt") {
		if !isTranscript(f.code) {
			return nil, fmt.Errorf("%s: a transcript needs a line that starts with \"> \"", f.name)
		}
		f.code = endings(f.code)
		return []*item{{Scenario: luabind.Scenario{Line: 1, Tags: luabind.HeadTags(f.code)}, id: f.name, file: f.name, code: f.code, transcript: true}}, nil
	}
	session, err := luabind.New(s.config(io.Discard))
	if err != nil {
		return nil, err
	}
	defer session.Close()
	var found []luabind.Scenario
	err = session.Do(func(t *loop.Task) (err error) {
		found, err = session.Scenarios(t, f.code, f.chunk())
		return err
	})
	var syntax *luabind.SyntaxError
	if errors.As(err, &syntax) {
		return nil, err
	}
	if err != nil { // the scenarios will meet it again; those after it can not
		text := err.Error()
		if !strings.Contains(text, f.chunk()) {
			text = f.chunk() + ": " + text
		}
		fmt.Fprintf(s.Streams.Err, "socksh: %s: scenarios that follow are not seen\n", s.redactor.text(text))
		if len(found) == 0 {
			found = []luabind.Scenario{{Line: 1, Tags: luabind.HeadTags(f.code)}}
		}
	}
	var all []*item
	for _, sc := range found {
		it := &item{Scenario: sc, id: f.name, file: f.name, code: f.code, inLibrary: f.inLibrary, incomplete: err != nil}
		if sc.Name != "" {
			it.id += "::" + sc.Name
		}
		all = append(all, it)
	}
	return all, nil
}

// config is that of every session of the suite.
func (s *Suite) config(out io.Writer) luabind.Config {
	return s.Streams.config(luabind.Config{Out: out, Err: out,
		ReadLine: func(context.Context, string) (string, error) { return "", io.EOF }})
}

func isTranscript(text string) bool {
	return strings.Contains("\n"+strings.TrimPrefix(text, byteOrderMark), "\n> ")
}

// shell returns words as a shell takes them.
func shell(words ...string) string {
	for i, w := range words {
		if w == "" || strings.ContainsFunc(w, func(r rune) bool {
			return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=,@%+", r)
		}) {
			words[i] = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
		}
	}
	return strings.Join(words, " ")
}
