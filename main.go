// Socksh is a scriptable socket shell: the Berkeley socket calls as commands at
// a prompt and as Lua functions, over one table of real kernel sockets.
package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"socksh/luabind"
	"socksh/luabind/loop"
	"socksh/luabind/sock"
	"socksh/repl"
	"socksh/scripts"
)

// version is set by the release build; otherwise the build information tells.
var version = ""

func main() {
	loop.GrowStack()
	relaxCollector()
	status := scripts.OK
	root := command(&status)
	if err := root.Execute(); err != nil {
		fmt.Fprintf(os.Stderr, "socksh: %v\n", err)
		status = scripts.Misused
	}
	os.Exit(status)
}

// What relaxCollector does with the heap: below smallHeap bytes it may grow by
// relaxedPercent of what lives before it is collected.
const (
	smallHeap      = 16 << 20
	relaxedPercent = 400
)

// relaxCollector lets the garbage collector run less often while the heap is
// small: a script that moves small messages makes little but garbage, and a few
// MiB more of it cost nothing. After each collection the heap is looked at again.
// Who sets GOGC is obeyed.
func relaxCollector() {
	if os.Getenv("GOGC") != "" {
		return
	}
	usual := debug.SetGCPercent(relaxedPercent)
	percent := relaxedPercent
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	var collected func(*[16]byte)
	collected = func(sentinel *[16]byte) {
		metrics.Read(live)
		want := usual
		if live[0].Value.Uint64() < smallHeap {
			want = relaxedPercent
		}
		if want != percent {
			debug.SetGCPercent(want)
			percent = want
		}
		runtime.SetFinalizer(sentinel, collected)
	}
	runtime.SetFinalizer(new([16]byte), collected)
}

// command makes the command line. What it ran sets status.
func command(status *int) *cobra.Command {
	var commands, chunks []string
	var interactive, keepGoing bool
	streams := scripts.Standard()
	stay := func() func(*luabind.Session) int {
		if !interactive {
			return nil
		}
		return func(s *luabind.Session) int { return repl.Prompt(streams, s) }
	}
	root := &cobra.Command{
		Use:   "socksh [flags] [FILE [ARGUMENTS...]]",
		Short: "A scriptable socket shell",
		Long: `socksh makes the Berkeley socket calls by hand and by script, on real sockets.

Without arguments it is a prompt (help tells more there, and "socksh help TOPIC" the
same here), or runs the lines of standard input. With FILE it runs a Lua script, or a
transcript if the name ends in .txt; a name that is no file is looked up in the
library. What follows FILE is the script's, but for --var and the like, which may also
stand there: after -- all is, and with --sandbox or a limit before FILE.

Exit status: 0 success, 1 a command, script or check failed, 2 bad usage or a
script that cannot be read, 70 a bug of socksh, 77 skipped (see need), 129, 130,
131 and 143 ended by SIGHUP, ^C, ^\ and SIGTERM; exit(n) in a script is n.`,
		Args:          cobra.ArbitraryArgs,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: func(cmd *cobra.Command, args []string) error {
			args, err := takeFlags(cmd, args)
			switch {
			case err != nil:
				return err
			case len(commands) > 0 && len(chunks) > 0:
				return fmt.Errorf("-c and -e do not go together")
			case len(commands) > 0 && len(args) > 0:
				return fmt.Errorf("-c takes no file: %s; a command of several words goes in quotes", args[0])
			case len(commands) > 0:
				*status = repl.Batch{Streams: streams, KeepGoing: keepGoing}.Commands(commands, stay())
			case len(chunks) > 0:
				*status = scripts.Eval(streams, chunks, args, stay())
			case len(args) > 0:
				*status = scripts.Run(streams, args[0], args[1:], stay())
				if near := cmd.SuggestionsFor(args[0]); *status == scripts.Misused && len(near) > 0 {
					fmt.Fprintf(os.Stderr, "did you mean socksh %s?\n", near[0])
				}
			default:
				*status = repl.Main(streams, keepGoing)
			}
			return nil
		},
	}
	root.Version = versionText()
	root.SetVersionTemplate("{{.Version}}\n")
	root.SuggestionsMinimumDistance = 2
	root.SetFlagErrorFunc(repl.FlagError)
	limits := root.PersistentFlags()
	limits.BoolVar(&streams.Sandbox, "sandbox", false, "for scripts from strangers: loopback and labs only, no programs, only files below this folder and only to read; bounds what they use")
	limits.Uint64Var(&streams.Limits.Steps, "max-steps", 0, "end a script after `N` instructions of Lua (sandbox: 1000000000)")
	limits.Uint64Var(&streams.Limits.Memory, "max-memory", 0, "end a script that needs more than `N` MiB (sandbox: 256)")
	limits.IntVar(&streams.Limits.Handles, "max-handles", 0, "refuse more than `N` open handles (sandbox: 1000)")
	root.PersistentFlags().StringArrayVar(&streams.Pictures, "ladder", nil, "draw what happened into `FILE`.svg, .html, .mmd, .txt or .jsonl; may be repeated")
	root.PersistentFlags().Func("var", "give scripts vars.NAME: `NAME=VALUE`; may be repeated", streams.Vars.Set)
	root.PersistentFlags().Func("secret", "the same, and hide the value in all that is shown or reported: `NAME=VALUE`, or the NAME of a variable of the environment", streams.Vars.SetSecret)
	flags := root.Flags()
	flags.SetInterspersed(false) // what follows FILE is the script's; see takeFlags
	flags.StringArrayVarP(&commands, "command", "c", nil, "run a `COMMAND` as typed at the prompt; may be repeated, and may hold several lines")
	flags.StringArrayVarP(&chunks, "execute", "e", nil, "run `LUA` code; may be repeated")
	flags.BoolVarP(&interactive, "interactive", "i", false, "be a prompt: after FILE, -c or -e, with their handles")
	flags.BoolVar(&keepGoing, "keep-going", false, "go on after a failed line of -c or standard input")
	flags.BoolP("version", "v", false, "tell the version")

	run := &cobra.Command{
		Use:   "run [flags] FILE [ARGUMENTS...]",
		Short: "Run a Lua script or a transcript, from a file or the library",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			script, err := takeFlags(cmd, args[1:])
			if err == nil {
				*status = scripts.Run(streams, args[0], script, stay())
			}
			return err
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			var names []string
			for _, s := range scripts.List() {
				names = append(names, s.Name+"\t"+s.About)
			}
			return names, cobra.ShellCompDirectiveDefault
		},
	}
	run.Flags().SetInterspersed(false)
	run.Flags().BoolVarP(&interactive, "interactive", "i", false, "be a prompt afterwards, with the script's handles")
	root.AddCommand(run, repl.TestCommand(status, streams), repl.FmtCommand(status, streams))
	root.SetHelpCommand(&cobra.Command{
		Use:   "help [COMMAND|TOPIC]",
		Short: "Help about one of these commands, or on a topic of the prompt's help",
		RunE: func(_ *cobra.Command, args []string) error {
			if found, _, _ := root.Find(args); found != root || len(args) == 0 {
				found.InitDefaultHelpFlag()
				return found.Help()
			}
			for i, arg := range args {
				args[i] = sock.Quote(arg)
			}
			*status = repl.Batch{Streams: streams}.Commands([]string{"help " + strings.Join(args, " ")}, nil)
			return nil
		},
	})
	root.AddCommand(&cobra.Command{
		Use:   "scripts",
		Short: "List the scripts of the library",
		Args:  cobra.NoArgs,
		Run: func(*cobra.Command, []string) {
			for _, s := range scripts.List() {
				fmt.Printf("%-22s %s\n", s.Name, s.About)
			}
		},
	})
	root.AddCommand(&cobra.Command{
		Use:   "doctor",
		Short: "Tell what this system allows, and what to do about the rest",
		Args:  cobra.NoArgs,
		Run: func(*cobra.Command, []string) {
			*status = repl.Batch{Streams: streams}.Commands([]string{"doctor"}, nil)
		},
	})
	root.AddCommand(&cobra.Command{
		Use:   "version",
		Short: "Tell the version",
		Args:  cobra.NoArgs,
		Run:   func(*cobra.Command, []string) { fmt.Println(root.Version) },
	})
	return root
}

