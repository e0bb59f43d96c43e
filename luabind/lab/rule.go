package lab

import (
	"strings"

	"socksh/luabind/journal"
	"socksh/luabind/wire"
)

// A filter says which segments something is meant for; hosts that are nil, and
// anyFlags, for all.
type filter struct {
	flags    int // of TCP: just these
	from, to *Host
	data     bool                       // only those with data
	when     func(journal.Segment) bool // nil for any
}

const anyFlags = -1

func (f *filter) fits(fr *frame) bool {
	switch {
	case f.flags != anyFlags && (fr.Protocol != "TCP" || f.flags != int(fr.bits)),
		f.from != nil && f.from != fr.from.host,
		f.to != nil && f.to != fr.to.host,
		f.data && fr.Len == 0:
		return false
	}
	return f.when == nil || f.when(fr.Segment)
}

// String returns the filter in words, "" for all segments.
func (f *filter) String() string {
	var words []string
	if f.flags != anyFlags {
		words = append(words, wire.FlagText(byte(f.flags)))
	}
	if f.from != nil {
		words = append(words, "from "+f.from.name)
	}
	if f.to != nil {
		words = append(words, "to "+f.to.name)
	}
	if f.data {
		words = append(words, "with data")
	}
	if f.when != nil {
		words = append(words, "that a function chooses")
	}
	return strings.Join(words, " ")
}

// What a rule does with a segment.
type deed uint8

const (
	lose deed = iota
	twice
	behind // the segment after it
)

var deeds = [...]string{"drop", "duplicate", "reorder"}

// always is a rule's count that never ends.
const always = -1

// A rule is a fault to come.
type rule struct {
	*filter
	deed deed
	left int // how often still, or always
}
