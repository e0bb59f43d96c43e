package scripts

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"socksh/luabind"
)

// manual is the tag of scenarios that need a person: they run only if they are named,
// or asked for by the tag. serial is that of those which bear nothing beside them.
const (
	manual = "manual"
	serial = "serial"
)

// mostRuns is how many runs --repeat plans at most: each has its place in the reports.
const mostRuns = 100_000

// A Choice says which of the scenarios run, and in which order.
type Choice struct {
	Run, Skip string   // regular expressions for their names
	Tags      []string // each a list such as "slow,!net": all of one must fit
	Failed    bool     // those that failed last time
	Shuffle   bool
	Seed      uint64
	Shard     string // "2/5": the second fifth
	Repeat    int
}

// choose returns the items that run.
func (c *Choice) choose(all []*item, failed map[string]bool) ([]*item, error) {
	run, err := regexp.Compile(c.Run)
	if err != nil {
		return nil, fmt.Errorf("--run: %w", err)
	}
	skip, err := regexp.Compile(c.Skip)
	if err != nil {
		return nil, fmt.Errorf("--skip: %w", err)
	}
	for _, list := range c.Tags {
		if slices.Contains(tagsOf(list), "") {
			return nil, fmt.Errorf("--tags: a tag is empty in %q", list)
		}
	}
	index, count, err := c.shard()
	if err != nil {
		return nil, err
	}
	var chosen []*item
	n := 0
	for _, it := range all {
		switch {
		case it.incomplete && (it.asked || !slices.Contains(luabind.HeadTags(it.code), manual)):
			// what is not known may be what is wanted, and fails
		case !run.MatchString(it.id), c.Skip != "" && skip.MatchString(it.id):
			continue
		case !c.fits(it), c.Failed && !failed[it.key()]:
			continue
		}
		if n++; (n-1)%count != index {
			continue
		}
		chosen = append(chosen, it)
	}
	if c.Repeat > 1 {
		if len(chosen) > mostRuns/c.Repeat {
			return nil, fmt.Errorf("--repeat %d: that is more than %d runs at once; --until-fail goes on for as long as nothing fails", c.Repeat, mostRuns)
		}
		chosen = repeated(chosen, c.Repeat)
	}
	if c.Shuffle {
		r := rand.New(rand.NewPCG(c.Seed, 0))
		r.Shuffle(len(chosen), func(i, k int) { chosen[i], chosen[k] = chosen[k], chosen[i] })
	}
	return chosen, nil
}

func repeated(items []*item, times int) []*item {
	var all []*item
	for round := 1; round <= times; round++ {
		for _, it := range items {
			again := *it
			again.round = round
			all = append(all, &again)
		}
	}
	return all
}

// fits reports whether the tags that are asked for fit an item's.
func (c *Choice) fits(it *item) bool {
	byTag := false
	ok := len(c.Tags) == 0
	for _, list := range c.Tags {
		all := true
		for _, tag := range tagsOf(list) {
			tag, not := strings.CutPrefix(tag, "!")
			has := slices.Contains(it.Tags, tag)
			all = all && has != not
			byTag = byTag || !not && has && tag == manual
		}
		ok = ok || all
	}
	return ok && (it.asked || byTag || !slices.Contains(it.Tags, manual))
}

// tagsOf returns the tags of a list, each after "!" where it must not be there.
func tagsOf(list string) []string {
	tags := strings.Split(list, ",")
	for i, tag := range tags {
		tag, not := strings.CutPrefix(strings.TrimSpace(tag), "!")
		if tags[i] = strings.TrimSpace(tag); not && tags[i] != "" {
			tags[i] = "!" + tags[i]
		}
	}
	return tags
}

// hint says what may be meant where nothing is selected, "" for nothing.
func (c *Choice) hint(all []*item) string {
	if slices.ContainsFunc(all, func(it *item) bool { return !it.asked && slices.Contains(it.Tags, manual) }) {
		return "; those tagged manual run where they are named, or by --tags manual"
	}
	return ""
}

func (c *Choice) shard() (index, count int, err error) {
	if c.Shard == "" {
		return 0, 1, nil
	}
	i, n, ok := strings.Cut(c.Shard, "/")
	index, err = strconv.Atoi(i)
	if err == nil {
		count, err = strconv.Atoi(n)
	}
	if !ok || err != nil || index < 1 || index > count {
		return 0, 0, fmt.Errorf("--shard takes I/N with I from 1 to N, not %q", c.Shard)
	}
	return index - 1, count, nil
}