// takeFlags sets the global flags that stand after FILE, and returns the script's own
// arguments: the others, and all that follow "--". Where flags before FILE bound what the
// script may do, its arguments come from strangers as well, and all of them are its own.
func takeFlags(cmd *cobra.Command, args []string) (script []string, err error) {
	flags := cmd.Root().PersistentFlags()
	bounded := slices.ContainsFunc([]string{"sandbox", "max-steps", "max-memory", "max-handles"}, flags.Changed)
	if cmd.ArgsLenAtDash() >= 0 {
		return args, nil
	}
	if bounded {
		if n := slices.Index(args, "--"); n >= 0 {
			args = slices.Delete(args, n, n+1)
		}
		return args, nil
	}
	for i := 0; i < len(args); i++ {
		if args[i] == "--" {
			return append(script, args[i+1:]...), nil
		}
		name, isFlag := strings.CutPrefix(args[i], "--")
		name, value, given := strings.Cut(name, "=")
		flag := flags.Lookup(name)
		if !isFlag || flag == nil {
			script = append(script, args[i])
			continue
		}
		if !given {
			value = flag.NoOptDefVal
		}
		if !given && value == "" {
			if i++; i == len(args) {
				return nil, fmt.Errorf("flag needs an argument: --%s", name)
			}
			value = args[i]
		}
		if err := flags.Set(name, value); err != nil {
			return nil, err
		}
	}
	return script, nil
}

func versionText() string {
	v, revision := version, ""
	if info, ok := debug.ReadBuildInfo(); ok {
		if v == "" {
			v = strings.Trim(info.Main.Version, "()")
		}
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				revision = " " + s.Value[:min(12, len(s.Value))]
			}
		}
	}
	if v == "" {
		v = "devel"
	}
	return fmt.Sprintf("socksh %s%s %s %s/%s", v, revision, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
