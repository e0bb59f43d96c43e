package sock

import "golang.org/x/sys/unix"

// low reports whether fewer bytes have come than a blocking receive of n bytes waits
// for: SO_RCVLOWAT, or n if that is less, as long as more may come; socket(7).
func (h *Handle) low(n int) bool {
	came, err := unix.IoctlGetInt(h.FD, unix.SIOCINQ)
	return err == nil && came < min(n, h.lowWater) && !h.hasEvent(unix.POLLRDHUP)
}
