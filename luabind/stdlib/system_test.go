package stdlib

import (
	"context"
	"io"
	"os/exec"
	"syscall"
	"testing"
)

// A hasty system ends each wait before anything has waited, as for a task that was
// cancelled already.
type hasty struct{ System }

func (hasty) Streams() (in io.Reader, out, err io.Writer)     { return nil, nil, nil }
func (hasty) Start(cmd *exec.Cmd) error                       { return cmd.Start() }
func (hasty) Block(string, func(context.Context) error) error { return Interrupted{context.Canceled} }

// TestProgramEnds sees that a program has been told to end when the wait for it has.
func TestProgramEnds(t *testing.T) {
	sys := hasty{}
	p := newProgram(sys, "os.execute", "exec sleep 1000")
	if err := sys.Start(p.cmd); err != nil {
		t.Fatal(err)
	}
	if _, err := p.wait(); err == nil {
		t.Error("the wait has not ended early")
	}
	var status syscall.WaitStatus
	if _, err := syscall.Wait4(p.cmd.Process.Pid, &status, 0, nil); err != nil || status.Signal() != syscall.SIGKILL {
		t.Errorf("it ended with %v, %v", status, err)
	}
}
