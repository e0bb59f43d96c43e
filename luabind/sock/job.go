package sock

import (
	"fmt"
	"sort"
	"strconv"
	"strings"

	"socksh/luabind/loop"
)

// A Job is a task with a name: a pending operation of the prompt, or what a
// script has spawned.
type Job struct {
	N       int
	Text    string // what was typed, or where it was spawned
	Task    *loop.Task
	Script  any    // the script language's object for it
	Result  Result // once it has ended well
	Err     error  // once it has failed
	Taken   bool   // whether someone has seen the result
	Waiters int    // how many wait for it in join
	Input   int    // the journal's event of the input that it was, 0 for none
}

// Name returns the job's name, such as "j1".
func (j *Job) Name() string { return "j" + strconv.Itoa(j.N) }

// Ended reports whether the job is over.
func (j *Job) Ended() bool { ended, _ := j.Task.Ended(); return ended }

// State says in a word how the job is.
func (j *Job) State() string {
	switch {
	case !j.Ended() && j.Task.Cancelled():
		return "cancelling"
	case !j.Ended():
		return "pending"
	case j.Task.Cancelled():
		return "cancelled"
	case j.Err != nil:
		return "failed"
	}
	return "done"
}

// AddJob gives a task a name.
func (t *Table) AddJob(task *loop.Task, text string) *Job {
	t.lastJob++
	j := &Job{N: t.lastJob, Task: task, Text: text}
	t.jobs[j.N] = j
	return j
}

// DropJob forgets a job that has ended.
func (t *Table) DropJob(j *Job) { delete(t.jobs, j.N) }

// Jobs returns the jobs in order.
func (t *Table) Jobs() []*Job {
	all := make([]*Job, 0, len(t.jobs))
	for _, j := range t.jobs {
		all = append(all, j)
	}
	sort.Slice(all, func(i, k int) bool { return all[i].N < all[k].N })
	return all
}

func (t *Table) jobOf(v Value) (*Job, error) {
	switch v.Type {
	case AJob:
		return v.Any.(*Job), nil
	case Text, Bytes:
		digits, ok := strings.CutPrefix(v.Str, "j")
		n, err := strconv.Atoi(digits)
		if !ok || err != nil {
			break
		}
		if j := t.jobs[n]; j != nil {
			return j, nil
		}
		return nil, fmt.Errorf("no job %s; jobs lists them", v.Str)
	}
	return nil, fmt.Errorf("%s is not a job; write j1", v.word())
}
