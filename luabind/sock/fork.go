package sock

import (
	"os/exec"
	"sync"
	"syscall"
)

// Descriptors are the process's, and so is this lock, the one variable that sessions
// share.
var starting sync.RWMutex

// Start starts a process. Until its exec a child has copies of all descriptors, and a
// close(2) meanwhile would not be the last one: no FIN would go out. So nobody's
// descriptor is closed before that.
func Start(cmd *exec.Cmd) error {
	starting.Lock()
	defer starting.Unlock()
	return cmd.Start()
}

// closing makes the last close of a descriptor. Processes that others start count too,
// as far as package syscall tells: its lock is let go of when the child's exec begins.
func closing(fd int, close func(int) error) error {
	starting.RLock()
	defer starting.RUnlock()
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	return close(fd)
}
