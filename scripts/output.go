package scripts

import (
	"fmt"
	"sync"
)

// mostOutput is how much a scenario may print; of more the last part is kept.
const mostOutput = 1 << 20

// An output keeps what a scenario prints.
type output struct {
	mu      sync.Mutex
	data    []byte
	dropped int
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.data = append(o.data, p...)
	if more := len(o.data) - mostOutput; more > mostOutput {
		o.dropped += more
		o.data = append(o.data[:0], o.data[more:]...)
	}
	return len(p), nil
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.dropped > 0 {
		return fmt.Sprintf("(%d bytes before this are not kept)\n%s", o.dropped, o.data)
	}
	return string(o.data)
}
