package report

import (
	"bytes"
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

// mostSummary is how large a step's summary may be in bytes: what several commands of the
// step have written together.
const mostSummary = 1 << 20

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
		fmt.Fprintf(w, "::error file=%s,line=%d,title=%s::%s\n", asProperty(inWorkspace(file)), line, asProperty(c.ID), asData(Shorten(Visible(message), mostMessage)+"\nagain: "+c.Again))
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

// Mute keeps the runner from taking what follows as commands: what a peer has sent may
// look like one. It returns what Unmute takes.
func Mute(w io.Writer) string {
	token := rand.Text()
	fmt.Fprintf(w, "::stop-commands::%s\n", token)
	return token
}

// Unmute lets the runner take commands again.
func Unmute(w io.Writer, token string) { fmt.Fprintf(w, "::%s::\n", token) }

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
	var page bytes.Buffer
	if err := Markdown(&page, r); err != nil {
		return err
	}
	if info, err := f.Stat(); err == nil && info.Size()+int64(page.Len()) > mostSummary {
		page.Reset()
		heading(&page, r)
	}
	_, err = page.WriteTo(f)
	return err
}

// asData and asProperty escape what a workflow command takes as data and as a property.
func asData(text string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(Visible(text))
}

func asProperty(text string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(asData(text))
}
