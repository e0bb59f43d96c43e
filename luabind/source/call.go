package source

import "strings"

// A Callee is what code calls by name: f(...), x.f(...), x:f(...) and the forms without
// brackets.
type Callee struct {
	Of   string // the name before the dot or colon; "" where there is none, or no name
	Sign string // "", "." or ":"
	Name string
}

// Calls returns the callees whose names stand in a line of code, the first of which is 1.
func Calls(code string, line int) []Callee {
	var all []Callee
	tokens, at, now := Tokens(code), 0, 1
	for i, t := range tokens {
		now += strings.Count(code[at:t.From], "\n")
		if at = t.From; now > line {
			break
		}
		if now < line || t.Kind != Name || keywords[code[t.From:t.To]] {
			continue
		}
		rest := strings.TrimLeft(code[t.To:], " \t")
		if rest == "" || !strings.Contains(`({"'`, rest[:1]) && !strings.HasPrefix(rest, "[[") && !strings.HasPrefix(rest, "[=") {
			continue
		}
		c := Callee{Name: code[t.From:t.To]}
		before := strings.TrimRight(code[:t.From], " \t\n")
		if before != "" && strings.Contains(".:", before[len(before)-1:]) && !strings.HasSuffix(before, "..") {
			c.Sign = before[len(before)-1:]
			if i > 0 && tokens[i-1].Kind == Name && tokens[i-1].To == len(before)-1 {
				c.Of = code[tokens[i-1].From:tokens[i-1].To]
			}
		}
		if i > 0 && c.Sign == "" && code[tokens[i-1].From:tokens[i-1].To] == "function" && strings.TrimSpace(code[tokens[i-1].To:t.From]) == "" {
			continue // it is defined here
		}
		all = append(all, c)
	}
	return all
}

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

var keywords = map[string]bool{"and": true, "break": true, "do": true, "else": true, "elseif": true, "end": true, "false": true, "for": true,
	"function": true, "goto": true, "if": true, "in": true, "local": true, "nil": true, "not": true, "or": true, "repeat": true, "return": true,
	"then": true, "true": true, "until": true, "while": true}
