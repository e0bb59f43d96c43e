package scripts

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"socksh/luabind/sock"
)

// Duration returns what a flag does with a time, which is written as everywhere.
func Duration(to *time.Duration) func(string) error {
	return func(text string) (err error) {
		*to, err = sock.Duration(sock.Value{Type: sock.Text, Str: text})
		return err
	}
}

// Vars are the values that --var and --secret give to scripts.
type Vars struct {
	Values  map[string]string
	Secrets []string // the values among them that must not be shown
	Hidden  []string // and their names

	mu    sync.Mutex
	asked map[string]bool // the names that scripts know; false for those not given
}

// ask notes a name that a script knows; see [luabind.Config].
func (v *Vars) ask(name string, given bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.asked == nil {
		v.asked = make(map[string]bool)
	}
	v.asked[name] = v.asked[name] || given
}

// unasked returns a line for each value that no script has asked for: its name may be
// misspelled, and then another value was used in its place.
func (v *Vars) unasked() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	var missing, lines []string
	for name, given := range v.asked {
		if !given {
			missing = append(missing, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(v.Values)) {
		if v.asked[name] {
			continue
		}
		line := fmt.Sprintf("nothing has asked for vars.%s, which was given", name)
		if near := sock.Nearest(name, missing); near != "" {
			line += "; vars." + near + " was not given"
		}
		lines = append(lines, line)
	}
	return lines
}

// Set takes "name=value".
func (v *Vars) Set(text string) error {
	name, value, ok := strings.Cut(text, "=")
	if !ok || name == "" {
		return fmt.Errorf("--var takes NAME=VALUE, not %q", text)
	}
	v.put(name, value)
	return nil
}

// SetSecret takes "name=value", or a name whose value the environment has.
func (v *Vars) SetSecret(text string) error {
	name, value, ok := strings.Cut(text, "=")
	if !ok {
		if value, ok = os.LookupEnv(name); !ok {
			return fmt.Errorf("--secret %s: the environment has no %s", name, name)
		}
	}
	if name == "" || value == "" {
		return fmt.Errorf("--secret takes NAME=VALUE, or the name of a variable of the environment")
	}
	v.put(name, value)
	v.Secrets, v.Hidden = append(v.Secrets, value), append(v.Hidden, name)
	return nil
}

func (v *Vars) put(name, value string) {
	if v.Values == nil {
		v.Values = make(map[string]string)
	}
	v.Values[name] = value
}
