package sock

import "strings"

// Fill reads "#5000", which stands for 5000 bytes of data; see [Filling].
func Fill(word string) (n int, ok bool) {
	if len(word) < 2 || len(word) > 10 || word[0] != '#' {
		return 0, false
	}
	for _, digit := range []byte(word[1:]) {
		if digit < '0' || digit > '9' {
			return 0, false
		}
		n = 10*n + int(digit-'0')
	}
	return n, true
}

// Filling returns n bytes of data.
func Filling(n int) string { return strings.Repeat("0123456789", n/10+1)[:n] }
