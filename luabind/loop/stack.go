package loop

// GrowStack gives the goroutine that calls it room on its stack. Go doubles a stack that
// is full and walks its frames for that, which brings in pages of the program's tables:
// at a start these are most of what there is to wait for. So who will go deep calls it
// first, while there are few frames. What is not used of the room takes no memory.
func GrowStack() { reserve(false) }

// reserve has a large frame, which only use would write to.
//
//go:noinline
func reserve(use bool) {
	if use {
		var room [16 << 10]byte
		fill(&room)
	}
}

//go:noinline
func fill(room *[16 << 10]byte) { clear(room[:]) }
