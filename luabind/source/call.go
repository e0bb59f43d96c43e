package source

import (
	"regexp"
	"strings"
	"sync"
)

// A Callee is what code calls by name: f(...), x.f(...), x:f(...) and the forms without
// brackets.
type Callee struct {
	Of   string // the one name before the dot or colon; "" where there is none, or more
	Sign string // "", "." or ":"
	Name string
}

// Calls returns the callees whose names stand in a line of code, the first of which is 1,
// and whether these are all that it calls: none by another expression, as f()().
func Calls(code string, line int) (named []Callee, all bool) {
	tokens, at, now, iterates := Tokens(code), 0, 1, false
	for i, t := range tokens {
		now += strings.Count(code[at:t.From], "\n")
		if at = t.From; now > line {
			break
		}
		if now == line && code[t.From:t.To] == "in" && t.Kind == Name {
			iterates = true // what it calls has no name there
		}
		if now < line || t.Kind != Name || keywords[code[t.From:t.To]] || !calling().MatchString(code[t.To:]) {
			continue
		}
		c := Callee{Name: code[t.From:t.To]}
		first, chain := i, 0 // of the names that dots and colons join
		for first > 0 && tokens[first-1].Kind == Name && joined().MatchString(code[tokens[first-1].To:tokens[first].From]) {
			first, chain = first-1, chain+1
		}
		before := strings.TrimRight(code[:t.From], " \t\n")
		if sign := before[max(0, len(before)-1):]; sign == ":" || sign == "." && !strings.HasSuffix(before, "..") {
			c.Sign = sign
		}
		if chain == 1 {
			c.Of = code[tokens[first].From:tokens[first].To]
		}
		if first > 0 && code[tokens[first-1].From:tokens[first-1].To] == "function" && strings.TrimSpace(code[tokens[first-1].To:tokens[first].From]) == "" {
			continue // it is defined here
		}
		named = append(named, c)
	}
	lines := strings.Split(bare(code, tokens), "\n")
	return named, !iterates && line <= len(lines) && !unnamed().MatchString(lines[line-1])
}

// bare returns code with nothing in its comments and in its texts, whose first sign stays.
func bare(code string, tokens []Token) string {
	text := []byte(code)
	for _, t := range tokens {
		from := t.From + 1
		switch t.Kind {
		case Name, Numeral:
			continue
		case Comment:
			from = t.From
		}
		for i := from; i < t.To; i++ {
			if text[i] != '\n' {
				text[i] = ' '
			}
		}
	}
	return string(text)
}

var (
	calling = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[ \t]*(?:[({"']|\[=*\[)`) })
	joined  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^\s*[.:]\s*$`) })
	unnamed = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`[\])][ \t]*[({"'\[]`) })
)

// Locals returns the names that code declares as local, by local or as parameters.
func Locals(code string) map[string]bool {
	names, tokens := make(map[string]bool), Tokens(code)
	word := func(i int) string { return code[tokens[i].From:tokens[i].To] }
	for i := range tokens {
		switch {
		case tokens[i].Kind != Name:
			continue
		case word(i) == "local", word(i) == "for":
		case word(i) == "function" && strings.Contains(code[tokens[i].To:], "("):
		default:
			continue
		}
		end := len(code) // of the list of names
		switch rest := code[tokens[i].To:]; word(i) {
		case "function":
			end = tokens[i].To + strings.IndexByte(rest, ')') + 1
		default:
			if n := strings.IndexAny(rest, "=\n"); n >= 0 {
				end = tokens[i].To + n
			}
		}
		for k := i + 1; k < len(tokens) && tokens[k].To <= end && word(k) != "in"; k++ {
			names[word(k)] = true
		}
	}
	return names
}

// Functions returns the names that code defines functions by: function f, function x.f,
// function x:f, and f = function.
func Functions(code string) map[string]bool {
	names, tokens := make(map[string]bool), Tokens(code)
	for i, t := range tokens {
		if t.Kind != Name || code[t.From:t.To] != "function" {
			continue
		}
		k := i + 1
		for k+1 < len(tokens) && joined().MatchString(code[tokens[k].To:tokens[k+1].From]) {
			k++
		}
		if k < len(tokens) && strings.TrimSpace(code[t.To:tokens[i+1].From]) == "" {
			names[code[tokens[k].From:tokens[k].To]] = true
		} else if i > 0 && strings.TrimSpace(code[tokens[i-1].To:t.From]) == "=" {
			names[code[tokens[i-1].From:tokens[i-1].To]] = true
		}
	}
	return names
}

var keywords = map[string]bool{"and": true, "break": true, "do": true, "else": true, "elseif": true, "end": true, "false": true, "for": true,
	"function": true, "goto": true, "if": true, "in": true, "local": true, "nil": true, "not": true, "or": true, "repeat": true, "return": true,
	"then": true, "true": true, "until": true, "while": true}
