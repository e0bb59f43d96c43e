package stdlib

import (
	"math/bits"

	lua "github.com/yuin/gopher-lua"
)

// tableSort is table.sort(t [, less]): the items 1 to #t in order, by "<" or by
// less(a, b). Equal items come in the same order as from lua5.1. An order that
// contradicts itself is an error, or leaves some order; it never hangs. If less
// fails the table is as it was.
func tableSort(c call) int {
	t := c.table(1)
	s := &sorter{call: c, items: make([]lua.LValue, t.Len())}
	if c.L.Get(2) != lua.LNil {
		s.order = c.function(2)
	}
	for i := range s.items {
		s.items[i] = t.RawGetInt(i + 1)
	}
	s.sort(0, len(s.items)-1, sortDepth(len(s.items)))
	for i, v := range s.items {
		t.RawSetInt(i+1, v)
	}
	return 0
}

// A sorter sorts items in place.
type sorter struct {
	call  call
	items []lua.LValue
	order *lua.LFunction // or nil for "<"
	work  int            // comparisons so far
}

// sort sorts items[low] to items[high] as lua5.1 does, by a quicksort around the
// middle of three. Where that halves badly too often, a heap takes over: so the
// time is never the square of the length.
func (s *sorter) sort(low, high, depth int) {
	for low < high {
		if s.orderEnds(low, high); high-low == 1 {
			return
		}
		middle := (low + high) / 2
		s.orderMiddle(low, middle, high)
		if high-low == 2 {
			return
		}
		if depth == 0 {
			s.heapSort(s.items[low : high+1])
			return
		}
		depth--
		pivot := s.partition(low, middle, high)
		if pivot-low < high-pivot {
			s.sort(low, pivot-1, depth)
			low = pivot + 1
		} else {
			s.sort(pivot+1, high, depth)
			high = pivot - 1
		}
	}
}

// sortDepth is how often a part may be divided before the heap takes over: twice
// as often as halving does.
func sortDepth(n int) int { return 2 * bits.Len(uint(n)) }

func (s *sorter) swap(i, j int) { s.items[i], s.items[j] = s.items[j], s.items[i] }

func (s *sorter) orderEnds(low, high int) {
	if s.less(s.items[high], s.items[low]) {
		s.swap(low, high)
	}
}

func (s *sorter) orderMiddle(low, middle, high int) {
	if s.less(s.items[middle], s.items[low]) {
		s.swap(middle, low)
	} else if s.less(s.items[high], s.items[middle]) {
		s.swap(middle, high)
	}
}

// partition puts the smaller items before the middle one and the larger after it,
// and returns where that is then. The ends are in order already.
func (s *sorter) partition(low, middle, high int) int {
	pivot := s.items[middle]
	s.swap(middle, high-1)
	i, j := low, high-1
	for {
		for i++; s.less(s.items[i], pivot); i++ {
			if i >= high {
				s.call.raise("invalid order function for sorting")
			}
		}
		for j--; s.less(pivot, s.items[j]); j-- {
			if j <= low {
				s.call.raise("invalid order function for sorting")
			}
		}
		if j < i {
			break
		}
		s.swap(i, j)
	}
	s.swap(high-1, i)
	return i
}

func (s *sorter) heapSort(items []lua.LValue) {
	for root := len(items)/2 - 1; root >= 0; root-- {
		s.sink(items, root)
	}
	for end := len(items) - 1; end > 0; end-- {
		items[0], items[end] = items[end], items[0]
		s.sink(items[:end], 0)
	}
}

// sink moves the item at root down the heap to where it belongs.
func (s *sorter) sink(items []lua.LValue, root int) {
	for {
		child := 2*root + 1
		if child >= len(items) {
			return
		}
		if child+1 < len(items) && s.less(items[child], items[child+1]) {
			child++
		}
		if !s.less(items[root], items[child]) {
			return
		}
		items[root], items[child] = items[child], items[root]
		root = child
	}
}

// less reports whether a comes before b.
func (s *sorter) less(a, b lua.LValue) bool {
	if s.work++; s.work%pulseItems == 0 {
		pulse(s.call.L)
	}
	L := s.call.L
	if s.order != nil {
		L.Push(s.order)
		L.Push(a)
		L.Push(b)
		L.Call(2, 1)
		result := L.Get(-1)
		L.Pop(1)
		return lua.LVAsBool(result)
	}
	switch a := a.(type) {
	case lua.LNumber:
		if b, ok := b.(lua.LNumber); ok {
			return a < b
		}
	case lua.LString:
		if b, ok := b.(lua.LString); ok {
			return a < b
		}
	}
	return s.compare(a, b)
}

// compare is "<" on what is neither two numbers nor two texts: the metamethod that
// both have, if they are of one type.
func (s *sorter) compare(a, b lua.LValue) bool {
	L := s.call.L
	if a.Type() == b.Type() {
		f := L.GetMetaField(a, "__lt")
		if f.Type() == lua.LTFunction && f == L.GetMetaField(b, "__lt") {
			return L.LessThan(a, b)
		}
		s.call.raise("attempt to compare two %s values", a.Type())
	}
	s.call.raise("attempt to compare %s with %s", a.Type(), b.Type())
	return false
}
