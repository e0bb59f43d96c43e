package repl

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"socksh/scripts"
)

// watch takes the signals: ^C while a line is typed is a key, else it is meant
// for what runs. SIGTERM, SIGHUP and SIGQUIT put the terminal in order and end the program.
func (p *prompt) watch(restore func()) (stop func()) {
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, os.Interrupt, syscall.SIGTSTP, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	go func() {
		for sig := range signals {
			switch {
			case sig == syscall.SIGTERM || sig == syscall.SIGHUP || sig == syscall.SIGQUIT:
				os.Stdout.WriteString(pasteOff + "\n")
				restore()
				p.lastRecording()
				os.Exit(scripts.StatusOf(sig))
			case !p.typing.Load():
				select {
				case p.signals <- sig:
				default: // enough of them wait already
				}
			case sig == os.Interrupt:
				p.keys.inject(interruptKey)
			default:
				p.keys.inject(suspendKey)
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
