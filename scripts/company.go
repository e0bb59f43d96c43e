package scripts

import (
	"fmt"
	"slices"
	"strings"
	"sync"
)

// A company knows which items run at the same time: a server that they share may be why
// one of them fails. The zero value is ready to be used.
type company struct {
	mu     sync.Mutex
	beside map[*item][]string // of each that runs, the labels of those that have run meanwhile
}

// companyShown is how many labels are told of.
const companyShown = 3

func (c *company) enter(it *item) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.beside == nil {
		c.beside = make(map[*item][]string)
	}
	var here []string
	for other := range c.beside {
		c.beside[other] = append(c.beside[other], it.label())
		here = append(here, other.label())
	}
	slices.Sort(here)
	c.beside[it] = here
}

// leave ends what enter began, and tells who ran meanwhile, "" for nobody.
func (c *company) leave(it *item) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := c.beside[it]
	delete(c.beside, it)
	text := strings.Join(all[:min(len(all), companyShown)], ", ")
	if more := len(all) - companyShown; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
