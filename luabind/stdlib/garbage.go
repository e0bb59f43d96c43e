package stdlib

import (
	"runtime"
	"runtime/metrics"

	lua "github.com/yuin/gopher-lua"
)

// A collector is what collectgarbage says of itself. Go's collector works beside
// the program and needs no orders, so its settings are only kept, and a step is
// always the last one.
type collector struct{ pause, stepmul float64 }

// collectgarbage is collectgarbage([option [, n]]). Only "collect" collects.
func (g *collector) collectgarbage(c call) int {
	option := c.optStr(1, "collect")
	n := float64(c.optInteger(2, 0))
	set := func(setting *float64) int {
		before := *setting
		*setting = n
		return c.push(lua.LNumber(before))
	}
	switch option {
	case "collect":
		runtime.GC()
		return c.push(numberValue(0))
	case "stop", "restart":
		return c.push(numberValue(0))
	case "count":
		return c.push(lua.LNumber(heapBytes() / 1024))
	case "step":
		return c.push(lua.LTrue)
	case "setpause":
		return set(&g.pause)
	case "setstepmul":
		return set(&g.stepmul)
	}
	c.fail(1, "invalid option '"+option+"'")
	return 0
}

// gcinfo is gcinfo(), which Lua 5.1 still has: the kilobytes in use.
func gcinfo(c call) int { return c.push(lua.LNumber(toInt(heapBytes() / 1024))) }

// heapBytes returns how much all objects take, garbage included.
func heapBytes() float64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return float64(sample[0].Value.Uint64())
}
