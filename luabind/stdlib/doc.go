// Package stdlib is Lua 5.1's standard library where gopher-lua departs from the
// reference manual, and what scripts have for bytes.
//
// It knows Lua and nothing else of this program. Each Open function puts one
// library into a Lua state; other names are functions to be put in one by one.
// The manual is the judge, then what Debian's lua5.1 does on 64-bit Linux.
//
// All functions take any bytes, zero among them, and none crashes the program:
// misuse is a Lua error, in the manual's words where it has some. What can run
// long asks the state's context now and then whether it must stop; see pulse.
// A state, and all that was opened in it, belongs to one goroutine at a time.
package stdlib
