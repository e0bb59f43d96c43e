package recording

import (
	"fmt"
	"math"
	"time"
)

// usual is how many seconds the checks wait that are told nothing else.
const usual = 5

// patience returns how many seconds a replay waits for what comes: the usual, or twice
// what the session has waited for the slowest answer. What ran in the background may have
// waited for the one who typed.
func patience(steps []*step) int {
	most := time.Duration(0)
	for _, st := range steps {
		if st.job == "" && (st.verb != nil && receives(st.verb) || st.verb == nil && len(st.calls) > 0) {
			most = max(most, st.ended-st.at)
		}
	}
	return max(usual, int(math.Ceil(2*most.Seconds())))
}

// limit is patience in the form that an argument after others has, "" for the usual.
func (w *writer) limit(form string) string {
	if w.patience == usual {
		return ""
	}
	return fmt.Sprintf(form, w.patience)
}
