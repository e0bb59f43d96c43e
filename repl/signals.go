package repl

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"socksh/scripts"
)

// watch takes the signals: SIGINT and SIGTSTP from elsewhere are what ^C and ^Z are.
// SIGTERM, SIGHUP and SIGQUIT put the terminal in order and end the program.
func (p *prompt) watch(restore func()) (stop func()) {
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, os.Interrupt, syscall.SIGTSTP, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	go func() {
		for sig := range signals {
			switch sig {
			case os.Interrupt:
				p.keys.press(interruptKey)
			case syscall.SIGTSTP:
				p.keys.press(suspendKey)
			default:
				os.Stdout.WriteString(pasteOff + "\n")
				restore()
				p.lastRecording()
				os.Exit(scripts.StatusOf(sig))
			}
		}
	}()
	return func() {
		signal.Stop(signals)
		close(signals)
	}
}

// lastRecording writes what is recorded, if the session answers soon.
func (p *prompt) lastRecording() {
	done := make(chan struct{})
	go func() {
		p.session.Query(func() {
			if err := p.session.EndRecording(); err != nil {
				fmt.Fprintf(os.Stderr, "socksh: %v\n", err)
			}
		})
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(2 * time.Second):
	}
}
