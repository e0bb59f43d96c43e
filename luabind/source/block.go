package source

import "strings"

// A Block is a begin that has no end: "function", "if", "for"…, or "(", "{".
type Block struct {
	Opened string
	Line   int
}

// Close returns what ends the block.
func (b Block) Close() string {
	switch b.Opened {
	case "repeat":
		return "until"
	case "(":
		return ")"
	case "{":
		return "}"
	}
	return "end"
}

// Unclosed returns the block of code that has no end, nil if it is not known. A block that
// begins its line is taken for the one where what would end it stands further left.
func Unclosed(code string) *Block {
	type open struct {
		Block
		indent string // of its line
		begins bool   // it is its line's first word, and no argument on a line of its own
	}
	var stack []open
	var suspect *Block
	line, at, loop := 1, 0, (*open)(nil)
	here := func(word string, from int) open {
		before := code[strings.LastIndexByte(code[:from], '\n')+1 : from]
		indent := before[:len(before)-len(strings.TrimLeft(before, " \t"))]
		argument := len(stack) > 0 && strings.Contains("({", stack[len(stack)-1].Opened) && stack[len(stack)-1].Line < line
		first := strings.TrimSpace(before)
		return open{Block{word, line}, indent, !argument && (first == "" || first == "local")}
	}
	found := func() *Block {
		if suspect != nil {
			return suspect
		}
		return &stack[len(stack)-1].Block
	}
	// closing reports whether word ends the innermost block.
	closing := func(word string, from int) bool {
		top := stack[len(stack)-1]
		if top.Close() != word {
			return false
		}
		stack = stack[:len(stack)-1]
		left := here(word, from)
		if suspect == nil && top.begins && left.begins && len(left.indent) < len(top.indent) && strings.HasPrefix(top.indent, left.indent) {
			suspect = &top.Block
		}
		return true
	}
	signs := func(to int) *Block {
		for ; at < to; at++ {
			switch c := code[at]; c {
			case '\n':
				line++
			case '(', '{':
				stack = append(stack, here(string(c), at))
			case ')', '}':
				if len(stack) == 0 {
					return nil
				}
				if !closing(string(c), at) {
					return found()
				}
			}
		}
		return nil
	}
	for _, t := range Tokens(code) {
		if b := signs(t.From); b != nil {
			return b
		}
		word := code[t.From:t.To]
		line, at = line+strings.Count(word, "\n"), t.To
		if t.Kind != Name {
			continue
		}
		switch word {
		case "for", "while":
			begun := here(word, t.From)
			loop = &begun
		case "do":
			begun := here(word, t.From)
			if loop != nil {
				begun, loop = *loop, nil
			}
			stack = append(stack, begun)
		case "function", "if", "repeat":
			stack = append(stack, here(word, t.From))
		case "end", "until":
			if len(stack) == 0 {
				return nil
			}
			if !closing(word, t.From) {
				return found()
			}
		}
	}
	if b := signs(len(code)); b != nil || len(stack) == 0 {
		return b
	}
	return found()
}
