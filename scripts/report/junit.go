package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// The elements of a JUnit report, as far as Jenkins and GitLab read it. There is no
// official schema; https://github.com/testmoapp/junitxml collects what is in use.
type (
	suites struct {
		XMLName  xml.Name `xml:"testsuites"`
		Name     string   `xml:"name,attr"`
		Tests    int      `xml:"tests,attr"`
		Failures int      `xml:"failures,attr"`
		Errors   int      `xml:"errors,attr"`
		Skipped  int      `xml:"skipped,attr"`
		Time     string   `xml:"time,attr"`
		Stamp    string   `xml:"timestamp,attr"`
		Suites   []suite  `xml:"testsuite"`
	}
	suite struct {
		Name       string     `xml:"name,attr"`
		File       string     `xml:"file,attr"`
		Tests      int        `xml:"tests,attr"`
		Failures   int        `xml:"failures,attr"`
		Errors     int        `xml:"errors,attr"`
		Skipped    int        `xml:"skipped,attr"`
		Time       string     `xml:"time,attr"`
		Stamp      string     `xml:"timestamp,attr"`
		Host       string     `xml:"hostname,attr"`
		Properties []property `xml:"properties>property"`
		Cases      []testcase `xml:"testcase"`
	}
	property struct {
		Name  string `xml:"name,attr"`
		Value string `xml:"value,attr"`
	}
	testcase struct {
		Name    string  `xml:"name,attr"`
		Class   string  `xml:"classname,attr"`
		File    string  `xml:"file,attr"`
		Line    int     `xml:"line,attr"`
		Time    string  `xml:"time,attr"`
		Skipped *remark `xml:"skipped"`
		Failure *remark `xml:"failure"`
		Error   *remark `xml:"error"`
		Flaky   []rerun `xml:"flakyFailure"`
		Rerun   []rerun `xml:"rerunFailure"`
		Out     *string `xml:"system-out"`
	}
	remark struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr,omitempty"`
		Text    string `xml:",chardata"`
	}
	rerun struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Stack   string `xml:"stackTrace"`
		Out     string `xml:"system-out"`
	}
)

// JUnit writes the run as JUnit XML. Failed checks are failures, what else went wrong
// is an error. Attempts before the last are flakyFailure or rerunFailure.
func JUnit(w io.Writer, r *Run) error {
	all := suites{Name: "socksh", Time: seconds(r.Took), Stamp: stamp(r.Began)}
	host, _ := os.Hostname()
	names, cases := r.files()
	for _, file := range names {
		s := suite{Name: file, File: file, Host: host, Stamp: stamp(r.Began)}
		for _, p := range r.Properties {
			s.Properties = append(s.Properties, property{p[0], Visible(p[1])})
		}
		var took time.Duration
		for _, c := range cases[file] {
			tc := c.junit()
			took += c.Took()
			s.Tests++
			switch {
			case tc.Skipped != nil:
				s.Skipped++
			case tc.Failure != nil:
				s.Failures++
			case tc.Error != nil:
				s.Errors++
			}
			s.Cases = append(s.Cases, tc)
		}
		s.Time = seconds(took)
		all.Tests += s.Tests
		all.Failures += s.Failures
		all.Errors += s.Errors
		all.Skipped += s.Skipped
		all.Suites = append(all.Suites, s)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func (c *Case) junit() testcase {
	tc := testcase{Name: Visible(c.title()), Class: strings.TrimSuffix(strings.TrimSuffix(c.File, ".lua"), ".txt"), File: c.File, Line: c.Line, Time: seconds(c.Took())}
	last := c.Last()
	switch c.Status {
	case Skipped:
		tc.Skipped = &remark{Message: Visible(c.Reason)}
	case NotRun:
		tc.Skipped = &remark{Message: "not run: " + Visible(c.Reason)}
	case XFailed:
		tc.Skipped = &remark{Message: Visible(c.Reason), Type: "xfail"}
	case Flaky:
		for _, a := range c.Attempts[:len(c.Attempts)-1] {
			tc.Flaky = append(tc.Flaky, a.rerun())
		}
	case Failed:
		first := &c.Attempts[0]
		f, message := first.lead()
		m := &remark{Message: Visible(message), Type: f.Kind, Text: Visible(first.Details)}
		if f.Kind == "check" {
			tc.Failure = m
		} else {
			tc.Error = m
		}
		for _, a := range c.Attempts[1:] {
			tc.Rerun = append(tc.Rerun, a.rerun())
		}
	}
	if last != nil && (c.Status == Failed || c.Status == Flaky) {
		out := "" // the attachments go first: GitLab takes the first, whoever has written it
		for _, a := range c.Attempts {
			for _, file := range a.Files {
				out += "[[ATTACHMENT|" + fromHere(file) + "]]\n"
			}
		}
		out += Visible(last.Output)
		tc.Out = &out
	}
	return tc
}

// fromHere returns a file's path from the working folder on, if it is below that:
// CI systems take attachments from their workspace alone.
func fromHere(file string) string {
	here, err := os.Getwd()
	if err != nil || !filepath.IsAbs(file) {
		return file
	}
	if rel, err := filepath.Rel(here, file); err == nil && filepath.IsLocal(rel) {
		return rel
	}
	return file
}

func (a *Attempt) rerun() rerun {
	f, message := a.lead()
	return rerun{Message: Visible(message), Type: f.Kind, Stack: Visible(a.Details), Out: Visible(a.Output)}
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05") }
