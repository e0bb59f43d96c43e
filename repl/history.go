package repl

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/chzyer/readline"
)

// history is what was typed before, in a file that only its owner may read. An
// input of several lines is one entry. An input that begins with a blank is not
// kept.
type history struct {
	rl      *readline.Instance
	entries []string // oldest first
	at      int      // of the entry shown by a search; len(entries) outside one
	prefix  string   // what a search looks for
}

// historyFile returns the file's path, made if need be, or "" where there can be
// none.
func historyFile() string {
	dir := os.Getenv("XDG_STATE_HOME")
	if dir == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return ""
		}
		dir = filepath.Join(home, ".local", "state")
	}
	dir = filepath.Join(dir, "socksh")
	if os.MkdirAll(dir, 0o700) != nil {
		return ""
	}
	file := filepath.Join(dir, "history")
	f, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return ""
	}
	defer f.Close()
	if f.Chmod(0o600) != nil {
		return ""
	}
	return file
}

// load reads the entries for searches; readline reads the file by itself.
func (h *history) load(file string) {
	if text, err := os.ReadFile(file); err == nil {
		for _, entry := range strings.Split(string(text), "\n") {
			if entry = strings.TrimSpace(entry); entry != "" {
				h.entries = append(h.entries, entry)
			}
		}
	}
	h.at = len(h.entries)
}

// add keeps an input, given as it stood in the line.
func (h *history) add(entry string) {
	h.at = len(h.entries)
	if strings.TrimSpace(entry) == "" || entry[0] == ' ' {
		return
	}
	if n := len(h.entries); n > 0 && h.entries[n-1] == entry {
		return
	}
	h.entries = append(h.entries, entry)
	h.at = len(h.entries)
	h.rl.SaveHistory(entry)
}

// before returns the newest entry older than the last one shown that begins as
// the search does, or "".
func (h *history) before(line string) string {
	if h.at == len(h.entries) {
		h.prefix = line
	}
	for i := h.at - 1; i >= 0; i-- {
		if strings.HasPrefix(h.entries[i], h.prefix) && h.entries[i] != line {
			h.at = i
			return h.entries[i]
		}
	}
	return ""
}

// after is before's way back; at its end it returns what the search began with.
func (h *history) after(line string) (string, bool) {
	if h.at == len(h.entries) {
		return "", false
	}
	for i := h.at + 1; i < len(h.entries); i++ {
		if strings.HasPrefix(h.entries[i], h.prefix) && h.entries[i] != line {
			h.at = i
			return h.entries[i], true
		}
	}
	h.leave()
	return h.prefix, true
}

// leave ends a search.
func (h *history) leave() { h.at = len(h.entries) }

// suggest returns the rest of the newest entry that begins with line, or "".
func (h *history) suggest(line string) string {
	if len(line) < 2 {
		return ""
	}
	for i := len(h.entries) - 1; i >= 0; i-- {
		if rest, ok := strings.CutPrefix(h.entries[i], line); ok && rest != "" {
			return rest
		}
	}
	return ""
}
