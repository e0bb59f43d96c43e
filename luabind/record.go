package luabind

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"socksh/luabind/loop"
	"socksh/luabind/recording"
	"socksh/luabind/sock"
)

// A recordTo is a recording under way, or asked for.
type recordTo struct {
	file       string
	transcript bool
	since      int // the last event before it
	options    recording.Options
}

// recordVerbs are the verbs that make files of what was typed.
func (s *Session) recordVerbs() []sock.Verb {
	params := func(file sock.Param) []sock.Param {
		return []sock.Param{file,
			{Name: "half", Kind: sock.WordKind, Optional: true, Choices: []string{"client", "server"}},
			{Name: "pauses", Kind: sock.SwitchKind, Optional: true},
			{Name: "transcript", Kind: sock.FileKind, Optional: true}}
	}
	file := sock.Param{Name: "file", Kind: sock.FileKind, Optional: true}
	errors := []sock.Cause{{Errno: "ENOENT", When: "there is no such folder"}, {Errno: "EISDIR", When: "it is a folder"}}
	return []sock.Verb{
		{Name: "save", Shell: true, Records: sock.RecordNone,
			Summary: "make a script of what was typed so far",
			Details: "It does the same and expects what came: results, errors, ends of streams, states. Ports that were chosen are variables, also those that were typed; what came over a stream may come in other pieces; times and descriptors are not compared; what was only looked at is left out. A job is spawned, and joined where it ended. What is open in the end is closed. half writes the calls of the clients or of the servers alone: the others are the program under test, at --var target=HOST:PORT, or started by --var client=COMMAND. pauses keeps the person's waits, --var pace=0.1 shortens them. FILE.txt, or --transcript FILE, is a transcript. A file that is no recording is not written over; another recording goes to FILE~ first. An answer that is another each time, as one with a process number in it, is edited: in a list a number stands for so many bytes of any value, expect.recv(c, {\"pid:\", 4, \"\\n\"}). That the other side says no more is seen for 0.1 s before a close. At a prompt all is kept that was typed; elsewhere journal on, or record, begins it.",
			Params:  params(file), Errors: errors,
			Example: "save echo.lua", Run: s.doSave},
		{Name: "record", Shell: true, Records: sock.RecordNone, Gives: "what is recorded, if nothing is given",
			Summary: "make a script of what is typed from now on",
			Details: "As save does. record off ends it and writes the file; so does the end of the session.",
			Params:  params(file), Errors: errors,
			Example: "record echo.lua", Run: s.doRecord},
	}
}

// recordArgs reads the arguments that both have.
func recordArgs(a *sock.Args) (recordTo, error) {
	r := recordTo{file: a.Text(0)}
	if named := a.Text(3); named != "" {
		if r.file != "" {
			return r, sock.Misuse("there are two files: " + sock.Quote(r.file) + " and " + sock.Quote(named))
		}
		r.file, r.transcript = named, true
	}
	switch filepath.Ext(r.file) {
	case ".txt":
		r.transcript = true
	case ".lua":
	default:
		if !r.transcript && r.file != "" && r.file != "off" {
			return r, sock.Misuse("the name of the file must end in .lua or .txt: " + sock.Quote(r.file))
		}
	}
	r.options.Half = recording.Half(a.Text(1))
	r.options.Pauses = a.Value(2).Num != 0
	if r.transcript && (r.options.Half != "" || r.options.Pauses) {
		return r, sock.Misuse("a transcript has no half and no pauses: write a .lua file")
	}
	return r, nil
}

func (s *Session) doSave(_ *loop.Task, _ *sock.Table, a *sock.Args) (sock.Result, error) {
	r, err := recordArgs(a)
	switch {
	case err != nil:
		return nil, err
	case r.file == "":
		return nil, sock.Misuse("file is missing")
	case !s.journalOn:
		return nil, sock.Misuse("what was typed is not kept here: journal on, or record FILE, begins it")
	}
	return nil, s.writeRecording(&r)
}

