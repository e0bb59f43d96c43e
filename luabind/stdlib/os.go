package stdlib

import (
	"os"
	"syscall"
	"time"

	lua "github.com/yuin/gopher-lua"
)

// OpenOS makes the library os (manual 5.8), without exit, which belongs to the
// program. The locale is always "C".
func OpenOS(L *lua.LState, sys System) {
	changing := func(f func(call) int) func(call) int {
		return func(c call) int {
			if sys.Sealed() {
				return c.refused("", errSealed)
			}
			return f(c)
		}
	}
	newLibrary(L, lua.OsLibName, map[string]func(call) int{
		"clock":     osClock,
		"date":      osDate,
		"difftime":  func(c call) int { return c.push(lua.LNumber(c.num(1) - c.optNumber(2, 0))) },
		"execute":   func(c call) int { return c.execute(sys) },
		"getenv":    func(c call) int { return c.getenv(sys) },
		"remove":    changing(func(c call) int { return c.changed(c.str(1), os.Remove(c.str(1))) }),
		"rename":    changing(func(c call) int { return c.changed(c.str(1), os.Rename(c.str(1), c.str(2))) }),
		"setlocale": osSetlocale,
		"time":      osTime,
		"tmpname":   changing(osTmpname),
	})
}

func (c call) changed(path string, err error) int {
	if err != nil {
		return c.refused(path, err)
	}
	return c.push(lua.LTrue)
}

// execute is os.execute([command]): the status that system(3) gives, which is 256
// times the exit status; without a command, whether there is a shell. Other tasks run
// meanwhile; the command has no input, and its output goes to the streams.
func (c call) execute(sys System) int {
	if !c.given(1) {
		if sys.Sealed() {
			return c.push(numberValue(0))
		}
		return c.push(numberValue(1))
	}
	command := c.str(1)
	if sys.Sealed() {
		c.raise("%s", errSealed)
	}
	p := newProgram(sys, "os.execute", command)
	if err := sys.Start(p.cmd); err != nil {
		return c.push(lua.LNumber(-1))
	}
	status, err := p.wait()
	if err != nil {
		c.raise("%s", err)
	}
	return c.push(lua.LNumber(status))
}

func (c call) getenv(sys System) int {
	value, ok := os.LookupEnv(c.str(1))
	if !ok || sys.Sealed() {
		return c.push(lua.LNil)
	}
	return c.push(lua.LString(value))
}

// osClock is os.clock(): the processor time that the program has taken, in seconds.
func osClock(c call) int {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		c.raise("%s", err)
	}
	taken := time.Duration(used.Utime.Nano() + used.Stime.Nano())
	return c.push(lua.LNumber(taken.Seconds()))
}

func osSetlocale(c call) int {
	switch c.optStr(1, "") {
	case "", "C", "POSIX":
		return c.push(lua.LString("C"))
	}
	return c.push(lua.LNil)
}

// osTmpname is os.tmpname(): the name of an empty file that it has made.
func osTmpname(c call) int {
	f, err := os.CreateTemp("", "lua_*")
	if err != nil {
		c.raise("unable to generate a unique filename: %s", err)
	}
	f.Close()
	return c.push(lua.LString(f.Name()))
}

// osTime is os.time([table]), in seconds since 1970.
func osTime(c call) int {
	if !c.given(1) {
		return c.push(lua.LNumber(time.Now().Unix()))
	}
	t := c.table(1)
	field := func(name string, missing int) int {
		n, ok := asNumber(t.RawGetString(name))
		if !ok && missing < 0 {
			c.raise("field '%s' missing in date table", name)
		}
		if !ok {
			return missing
		}
		return toInt(n)
	}
	at := time.Date(field("year", -1), time.Month(field("month", -1)), field("day", -1),
		field("hour", 12), field("min", 0), field("sec", 0), 0, time.Local)
	if summer, ok := t.RawGetString("isdst").(lua.LBool); ok && bool(summer) != at.IsDST() {
		if summer {
			at = at.Add(-time.Hour)
		} else {
			at = at.Add(time.Hour)
		}
	}
	return c.push(lua.LNumber(at.Unix()))
}
