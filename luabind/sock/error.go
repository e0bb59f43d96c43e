package sock

import (
	"errors"
	"fmt"
	"net"
	"strings"

	"golang.org/x/sys/unix"

	"socksh/luabind/loop"
)

// An Error is the kernel's answer to a call, or the end of a wait: which call,
// on what, and why.
type Error struct {
	Op      string
	Handle  int    // 0 if the verb takes none
	Address string // "" if the verb takes none; for join the job, for an option its name
	Partial string // what had been received before it failed
	Sent    int    // how many bytes had been sent before it failed
	Err     error
}

func (e *Error) Unwrap() error { return e.Err }

// Errno returns the error's name, such as "ECONNREFUSED", or "".
func (e *Error) Errno() string {
	var errno unix.Errno
	if errors.As(e.Err, &errno) {
		return errnoName(errno)
	}
	var lookup *lookupError
	if errors.As(e.Err, &lookup) {
		return lookup.name
	}
	var dns *net.DNSError
	switch {
	case errors.As(e.Err, &dns) && dns.IsNotFound:
		return "EAI_NONAME"
	case dns != nil:
		return "EAI_AGAIN"
	}
	return ""
}

// Bare returns the errno within err, or err.
func Bare(err error) error {
	var errno unix.Errno
	if errors.As(err, &errno) {
		return errno
	}
	return err
}

// errnoName prefers the name that POSIX and the man pages give to calls that a
// socket's type does not have; Linux has one number for both.
func errnoName(errno unix.Errno) string {
	if errno == unix.EOPNOTSUPP {
		return "EOPNOTSUPP"
	}
	return unix.ErrnoName(errno)
}

// Timeout reports whether a deadline ended the call; the kernel's ETIMEDOUT is
// another thing.
func (e *Error) Timeout() bool { return errors.Is(e.Err, loop.ErrTimeout) }

// Cause returns why, without the call: "ECONNREFUSED (connection refused)".
func (e *Error) Cause() string {
	var dns *net.DNSError
	text := e.Err.Error()
	if errors.As(e.Err, &dns) {
		text = dns.Err
		if dns.IsTimeout {
			text = "the name server does not answer"
		}
	}
	if name := e.Errno(); name != "" {
		return fmt.Sprintf("%s (%s)", name, text)
	}
	return text
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Op)
	if e.Handle != 0 {
		fmt.Fprintf(&b, " %d", e.Handle)
	}
	if e.Address != "" {
		b.WriteString(" " + visible(e.Address))
	}
	b.WriteString(": " + e.Cause())
	if e.Partial != "" {
		b.WriteString(" after " + Quote(shorten(e.Partial, 60)))
	}
	if e.Sent > 0 {
		fmt.Fprintf(&b, " after %d bytes", e.Sent)
	}
	return b.String()
}

func shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return s[:n] + "..."
}

// A partialError carries what a verb had before err ended it.
type partialError struct {
	partial string
	sent    int
	err     error
}

func (e *partialError) Error() string { return e.err.Error() }
func (e *partialError) Unwrap() error { return e.err }

// errCut says that the peer ended the stream inside what was asked for.
var errCut = errors.New("eof")

// A UsageError reports a call whose arguments do not fit the verb. Nothing was
// done.
type UsageError struct {
	Verb    *Verb
	Why     string
	Missing *Param // the parameter that was not given, if that is why
}

func (e *UsageError) Error() string {
	return e.Verb.Name + ": " + e.Why + "; usage: " + e.Verb.Usage()
}
