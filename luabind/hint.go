package luabind

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/parse"

	"socksh/luabind/line"
	"socksh/luabind/sock"
)

// explain makes of a line that is neither command nor Lua an error that helps.
func (s *Session) explain(text string, err error) error {
	var unknown *line.UnknownError
	if errors.As(err, &unknown) {
		return fmt.Errorf("%w%s", err, cmp.Or(s.didYouMean(unknown.Word), "; help lists them"))
	}
	var e *parse.Error
	if !errors.As(err, &e) {
		return err
	}
	text = strings.TrimSpace(text)
	if folded := line.Fold(text); folded != text {
		return fmt.Errorf("full-width punctuation is no Lua; write: %s", folded)
	}
	word := line.Identifier(text)
	rest := strings.TrimSpace(text[len(word):])
	switch {
	case strings.HasPrefix(text, ".help"), strings.HasPrefix(text, "%"), strings.HasPrefix(text, "/"), strings.HasPrefix(text, `\`):
		return errors.New("commands have no prefix here; type help")
	case word == "":
	case strings.HasPrefix(rest, "!="):
		return errors.New("not equal is ~= in Lua")
	case strings.HasPrefix(rest, "++"), strings.HasPrefix(rest, "+="), strings.HasPrefix(rest, "--"), strings.HasPrefix(rest, "-="):
		return fmt.Errorf("no %s in Lua; write %s = %s %s 1", rest[:2], word, word, rest[:1])
	case !s.Known(word) && s.global(word).Type() == lua.LTFunction && !strings.HasPrefix(rest, "("):
		return fmt.Errorf("%s is a function; in Lua write %s(...): %w", word, word, syntaxError(err, "line", text))
	case s.lua.G.Global.RawGetString(word) == lua.LNil && !s.Known(word):
		if hint := s.didYouMean(word); hint != "" {
			return fmt.Errorf("no command is called %s%s", word, hint)
		}
		if strings.HasPrefix(rest, "=") || isKeyword(word) {
			break
		}
		return fmt.Errorf("no command is called %s, and this is no Lua: %w", word, syntaxError(err, "line", text))
	default:
		next := line.Identifier(strings.TrimLeft(rest, `("'`))
		if s.Known(next) {
			return fmt.Errorf("in Lua write %s(...): %w", next, syntaxError(err, "line", text))
		}
	}
	if i := strings.IndexByte(text, ';'); i > 0 {
		if after := line.Identifier(strings.TrimSpace(text[i+1:])); s.Known(after) {
			return fmt.Errorf("one command a line, or %s(...) in Lua", after)
		}
	}
	return trimWhere(syntaxError(err, "line", text))
}

// explainRun adds to an error of a line of Lua which command was perhaps meant.
func (s *Session) explainRun(err error) error {
	err = trimWhere(err)
	if _, hint, ok := strings.Cut(err.Error(), uncallable); ok && !strings.Contains(hint, "did you mean") && !strings.Contains(hint, "; help ") {
		return fmt.Errorf("%w; help lists the commands", err)
	}
	return err
}

// didYouMean returns what to add to a word that no command has, "" if none is near.
func (s *Session) didYouMean(word string) string { return didYouMean(word, s.names()) }

// didYouMean returns what to add to a word that is none of names, "" if none is near.
func didYouMean(word string, names []string) string {
	if near := sock.Nearest(word, names); near != "" {
		return "; did you mean " + near + "?"
	}
	return ""
}

// hintValue notes what was perhaps meant by a line that is a single word, whose value is
// shown.
func (s *Session) hintValue(typed string, value lua.LValue) {
	if !sock.IsName(typed) || isKeyword(typed) {
		return
	}
	switch value.Type() {
	case lua.LTNil:
		s.note(typed + " is neither a command nor a variable" + s.didYouMean(typed))
	case lua.LTFunction:
		s.noteAlone(typed)
	}
}

// hintAssignment notes what was perhaps meant by "x = listen".
func (s *Session) hintAssignment(typed string) {
	if word := bareAssignment().FindStringSubmatch(typed); word != nil && s.Known(word[1]) {
		s.noteAlone(word[1])
	}
}

func (s *Session) noteAlone(function string) {
	s.note(function + " alone is the function; its result is " + function + "()")
}

// bareAssignment finds "x = listen", which Lua takes for the function.
var bareAssignment = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[\w\s,.]+=\s*(\w+)\s*$`)
})

// endsData reports whether who writes an argument at position may mean the data before it
// to go on.
func endsData(v *sock.Verb, position int) bool {
	return position > 0 && takesData(v, position-1) && (position >= len(v.Params) || v.Params[position].Kind == sock.FlagsKind)
}

// escape finds what is an escape in quotes.
var escape = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\\[rntx0]`) })

// hintEscapes notes that data without quotes goes out with its backslashes.
func (s *Session) hintEscapes(v *sock.Verb, words []line.Word) {
	for i, w := range words {
		text, plain := w.Plain()
		if plain && !w.Quoted && w.Name == "" && takesData(v, i) && escape().MatchString(text) {
			s.note(fmt.Sprintf("without quotes a backslash is a byte like others; \"%s\" has escapes", text))
			return
		}
	}
}

// hintWord adds to an objection to a word what was perhaps meant: Lua's value, or data of
// several words.
func (s *Session) hintWord(err error, v *sock.Verb, words []line.Word) error {
	misused, ok := err.(*sock.UsageError)
	if !ok {
		return err
	}
	for i, w := range words {
		text, plain := w.Plain()
		if !plain || w.Quoted || !strings.Contains(misused.Why, sock.Quote(text)) {
			continue
		}
		known := s.lua.G.Global.RawGetString(text).Type()
		switch {
		case known == lua.LTString, known == lua.LTNumber, known == lua.LTTable:
			misused.Why += "; the Lua variable is $" + text
		case strings.Contains(text, "(") && strings.HasSuffix(text, ")"):
			misused.Why += "; what Lua gives is $(...)"
		case w.Name == "" && endsData(v, i) && !words[i-1].Quoted:
			misused.Why += "; data with blanks takes quotes"
		}
	}
	return misused
}

// hintColon adds to an objection that s.send("x") is a call without its handle.
func hintColon(L *lua.LState, v *sock.Verb, e *sock.UsageError) {
	_, text := L.Get(1).(lua.LString)
	if text && len(v.Params) > 0 && v.Params[0].Kind == sock.HandleKind && strings.Contains(e.Why, "no handle") {
		e.Why += "; a handle's own calls take a colon, s:" + v.Name + "(...)"
	}
}
