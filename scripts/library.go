// Package scripts holds the library of scenarios, and finds and runs them: Lua
// scripts and transcripts, from the library or from files. It knows no terminal.
package scripts

import (
	"embed"
	"io/fs"
	"strings"
)

//go:embed */*.lua
var files embed.FS

// Library holds the scripts under their names, such as "tutorial/lifecycle.lua".
func Library() fs.FS { return files }

// A Script is one of the library.
type Script struct {
	Name  string // "tutorial/lifecycle"
	About string // its first comment line
}

// List returns the scripts of the library by name.
func List() []Script {
	var all []Script
	names, _ := fs.Glob(files, "*/*.lua")
	for _, name := range names {
		text, _ := fs.ReadFile(files, name)
		about, _, _ := strings.Cut(string(text), "\n")
		all = append(all, Script{strings.TrimSuffix(name, ".lua"), strings.TrimSpace(strings.TrimLeft(about, "- "))})
	}
	return all
}
