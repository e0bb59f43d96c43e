//go:build !linux

package sock

import "golang.org/x/sys/unix"

// controls are the control messages that are known here: descriptors alone.
func controls() []control {
	return []control{{"fds", unix.SOL_SOCKET, unix.SCM_RIGHTS, "descriptors, by their handles", writeRights, readRights}}
}

func isRights(level, kind int) bool { return level == unix.SOL_SOCKET && kind == unix.SCM_RIGHTS }
