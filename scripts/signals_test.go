package scripts

import (
	"os"
	"os/signal"
	"syscall"
	"testing"
	"time"
)

// TestSignals ends runs by signals.
func TestSignals(t *testing.T) {
	inWorkshops(t, []trial{
		{"^C twice", map[string]string{"a.lua": `
scenario("waits", function() defer(function() io.open("ending", "w"):close() sleep(9) end) io.open("ready", "w"):close() sleep(60) end)`}, func(w *workshop) {
			cmd, _ := w.starts("test", "a.lua", "--report", "junit=r.xml")
			cmd.Process.Signal(os.Interrupt)
			w.awaitFile("ending")
			began := time.Now()
			await(w.t, func() bool { return time.Since(began) > twins })
			cmd.Process.Signal(os.Interrupt)
			cmd.Wait()
			if got := cmd.ProcessState.ExitCode(); got != Interrupted || time.Since(began) > 5*time.Second {
				w.t.Errorf("status %d after %s", got, time.Since(began))
			}
			w.contains(w.read("r.xml"), `message="interrupted twice; it was left alone"`)
		}},
		{"crash", map[string]string{"a.lua": `
scenario("before", function() end)
scenario("kills it", function() sleep(0.5) os.execute("kill -9 $PPID") sleep(60) end)
scenario("after", function() end)`}, func(w *workshop) {
			w.test(-1, "a.lua", "-j", "1", "--report", "junit=r.xml", "--report", "json=r.json")
			w.contains(w.read("r.xml"), `tests="3" failures="0" errors="1" skipped="1"`, "killed or has crashed while this ran")
			w.contains(w.read("r.json"), `"stopped": "socksh was killed or has crashed"`, `"status": "passed"`, `"status": "not run"`)
		}},
		{"^C", map[string]string{"a.lua": `
scenario("waits", function() defer(print, "cleaned up") print("waiting") local f = io.open("ready", "w") f:close() sleep(60) end)
scenario("later", function() end)`}, func(w *workshop) {
			cmd, out := w.starts("test", "a.lua", "-j", "1", "--report", "junit=r.xml", "--report", "tap=r.tap")
			cmd.Process.Signal(os.Interrupt)
			cmd.Wait()
			if got := cmd.ProcessState.ExitCode(); got != Interrupted {
				w.t.Errorf("status %d", got)
			}
			w.contains(out.String(), "interrupted", "| cleaned up", "sleep 60, for", "1 failed, 1 not run")
			w.contains(w.read("r.xml"), `name="later"`, "not run: interrupted")
			w.contains(w.read("r.tap"), "Bail out! interrupted")
		}},
		{"the terminal is gone, or ends it", map[string]string{"a.lua": `
scenario("waits", function() defer(print, "cleaned up") io.open("ready", "w"):close() sleep(60) end)`}, func(w *workshop) {
			signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP) // or none hears it where the tests run by nohup(1)
			defer signal.Reset(syscall.SIGHUP)
			for sig, status := range map[syscall.Signal]int{syscall.SIGHUP: HungUp, syscall.SIGQUIT: Quit} {
				for _, verb := range []string{"test", "run"} {
					cmd, out := w.starts(verb, "a.lua")
					cmd.Process.Signal(sig)
					cmd.Wait()
					if got := cmd.ProcessState.ExitCode(); got != status {
						w.t.Errorf("%s, %s: status %d", sig, verb, got)
					}
					w.contains(out.String(), "cleaned up")
					w.lacks(out.String(), "goroutine") // which is Go's answer to SIGQUIT
				}
			}
			signal.Ignore(syscall.SIGHUP) // as nohup(1) does
			cmd, out := w.starts("test", "a.lua")
			cmd.Process.Signal(syscall.SIGHUP)
			cmd.Process.Signal(syscall.SIGTERM)
			cmd.Wait()
			if got := cmd.ProcessState.ExitCode(); got != Terminated {
				w.t.Errorf("with SIGHUP ignored: status %d\n%s", got, out)
			}
		}},
		{"SIGTERM to the process and to its group", map[string]string{"a.lua": `
scenario("waits", function() defer(function() sleep(0.1) print("cleaned up") end) io.open("ready", "w"):close() sleep(60) end)`}, func(w *workshop) {
			w.write("b.lua", `defer(function() sleep(0.1) print("cleaned up") end) io.open("ready", "w"):close() sleep(60)`)
			for _, args := range [][]string{{"test", "a.lua"}, {"run", "a.lua"}, {"run", "b.lua"}, {"-c", "run b.lua"}} {
				cmd, out := w.starts(args...)
				began := time.Now()
				for n := 0; n < 10 && time.Since(began) < twins/4; n++ { // with pauses, for the kernel makes one of those that wait
					cmd.Process.Signal(syscall.SIGTERM)
					time.Sleep(100 * time.Microsecond)
				}
				cmd.Wait()
				if got := cmd.ProcessState.ExitCode(); got != Terminated {
					w.t.Errorf("%s: status %d", args, got)
				}
				w.contains(out.String(), "cleaned up")
			}
		}},
	})
}
