package luabind

import (
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"socksh/luabind/line"
	"socksh/luabind/sock"
)

// describe returns the command as it was typed, for lists of jobs.
func describe(l line.Line) string {
	text := l.Verb
	for _, w := range l.Words {
		word, plain := w.Plain()
		switch {
		case !plain:
			word = "$(...)"
		case w.Quoted:
			word = sock.Quote(word)
		}
		if w.Name != "" {
			word = "--" + w.Name + " " + word
		}
		text += " " + word
	}
	return text
}

// addWords adds a command's words to its call. Lua in a word is evaluated; #N
// for data is N bytes.
func (s *Session) addWords(c *sock.Call, v *sock.Verb, words []line.Word) error {
	position := 0
	for _, w := range words {
		value, err := s.wordValue(w)
		if err != nil {
			return err
		}
		if w.Name != "" {
			c.Set(w.Name, value)
			continue
		}
		if _, plain := w.Plain(); plain && !w.Quoted && takesData(v, position) {
			if n, ok := sock.Fill(value.Str); ok {
				value.Str = sock.Filling(n)
			}
		}
		c.Add(value)
		position++
	}
	return nil
}

// takesData reports whether the argument at position is data.
func takesData(v *sock.Verb, position int) bool {
	for i := range v.Params {
		if p := &v.Params[i]; i == position || p.Rest {
			return p.Kind == sock.BytesKind
		}
	}
	return false
}

func (s *Session) wordValue(w line.Word) (sock.Value, error) {
	if text, plain := w.Plain(); plain {
		return sock.Str(text), nil
	}
	var text strings.Builder
	for _, p := range w.Parts {
		if p.Lua == "" {
			text.WriteString(p.Text)
			continue
		}
		f, err := s.compile("return "+p.Lua, "$", false)
		if err != nil {
			return sock.Value{}, fmt.Errorf("$(%s): %w", p.Lua, err)
		}
		results, err := s.call(f, nil, nil)
		if err != nil {
			return sock.Value{}, s.caught(err)
		}
		if len(results) == 0 || results[0] == lua.LNil {
			return sock.Value{}, fmt.Errorf("$%s is nil", p.Lua)
		}
		if len(w.Parts) == 1 {
			return s.toValue(results[0]), nil
		}
		text.WriteString(s.show(results[0]))
	}
	return sock.Str(text.String()), nil
}
