package stdlib

import (
	"context"
	"errors"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// A cancelling context is asked a number of times before it is done. Like the
// session's, it has no channel until then.
type cancelling struct {
	context.Context
	left int
}

func (c *cancelling) Done() <-chan struct{} {
	if c.left--; c.left > 0 {
		return nil
	}
	done := make(chan struct{})
	close(done)
	return done
}

func (c *cancelling) Err() error { return errors.New("cancelled") }

// TestCancel checks that what would run for hours, without another instruction of
// Lua, ends when its task is cancelled.
func TestCancel(t *testing.T) {
	for _, code := range []string{
		`return ("a"):rep(3000):find(("a*"):rep(20) .. "b")`,
		`return ("a"):rep(3000):match(("a-"):rep(20) .. "b")`,
		`return ("a"):rep(3000):match(("a?"):rep(3000) .. ("a"):rep(3000) .. "b")`,
		`return ("a"):rep(3000):gsub((".-"):rep(20) .. "b", "")`,
		`for _ in ("a"):rep(3000):gmatch(("[ab]*"):rep(20) .. "c") do end`,
		`return ("("):rep(10000000):find("%b()")`,
		`return ("a"):rep(10000000):find(".-b")`,
		`return ("a"):rep(10000000):find("a*b")`,
		`return ("a"):rep(10000000):find("(a*)%1b")`,
		`return table.insert({}, -2^52, 1)`,
		`return table.concat(setmetatable({}, {}), "", 1, 0) .. table.concat(numbers, ",")`,
		`return table.sort(numbers)`,
	} {
		L := newState(t)
		numbers := L.NewTable()
		for i := range 400000 {
			numbers.Append(lua.LNumber(i * 7919 % 400009))
		}
		L.SetGlobal("numbers", numbers)
		pulses := 60
		if testing.Short() {
			pulses = 5 // of 65,536 steps, which take long under the race detector
		}
		L.SetContext(&cancelling{left: pulses})
		if got := result(L, code); !strings.HasSuffix(got, "cancelled") {
			t.Errorf("%s\n gives %.200s", code, got)
		}
	}
}
