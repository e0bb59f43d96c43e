package sock

import "sync"

// Fork is held by who starts a process, from its beginning until its exec, where
// package syscall does not see to that itself: a child has copies of all descriptors
// until then, and a close(2) meanwhile would not be the last one. No FIN would go out.
// Descriptors are the process's, and so is this lock, the one variable that sessions
// share.
var Fork sync.RWMutex

// closing makes the last close of a descriptor.
func closing(fd int, close func(int) error) error {
	Fork.RLock()
	defer Fork.RUnlock()
	return close(fd)
}
