package stdlib

import (
	"math"
	"math/rand/v2"

	lua "github.com/yuin/gopher-lua"
)

// OpenMath makes the library math (manual 5.6). Numbers by chance differ from run
// to run until a script gives a seed; after the same one they are the same.
func OpenMath(L *lua.LState) {
	functions := map[string]func(call) int{
		"atan2": func(c call) int { return c.push(lua.LNumber(math.Atan2(c.num(1), c.num(2)))) },
		"fmod":  func(c call) int { return c.push(lua.LNumber(math.Mod(c.num(1), c.num(2)))) },
		"frexp": mathFrexp,
		"ldexp": func(c call) int { return c.push(lua.LNumber(math.Ldexp(c.num(1), c.integer(2)))) },
		"max":   func(c call) int { return c.extreme(func(a, b float64) bool { return a > b }) },
		"min":   func(c call) int { return c.extreme(func(a, b float64) bool { return a < b }) },
		"modf":  mathModf,
		"pow":   func(c call) int { return c.push(lua.LNumber(math.Pow(c.num(1), c.num(2)))) },
	}
	for name, f := range map[string]func(float64) float64{
		"abs": math.Abs, "acos": math.Acos, "asin": math.Asin, "atan": math.Atan, "ceil": math.Ceil, "cos": math.Cos,
		"cosh": math.Cosh, "deg": func(x float64) float64 { return x / (math.Pi / 180) }, "exp": math.Exp,
		"floor": math.Floor, "log": math.Log, "log10": log10, "rad": func(x float64) float64 { return x * (math.Pi / 180) },
		"sin": math.Sin, "sinh": math.Sinh, "sqrt": math.Sqrt, "tan": math.Tan, "tanh": math.Tanh,
	} {
		functions[name] = func(c call) int {
			n := f(c.num(1))
			if i := int(n); float64(i) == n && i != 0 { // which may be -0
				return c.push(numberValue(i))
			}
			return c.push(lua.LNumber(n))
		}
	}
	chance := newChance(rand.Uint64())
	functions["random"] = chance.random
	functions["randomseed"] = func(c call) int {
		*chance = *newChance(math.Float64bits(c.num(1)))
		return 0
	}
	library := newLibrary(L, lua.MathLibName, functions)
	library.RawSetString("mod", library.RawGetString("fmod"))
	library.RawSetString("pi", lua.LNumber(math.Pi))
	library.RawSetString("huge", lua.LNumber(math.Inf(1)))
}

// log10 is exact for the powers of ten, as C's is.
func log10(x float64) float64 {
	n := math.Log10(x)
	if whole := math.Round(n); math.Abs(whole) < 300 && math.Pow(10, whole) == x {
		return whole
	}
	return n
}

func mathFrexp(c call) int {
	fraction, exponent := math.Frexp(c.num(1))
	c.push(lua.LNumber(fraction))
	c.push(lua.LNumber(exponent))
	return 2
}

func mathModf(c call) int {
	n := c.num(1)
	whole, fraction := math.Modf(n)
	if math.IsInf(n, 0) {
		fraction = math.Copysign(0, n)
	}
	c.push(lua.LNumber(whole))
	c.push(lua.LNumber(fraction))
	return 2
}

// extreme is max and min.
func (c call) extreme(better func(a, b float64) bool) int {
	best := c.num(1)
	for i := 2; i <= c.L.GetTop(); i++ {
		if n := c.num(i); better(n, best) {
			best = n
		}
	}
	return c.push(lua.LNumber(best))
}

// A chance gives numbers by chance.
type chance struct{ *rand.Rand }

func newChance(seed uint64) *chance { return &chance{rand.New(rand.NewPCG(seed, 0))} }

// random is math.random([m [, n]]).
func (r *chance) random(c call) int {
	low, high := 1.0, 1.0
	switch c.L.GetTop() {
	case 0:
		return c.push(lua.LNumber(r.Float64()))
	case 1:
		high = math.Floor(c.num(1))
	case 2:
		low, high = math.Floor(c.num(1)), math.Floor(c.num(2))
	default:
		c.raise("wrong number of arguments")
	}
	if !(low <= high) {
		c.fail(c.L.GetTop(), "interval is empty")
	}
	return c.push(lua.LNumber(low + math.Floor(r.Float64()*(high-low+1))))
}
