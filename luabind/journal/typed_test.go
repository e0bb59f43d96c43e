package journal

import "testing"

// TestTyped checks that what was typed outlives the ring, and that what is lost is told.
func TestTyped(t *testing.T) {
	j := New(10)
	n := j.Add(nil, 0, Input{Text: "first"})
	for range 100 {
		j.Add(nil, 0, Note{"noise"})
	}
	j.Add(nil, 0, Output{Input: n})
	all := j.Typed(0)
	if len(all) != 11 || all[0].Fact != (Input{Text: "first"}) || j.Lost(0) {
		t.Errorf("%d events, first %v, lost %v", len(all), all[0], j.Lost(0))
	}
	if len(j.Typed(n)) != 10 || len(j.Events(0)) != 10 {
		t.Error("too many events")
	}
	for range typedMost + 20 {
		n = j.Add(nil, 0, Input{Text: "more"})
	}
	if !j.Lost(0) || j.Lost(n-100) {
		t.Error("what is lost is not told")
	}
}
