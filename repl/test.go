package repl

import (
	"errors"
	"fmt"
	"os"
	"runtime"

	"github.com/spf13/cobra"

	"socksh/scripts"
	"socksh/scripts/report"
)

// TestCommand makes socksh test. What it ran sets status.
func TestCommand(status *int, streams *scripts.Streams) *cobra.Command {
	suite := &scripts.Suite{Streams: streams}
	var failFast bool
	cmd := &cobra.Command{
		Use:   "test PATH...",
		Short: "Run scenarios side by side, and report",
		Long: `Runs scenarios: Lua scripts, each scenario("name", f) in them, and transcripts (.txt).
PATH is a file, a folder, a name of the library, "library" for all of it, or
FILE::NAME for one scenario. In folders what begins with . or _ is left out, and so is
what --artifacts has left.

Each scenario has a session of its own. It fails where a call, a check or a task
fails, when its time is up, and for what it leaves: open handles (a transcript may),
tasks that run.
What is tagged manual runs only where it is named, what is tagged serial runs alone.
"help scenarios" at the prompt tells how they are written.

Exit status: 0 all passed or were skipped, 1 some failed, 2 bad usage or a file that
cannot be read: nothing ran, 3 nothing failed but needs that --require asks for,
4 none selected, 70 a bug of socksh, 129, 130, 131 and 143 ended by SIGHUP, ^C,
^\ and SIGTERM.`,
		Example: `  socksh test tests/ -j 8 --report junit=report.xml --artifacts failed/
  socksh test tests/echo.lua::'two clients' --repeat 100 --fail-fast
  socksh test redis.lua --var target=127.0.0.1:6379 --secret REDIS_PASSWORD`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return fmt.Errorf("%[1]s needs a PATH: a file, a folder, or a name of the library; see socksh %[1]s --help", cmd.Name())
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if failFast {
				suite.MaxFail = 1
			}
			if cmd.Flags().Changed("seed") {
				if suite.Choice.Seed == 0 {
					return errors.New("--seed takes 1 or more, not 0")
				}
				suite.Choice.Shuffle = true
			}
			suite.Version = cmd.Root().Version
			suite.Terminal, suite.Width = Terminal(os.Stdout)
			suite.Colour = suite.Terminal && os.Getenv("NO_COLOR") == ""
			*status = suite.Test(args)
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&suite.Choice.Run, "run", "", "only scenarios whose FILE::NAME matches `REGEXP`")
	f.StringVar(&suite.Choice.Skip, "skip", "", "none whose FILE::NAME matches `REGEXP`")
	f.StringArrayVar(&suite.Choice.Tags, "tags", nil, "only those that have all of `TAG,!TAG...`, ! for not; repeated, one list has to fit")
	f.BoolVar(&suite.Choice.Failed, "failed", false, "only those that failed when they last ran from this folder")
	f.BoolVar(&suite.List, "list", false, "list the selected scenarios with their tags, and run none")
	f.IntVarP(&suite.Jobs, "jobs", "j", runtime.GOMAXPROCS(0), "run `N` at a time")
	suite.Timeout = scripts.DefaultTimeout
	f.Func("call-timeout", "fail a scenario when one call takes longer than `TIME`", scripts.Duration(&suite.CallTimeout))
	f.Func("timeout", "fail a scenario when it takes longer than `TIME`, 0 for no limit (default 1m)", scripts.Duration(&suite.Timeout))
	f.Func("run-timeout", "end the run when it takes longer than `TIME`", scripts.Duration(&suite.RunTimeout))
	f.BoolVar(&failFast, "fail-fast", false, "begin nothing more after the first failure")
	f.IntVar(&suite.MaxFail, "max-fail", 0, "begin nothing more after `N` failures")
	f.IntVar(&suite.Retries, "retries", 0, "run what fails up to `N` times more; flaky is what passes then")
	f.BoolVar(&suite.FailFlaky, "fail-flaky", false, "end with status 1 where something is flaky")
	f.IntVar(&suite.Choice.Repeat, "repeat", 1, "run each `N` times")
	f.BoolVar(&suite.UntilFail, "until-fail", false, "run all again and again until something fails")
	f.BoolVar(&suite.Choice.Shuffle, "shuffle", false, "run in an order by chance; the seed is told")
	f.Uint64Var(&suite.Choice.Seed, "seed", 0, "shuffle by `SEED`")
	f.StringVar(&suite.Choice.Shard, "shard", "", "of N equal parts run part I: `I/N`")
	f.BoolVar(&suite.Require, "require", false, "fail what is skipped because something it needs is missing")
	f.BoolVar(&suite.Watch, "watch", false, "run again when a file changes, what failed first")
	f.BoolVar(&suite.Update, "update", false, "rewrite transcripts from what came; never with CI set")
	f.BoolVarP(&suite.Verbose, "verbose", "v", false, "show the output of all scenarios, not of those alone that fail")
	f.StringVar(&suite.Artifacts, "artifacts", "", "leave output, events, ladders and segments of what fails in `DIR`")
	f.Func("report", "write reports: junit, tap, json or md as `FORMAT=FILE,…`, - for the standard output; may be repeated", func(text string) error {
		targets, err := report.ParseTargets(text)
		suite.Reports = append(suite.Reports, targets...)
		return err
	})
	f.BoolVar(&suite.Annotate, "annotate", os.Getenv("GITHUB_ACTIONS") == "true", "write annotations and the step's summary for GitHub Actions")
	f.StringArrayVar(&suite.Adopt, "adopt", nil, "give each scenario a duplicate of a descriptor as a named handle: `NAME=FD`; may be repeated")
	return cmd
}

// FmtCommand makes socksh fmt, which is socksh test --update.
func FmtCommand(status *int, streams *scripts.Streams) *cobra.Command {
	cmd := TestCommand(status, streams)
	cmd.Use, cmd.Short = "fmt PATH...", "Rewrite transcripts from what comes, as test --update"
	cmd.Long = `Runs transcripts (.txt), and writes what comes into them in the place of what they
say; look at the difference before you keep it. It is socksh test --update, with its
flags and its exit status, and refuses where CI is set.`
	cmd.Example = "  socksh fmt tests/hello.txt"
	cmd.PreRunE = func(cmd *cobra.Command, _ []string) error { return cmd.Flags().Set("update", "true") }
	return cmd
}
