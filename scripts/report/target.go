package report

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// A Target is a report that is asked for: its form and its file, "-" for the standard
// output.
type Target struct{ Format, File string }

// ParseTargets reads "junit=report.xml,tap=-". A comma is never a file name's.
func ParseTargets(text string) ([]Target, error) {
	var all []Target
	for one := range strings.SplitSeq(text, ",") {
		format, file, _ := strings.Cut(one, "=")
		if formats[format] == nil || file == "" {
			return nil, fmt.Errorf("--report takes FORMAT=FILE, or several with commas between, where FORMAT is one of %s, not %q", strings.Join(Formats(), ", "), one)
		}
		all = append(all, Target{format, file})
	}
	return all, nil
}

// IsOutput reports whether the report goes to the standard output.
func (t Target) IsOutput() bool { return t.File == "-" }

// Replaces reports whether both are written to the same file, of which one is left then.
func (t Target) Replaces(other Target) bool {
	if t.Once() {
		return false
	}
	one, err := os.Stat(t.File)
	two, err2 := os.Stat(other.File)
	if err == nil && err2 == nil {
		return os.SameFile(one, two)
	}
	file, err := filepath.Abs(t.place())
	file2, err2 := filepath.Abs(other.place())
	return err == nil && err2 == nil && file == file2
}

// Once reports whether the report can be written but once, at the end.
func (t Target) Once() bool { return t.IsOutput() || t.isStream() }

// Check reports whether the file could be written, as far as that shows before.
func (t Target) Check() error {
	if t.IsOutput() {
		return nil
	}
	if info, err := os.Stat(t.File); err == nil && info.IsDir() {
		return fmt.Errorf("--report %s=%s: that is a folder", t.Format, t.File)
	}
	if t.isStream() {
		return nil
	}
	f, err := t.create()
	if err != nil {
		return fmt.Errorf("--report %s=%s: %w", t.Format, t.File, err)
	}
	f.Close()
	return os.Remove(f.Name())
}

// isStream reports whether the file is a device, a pipe or the like, or is what the program
// writes to already: it is written to, and not replaced.
func (t Target) isStream() bool {
	info, err := os.Stat(t.File)
	if err != nil {
		return false
	}
	_, err = filepath.EvalSymlinks(t.File) // as of a descriptor whose file has no name
	return err != nil || !info.Mode().IsRegular() || standard(info) != nil
}

// standard returns which stream of the program a file is, nil for none.
func standard(file os.FileInfo) *os.File {
	for _, f := range []*os.File{os.Stdout, os.Stderr} {
		if info, err := f.Stat(); err == nil && os.SameFile(file, info) {
			return f
		}
	}
	return nil
}

// place is the file itself where the path leads to it by links.
func (t Target) place() string {
	if file, err := filepath.EvalSymlinks(t.File); err == nil {
		return file
	}
	return t.File
}

// create makes the file that becomes the report's when it is whole.
func (t Target) create() (*os.File, error) {
	dir := filepath.Dir(t.place())
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	return os.CreateTemp(dir, ".socksh-report-*")
}

// Write writes the report. A file is whole or not there at all.
func (t Target) Write(r *Run) error {
	switch {
	case t.IsOutput():
		return formats[t.Format](os.Stdout, r)
	case t.isStream():
		if info, err := os.Stat(t.File); err == nil && standard(info) != nil {
			return formats[t.Format](standard(info), r)
		}
		f, err := os.OpenFile(t.File, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		err = formats[t.Format](f, r)
		return errors.Join(err, f.Close())
	}
	f, err := t.create()
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	err = formats[t.Format](f, r)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Chmod(f.Name(), 0o644)
	}
	if err == nil {
		err = os.Rename(f.Name(), t.place())
	}
	return err
}
