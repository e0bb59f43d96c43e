package scripts

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"socksh/luabind"
	"socksh/scripts/report"
)

// report writes the reports and remembers which items failed.
func (s *Suite) report(run *report.Run, items []*item) int {
	status := s.failing(s.Streams.Out.Flush())
	status = max(status, s.publish(run, s.Reports, s.progress.out))
	if err := remember(items, run.Cases); s.Choice.Failed { // elsewhere nobody has asked for it
		status = max(status, s.failing(err))
	}
	return status
}

// publish writes a run's reports, and tells GitHub of it on out where that is wanted.
func (s *Suite) publish(run *report.Run, targets []report.Target, out io.Writer) int {
	status := OK
	for _, t := range targets {
		status = max(status, s.failing(t.Write(run)))
	}
	if s.Annotate {
		if s.mute != "" { // not before the reports: one of them may go to the same output
			report.Unmute(out, s.mute)
			s.mute = ""
		}
		report.Annotate(out, run)
		status = max(status, s.failing(report.Summarize(run)))
	}
	return status
}

// failing tells an error, if it is one, and returns the status for it.
func (s *Suite) failing(err error) int {
	if err == nil {
		return OK
	}
	fmt.Fprintf(s.Streams.Err, "socksh: %v\n", err)
	return Failed
}

// unread tells which paths cannot be read, in the reports too.
func (s *Suite) unread(problems []problem) int {
	var cases []*report.Case
	for _, p := range problems {
		path, text := s.redactor.text(p.path), s.redactor.text(p.err.Error())
		fmt.Fprintf(s.Streams.Err, "socksh: %s\n", text)
		f := luabind.Failure{Kind: luabind.ScriptFailed, Message: text}
		if where, what, found := strings.Cut(text, ": "); found && strings.HasPrefix(where, path+":") {
			f.Where, f.Message = where, what
		}
		cases = append(cases, &report.Case{ID: path, File: path, Line: 1, Status: report.Failed, Again: s.again(&item{id: path}),
			Attempts: []report.Attempt{{Status: report.Failed, Failures: []luabind.Failure{f}, Details: text + "\nno scenario was run\n"}}})
	}
	if !s.List {
		s.reportNothing(cases)
	}
	return Misused
}

// reportNothing writes the reports of a run in which no scenario ran, and why: what a run
// before has left would be taken for this one's.
func (s *Suite) reportNothing(cases []*report.Case) {
	run := &report.Run{Began: time.Now(), Properties: s.properties(), Cases: cases}
	mayBeRead := func(t report.Target) bool { return slices.Contains([]string{".lua", ".txt"}, filepath.Ext(t.File)) }
	s.publish(run, slices.DeleteFunc(slices.Clone(s.Reports), mayBeRead), s.Streams.Err) // what cannot be read stays
}

func (s *Suite) status(run *report.Run) int {
	unmet, bug := 0, false
	for _, c := range run.Cases {
		if last := c.Last(); last != nil && c.Status == report.Failed {
			if last.Unmet {
				unmet++
			}
			bug = bug || slices.ContainsFunc(last.Failures, func(f luabind.Failure) bool { return f.Kind == luabind.Bug })
		}
	}
	switch failed := run.Count(report.Failed); {
	case s.signal >= HungUp:
		return s.signal
	case bug:
		return Internal
	case failed > unmet, s.signal != OK, s.FailFlaky && run.Count(report.Flaky) > 0:
		return Failed
	case unmet > 0:
		return Unmet
	}
	return OK
}

func (s *Suite) properties() [][2]string {
	p := [][2]string{{"version", s.Version}, {"system", runtime.GOOS + "/" + runtime.GOARCH}}
	if kernel, err := os.ReadFile("/proc/sys/kernel/osrelease"); err == nil {
		p = append(p, [2]string{"kernel", strings.TrimSpace(string(kernel))})
	}
	if s.Choice.Shuffle {
		p = append(p, [2]string{"seed", fmt.Sprint(s.Choice.Seed)})
	}
	if s.Choice.Shard != "" {
		p = append(p, [2]string{"shard", s.Choice.Shard})
	}
	return p
}

// label is the name of an item in reports, which is never the same twice.
func (it *item) label() string {
	if it.round > 0 {
		return fmt.Sprintf("%s (round %d)", it.id, it.round)
	}
	return it.id
}

// title is the item's name within its file, with the round; "" if it is all of it.
func (it *item) title() string {
	name := strings.TrimPrefix(strings.TrimPrefix(it.id, it.file), "::")
	if it.round == 0 {
		return name
	}
	if name == "" {
		name = filepath.Base(it.file)
	}
	return fmt.Sprintf("%s (round %d)", name, it.round)
}

// again is the command that runs an item again.
func (s *Suite) again(it *item) string {
	words := []string{"socksh", "test", it.id}
	vars := &s.Streams.Vars
	for _, name := range slices.Sorted(maps.Keys(vars.Values)) {
		if value := vars.Values[name]; slices.Contains(vars.Secrets, value) {
			words = append(words, "--secret", name)
		} else {
			words = append(words, "--var", s.redactor.text(name+"="+value))
		}
	}
	if s.Timeout != DefaultTimeout && it.Limit == 0 {
		words = append(words, "--timeout", s.Timeout.String())
	}
	if s.CallTimeout > 0 {
		words = append(words, "--call-timeout", s.CallTimeout.String())
	}
	for _, a := range s.adopted {
		words = append(words, "--adopt", fmt.Sprintf("%s=%d", a.name, a.fd))
	}
	if s.Streams.Sandbox {
		words = append(words, "--sandbox")
	}
	return shell(words...)
}

// bySlowness returns cases, the slowest first.
func bySlowness(cases []*report.Case) []*report.Case {
	return slices.SortedFunc(slices.Values(cases), func(a, b *report.Case) int { return cmp.Compare(b.Took(), a.Took()) })
}
