package stdlib

import (
	"bytes"

	lua "github.com/yuin/gopher-lua"
)

// bufferMethods are what a buffer does as a whole. Positions count from 1, and
// from the end if they are negative, as in string.*; those that only ask are cut
// to what there is as string.sub does, those that write or make a view are
// checked. A method that changes the buffer gives the buffer.
func bufferMethods() []Function {
	return []Function{
		function("buffer:len()", "how many bytes it holds; also #b", func(c call) int {
			return c.give(lua.LNumber(c.buffer().length))
		}),
		function("buffer:cap()", "how many bytes it has room for", func(c call) int {
			return c.give(lua.LNumber(len(c.buffer().Room())))
		}),
		function("buffer:clear()", "make it empty; the room stays", func(c call) int {
			c.buffer().Filled(0)
			return c.itself()
		}),
		function("buffer:resize(n)", "make it n bytes long; zeros are added", func(c call) int {
			b, n := c.buffer(), c.count(2)
			if !b.grow(n) {
				c.full(b, n)
			}
			if n > b.length {
				clear(b.Room()[b.length:n])
			}
			b.Filled(n)
			return c.itself()
		}),
		function("buffer:append(data, ...)", "add to the end", func(c call) int {
			b := c.buffer()
			for n := 2; n <= c.L.GetTop(); n++ {
				c.put(b, b.length, c.data(n))
			}
			return c.itself()
		}),
		function("buffer:set(i, data)", "put data at position i, over what is there and beyond", func(c call) int {
			b := c.buffer()
			c.put(b, c.within(2, b.length, 1), c.data(3))
			return c.itself()
		}),
		function("buffer:fill(byte [, i [, j]])", "make all bytes, or those from i to j, the same", func(c call) int {
			b, value := c.buffer(), c.integer(2)
			if value < 0 || value > 255 {
				c.bad(2, "%s is no byte", c.shown(2))
			}
			from, to := within(c.optInteger(3, 1), c.optInteger(4, -1), b.length)
			part := b.Bytes()[from:to]
			for i := range part {
				part[i] = byte(value)
			}
			return c.itself()
		}),
		function("buffer:drop(n)", "take the first n bytes away", func(c call) int {
			b := c.buffer()
			n := c.integer(2)
			if n < 0 || n > b.length {
				c.bad(2, "%s is not within 0 to %d", c.shown(2), b.length)
			}
			b.Filled(copy(b.Room(), b.Bytes()[n:]))
			return c.itself()
		}),
		function("buffer:sub(i [, j])", "a string of the bytes from i to j, as string.sub", func(c call) int {
			b := c.buffer().Bytes()
			from, to := within(c.integer(2), c.optInteger(3, -1), len(b))
			return c.give(lua.LString(b[from:to]))
		}),
		function("buffer:byte([i [, j]])", "bytes as numbers, as string.byte", func(c call) int {
			b := c.buffer().Bytes()
			i := c.optInteger(2, 1)
			if !c.given(3) && i < -len(b) {
				return 0
			}
			from, to := within(i, c.optInteger(3, i), len(b))
			c.room(to-from, "string slice too long")
			for _, v := range b[from:to] {
				c.L.Push(lua.LNumber(v))
			}
			return to - from
		}),
		function("buffer:find(data [, init])", "the first and last position of these bytes from init on, or nil", func(c call) int {
			b, data, init := c.buffer().Bytes(), c.data(2), c.optInteger(3, 1)
			if init > len(b)+1 {
				return c.give(lua.LNil)
			}
			from, _ := within(init, -1, len(b))
			i := bytes.Index(b[from:], data)
			if i < 0 {
				return c.give(lua.LNil)
			}
			return c.give(lua.LNumber(from+i+1), lua.LNumber(from+i+len(data)))
		}),
		function("buffer:copy()", "a buffer of its own with the same bytes", func(c call) int {
			b := &Buffer{memory: bytes.Clone(c.buffer().Bytes())}
			b.length = len(b.memory)
			return c.give(newBuffer(c.L, b))
		}),
		function("buffer:slice(i [, j])", "a view of the bytes from i to j, without a copy", func(c call) int {
			b := c.buffer()
			from := c.within(2, b.length, 1)
			to := b.length
			if c.given(3) {
				to = c.integer(3)
				if to < 0 {
					to += b.length + 1
				}
			}
			if to < from || to > b.length {
				c.bad(3, "%s is not within %d to %d", c.shown(3), from, b.length)
			}
			v := b.view(from, to-from)
			v.length = v.room
			return c.give(newBuffer(c.L, v))
		}).detailed("A change through either is seen through both. The view stays on its bytes when the buffer grows, is cleared or received into; it cannot grow itself."),
		function("buffer:tail([n])", "a view of n bytes of room behind the end, or of all there is", func(c call) int {
			b := c.buffer()
			n := max(len(b.Room())-b.length, 1)
			if c.given(2) {
				n = c.count(2)
			}
			if !b.grow(b.length + n) {
				c.full(b, b.length+n)
			}
			if !c.given(2) {
				n = len(b.Room()) - b.length
			}
			return c.give(newBuffer(c.L, b.view(b.length, n)))
		}).detailed("It holds nothing yet; what comes into it is in the buffer too, so that recv(s, b:tail()) adds to b. Room is made where there is none."),
		function("buffer:pack(format, ...)", "add values to the end as string.pack writes them", func(c call) int {
			b := c.buffer()
			c.put(b, b.length, c.pack(2, b.length))
			return c.itself()
		}),
		function("buffer:unpack(format [, i])", "read values at i as string.unpack", func(c call) int {
			return c.unpack(string(c.data(2)), c.buffer().Bytes(), 3)
		}),
	}
}

// itself gives the object that a method was called on.
func (c call) itself() int { return c.give(c.L.Get(1)) }
