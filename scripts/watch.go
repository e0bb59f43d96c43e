package scripts

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// watched returns the text of each file that a run of paths may read, the modules beside
// scripts too, and what keeps one from being read. What a run writes, bundles and output,
// is not among them.
func watched(paths []string) map[string]string {
	texts := make(map[string]string)
	for _, path := range paths {
		path, _, _ = strings.Cut(path, "::")
		path = filepath.Clean(path)
		var files []found
		info, err := os.Stat(path) // of the library it has none
		switch {
		case err != nil:
		case info.IsDir():
			files, err = findBelow(path, ".")
		default:
			beside, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*.lua"))
			for _, file := range append(beside, path) {
				text, _ := os.ReadFile(file)
				files = append(files, found{name: file, code: string(text)})
			}
		}
		for _, f := range files {
			texts[f.name] = f.code
		}
		if err != nil {
			texts[path] = err.Error()
		}
	}
	return texts
}

// awaitChange returns when what is watched is no longer as it was, or when the run must end.
func (s *Suite) awaitChange(paths []string, was map[string]string) {
	const rest, share = 300 * time.Millisecond, 10 // looking takes a tenth of the time at most
	for s.why() == "" {
		began := time.Now()
		if !maps.Equal(watched(paths), was) {
			return
		}
		select {
		case <-s.stopped:
		case <-time.After(max(rest, share*time.Since(began))):
		}
	}
}
