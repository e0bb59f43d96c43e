package luabind

import (
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
)

// A requirement is what a scenario may need of the system. missing returns what of it
// is missing, "" if nothing; its argument is what follows the colon of "cmd:nc".
type requirement struct {
	word, about string
	missing     func(s *Session, arg string) string
}

// requirements are what need{...} and the line "# need: ..." of a transcript know.
var requirements = []requirement{
	{"linux", "this system is Linux", func(*Session, string) string {
		return unless(runtime.GOOS == "linux", "Linux; this is "+runtime.GOOS)
	}},
	{"ipv6", "::1 can be bound", func(*Session, string) string { return unlessBound("udp6", "[::1]:0", "IPv6") }},
	{"raw-sockets", "raw sockets can be made", func(*Session, string) string { return unlessBound("ip4:icmp", "127.0.0.1", "raw sockets") }},
	{"lab", "private networks can be made", func(s *Session, _ string) string {
		if err := s.lab.Begin(); err != nil {
			return err.Error()
		}
		return ""
	}},
	{"root", "the user is root", func(*Session, string) string { return unless(os.Getuid() == 0, "root") }},
	{"ordinary-user", "the user is not root", func(*Session, string) string { return unless(os.Getuid() != 0, "a user who is not root") }},
	{"cmd:NAME", "there is a program of that name", func(_ *Session, name string) string {
		_, err := exec.LookPath(name)
		return unless(err == nil, "the program "+name)
	}},
	{"var:NAME", "the value was given by --var or --secret", func(s *Session, name string) string {
		_, given := s.Vars[name]
		return unless(given, "--var "+name+"=…")
	}},
}

func unless(ok bool, what string) string {
	if ok {
		return ""
	}
	return "needs " + what
}

func unlessBound(network, address, what string) string {
	c, err := net.ListenPacket(network, address)
	if err != nil {
		return "needs " + what + ": " + err.Error()
	}
	c.Close()
	return ""
}

// Missing returns what a scenario's need lacks here, "" if it is all there. known is
// false for a word that means nothing.
func (s *Session) Missing(word string) (why string, known bool) {
	name, arg, _ := strings.Cut(word, ":")
	for _, r := range requirements {
		if head, _, takes := strings.Cut(r.word, ":"); head == name && takes == (arg != "") {
			return r.missing(s, arg), true
		}
	}
	return "", false
}

// requirementWords lists the words of need, for help.
func requirementWords() string {
	var all []string
	for _, r := range requirements {
		all = append(all, r.word+" ("+r.about+")")
	}
	return strings.Join(all, ", ")
}
