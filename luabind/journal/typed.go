package journal

// These facts tell of what was typed. They outlive the ring, see [Journal.Typed], and
// recordings are made of them.

// Input is what a person or a script's file gave to run.
type Input struct {
	Text string `json:"text"`
}

// Job tells that an input goes on as a job, and holds up nothing any more.
type Job struct {
	Input int    `json:"input"` // its event
	Name  string `json:"name"`  // "j1"
}

// Output is the end of an input, or of the job that it has become.
type Output struct {
	Input  int    `json:"input"`           // its event
	Job    string `json:"job,omitempty"`   // "" if it is none
	Ended  End    `json:"ended,omitempty"` // "" if it went well
	Errno  string `json:"errno,omitempty"`
	Shown  string `json:"shown,omitempty"` // what a person saw of it, as lines of a transcript
	Values []any  `json:"-"`               // what it gave: see [Long] and [HandleNumber] for what is not plain
	// Partial is what had been received before it failed.
	Partial string `json:"-"`
	// Socket is what is known of the handle afterwards that the event is about, Calls how
	// many calls it made.
	Socket *Socket `json:"-"`
	Calls  int     `json:"-"`
	// Made are the handles that came to be meanwhile.
	Made []HandleNumber `json:"-"`
}

// An End says how an input failed.
type End string

// The ends of inputs.
const (
	Refused   End = "refused"   // it was no call: nothing was done
	Failed    End = "failed"    // an error, perhaps with an errno
	TimedOut  End = "timeout"   // its deadline ended it
	Cancelled End = "cancelled" // a person ended it
)

// A value of an output is nil, a bool, a float64, a string, a list as []any, or one of
// these.
type (
	// HandleNumber is a handle.
	HandleNumber int
	// Long is data of which not everything is kept: how many bytes, and their SHA-256.
	Long struct {
		Len int
		Sum [32]byte
	}
	// Other is what cannot be written down: a function, a table with names.
	Other struct{}
)

// MostKept is how many bytes of data an output keeps.
const MostKept = 64 << 10

func (Input) Kind() string  { return "input" }
func (Job) Kind() string    { return "job" }
func (Output) Kind() string { return "output" }

func (f Input) String() string  { return f.Text }
func (f Job) String() string    { return f.Name }
func (f Output) String() string { return f.Shown }

// typedMost is how many events of what was typed are kept beyond the ring.
const typedMost = 30_000

func isTyped(f Fact) bool {
	switch f.(type) {
	case Input, Job, Output:
		return true
	}
	return false
}

// Typed returns the events after number n that are kept, oldest first, those of what was
// typed for longer than the others.
func (j *Journal) Typed(n int) []Event {
	var all []Event
	for _, e := range j.typed {
		if e.N > n {
			all = append(all, e)
		}
	}
	return append(all, j.Events(n)...)
}

// Lost reports whether something that was typed after event n is not kept any more.
func (j *Journal) Lost(n int) bool { return j.lost > n }

// outlive keeps an event that the ring has no room for any more, if that tells of
// something that was typed.
func (j *Journal) outlive(e Event) {
	if !isTyped(e.Fact) {
		return
	}
	if len(j.typed) == typedMost {
		j.lost = j.typed[typedMost/3-1].N
		j.typed = append(j.typed[:0], j.typed[typedMost/3:]...)
	}
	j.typed = append(j.typed, e)
}