func (s *Session) doRecord(_ *loop.Task, _ *sock.Table, a *sock.Args) (sock.Result, error) {
	r, err := recordArgs(a)
	if err != nil {
		return nil, err
	}
	switch {
	case r.file == "" && s.recording == nil:
		return a.Give(sock.Str("off")), nil
	case r.file == "":
		return a.Give(sock.Str(s.recording.file)), nil
	case r.file == "off" && s.recording == nil:
		return nil, sock.Misuse("nothing is recorded")
	case r.file == "off":
		return nil, s.endRecording()
	case s.recording != nil:
		return nil, sock.Misuse("it goes into " + sock.Quote(s.recording.file) + " already; record off ends that")
	}
	if err := s.mayOverwrite(r.file); err != nil {
		return nil, err
	}
	if err := s.hasPlace(r.file); err != nil {
		return nil, err
	}
	j := s.Journal()
	for n := range s.inputs { // this one, which has begun before
		r.since = max(r.since, n)
	}
	r.since = max(r.since, j.Last())
	s.recording = &r
	if open := len(s.Table.Handles()); open > 0 {
		s.note(fmt.Sprintf("the recording does not make the handles that are open already: %d", open))
	}
	return nil, nil
}

func (s *Session) endRecording() error {
	r := s.recording
	s.recording = nil
	return s.writeRecording(r)
}

// EndRecording writes what is recorded; the session is about to end.
func (s *Session) EndRecording() (err error) {
	if s.recording == nil {
		return nil
	}
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("record: internal error: %v", r)
		}
	}()
	file := s.recording.file
	if err := s.endRecording(); err != nil {
		return fmt.Errorf("record %s: %w", sock.Quote(file), err)
	}
	return nil
}

// hasPlace returns nil if a file's folder is there, and it is none itself: what is recorded
// in the meantime would be lost.
func (s *Session) hasPlace(file string) error {
	var onPath *os.PathError
	if _, err := s.stat(filepath.Dir(file)); errors.As(err, &onPath) {
		return onPath.Err
	}
	if info, err := s.stat(file); err == nil && info.IsDir() {
		return syscall.EISDIR
	}
	return nil
}

// mayOverwrite returns nil if there is no such file, or it is a recording itself.
func (s *Session) mayOverwrite(file string) error {
	if info, err := s.stat(file); err != nil || !info.Mode().IsRegular() {
		return nil // writing it tells what is wrong
	}
	text, err := s.readFile(file)
	if err == nil && !recording.IsRecording(string(text)) {
		return sock.Misuse(sock.Quote(file) + " is there already, and no recording")
	}
	return nil
}

func (s *Session) writeRecording(r *recordTo) error {
	if err := s.mayOverwrite(r.file); err != nil {
		return err
	}
	j := s.Table.Journal
	j.Look()
	if j.Lost(r.since) {
		return sock.Misuse("the first lines are not kept any more; record FILE before them")
	}
	source := &recording.Session{Events: j.Typed(r.since), Verb: s.Verb, Known: s.Known, Command: s.command, Secrets: make(map[string]string)}
	for _, name := range s.Secrets {
		source.Secrets[name] = s.Vars[name]
	}
	for _, h := range s.Table.Handles() {
		source.Open = append(source.Open, h.N)
	}
	for _, job := range s.Table.Jobs() {
		source.Running = source.Running || !job.Ended() && job.Input == 0
	}
	text, err := recording.Script(source, r.options)
	if r.transcript {
		text, err = recording.Transcript(source)
	}
	if err != nil {
		return sock.Misuse(err.Error())
	}
	if err := s.keep(r.file, text); err != nil {
		return err
	}
	if err := s.Table.WriteFile(r.file, []byte(text)); err != nil {
		return err
	}
	if s.recorded == nil {
		s.recorded = make(map[string]string)
	}
	s.recorded[r.file] = text
	return nil
}

// keep moves a recording of another session, which may have been edited, out of the way of
// one that is about to take its place.
func (s *Session) keep(file, text string) error {
	old, err := s.readFile(file)
	if err != nil || s.folder != nil || len(old) == 0 || string(old) == text || string(old) == s.recorded[file] {
		return nil // writing it tells what is wrong
	}
	if err := os.Rename(file, file+"~"); err != nil {
		return sock.Bare(err)
	}
	s.note("another recording was there: it is " + sock.Quote(file+"~") + " now")
	return nil
}
