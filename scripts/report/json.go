package report

import (
	"encoding/json"
	"io"
	"time"
)

type (
	jsonRun struct {
		Format     int               `json:"format"` // 1; grows when a field changes its meaning
		Began      time.Time         `json:"began"`
		Seconds    float64           `json:"seconds"`
		Stopped    string            `json:"stopped,omitempty"`
		Properties map[string]string `json:"properties"`
		Counts     map[Status]int    `json:"counts"`
		Scenarios  []jsonCase        `json:"scenarios"`
	}
	jsonCase struct {
		ID       string        `json:"id"`
		File     string        `json:"file"`
		Line     int           `json:"line"`
		Name     string        `json:"name,omitempty"`
		Tags     []string      `json:"tags,omitempty"`
		Status   Status        `json:"status"`
		Reason   string        `json:"reason,omitempty"`
		Seconds  float64       `json:"seconds"`
		Again    string        `json:"again"`
		Attempts []jsonAttempt `json:"attempts,omitempty"`
	}
	jsonAttempt struct {
		Status   Status        `json:"status"`
		Seconds  float64       `json:"seconds"`
		Failures []jsonFailure `json:"failures,omitempty"`
		Subtests []jsonSubtest `json:"subtests,omitempty"`
		Output   string        `json:"output,omitempty"`
		Files    []string      `json:"files,omitempty"`
	}
	jsonFailure struct {
		Kind     string   `json:"kind"`
		Phase    string   `json:"phase,omitempty"`
		Message  string   `json:"message"`
		Why      string   `json:"why,omitempty"`
		Where    string   `json:"where,omitempty"`
		Expected *string  `json:"expected,omitempty"`
		Got      *string  `json:"got,omitempty"`
		Blocked  []string `json:"blocked,omitempty"`
	}
	jsonSubtest struct {
		Name   string `json:"name"`
		Status Status `json:"status"`
		Reason string `json:"reason,omitempty"`
	}
)

// JSON writes the run as one object. Bytes that are no text are written as \xNN.
func JSON(w io.Writer, r *Run) error {
	all := jsonRun{Format: 1, Began: r.Began.UTC(), Seconds: r.Took.Seconds(), Stopped: r.Stopped,
		Properties: map[string]string{}, Counts: map[Status]int{}, Scenarios: []jsonCase{}}
	for _, p := range r.Properties {
		all.Properties[p[0]] = p[1]
	}
	for _, c := range r.Cases {
		all.Counts[c.Status]++
		one := jsonCase{ID: Visible(c.ID), File: c.File, Line: c.Line, Name: Visible(c.Name), Tags: c.Tags, Status: c.Status, Reason: Visible(c.Reason), Seconds: c.Took().Seconds(), Again: c.Again}
		for _, a := range c.Attempts {
			one.Attempts = append(one.Attempts, a.json())
		}
		all.Scenarios = append(all.Scenarios, one)
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(all)
}

func (a *Attempt) json() jsonAttempt {
	out := jsonAttempt{Status: a.Status, Seconds: a.Took.Seconds(), Output: Visible(a.Output), Files: a.Files}
	for _, f := range a.Failures {
		one := jsonFailure{Kind: f.Kind, Phase: Visible(f.Phase), Message: Visible(f.Message), Why: Visible(f.Why), Where: f.Where}
		for _, text := range f.Blocked {
			one.Blocked = append(one.Blocked, Visible(text))
		}
		if f.Compared {
			want, got := Visible(f.Expected), Visible(f.Got)
			one.Expected, one.Got = &want, &got
		}
		out.Failures = append(out.Failures, one)
	}
	for _, s := range a.Subtests {
		status := Passed
		switch {
		case s.Failed:
			status = Failed
		case s.Skipped != "":
			status = Skipped
		}
		out.Subtests = append(out.Subtests, jsonSubtest{Visible(s.Name), status, Visible(s.Skipped)})
	}
	return out
}
