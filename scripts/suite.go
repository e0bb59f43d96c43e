package scripts

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"socksh/scripts/report"
)

// A Suite is a run of scenarios, as socksh test makes it.
type Suite struct {
	Streams *Streams
	Choice  Choice
	List    bool
	Jobs    int

	CallTimeout time.Duration // 0 for none, as the others
	Timeout     time.Duration // of a scenario that says nothing else
	RunTimeout  time.Duration
	MaxFail     int // end after so many failures, 0 for never
	Retries     int
	FailFlaky   bool
	UntilFail   bool
	Require     bool // a need that is missing is no reason to skip
	Watch       bool
	Update      bool // rewrite the transcripts from what came
	Verbose     bool
	Artifacts   string
	Reports     []report.Target
	Annotate    bool // for GitHub Actions
	Adopt       []string
	Terminal    bool // whether the standard output is one
	Width       int
	Colour      bool
	Version     string

	mute     string // what lets GitHub's runner take commands again
	redactor *redactor
	adopted  []adopted
	progress *progress
	company  company

	stopped chan struct{}     // closed when all must end
	hurried chan struct{}     // closed when nothing is to be waited for any more
	mu      sync.Mutex        // guards what follows
	reason  string            // why it was closed
	signal  int               // the exit status of the signal that did it
	rewrote []string          // transcripts
	folders map[string]string // of bundles, and whose they are
}

// DefaultTimeout is how long a scenario may take.
const DefaultTimeout = time.Minute

// Test runs the scenarios of paths, and returns the exit status.
func (s *Suite) Test(paths []string) int {
	if err := s.check(); err != nil {
		return s.misused(err)
	}
	s.redactor = newRedactor(s.Streams.Vars.Secrets)
	if s.Update && os.Getenv("CI") != "" {
		return s.misused(errors.New("--update is not for CI: there nobody reads what has changed"))
	}
	if err := s.takeAdopted(); err != nil {
		return s.misused(err)
	}
	signals, ignore := signalsToEnd()
	defer ignore()
	s.stopped, s.hurried = make(chan struct{}), make(chan struct{})
	go s.obey(signals)
	for {
		var texts map[string]string
		if s.Watch { // before the run: what is edited meanwhile is a change
			texts = watched(paths)
		}
		status := s.once(paths)
		if !s.Watch || s.List || s.why() != "" {
			return status
		}
		fmt.Fprintln(s.Streams.Err, "waiting for a change; ^C ends")
		s.awaitChange(paths, texts)
		if s.why() != "" {
			return s.signal
		}
	}
}

// check refuses what no run can be made of, before anything runs: a folder that cannot
// be made would else be met at the end.
func (s *Suite) check() error {
	for _, n := range []struct {
		flag         string
		value, least int
	}{{"jobs", s.Jobs, 1}, {"repeat", s.Choice.Repeat, 1}, {"retries", s.Retries, 0}, {"max-fail", s.MaxFail, 0}} {
		if n.value < n.least {
			return fmt.Errorf("--%s takes %d or more, not %d", n.flag, n.least, n.value)
		}
	}
	switch {
	case s.Watch && s.UntilFail:
		return errors.New("--watch and --until-fail do not go together")
	case len(s.Streams.Pictures) > 0:
		return errors.New("--ladder is for one script; --artifacts DIR has the ladders of what fails")
	}
	for i, t := range s.Reports {
		if err := t.Check(); err != nil {
			return err
		}
		if slices.ContainsFunc(s.Reports[:i], t.Replaces) {
			return fmt.Errorf("--report %s=%s: another report goes to that file", t.Format, t.File)
		}
	}
	if s.Artifacts != "" {
		if err := os.MkdirAll(s.Artifacts, 0o777); err != nil {
			return fmt.Errorf("--artifacts: %w", err)
		}
	}
	return nil
}

func (s *Suite) misused(err error) int {
	fmt.Fprintf(s.Streams.Err, "socksh: %v\n", err)
	return Misused
}

// obey ends the run at the first signal. At the second it waits for no scenario, only for
// the reports; at the third for nothing.
func (s *Suite) obey(signals <-chan os.Signal) {
	status, count := OK, 0
	for sig := range signals {
		switch count++; count {
		case 1:
			status = StatusOf(sig)
			s.end(ending[sig], status)
		case 2:
			close(s.hurried)
		default:
			os.Exit(status)
		}
	}
}

func (s *Suite) end(why string, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.reason == "" {
		s.reason, s.signal = why, status
		close(s.stopped)
	}
}

// why returns why the run must end, "" if it goes on.
func (s *Suite) why() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.reason
}

func (s *Suite) updated(file string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rewrote = append(s.rewrote, file)
}

// once finds, runs and reports.
func (s *Suite) once(paths []string) int {
	all, problems := s.find(paths)
	if len(problems) > 0 {
		return s.unread(problems)
	}
	if s.Choice.Shuffle && s.Choice.Seed == 0 {
		s.Choice.Seed = uint64(time.Now().UnixNano())%1e6 + 1
	}
	for _, t := range s.Reports {
		if slices.ContainsFunc(all, func(it *item) bool { return !it.inLibrary && t.Replaces(report.Target{File: it.file}) }) {
			return s.misused(fmt.Errorf("--report %s=%s: that is one of the scenarios", t.Format, t.File))
		}
	}
	failed := rememberedFailures()
	chosen, err := s.Choice.choose(all, failed)
	if err != nil {
		return s.misused(err)
	}
	if len(chosen) == 0 && !s.List {
		s.reportNothing(nil)
	}
	if s.List {
		for _, it := range chosen {
			fmt.Fprintln(s.Streams.Out, strings.TrimRight(it.id+"  "+strings.Join(it.Tags, " "), " "))
		}
		s.Streams.Out.Flush()
	}
	switch {
	case len(chosen) == 0 && s.Choice.Failed && !slices.ContainsFunc(all, func(it *item) bool { return failed[it.key()] }):
		fmt.Fprintln(s.Streams.Err, "socksh: --failed: none of these failed the last time")
		return Nothing
	case len(chosen) == 0:
		fmt.Fprintf(s.Streams.Err, "socksh: none of %d scenarios is selected%s\n", len(all), s.Choice.hint(all))
		return Nothing
	case s.List && slices.ContainsFunc(chosen, func(it *item) bool { return it.incomplete }):
		return Failed
	case s.List:
		return OK
	}
	if s.Watch {
		slices.SortStableFunc(chosen, func(a, b *item) int { return cmp.Compare(rank(failed, a), rank(failed, b)) })
	}
	s.begin(len(chosen))
	run := s.rounds(chosen)
	s.progress.finish(run)
	for _, file := range s.rewrote {
		fmt.Fprintf(s.Streams.Out, "rewritten: %s\n", file)
	}
	s.rewrote = nil
	s.Streams.tellUnasked()
	return max(s.report(run, chosen), s.status(run))
}

func rank(failed map[string]bool, it *item) int {
	if failed[it.key()] {
		return 0
	}
	return 1
}

func (s *Suite) begin(n int) {
	out := s.Streams.Err
	if !slices.ContainsFunc(s.Reports, report.Target.IsOutput) {
		out = &flushing{s.Streams.Out}
	}
	s.progress = &progress{out: out, terminal: s.Terminal, colour: s.Colour, verbose: s.Verbose, width: s.Width, all: n}
	if s.Annotate {
		s.mute = report.Mute(out)
	}
	if s.Choice.Shuffle {
		fmt.Fprintf(out, "shuffled with --seed %d\n", s.Choice.Seed)
	}
}
