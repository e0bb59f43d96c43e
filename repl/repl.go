// Package repl is the person at the terminal: line editing, completion, hints,
// history, and what happens above the line being typed. What a line means is
// decided by line and done by luabind; without a terminal [Batch] feeds them.
package repl

import (
	"os"

	"golang.org/x/term"

	"socksh/luabind"
	"socksh/scripts"
)

// Main is socksh without a script: a prompt on a terminal, else the lines of
// standard input. It returns the exit status.
func Main(streams *scripts.Streams, interactive, keepGoing bool) int {
	if !term.IsTerminal(int(os.Stdin.Fd())) && !interactive {
		return Batch{Streams: streams, KeepGoing: keepGoing}.Lines()
	}
	return 0
}

// Prompt goes on with a session at a prompt.
func Prompt(streams *scripts.Streams, s *luabind.Session) int { return 0 }
