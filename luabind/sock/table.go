package sock

import (
	"errors"
	"fmt"
	"sort"
	"strconv"

	"golang.org/x/sys/unix"

	"socksh/luabind/journal"
	"socksh/luabind/loop"
)

// A Table names sockets and jobs. Handles count up from 1 and are never reused,
// so a stale handle is always an error and never another socket.
type Table struct {
	Loop *loop.Loop
	// Variable finds a handle that a script's variable holds, for words that are
	// neither number nor name. It may be nil.
	Variable func(word string) *Handle
	// Reserved reports whether a word means something else and can be no handle's
	// name; Named is told of a handle's new name and the one before. Both may be nil.
	Reserved func(word string) bool
	Named    func(h *Handle, before string)
	// Match returns where the first match of a pattern ends in data, -1 if there is
	// none. It may be nil where nobody has patterns.
	Match  func(data, pattern string) (end int, err error)
	Policy Policy
	// Journal is told of each call that acts, if it is not nil.
	Journal *journal.Journal
	// FindHost returns the host of that name, or an error. It may be nil where there are none.
	FindHost func(name string) (Host, error)
	// Hosts returns the hosts that there are. It may be nil where there are none.
	Hosts func() []Host
	// Here is the host on which sockets are made, nil for the real network.
	Here Host
	// Current is the handle that "." stands for, or nil.
	Current *Handle

	open    map[int]*Handle
	last    int
	names   map[string]*Handle
	jobs    map[int]*Job
	lastJob int
	scratch []byte
	control []byte // room for received control messages
	raw     rawAddr

	lastText string // what was parsed as an address last
	lastAddr *Addr
	calls    []*Call
	options  *options                   // nil until one is asked for
	closed   [64]*Handle                // the last ones, by number: the kernel may keep their connections
	plain    Args                       // of calls by RunData and RunCount: no timeout, no buffer
	sockets  map[*Handle]journal.Socket // what the journal was told last
}

// NewTable returns an empty table whose waits are l's.
func NewTable(l *loop.Loop) *Table {
	return &Table{
		Loop:    l,
		open:    make(map[int]*Handle),
		names:   make(map[string]*Handle),
		jobs:    make(map[int]*Job),
		scratch: make([]byte, 64<<10),
	}
}

// Close closes every handle. It does not linger.
func (t *Table) Close() {
	for _, h := range t.Handles() {
		t.forget(h)
		if h.lingers {
			setLinger(h.FD, -1)
		}
		closing(h.FD, unix.Close)
	}
}

// Handles returns the open handles in order.
func (t *Table) Handles() []*Handle {
	all := make([]*Handle, 0, len(t.open))
	for _, h := range t.open {
		all = append(all, h)
	}
	sort.Slice(all, func(i, k int) bool { return all[i].N < all[k].N })
	return all
}

// Ended returns the stream handles that were closed last, in order: the kernel may keep
// their connections.
func (t *Table) Ended() []*Handle {
	var all []*Handle
	for _, h := range t.closed {
		if h != nil {
			all = append(all, h)
		}
	}
	sort.Slice(all, func(i, k int) bool { return all[i].N < all[k].N })
	return all
}

// Youngest returns n of the open handles, in no order: of more than n those with the
// highest numbers, as far as they are found among the last 4n.
func (t *Table) Youngest(n int) []*Handle {
	all := make([]*Handle, 0, min(n, len(t.open)))
	if len(t.open) <= n {
		for _, h := range t.open {
			all = append(all, h)
		}
		return all
	}
	for i := t.last; i > 0 && i > t.last-4*n && len(all) < n; i-- {
		if h := t.open[i]; h != nil {
			all = append(all, h)
		}
	}
	return all
}

// Last returns the number of the handle that was made last, 0 if there was none.
func (t *Table) Last() int { return t.last }

// Known returns handle n if it is open, or was closed not long ago; else nil.
func (t *Table) Known(n int) *Handle {
	if h := t.open[n]; h != nil {
		return h
	}
	if h := t.closed[max(n, 0)%len(t.closed)]; h != nil && h.N == n {
		return h
	}
	return nil
}

func (t *Table) add(fd, family, sotype int) *Handle {
	t.last++
	h := &Handle{N: t.last, family: family, sotype: sotype}
	h.Init(t.Loop, fd)
	t.open[h.N] = h
	return h
}

// forget takes h out of the table; its descriptor is still open.
func (t *Table) forget(h *Handle) {
	if h.sotype == unix.SOCK_STREAM && h.family != unix.AF_UNIX {
		if !h.resets {
			h.cookie = sysCookie(h.FD)
		}
		t.closed[h.N%len(t.closed)] = h
	}
	h.closed = true
	delete(t.sockets, h)
	h.Source.Close()
	delete(t.open, h.N)
	if h.Name != "" {
		delete(t.names, h.Name)
	}
	if t.Current == h {
		t.Current = nil
	}
}

var (
	errNoHandle = errors.New("no such handle")
	errClosed   = errors.New("is closed")
)

// Find returns the handle that a word names: its number, its name, "." for the
// current one, or a variable that holds it.
func (t *Table) Find(word string) (*Handle, error) {
	if word == "." {
		if t.Current == nil {
			return nil, errors.New("there is no current handle; name one")
		}
		return t.Current, nil
	}
	if n, err := strconv.Atoi(word); err == nil {
		return t.at(n)
	}
	if h := t.names[word]; h != nil {
		return h, nil
	}
	if t.Variable != nil {
		if h := t.Variable(word); h != nil {
			return h.alive()
		}
	}
	return nil, fmt.Errorf("no handle %s", Quote(word))
}

func (t *Table) at(n int) (*Handle, error) {
	if h := t.open[n]; h != nil {
		return h, nil
	}
	if n >= 1 && n <= t.last {
		return nil, fmt.Errorf("handle %d %w", n, errClosed)
	}
	return nil, fmt.Errorf("%w: %d", errNoHandle, n)
}

// MayName returns nil if h, which may be nil for one still to be made, can be
// called name.
func (t *Table) MayName(h *Handle, name string) error {
	switch other := t.names[name]; {
	case name == "":
	case !IsName(name):
		return fmt.Errorf("%s is no name: letters, digits and _, not starting with a digit", Quote(shorten(name, 60)))
	case other != nil && other != h:
		return fmt.Errorf("handle %d is already called %s", other.N, name)
	case t.Reserved != nil && t.Reserved(name):
		return fmt.Errorf("%s is a word of its own; choose another name", name)
	}
	return nil
}

// SetName names h, or takes its name away with "".
func (t *Table) SetName(h *Handle, name string) error {
	if err := t.MayName(h, name); err != nil {
		return err
	}
	before := h.Name
	if before != "" {
		delete(t.names, before)
	}
	if h.Name = name; name != "" {
		t.names[name] = h
	}
	if t.Named != nil {
		t.Named(h, before)
	}
	if t.Journal != nil && !h.closed {
		t.tellSocket(t.Loop.Current(), h, 0)
	}
	return nil
}

// maxOnce is the most that a single receive gives.
const maxOnce = 1 << 20

// buffer returns n bytes of scratch, or less.
func (t *Table) buffer(n int) []byte {
	n = min(n, maxOnce)
	if n > len(t.scratch) {
		t.scratch = make([]byte, n)
	}
	return t.scratch[:n]
}
