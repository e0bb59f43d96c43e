package recording

import (
	"testing"
	"time"

	"socksh/luabind/sock"
)

func TestPatience(t *testing.T) {
	recv, accept := &sock.Verb{Name: "recv", Waits: true}, &sock.Verb{Name: "accept", Waits: true}
	waited := func(v *sock.Verb, job string, took time.Duration) *step {
		return &step{verb: v, job: job, at: time.Second, ended: time.Second + took}
	}
	for want, steps := range map[int][]*step{
		5:  {waited(recv, "", time.Second), waited(accept, "", time.Minute), waited(recv, "j1", time.Minute), {ended: time.Minute}},
		7:  {waited(recv, "", 3100*time.Millisecond)},
		20: {waited(recv, "", time.Second), waited(recv, "", 10*time.Second)},
	} {
		if got := patience(steps); got != want {
			t.Errorf("%d, expected %d", got, want)
		}
	}
}
