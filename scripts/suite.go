package scripts

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"socksh/luabind"
	"socksh/luabind/loop"
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

	stopped chan struct{} // closed when all must end
	hurried chan struct{} // closed when nothing is to be waited for any more
	mu      sync.Mutex    // guards what follows
	reason  string        // why it was closed
	signal  int           // the exit status of the signal that did it
	rewrote []string      // transcripts
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
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)
	s.stopped, s.hurried = make(chan struct{}), make(chan struct{})
	go s.obey(signals)
	for {
		seen := changed(paths)
		status := s.once(paths)
		if !s.Watch || s.List || s.why() != "" {
			return status
		}
		fmt.Fprintln(s.Streams.Err, "waiting for a change; ^C ends")
		for s.why() == "" && !changed(paths).After(seen) {
			select {
			case <-s.stopped:
			case <-time.After(300 * time.Millisecond):
			}
		}
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
	for _, d := range []struct {
		flag  string
		value time.Duration
	}{{"timeout", s.Timeout}, {"call-timeout", s.CallTimeout}, {"run-timeout", s.RunTimeout}} {
		if d.value < 0 {
			return fmt.Errorf("--%s takes no negative time: %s", d.flag, d.value)
		}
	}
	for _, t := range s.Reports {
		if err := t.Check(); err != nil {
			return err
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
	if err != errSyntax {
		fmt.Fprintf(s.Streams.Err, "socksh: %v\n", err)
	}
	return Misused
}

// obey ends the run at the first signal. At the second it waits for no scenario, only for
// the reports; at the third for nothing.
func (s *Suite) obey(signals chan os.Signal) {
	sig := <-signals
	status, why := Interrupted, "interrupted"
	if sig == syscall.SIGTERM {
		status, why = Terminated, "terminated"
	}
	s.end(why, status)
	<-signals
	close(s.hurried)
	<-signals
	os.Exit(status)
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
	all, err := s.find(paths)
	if err != nil {
		return s.misused(err)
	}
	if s.Choice.Shuffle && s.Choice.Seed == 0 {
		s.Choice.Seed = uint64(time.Now().UnixNano())%1e6 + 1
	}
	failed := rememberedFailures()
	chosen, err := s.Choice.choose(all, failed)
	if err != nil {
		return s.misused(err)
	}
	if s.List {
		for _, it := range chosen {
			fmt.Fprintln(s.Streams.Out, strings.TrimRight(it.id+"  "+strings.Join(it.Tags, " "), " "))
		}
		s.Streams.Out.Flush()
	}
	if len(chosen) == 0 {
		fmt.Fprintf(s.Streams.Err, "socksh: none of %d scenarios is selected\n", len(all))
		return Nothing
	}
	if s.List {
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
	return max(s.report(run), s.status(run))
}

func rank(failed map[string]bool, it *item) int {
	if failed[it.id] {
		return 0
	}
	return 1
}

func (s *Suite) begin(n int) {
	out := s.Streams.Err
	if !slices.ContainsFunc(s.Reports, func(t report.Target) bool { return t.File == "-" }) {
		out = &flushing{s.Streams.Out}
	}
	s.progress = &progress{out: out, terminal: s.Terminal, colour: s.Colour, verbose: s.Verbose, width: s.Width, all: n}
	if s.Annotate {
		s.mute = report.Mute(s.Streams.Out)
		s.Streams.Out.Flush()
	}
	if s.Choice.Shuffle {
		fmt.Fprintf(out, "shuffled with --seed %d\n", s.Choice.Seed)
	}
}

// rounds runs the items, again and again if they are to run until one fails.
func (s *Suite) rounds(items []*item) *report.Run {
	if s.RunTimeout > 0 {
		timer := time.AfterFunc(s.RunTimeout, func() { s.end("the run's limit of "+s.RunTimeout.String()+" is over", Failed) })
		defer timer.Stop()
	}
	for n := 1; ; n++ {
		run := s.run(items)
		if !s.UntilFail || s.why() != "" || run.Count(report.Failed) > 0 {
			if n > 1 {
				run.Properties = append(run.Properties, [2]string{"rounds", fmt.Sprint(n)})
			}
			return run
		}
		s.progress.wipe()
		fmt.Fprintf(s.progress.out, "round %d: %s\n", n, run.Summary())
		s.progress.done = 0
	}
}

// run runs the items side by side, and those that bear nothing beside them at the end.
func (s *Suite) run(items []*item) *report.Run {
	r := &report.Run{Began: time.Now(), Properties: s.properties()}
	for _, it := range items {
		r.Cases = append(r.Cases, &report.Case{ID: it.label(), Scenario: it.id, File: it.file, Name: it.title(), Line: it.Line, Tags: it.Tags, Status: report.NotRun, Again: s.again(it)})
	}
	var failures atomic.Int64
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		select {
		case <-s.stopped:
			cancel()
		case <-ctx.Done():
		}
	}()
	type event struct {
		n     int
		ended bool
	}
	pass := func(jobs int, which func(*item) bool) {
		events := make(chan event)
		queue := make(chan int)
		go func() {
			defer close(queue)
			for i, it := range items {
				if which(it) {
					select {
					case queue <- i:
					case <-ctx.Done():
						return
					}
				}
			}
		}()
		var workers sync.WaitGroup
		for range jobs {
			workers.Go(func() {
				for i := range queue {
					if ctx.Err() != nil {
						continue
					}
					events <- event{i, false}
					s.try(items[i], r.Cases[i])
					if r.Cases[i].Status == report.Failed && failures.Add(1) >= int64(s.MaxFail) && s.MaxFail > 0 {
						cancel()
					}
					events <- event{i, true}
				}
			})
		}
		go func() { workers.Wait(); close(events) }()
		ticker := time.NewTicker(time.Second)
		defer ticker.Stop()
		for {
			select {
			case e, ok := <-events:
				switch {
				case !ok:
					return
				case e.ended:
					s.progress.end(r.Cases[e.n])
				default:
					s.progress.start(r.Cases[e.n].ID)
				}
			case <-ticker.C:
				s.progress.tick()
			}
		}
	}
	isSerial := func(it *item) bool { return slices.Contains(it.Tags, serial) }
	pass(max(1, min(s.Jobs, len(items))), func(it *item) bool { return !isSerial(it) })
	pass(1, isSerial)
	r.Took = time.Since(r.Began)
	r.Stopped = s.why()
	if r.Stopped == "" && r.Count(report.NotRun) > 0 {
		r.Stopped = fmt.Sprintf("ended after %d failures", r.Count(report.Failed))
	}
	for _, c := range r.Cases {
		if c.Status == report.NotRun {
			c.Reason = r.Stopped
		}
	}
	return r
}

// try runs an item, again if it fails and may be tried again.
func (s *Suite) try(it *item, c *report.Case) {
	defer func() {
		if r := recover(); r != nil {
			a := report.Attempt{Began: time.Now()}
			broken(&a, &loop.PanicError{Value: r, Stack: debug.Stack()})
			a.Details = failuresText(it, a.Failures)
			c.Attempts, c.Status = append(c.Attempts, a), report.Failed
		}
	}()
	for n := 1; ; n++ {
		a, e := s.attempt(it)
		if a.Status == report.Skipped && a.Unmet && s.Require {
			a.Status, a.Failures = report.Failed, []luabind.Failure{{Kind: luabind.ScriptFailed, Message: a.Reason + ", which is required"}}
			e = new(evidence)
		}
		if a.Status == report.Failed {
			if err := s.leave(it, n, &a, e); err != nil {
				fmt.Fprintf(s.Streams.Err, "socksh: %v\n", err)
			}
			a.Details = s.details(it, &a, e)
		}
		c.Attempts = append(c.Attempts, a)
		if a.Status != report.Failed || n > s.Retries || s.why() != "" {
			break
		}
	}
	last := c.Last()
	c.Status, c.Reason = last.Status, last.Reason
	if c.Status == report.Passed && len(c.Attempts) > 1 {
		c.Status = report.Flaky
	}
}

// report writes the reports and remembers what failed.
func (s *Suite) report(run *report.Run) int {
	status := OK
	failed := func(err error) {
		if err != nil {
			fmt.Fprintf(s.Streams.Err, "socksh: %v\n", err)
			status = Failed
		}
	}
	s.Streams.Out.Flush()
	for _, t := range s.Reports {
		failed(t.Write(run))
	}
	if s.Annotate {
		report.Unmute(s.Streams.Out, s.mute)
		report.Annotate(s.Streams.Out, run)
		failed(report.Summarize(run))
	}
	s.Streams.Out.Flush()
	if err := remember(run.Cases); err != nil && s.Choice.Failed {
		failed(err) // elsewhere nobody has asked for it
	}
	return status
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
	case s.signal >= Interrupted:
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

// title is the item's name within its file, with the round.
func (it *item) title() string {
	return strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(it.label(), it.file), "::"), " ")
}

// again is the command that runs an item again.
func (s *Suite) again(it *item) string {
	words := []string{"socksh", "test", it.id}
	vars := s.Streams.Vars
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
