//go:build !linux

package sock

import "golang.org/x/sys/unix"

func systemOptions() []option { return nil }

func tcpInfo(int) (Value, error) { return Value{}, unix.ENOPROTOOPT }

// stateOf returns "": this system does not tell the state of a TCP socket here.
func stateOf(int) string { return "" }
