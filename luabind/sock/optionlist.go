package sock

import (
	"bytes"
	"fmt"
	"strings"

	"golang.org/x/sys/unix"
)

// listOptions returns the options that h has with their values, and the defaults of
// those that differ; no defaults if no fresh socket could be opened.
func (t *Table) listOptions(h *Handle) []Value {
	if t.options == nil {
		t.options = newOptions()
	}
	room := make([]byte, len(t.scratch))
	fresh, err := sysSocket(h.family, h.sotype, askProtocol(h.FD))
	if err == nil {
		defer unix.Close(fresh)
	}
	var values, defaults []Field
	for i := range t.options.all {
		o := &t.options.all[i]
		if o.access != rw && o.access != ro {
			continue
		}
		b, errGet := o.bytes(h.FD, t.scratch)
		if errGet != nil {
			continue
		}
		values = append(values, Field{o.name, o.form.decode(o.form, b)})
		if err != nil || o.access == ro {
			continue
		}
		if was, errGet := o.bytes(fresh, room); errGet == nil && !bytes.Equal(b, was) {
			defaults = append(defaults, Field{o.name, o.form.decode(o.form, was)})
		}
	}
	all := []Value{{Type: Record, Any: values}}
	if err == nil {
		all = append(all, Value{Type: Record, Any: defaults})
	}
	return all
}

// showOptions prints what listOptions gives: level by level, a mark, the name, the
// value, the default if it is another, and the meaning.
func showOptions(r Result) string {
	values, defaults := fields(r[0]), map[string]string{}
	if len(r) > 1 {
		defaults = fields(r[1])
	}
	var b strings.Builder
	rows, all := [][]string{}, allOptions()
	for _, l := range levels() {
		rows = rows[:0]
		for _, o := range all {
			value, has := values[o.name]
			if o.level != l.num || !has {
				continue
			}
			mark, meaning := " ", o.meaning
			if was, differs := defaults[o.name]; differs {
				mark, meaning = "*", fmt.Sprintf("(%s) %s", shorten(was, 40), meaning)
			}
			rows = append(rows, []string{mark + o.name, shorten(value, 40), meaning})
		}
		if len(rows) > 0 {
			fmt.Fprintf(&b, "%s, %s\n%s\n", l.name, l.page, Columns(rows))
		}
	}
	if len(r) == 1 {
		return b.String() + "no fresh socket could be opened to compare with"
	}
	return b.String() + "* differs from the default, which stands in brackets"
}

func fields(record Value) map[string]string {
	m := make(map[string]string)
	for _, f := range record.Any.([]Field) {
		if m[f.Name] = f.Value.String(); m[f.Name] == "" {
			m[f.Name] = `""`
		}
	}
	return m
}

// showOption prints a value; a long record goes over several lines.
func showOption(r Result) string {
	text := r.String()
	if r[0].Type != Record || len(text) <= 78 {
		return text
	}
	var b strings.Builder
	column := 0
	for i, f := range r[0].Any.([]Field) {
		field := f.Name + "=" + f.Value.String()
		switch {
		case i == 0:
		case column+1+len(field) > 78:
			b.WriteByte('\n')
			column = 0
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(field)
		column += len(field)
	}
	return b.String()
}

// Options returns the names and meanings of all options, for completion.
func Options() [][2]string {
	var all [][2]string
	for _, o := range allOptions() {
		if o.access != alias {
			all = append(all, [2]string{o.name, o.meaning})
		}
	}
	return all
}

// OptionNames returns the names of all options, level by level, for help.
func OptionNames() [][2]string {
	var lists [][2]string
	all := allOptions()
	for _, l := range levels() {
		var names []string
		for _, o := range all {
			if o.level == l.num && o.access != alias {
				names = append(names, o.name)
			}
		}
		lists = append(lists, [2]string{l.name, strings.Join(names, ", ")})
	}
	return lists
}

// DescribeOption returns the help on one option, a paragraph each, nil if there is
// none of that name.
func DescribeOption(name string) []string {
	o, err := newOptions().find(name)
	if err != nil || strings.Contains(name, ":") {
		return nil
	}
	var l level
	for _, l = range levels() {
		if l.num == o.level {
			break
		}
	}
	text := []string{fmt.Sprintf("%s (%s:%d)", o.name, l.name, o.num), o.meaning + "."}
	if takes := o.form.typed(); takes != "" {
		text = append(text, "value: "+takes)
	}
	switch o.access {
	case ro, once:
		text = append(text, "It can only be read.")
	case wo:
		text = append(text, "It can only be set.")
	}
	return append(text, "see: "+l.page)
}

// OptionWords returns the words that a value of an option may be, for completion.
func OptionWords(name string) []string {
	o, err := newOptions().find(name)
	if err != nil {
		return nil
	}
	switch {
	case o.form == aBool:
		return []string{"on", "off"}
	case o.form.flags != nil:
		return append(namesOf(o.form.flags), "none")
	}
	var names []string
	for _, n := range o.form.names {
		names = append(names, n.name)
	}
	return names
}
