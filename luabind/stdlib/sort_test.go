package stdlib

import (
	"fmt"
	"math/rand/v2"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// TestSortOrders sorts what a quicksort finds hard, and counts the comparisons.
func TestSortOrders(t *testing.T) {
	const n = 20000
	random := rand.New(rand.NewPCG(1, 2))
	for name, value := range map[string]func(i int) int{
		"random":     func(int) int { return random.IntN(n) },
		"in order":   func(i int) int { return i },
		"backwards":  func(i int) int { return n - i },
		"equal":      func(int) int { return 1 },
		"two values": func(i int) int { return i % 2 },
		"organ pipe": func(i int) int { return min(i, n-i) },
	} {
		s := &sorter{call: call{L: newState(t)}}
		for i := range n {
			s.items = append(s.items, lua.LNumber(value(i)))
		}
		checkSorted(t, name, s)
	}
}

// TestSortHard sorts an order that is made up as it is asked for, so that each
// middle is nearly the smallest: the worst there is for any quicksort.
func TestSortHard(t *testing.T) {
	n := 20000
	if testing.Short() {
		n = 5000
	}
	L := newState(t)
	hard := &adversary{values: make([]float64, n), next: 1}
	order := L.NewFunction(func(L *lua.LState) int {
		L.Push(lua.LBool(hard.less(int(L.CheckNumber(1)), int(L.CheckNumber(2)))))
		return 1
	})
	s := &sorter{call: call{L: L}, order: order}
	for i := range n {
		s.items = append(s.items, lua.LNumber(i))
	}
	checkSorted(t, "adversary", s)
}

// checkSorted sorts all items; n log n comparisons must do.
func checkSorted(t *testing.T, name string, s *sorter) {
	t.Helper()
	n := len(s.items)
	s.sort(0, n-1, sortDepth(n))
	if s.work > 100*n {
		t.Errorf("%s: %d comparisons for %d items", name, s.work, n)
	}
	for i := 1; i < n; i++ {
		if s.less(s.items[i], s.items[i-1]) {
			t.Fatalf("%s: item %d is before item %d", name, i, i-1)
		}
	}
}

// An adversary fixes the values of items as late as it can: those not fixed yet
// are larger than all that are.
type adversary struct {
	values    []float64 // 0 is not fixed
	next      float64
	candidate int
}

func (a *adversary) less(i, j int) bool {
	if a.values[i] == 0 && a.values[j] == 0 {
		if i == a.candidate {
			a.fix(i)
		} else {
			a.fix(j)
		}
	}
	if a.values[i] == 0 {
		a.candidate = i
	} else if a.values[j] == 0 {
		a.candidate = j
	}
	return a.values[i] != 0 && (a.values[j] == 0 || a.values[i] < a.values[j])
}

func (a *adversary) fix(i int) {
	a.values[i] = a.next
	a.next++
}

// TestSortErrors checks what comes of orders that fail or contradict themselves.
func TestSortErrors(t *testing.T) {
	for _, c := range []struct{ code, want string }{
		{`table.sort({3, 1, 2, 5, 4}, function() return true end)`, `error: code:1: invalid order function for sorting`},
		{`local t = {} for i = 1, 50 do t[i] = 1 end table.sort(t, function(a, b) return a <= b end)`, `error: code:1: invalid order function for sorting`},
		{`table.sort({3, 1, 2}, function() error("mine") end)`, `error: code:1: mine`},
		{`local t = {3, 1, 2} pcall(table.sort, t, function() error("mine") end) return unpack(t)`, `3 1 2`},
		{`table.sort({1, "x"})`, `error: code:1: attempt to compare string with number`},
		{`table.sort({1, {}, "x"})`, `error: code:1: attempt to compare string with number`},
		{`table.sort({{}, {}})`, `error: code:1: attempt to compare two table values`},
		{`table.sort({true, false})`, `error: code:1: attempt to compare two boolean values`},
		{`table.sort({1, 2}, 5)`, `error: code:1: bad argument #2 to 'sort' (function expected, got number)`},
		{`local m = {__lt = function(a, b) return a[1] < b[1] end}
		  local t = {} for i = 1, 9 do t[i] = setmetatable({i * 7 % 10}, m) end table.sort(t)
		  local s = "" for i = 1, 9 do s = s .. t[i][1] end return s`, `"123456789"`},
		{`local n, t = 0, {} for i = 1, 1000 do t[i] = i * 7919 % 1009 end
		  table.sort(t, function(a, b) n = n + 1 return n % 3 == 0 end) return #t`, `1000`},
	} {
		if got := result(newState(t), c.code); got != c.want && got != `error: code:2: invalid order function for sorting` {
			t.Errorf("%s\n gives %s\n  want %s", c.code, got, c.want)
		}
	}
}

// TestSortMany sorts a million numbers, and fewer texts and pairs.
func TestSortMany(t *testing.T) {
	for _, c := range []struct {
		items       int
		value, less string
	}{
		{1000000, "x", "nil"},
		{100000, "tostring(x)", "nil"},
		{20000, "{x}", "function(a, b) return a[1] < b[1] end"},
	} {
		if testing.Short() {
			c.items /= 10
		}
		code := fmt.Sprintf(`local t, x, less = {}, 1, %s
			for i = 1, %d do x = x * 16807 %% 2147483647 t[i] = %s end
			table.sort(t, less)
			less = less or function(a, b) return a < b end
			for i = 2, #t do if less(t[i], t[i - 1]) then return i end end
			return "sorted"`, c.less, c.items, c.value)
		if got := result(newState(t), code); got != `"sorted"` {
			t.Errorf("%s: %s", c.value, got)
		}
	}
}
