package scripts

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"socksh/scripts/report"
)

// memory is the file that tells which scenarios failed when they last ran in this
// folder: one of the user's own, in $XDG_STATE_HOME or ~/.local/state.
func memory() (string, error) {
	dir := os.Getenv("XDG_STATE_HOME")
	if dir == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", err
		}
		dir = filepath.Join(home, ".local", "state")
	}
	here, err := os.Getwd()
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, "socksh", "failed", fmt.Sprintf("%x", sha256.Sum256([]byte(here)))[:16]), nil
}

// key is an item's name in the memory, whatever path has led to it.
func (it *item) key() string {
	file, err := filepath.Abs(it.file)
	if it.inLibrary || err != nil {
		return it.id
	}
	return file + strings.TrimPrefix(it.id, it.file)
}

// rememberedFailures returns the keys of the scenarios that failed last.
func rememberedFailures() map[string]bool {
	failed := map[string]bool{}
	file, err := memory()
	if err != nil {
		return failed
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return failed
	}
	for id := range strings.Lines(string(text)) {
		failed[strings.TrimRight(id, "\n")] = true
	}
	return failed
}

// remember keeps which items failed, in any round. What did not run stays as it was.
func remember(items []*item, cases []*report.Case) error {
	failed := rememberedFailures()
	for i, it := range items {
		if cases[i].Status != report.NotRun {
			delete(failed, it.key())
		}
	}
	for i, it := range items {
		if cases[i].Status == report.Failed {
			failed[it.key()] = true
		}
	}
	file, err := memory()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	var ids []string
	for id := range failed {
		ids = append(ids, id+"\n")
	}
	sort.Strings(ids)
	return os.WriteFile(file, []byte(strings.Join(ids, "")), 0o600)
}
