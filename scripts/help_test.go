package scripts

import (
	"bufio"
	"io"
	"net"
	"regexp"
	"strings"
	"testing"
)

// TestHelpScenarios runs the scenarios that help shows against a server that answers as
// redis does.
func TestHelpScenarios(t *testing.T) {
	w := newWorkshop(t, build(t), nil)
	text, err := w.command("-c", "help scenarios").Output()
	if err != nil {
		t.Fatal(err)
	}
	shown := regexp.MustCompile(`(?ms)^  local function .*^  end\)\n`).FindString(string(text))
	w.write("help.lua", shown)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				for lines := bufio.NewScanner(c); lines.Scan(); {
					io.WriteString(c, "+PONG\r\n")
				}
			}()
		}
	}()
	out := w.test(0, "help.lua", "--var", "target="+l.Addr().String())
	if n := strings.Count(out, "ok "); n != strings.Count(shown, "scenario(")+1 { // one has a matrix of two
		t.Errorf("%d passed\n%s", n, out)
	}
}
