package sock

import (
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"socksh/luabind/loop"
)

// A Handle is one open kernel socket.
type Handle struct {
	loop.Source
	N         int    // its number, never used again
	Host      Host   // whose network it is in, nil for the real one
	Name      string // "" if it has none
	Script    any    // the script language's object for it, so that there is only one
	Made      string // where a script made it: "file.lua:12"; "" if nobody has noted it
	family    int
	sotype    int
	listening bool
	mode      mode
	lingers   bool             // close(2) may block
	resets    bool             // close(2) sends RST: nothing of a connection is left
	lowWater  int              // SO_RCVLOWAT, 0 while nobody has set it
	patience  [2]time.Duration // SO_RCVTIMEO and SO_SNDTIMEO, 0 for none
	owed      error            // of a send that went out in part, not told yet
	deaf      bool             // shutdown(2) has ended its receiving
	closed    bool
	cookie    uint64 // SO_COOKIE, noted when a TCP socket is closed
	inbox     string // received beyond the end of a line or record that was asked for
	works     []*work
}

// Listening reports whether listen(2) has succeeded on h.
func (h *Handle) Listening() bool { return h.listening }

// Closed reports whether h has been closed.
func (h *Handle) Closed() bool { return h.closed }

// Kind returns the address family and the type of h, as socket(2) takes them.
func (h *Handle) Kind() (family, sotype int) { return h.family, h.sotype }

// Cookie returns the kernel's own number for h, which outlives its descriptor.
func (h *Handle) Cookie() uint64 {
	if h.closed {
		return h.cookie
	}
	return sysCookie(h.FD)
}

// Stream reports whether h carries bytes without boundaries.
func (h *Handle) Stream() bool { return h.sotype == unix.SOCK_STREAM }

// Buffered returns how many received bytes h holds that no call has taken yet.
func (h *Handle) Buffered() int { return len(h.inbox) }

// alive returns h, or an error if it is closed.
func (h *Handle) alive() (*Handle, error) {
	if h.closed {
		return nil, fmt.Errorf("handle %d %w", h.N, errClosed)
	}
	return h, nil
}
