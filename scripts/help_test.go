package scripts

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestStatuses compares the exit statuses that the help texts tell with the README's.
func TestStatuses(t *testing.T) {
	w := newWorkshop(t, build(t), nil)
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var all, ofRun, ofTest []string
	for _, row := range regexp.MustCompile(`(?m)^\| (\d[\d, ]*) \|(.*)\|(.*)\|$`).FindAllStringSubmatch(string(readme), -1) {
		statuses := strings.Split(row[1], ", ")
		all = append(all, statuses...)
		if strings.TrimSpace(row[2]) != "" {
			ofRun = append(ofRun, statuses...)
		}
		if strings.TrimSpace(row[3]) != "" {
			ofTest = append(ofTest, statuses...)
		}
	}
	known := fmt.Sprint([]int{OK, Failed, Misused, Unmet, Nothing, Internal, Skipped, HungUp, Interrupted, Quit, Terminated})
	if got := fmt.Sprint(all); got != known {
		t.Errorf("README tells %s, not %s", got, known)
	}
	paragraph := regexp.MustCompile(`(?s)[Ss]tatus:? +0 .*?(\n\n|\nAll of it)`)
	for _, c := range []struct {
		args []string
		want []string
	}{{[]string{"--help"}, ofRun}, {[]string{"test", "--help"}, ofTest}, {[]string{"-c", "help ci"}, ofTest}} {
		text, err := w.command(c.args...).Output()
		if err != nil {
			t.Fatal(err)
		}
		told := regexp.MustCompile(`\d+`).FindAllString(paragraph.FindString(string(text)), -1)
		if !slices.Equal(told, c.want) {
			t.Errorf("%s tells %s, not %s", c.args, told, c.want)
		}
	}
}

// TestHelpTopics compares socksh help with what tells the same elsewhere.
func TestHelpTopics(t *testing.T) {
	w := newWorkshop(t, build(t), nil)
	for _, c := range []struct{ short, long []string }{
		{[]string{"help"}, []string{"--help"}},
		{[]string{"help", "test"}, []string{"test", "--help"}},
		{[]string{"version"}, []string{"--version"}},
		{[]string{"help", "send"}, []string{"-c", "help send"}},
		{[]string{"help", "expect.eof"}, []string{"-c", "help expect.eof"}},
		{[]string{"help", "scenarios"}, []string{"-c", "help scenarios"}},
		{[]string{"help", "EPIPE"}, []string{"-c", "help EPIPE"}},
	} {
		got, err := w.command(c.short...).Output()
		want, _ := w.command(c.long...).Output()
		if err != nil || len(got) == 0 || string(got) != string(want) {
			t.Errorf("%s: %v\n%s\nand %s\n%s", c.short, err, got, c.long, want)
		}
	}
	for topic, want := range map[string]string{"sned": "did you mean send?", "a\nquit": "no help on", "$(x)": "no help on"} {
		out, err := w.command("help", topic).CombinedOutput()
		if err == nil || !strings.Contains(string(out), want) {
			t.Errorf("help %q: %v\n%s", topic, err, out)
		}
	}
}

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
	address := answer(t, func(c net.Conn) {
		for lines := bufio.NewScanner(c); lines.Scan(); {
			io.WriteString(c, "+PONG\r\n")
		}
	})
	out := w.test(0, "help.lua", "--var", "target="+address)
	if n := strings.Count(out, "ok "); n != strings.Count(shown, "scenario(")+1 { // one has a matrix of two
		t.Errorf("%d passed\n%s", n, out)
	}
}
