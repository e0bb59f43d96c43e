package recording

import (
	"strings"

	"socksh/luabind/sock"
)

// shown returns a text that is to be written, or an error if a secret is in it.
func (s *Session) shown(text string) (string, error) {
	const least = 4 // what is shorter is in every text
	for name, value := range s.Secrets {
		quoted := sock.Quote(value)
		if len(value) >= least && (strings.Contains(text, value) || strings.Contains(text, quoted[1:len(quoted)-1])) {
			return "", cannot("it would show the secret vars.%s: nothing is written", name)
		}
	}
	return text, nil
}

// hide puts stars in the place of secrets.
func (w *writer) hide(text string) string {
	for _, value := range w.session.Secrets {
		text = strings.ReplaceAll(text, value, "***")
	}
	return text
}

func (w *writer) isSecret(data string) bool {
	for _, value := range w.session.Secrets {
		if data == value {
			return true
		}
	}
	return false
}
