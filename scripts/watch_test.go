package scripts

import (
	"maps"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestWatched changes files, and looks at which changes --watch sees.
func TestWatched(t *testing.T) {
	w := newWorkshop(t, "", map[string]string{
		"tests/a.lua": "print(1)\n", "tests/b.txt": "> socket\n", "tests/_lib/module.lua": "return 1\n", "tests/notes.txt": "any\n", "c.lua": "print(3)\n", "module.lua": "return 3\n"})
	file := func(name string) string { return filepath.Join(w.dir, name) }
	old := time.Now().Add(-time.Hour)
	for _, c := range []struct {
		name   string
		change func()
		seen   bool
	}{
		{"nothing", func() {}, false},
		{"an edit", func() { w.write("tests/a.lua", "print(2)\n") }, true},
		{"an older file", func() { w.write("tests/a.lua", "print(0)\n"); os.Chtimes(file("tests/a.lua"), old, old) }, true},
		{"a module", func() { w.write("tests/_lib/module.lua", "return 2\n") }, true},
		{"a module beside a script", func() { w.write("module.lua", "return 4\n") }, true},
		{"a transcript", func() { w.write("tests/b.txt", "> socket udp\n") }, true},
		{"a new one", func() { w.write("tests/more/d.lua", "") }, true},
		{"one removed", func() { os.Remove(file("tests/more/d.lua")) }, true},
		{"output", func() { w.write("tests/notes.txt", "more\n") }, false},
		{"a bundle", func() {
			w.write("tests/failed/a.lua/failure.txt", "a.lua:1\n")
			w.write("tests/failed/a.lua/scenario.lua", "print(0)\n")
		}, false},
		{"a hidden file", func() { w.write("tests/.swap.lua", "print(") }, false},
		{"another folder", func() { w.write("others/a.lua", "") }, false},
		{"the script itself removed", func() { os.Remove(file("c.lua")) }, true},
	} {
		paths := []string{file("tests"), file("c.lua::one"), "phenomena"}
		was := watched(paths)
		c.change()
		if seen := !maps.Equal(watched(paths), was); seen != c.seen {
			t.Errorf("%s: seen is %v", c.name, seen)
		}
	}
}
