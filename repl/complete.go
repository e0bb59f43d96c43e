package repl

import (
	"strings"

	"github.com/mattn/go-runewidth"

	"socksh/luabind"
	"socksh/luabind/sock"
)

// completer answers the Tab key. It never gives readline a choice, for its lists
// and menus can bring the program down: the common beginning of the candidates
// goes into the line, and where there is none they are listed above it.
type completer struct {
	session *luabind.Session
	list    func(text string)
	width   func() int
}

// maxListed is how many candidates are listed.
const maxListed = 60

func (c *completer) Do(line []rune, pos int) ([][]rune, int) {
	var word string
	var all []luabind.Candidate
	c.session.Query(func() { word, all = c.session.Complete(string(line[:pos])) })
	if len(all) == 0 {
		return nil, 0
	}
	common := all[0].Text
	for _, candidate := range all {
		for !strings.HasPrefix(candidate.Text, common) {
			common = common[:len(common)-1]
		}
	}
	if len(all) == 1 && !strings.HasSuffix(common, "/") && !strings.HasSuffix(common, ":") {
		common += " "
	}
	if common != word {
		return [][]rune{[]rune(strings.TrimPrefix(common, word))}, 0
	}
	rows := make([][]string, 0, maxListed)
	for i, candidate := range all {
		if i == maxListed {
			rows = append(rows, []string{"  ...", ""})
			break
		}
		rows = append(rows, []string{"  " + candidate.Text, candidate.About})
	}
	var text strings.Builder
	for _, row := range strings.Split(sock.Columns(rows), "\n") {
		text.WriteString(runewidth.Truncate(row, max(1, c.width()-1), "") + "\n")
	}
	c.list(text.String())
	return nil, 0
}
