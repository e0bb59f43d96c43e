package journal

import (
	"bufio"
	"encoding/json"
	"io"
)

// Lines writes events as lines of JSON, one each: n, at (in seconds since the journal
// began), task, during, handle, kind, and what the fact holds under its own names.
func Lines(w io.Writer, events []Event) error {
	b := bufio.NewWriter(w)
	for _, e := range events {
		head, err := json.Marshal(struct {
			N      int     `json:"n"`
			At     float64 `json:"at"`
			Task   int     `json:"task,omitempty"`
			During int     `json:"during,omitempty"`
			Handle int     `json:"handle,omitempty"`
			Kind   string  `json:"kind"`
		}{e.N, e.At.Seconds(), e.Task, e.During, e.Handle, e.Fact.Kind()})
		if err != nil {
			return err
		}
		fact, err := json.Marshal(e.Fact)
		if err != nil {
			return err
		}
		b.Write(head[:len(head)-1])
		if len(fact) > len("{}") {
			b.WriteByte(',')
			fact = fact[1:]
		} else {
			fact = []byte("}")
		}
		b.Write(fact)
		b.WriteByte('\n')
	}
	return b.Flush()
}
