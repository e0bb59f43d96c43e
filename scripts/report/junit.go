package report

import (
	"bytes"
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
		Name       string      `xml:"name,attr"`
		Class      string      `xml:"classname,attr"`
		File       string      `xml:"file,attr"`
		Line       int         `xml:"line,attr"`
		Time       string      `xml:"time,attr"`
		Properties *properties `xml:"properties"`
		Skipped    *remark     `xml:"skipped"`
		Failure    *remark     `xml:"failure"`
		Error      *remark     `xml:"error"`
		Flaky      []rerun     `xml:"flakyFailure"`
		Rerun      []rerun     `xml:"rerunFailure"`
		Out        *string     `xml:"system-out"`
	}
	properties struct {
		All []property `xml:"property"`
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

// How large a report may be, and what is kept of one text. GitLab refuses a file of
// 30 MB (docs.gitlab.com, "Unit test reports"); Jenkins keeps 2×50,000 characters of an
// output. A report that is larger is written again with less of each text.
const (
	mostJUnit   = 25e6
	mostText    = 100_000
	leastText   = 200
	mostMessage = 2000
)

// JUnit writes the run as JUnit XML. Failed checks are failures, what else went wrong
// is an error. Attempts before the last are flakyFailure or rerunFailure.
func JUnit(w io.Writer, r *Run) error {
	var b bytes.Buffer
	for most := mostText; ; most /= 4 {
		b.Reset()
		if err := junit(&b, r, most); err != nil {
			return err
		}
		if b.Len() <= mostJUnit || most <= leastText {
			_, err := b.WriteTo(w)
			return err
		}
	}
}

// junit writes the report with at most so many bytes of each text.
func junit(w io.Writer, r *Run, most int) error {
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
			tc := c.junit(most)
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

func (c *Case) junit(most int) testcase {
	tc := testcase{Name: Visible(c.title()), Class: strings.TrimSuffix(c.File, ".lua"), File: c.File, Line: c.Line, Time: seconds(c.Took())}
	last := c.Last()
	switch c.Status {
	case Skipped:
		tc.Skipped = &remark{Message: oneLine(c.Reason, mostMessage)}
	case NotRun:
		tc.Skipped = &remark{Message: "not run: " + oneLine(c.Reason, mostMessage)}
	case XFailed:
		tc.Skipped = &remark{Message: oneLine(c.Reason, mostMessage), Type: "xfail"}
	case Flaky:
		for _, a := range c.Attempts[:len(c.Attempts)-1] {
			tc.Flaky = append(tc.Flaky, a.rerun(most))
		}
	case Failed:
		first := &c.Attempts[0]
		f, message := first.lead()
		m := &remark{Message: oneLine(message, mostMessage), Type: f.Kind, Text: Shorten(Visible(first.Details), most)}
		if f.Kind == "check" {
			tc.Failure = m
		} else {
			tc.Error = m
		}
		for _, a := range c.Attempts[1:] {
			tc.Rerun = append(tc.Rerun, a.rerun(most))
		}
	}
	if last != nil && (c.Status == Failed || c.Status == Flaky) {
		out := "" // the attachments go first: GitLab takes the first, whoever has written it
		var files []property
		for _, a := range c.Attempts {
			for _, file := range a.Files {
				file = fromHere(file)
				out += "[[ATTACHMENT|" + file + "]]\n"
				files = append(files, property{"attachment", file})
			}
		}
		out += Shorten(Visible(last.Output), most)
		tc.Out = &out
		if len(files) > 0 {
			tc.Properties = &properties{files}
		}
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

func (a *Attempt) rerun(most int) rerun {
	f, message := a.lead()
	return rerun{Message: oneLine(message, mostMessage), Type: f.Kind, Stack: Shorten(Visible(a.Details), most), Out: Shorten(Visible(a.Output), most)}
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05") }
