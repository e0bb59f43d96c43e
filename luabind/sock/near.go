package sock

import "strings"

// Nearest returns the name that a mistyped word most likely means: the same
// letters in another case, a name that it begins, or one that is two edits away at most, one for each two letters.
// It returns "" if there is none.
func Nearest(word string, names []string) string {
	best, least := "", 3
	for _, name := range names {
		if strings.EqualFold(word, name) {
			return name
		}
		if d := distance(strings.ToLower(word), strings.ToLower(name)); d < least && 2*d <= len(word) {
			best, least = name, d
		}
	}
	if best != "" {
		return best
	}
	for _, name := range names {
		if len(word) >= 3 && strings.HasPrefix(strings.ToLower(name), strings.ToLower(word)) {
			return name
		}
	}
	return ""
}

// distance is the number of letters to insert, delete, replace or swap with
// their neighbour that makes a into b.
func distance(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return 64
	}
	var row [3][65]int
	for j := range len(b) + 1 {
		row[1][j] = j
	}
	for i := range len(a) {
		row[2][0] = i + 1
		for j := range len(b) {
			cost := btoi(a[i] != b[j])
			d := min(row[1][j+1]+1, row[2][j]+1, row[1][j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				d = min(d, row[0][j-1]+1)
			}
			row[2][j+1] = d
		}
		row[0], row[1] = row[1], row[2]
	}
	return row[1][len(b)]
}
