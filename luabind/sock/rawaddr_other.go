//go:build !linux

package sock

// A rawFormat is how addresses of one more family are written; there are none here.
type rawFormat struct {
	prefix string
	addr   func(string) (*Addr, error)
}

func rawForms() []rawFormat { return nil }

func rawForm(raw string) string { return raw }
