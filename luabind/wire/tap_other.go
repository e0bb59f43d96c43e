//go:build !linux

package wire

import (
	"errors"
	"time"

	"socksh/luabind/loop"
	"socksh/luabind/sock"
)

// errUnseen is what other systems than Linux answer.
var errUnseen = errors.New("segments are seen on Linux only")

const roomMost = 0

type tap struct {
	name        string
	fd          int
	link        linkType
	source      loop.Source
	at, stamp   time.Time
	told        time.Duration
	length      int
	drops, seen uint64
}

func openTap(string) (*tap, error) { return nil, errUnseen }

func (*tap) close() {}

func (*tap) next(int) []byte { return nil }

func (*tap) lost() int { return 0 }

func protocolOf(*sock.Handle) string { return "" }
