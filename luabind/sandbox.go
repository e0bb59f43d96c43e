package luabind

import (
	"fmt"
	"os"
	"syscall"
)

// restrict puts the session's limits and its sandbox in force. In a sandbox
// scripts reach the loopback and their labs only, read the files below the working folder only,
// and neither write files nor start programs.
func (s *Session) restrict() error {
	s.Table.Policy.Handles = s.Limits.Handles
	if !s.Sandbox {
		return nil
	}
	folder, err := os.OpenRoot(".")
	if err != nil {
		return fmt.Errorf("sandbox: %w", err)
	}
	s.folder = folder
	s.Table.Policy.Loopback = true
	s.Table.Policy.OpenFile = s.openInside
	return nil
}

// openInside opens a file of the sandbox's folder, for reading only.
func (s *Session) openInside(path string, flag int) (*os.File, error) {
	if flag&(os.O_WRONLY|os.O_RDWR|os.O_CREATE|os.O_APPEND|os.O_TRUNC) != 0 {
		return nil, &os.PathError{Op: "open", Path: path, Err: syscall.EROFS}
	}
	return s.folder.OpenFile(path, flag, 0)
}

// readFile reads a file that a script names.
func (s *Session) readFile(path string) ([]byte, error) {
	if s.folder == nil {
		return os.ReadFile(path)
	}
	return s.folder.ReadFile(path)
}

// stat looks at a file that a script names.
func (s *Session) stat(path string) (os.FileInfo, error) {
	if s.folder == nil {
		return os.Stat(path)
	}
	return s.folder.Stat(path)
}
