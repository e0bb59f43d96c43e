package stdlib

import (
	"bytes"

	lua "github.com/yuin/gopher-lua"
)

// A Buffer is memory that a script uses again and again: verbs receive into it
// and send from it, and no string is made.
//
// It holds the first len bytes of its room, grows when more is put into it, and
// its room never gets smaller. A view is a window on a part of another buffer's
// room: it has no memory of its own, stays on the same bytes when the other one
// grows, and cannot grow itself. What is written through a view is in its buffer,
// which becomes as long as that takes.
type Buffer struct {
	memory []byte  // all the room, of one that is no view
	length int     // of what it holds
	owner  *Buffer // of a view: whose room it shows, itself no view
	at     int     // of a view: where in the owner's room
	room   int     // of a view: how much of it

	object *lua.LUserData
}

const (
	metaBuffer = "socksh.buffer"
	// maxBuffer is the most bytes that a buffer or a packed string may have.
	maxBuffer = 1 << 30
)

func newBuffer(L *lua.LState, b *Buffer) *lua.LUserData {
	b.object = &lua.LUserData{Value: b, Metatable: L.GetTypeMetatable(metaBuffer), Env: L.Env}
	return b.object
}

// Object returns the value that scripts have of b.
func (b *Buffer) Object() lua.LValue { return b.object }

// Room returns all of b's memory. It is b's until b grows.
func (b *Buffer) Room() []byte {
	if b.owner == nil {
		return b.memory
	}
	return b.owner.memory[b.at : b.at+b.room]
}

// Bytes returns what b holds; it changes with b.
func (b *Buffer) Bytes() []byte { return b.Room()[:b.length] }

// Filled makes the first n bytes of the room what b holds.
func (b *Buffer) Filled(n int) {
	b.length = n
	if b.owner != nil && n > 0 {
		b.owner.length = max(b.owner.length, b.at+n)
	}
}

// grow makes room for n bytes; false if there is none to be had.
func (b *Buffer) grow(n int) bool {
	switch {
	case n <= len(b.Room()):
		return true
	case b.owner != nil || n > maxBuffer:
		return false
	}
	memory := make([]byte, min(max(n, 2*len(b.memory), 64), maxBuffer))
	copy(memory, b.memory)
	b.memory = memory
	return true
}

// write puts data at offset i and makes b long enough to hold it. data may be a
// part of b.
func (b *Buffer) write(i int, data []byte) bool {
	end := i + len(data)
	if !b.grow(end) {
		return false
	}
	copy(b.Room()[i:], data)
	b.Filled(max(b.length, end))
	return true
}

// view returns a window on n bytes of b's room from offset i on.
func (b *Buffer) view(i, n int) *Buffer {
	if b.owner != nil {
		return b.owner.view(b.at+i, n)
	}
	return &Buffer{owner: b, at: i, room: n}
}

// buffer returns the buffer that a method is called on.
func (c call) buffer() *Buffer {
	if ud, ok := c.L.Get(1).(*lua.LUserData); ok {
		if b, ok := ud.Value.(*Buffer); ok {
			return b
		}
	}
	c.expected(1, "buffer")
	return nil
}

// put is write with an error for the script.
func (c call) put(b *Buffer, i int, data []byte) {
	if !b.write(i, data) {
		c.full(b, i+len(data))
	}
}

// full raises the error of a buffer that cannot have n bytes.
func (c call) full(b *Buffer, n int) {
	if b.owner != nil {
		c.raise("%s: a view of %d bytes has no room for %d", c.name, b.room, n)
	}
	c.raise("%s: a buffer has at most %d bytes, not %d", c.name, maxBuffer, n)
}

// within returns argument n, a position among length bytes or as many beyond as
// said, as an offset.
func (c call) within(n, length, beyond int) int {
	i := c.integer(n)
	if i < 0 {
		i += length + 1
	}
	if i < 1 || i > length+beyond {
		c.bad(n, "%s is not within 1 to %d", c.shown(n), length+beyond)
	}
	return i - 1
}

// count returns argument n, a number of bytes.
func (c call) count(n int) int {
	size := c.integer(n)
	if size < 0 || size > maxBuffer {
		c.bad(n, "%s is not within 0 to %d bytes", c.shown(n), maxBuffer)
	}
	return size
}

func buffers(L *lua.LState) []Function {
	rows := append(bufferMethods(), bufferNumbers()...)
	meta := methods(L, metaBuffer, rows)
	meta.RawSetString("__len", L.NewFunction(func(L *lua.LState) int {
		L.Push(lua.LNumber(call{L, "len"}.buffer().length))
		return 1
	}))
	meta.RawSetString("__tostring", L.NewFunction(func(L *lua.LState) int {
		L.Push(lua.LString(call{L, "tostring"}.buffer().Bytes()))
		return 1
	}))
	meta.RawSetString("__concat", L.NewFunction(func(L *lua.LState) int {
		c := call{L, "concat"}
		a, b := c.data(1), c.data(2)
		return c.text(append(append(make([]byte, 0, len(a)+len(b)), a...), b...))
	}))
	meta.RawSetString("__eq", L.NewFunction(func(L *lua.LState) int {
		c := call{L, "eq"}
		L.Push(lua.LBool(bytes.Equal(c.data(1), c.data(2))))
		return 1
	}))
	return append([]Function{function("buffer([size | data])", "memory to receive into and send from, again and again", func(c call) int {
		b := new(Buffer)
		switch {
		case c.arg(1).Type() == lua.LTNumber:
			b.memory = make([]byte, c.count(1))
		case c.given(1):
			c.put(b, 0, c.data(1))
		}
		return c.give(newBuffer(c.L, b))
	}).detailed("recv(s, b) receives into it, at most as much as it has room for, and gives how much that was; so do recvfrom, and recvexact, which fills it. " +
		"send(s, b) sends what it holds. It holds #b bytes and grows as more is put into it. What takes data takes a buffer as well; tostring(b) is a string of it. " +
		"While a task sends or receives, the others may use and change it.")}, rows...)
}
