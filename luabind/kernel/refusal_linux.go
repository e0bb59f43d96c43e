package kernel

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// OwnNetwork starts a process in user and network namespaces of its own, where it is root
// and nothing leads out; see user_namespaces(7) and network_namespaces(7).
func OwnNetwork() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWUSER | unix.CLONE_NEWNET,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}}
}

// A Refusal tells why the system gives no private networks, and what to do.
type Refusal struct{ Why, Remedy string }

// refusals are the settings that refuse user or network namespaces.
var refusals = []struct{ setting, value, remedy string }{
	{"user/max_user_namespaces", "0", "sudo sysctl -w user.max_user_namespaces=10000"},
	{"user/max_net_namespaces", "0", "sudo sysctl -w user.max_net_namespaces=10000"},
	{"kernel/unprivileged_userns_clone", "0", "sudo sysctl -w kernel.unprivileged_userns_clone=1"},
	{"kernel/apparmor_restrict_unprivileged_userns", "1", "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"},
}

// RefusedNamespaces explains err, with which clone(2) or unshare(2) has refused user
// and network namespaces; see user_namespaces(7). A setting that forbids them comes
// first, then what is known of the system, then the errno.
func RefusedNamespaces(err error) Refusal {
	for _, s := range refusals {
		if setting(s.setting) == s.value {
			return Refusal{strings.ReplaceAll(s.setting, "/", ".") + " is " + s.value, s.remedy}
		}
	}
	read := func(path string) string { text, _ := os.ReadFile(path); return string(text) }
	filtered := strings.Contains(read("/proc/self/status"), "Seccomp:\t2")
	switch {
	case strings.Contains(read("/proc/version"), "gVisor"):
		return Refusal{"the kernel is gVisor", "run it on Linux itself"}
	case errors.Is(err, fs.ErrNotExist):
		return Refusal{"/proc is not mounted", "mount -t proc proc /proc"}
	case errors.Is(err, unix.ENOSPC), errors.Is(err, unix.EUSERS):
		return Refusal{"the limit of namespaces is reached", "sudo sysctl -w user.max_user_namespaces=10000 user.max_net_namespaces=10000"}
	case errors.Is(err, unix.EINVAL):
		return Refusal{"the kernel is built without user or network namespaces", "CONFIG_USER_NS and CONFIG_NET_NS bring them"}
	case errors.Is(err, fs.ErrPermission) && filtered:
		return Refusal{"a seccomp filter refuses user namespaces", "in a container: docker run --security-opt seccomp=unconfined"}
	case errors.Is(err, fs.ErrPermission):
		return Refusal{"user namespaces are refused, by a chroot or a security module", "run it outside of the chroot, or as root"}
	}
	return Refusal{err.Error(), "see user_namespaces(7)"}
}
