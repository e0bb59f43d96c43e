package sock

import (
	"fmt"
	"strings"

	"golang.org/x/sys/unix"
)

// An option is one row of the table of socket options.
type option struct {
	name       string // as in the man page
	level, num int
	form       *form
	access     access
	meaning    string // of an alias, the name it stands for
}

// An access says what can be done with an option.
type access uint8

const (
	rw    access = iota // set and read
	ro                  // only read
	wo                  // only set
	once                // only read, and reading it changes what the next reading gives
	alias               // a second name of the same number
)

// A level is what getsockopt(2) calls so: whose numbers an option's number is of.
type level struct {
	name  string
	num   int
	short string // other spellings
	page  string // its man page
}

// An options is the table of options, by name.
type options struct {
	all    []option
	byName map[string]*option // in lower case, with and without the prefix; nil where short is ambiguous
}

// allOptions returns the rows of the table, level by level, aliases among them.
func allOptions() []option {
	all := commonOptions()
	for _, rows := range systemOptions() {
		all = append(all, rows...)
	}
	var sorted []option
	for _, l := range levels() {
		for _, o := range all {
			if o.level == l.num {
				sorted = append(sorted, o)
			}
		}
	}
	return sorted
}

// newOptions returns the table. A name without its prefix is SO_'s, or that of the
// one option that has it.
func newOptions() *options {
	t := &options{all: allOptions()}
	t.byName = make(map[string]*option, 2*len(t.all))
	for i := range t.all {
		o := &t.all[i]
		name := strings.ToLower(o.name)
		if o.access == alias {
			o = t.byName[strings.ToLower(o.meaning)]
		}
		t.byName[name] = o
	}
	for i := range t.all {
		o := &t.all[i]
		_, short, _ := strings.Cut(strings.ToLower(o.name), "_")
		if o.access == alias {
			continue
		}
		if before, taken := t.byName[short]; !taken {
			t.byName[short] = o
		} else if before != nil && before.level != unix.SOL_SOCKET {
			t.byName[short] = nil
		}
	}
	return t
}

// find finds an option by its name in any case, or by "LEVEL:NUMBER".
func (t *options) find(name string) (*option, error) {
	var room [40]byte
	lower := room[:0]
	for i := 0; i < len(name) && i < len(room); i++ {
		c := name[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		lower = append(lower, c)
	}
	o, known := t.byName[string(lower)]
	if o != nil && len(name) <= len(room) {
		return o, nil
	}
	if level, number, ok := strings.Cut(name, ":"); ok {
		return t.numbered(name, level, number)
	}
	word := Quote(shorten(name, 40))
	if known {
		return nil, fmt.Errorf("%s is short for %s; write one of them", word, strings.Join(t.endingIn(string(lower)), " and "))
	}
	var names []string
	for _, o := range t.all {
		names = append(names, o.name)
	}
	if near := Nearest(strings.ToUpper(name), names); near != "" {
		return nil, fmt.Errorf("no option is called %s; did you mean %s?", word, near)
	}
	return nil, fmt.Errorf("no option is called %s; help setsockopt lists them", word)
}

// endingIn returns the options that short is short for.
func (t *options) endingIn(short string) []string {
	var names []string
	for _, o := range t.all {
		if _, end, _ := strings.Cut(strings.ToLower(o.name), "_"); end == short && o.access != alias {
			names = append(names, o.name)
		}
	}
	return names
}

// numbered returns the option of a level and number, whatever it is, in bytes.
func (t *options) numbered(name, level, number string) (*option, error) {
	l, err := levelOf(level)
	if err != nil {
		return nil, err
	}
	n, err := integer(Str(number), -1<<31, 1<<31-1)
	if err != nil {
		return nil, fmt.Errorf("the option's number: %w", err)
	}
	for i := range t.all {
		if o := &t.all[i]; o.level == l && o.num == n && o.access != alias && o.form.whole {
			return o, nil
		}
	}
	return &option{name: visible(name), level: l, num: n, form: rawData}, nil
}

// levelOf reads a level by name, with or without its prefix, or by number.
func levelOf(word string) (int, error) {
	if n, err := integer(Str(word), -1<<31, 1<<31-1); err == nil {
		return n, nil
	}
	lower := strings.ToLower(word)
	short := strings.TrimPrefix(strings.TrimPrefix(lower, "ipproto_"), "sol_")
	var names []string
	for _, l := range levels() {
		if lower == strings.ToLower(l.name) || short == l.short {
			return l.num, nil
		}
		names = append(names, l.short)
	}
	return 0, fmt.Errorf("no level is called %s; write a number or one of %s", Quote(shorten(word, 40)), strings.Join(names, ", "))
}

// option finds an option by name or number; the table of them is made at first use.
func (t *Table) option(name string) (*option, error) {
	if t.options == nil {
		t.options = newOptions()
	}
	return t.options.find(name)
}

// setOption sets option o of h to what the words v say.
func (t *Table) setOption(h *Handle, o *option, v []Value) error {
	if o.access == ro || o.access == once {
		return misuse(o.name + " can only be read")
	}
	if t.Policy.Loopback && o.form.outward && h.Host == nil {
		return misuse(o.name + ": the sandbox sets no such option")
	}
	b, err := o.form.encode(o.form, t.scratch[:0], v)
	if err != nil {
		return misuse(o.name + ": " + err.Error())
	}
	set := sysSetsockopt
	if o.form.set != nil {
		set = o.form.set
	}
	if err := set(h.FD, o.level, o.num, b); err != nil {
		return err
	}
	return t.note(h, o)
}

// getOption returns the value of option o of h.
func (t *Table) getOption(h *Handle, o *option) (Value, error) {
	if o.access == wo {
		return Value{}, misuse(o.name + " can only be set")
	}
	b, err := o.bytes(h.FD, t.scratch)
	if err != nil {
		return Value{}, err
	}
	return o.form.decode(o.form, b), nil
}

// bytes is getsockopt(2) into room, which must be 64 KiB: of a filter the kernel
// counts instructions, not bytes.
func (o *option) bytes(fd int, room []byte) ([]byte, error) {
	most := o.form.room
	clear(room[:most]) // some options read it first
	n, err := sysGetsockopt(fd, o.level, o.num, room[:most])
	if err != nil {
		return nil, err
	}
	if o.isFilter() {
		n *= sizeofInstruction
	}
	return room[:max(0, min(n, len(room)))], nil
}
