package report

import (
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// mostAnnotations is how many errors are annotated: GitHub shows ten of a step, and the
// last one tells how many more there are.
const mostAnnotations = 9

// Suspend writes to w that GitHub Actions reads no workflow commands from now on, which
// a peer's bytes in a log could look like, and returns what ends that.
func Suspend(w io.Writer) (resume func()) {
	token := rand.Text()
	fmt.Fprintf(w, "::stop-commands::%s\n", token)
	return func() { fmt.Fprintf(w, "::%s::\n", token) }
}

// Annotate writes workflow commands of GitHub Actions: an error at its line for each
// case that failed.
func Annotate(w io.Writer, r *Run) {
	n := 0
	for _, c := range r.Cases {
		if c.Status != Failed {
			continue
		}
		if n++; n > mostAnnotations {
			continue
		}
		a := c.Last()
		f, message := a.lead()
		file, line := c.File, c.Line
		if at := strings.LastIndexByte(f.Where, ':'); at > 0 {
			if k, err := strconv.Atoi(f.Where[at+1:]); err == nil {
				file, line = f.Where[:at], k
			}
		}
		fmt.Fprintf(w, "::error file=%s,line=%d,title=%s::%s\n", asProperty(inWorkspace(file)), line, asProperty(c.ID), asData(message+"\nagain: "+c.Again))
	}
	if more := n - mostAnnotations; more > 0 {
		fmt.Fprintf(w, "::error title=socksh::%d scenarios more have failed\n", more)
	}
}

// inWorkspace returns how GitHub names a file: from the repository on, whatever the
// working folder is.
func inWorkspace(file string) string {
	full, err := filepath.Abs(file)
	if err != nil {
		return file
	}
	rel, err := filepath.Rel(os.Getenv("GITHUB_WORKSPACE"), full)
	if err != nil || !filepath.IsLocal(rel) {
		return file
	}
	return rel
}

// Summarize appends the run to the step's summary, where GitHub Actions asks for one.
func Summarize(r *Run) error {
	file := os.Getenv("GITHUB_STEP_SUMMARY")
	if file == "" {
		return nil
	}
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if room := mostPage - int(info.Size()); room > 0 {
		return markdown(f, r, room)
	}
	return nil // what other programs of the step have written fills it
}

// asData and asProperty escape what a workflow command takes as data and as a property.
func asData(text string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(Visible(text))
}

func asProperty(text string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(asData(text))
}
