package scripts

import (
	"os"
	"os/signal"
	"syscall"
	"time"

	"socksh/luabind"
	"socksh/luabind/loop"
)

// twins is how soon after a signal the same one is no second: timeout(1) and others send
// theirs to the process and then to its group, and a person is not that fast.
const twins = 200 * time.Millisecond

// ending names the signals that tell the program to end.
var ending = map[os.Signal]string{syscall.SIGHUP: "hung up", syscall.SIGINT: "interrupted", syscall.SIGQUIT: "quit", syscall.SIGTERM: "terminated"}

// StatusOf returns the exit status of a program that a signal has ended.
func StatusOf(sig os.Signal) int { return 128 + int(sig.(syscall.Signal)) }

// signalsToEnd returns what tells the program to end, but for SIGHUP where nohup(1) has it
// ignored. (A shell has background jobs ignore ^C, but who sends one SIGINT means it.) Stop
// closes the channel.
func signalsToEnd() (signals <-chan os.Signal, stop func()) {
	all, told := make(chan os.Signal, 2), make(chan os.Signal, 2)
	for sig := range ending {
		if sig != syscall.SIGHUP || !signal.Ignored(sig) {
			signal.Notify(all, sig)
		}
	}
	go func() {
		defer close(told)
		var last os.Signal
		var at time.Time
		for sig := range all {
			if sig != last || time.Since(at) > twins {
				last, at = sig, time.Now()
				told <- sig
			}
		}
	}()
	return told, func() { signal.Stop(all); close(all) }
}

// Guard cancels what the session runs when the program is told to end; a second signal
// ends the program at once. The status is that of the signal, or OK. Call stop when there is nothing more to guard. In the session's loop ended
// is told, unless it is nil.
func Guard(s *luabind.Session, ended func()) (status func() int, stop func()) {
	signals, stop := signalsToEnd()
	got := OK
	go func() {
		for sig := range signals {
			s.Loop.Post(func() {
				if got != OK {
					os.Exit(StatusOf(sig))
				}
				if got = StatusOf(sig); ended != nil {
					ended()
				}
				cancelAll(s.Loop)
			})
		}
	}()
	return func() int { return got }, stop
}

func cancelAll(l *loop.Loop) {
	for _, t := range append([]*loop.Task(nil), l.Tasks()...) {
		t.Cancel()
	}
}
