// Package repl is the person at the terminal: line editing, completion, hints,
// history, and what happens above the line being typed. What a line means is
// decided by line and done by luabind; without a terminal [Batch] feeds them.
package repl

import (
	"fmt"
	"os"

	"golang.org/x/term"

	"socksh/luabind"
	"socksh/scripts"
)

// Main is socksh without a script: a prompt on a terminal, else the lines of
// standard input. It returns the exit status.
func Main(streams *scripts.Streams, keepGoing bool) int {
	if !term.IsTerminal(int(os.Stdin.Fd())) {
		return Batch{Streams: streams, KeepGoing: keepGoing}.Lines()
	}
	s, err := streams.Open(luabind.Config{})
	if err != nil {
		return scripts.Status(streams, err)
	}
	defer s.Close()
	fmt.Println("socksh: type help, or Tab; ^D leaves")
	return Prompt(streams, s)
}

// Terminal reports whether f is a terminal, and how many columns it has.
func Terminal(f *os.File) (is bool, width int) {
	width, _, err := term.GetSize(int(f.Fd()))
	return err == nil && term.IsTerminal(int(f.Fd())), width
}
