//go:build !linux

package sock

import "golang.org/x/sys/unix"

func requests() []request { return nil }

func (r *request) ask(int) (int, error) { return 0, unix.ENOTTY }

func atMark(int) (bool, error) { return false, unix.ENOSYS }

func interfaceIndex(string) (int, error) { return 0, unix.ENOSYS }

func interfaceName(int) (string, error) { return "", unix.ENOSYS }
