package stdlib

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	lua "github.com/yuin/gopher-lua"
)

func TestJSONEncode(t *testing.T) {
	checkAll(t, [][2]string{
		{`return json.encode{1, "a", true, json.null, {x = 1, a = false}}`, `[1,"a",true,null,{"a":false,"x":1}]`},
		{`return json.encode{}, json.encode(json.array()), json.encode(json.array{}), json.encode{list = json.array{1, 2}}`, `{} [] [] {"list":[1,2]}`},
		{`return json.encode(nil), json.encode("x"), json.encode(1), json.encode(false), json.encode(json.null), tostring(json.null)`, `null "x" 1 false null null`},
		{`return json.encode{0.1, -0.5, 1e300, 1e-7, 2^53 - 1, 2^53, -2^60, 123456789.5, 1/3}`, `[0.1,-0.5,1e+300,1e-07,9007199254740991,9.007199254740992e+15,-1.152921504606847e+18,123456789.5,0.3333333333333333]`},
		{`return json.encode{u64("18446744073709551615"), i64("-9223372036854775808")}`, `[18446744073709551615,-9223372036854775808]`},
		{`return json.encode("a\n\t\"\\</é\0\127")`, `"a\n\t\"\\</é\u0000` + "\x7f\""},
		{`return json.encode(buffer("text")), json.encode({a = {1, {}}}, 2)`, "\"text\" {\n  \"a\": [\n    1,\n    {}\n  ]\n}"},
		{`return json.array{1, {b = 2}}`, `[1,{"b":2}]`},
		{`return json.encode{"\255"}`, `! json: at [1]: the text is no UTF-8: byte '\xff' at 1; use tohex or base64.encode`},
		{`return json.encode{ok = {["a\255"] = 1}}`, `! json: at ["ok"]["a\xff"]: the text is no UTF-8: byte '\xff' at 2; use tohex or base64.encode`},
		{`local t = {} t.x = {t} return json.encode(t)`, `! json: at ["x"][1]: the table is in itself`},
		{`local t = {} return json.encode{t, t}`, `[{},{}]`},
		{`local t = {} for i = 1, 1000 do t = {t} end return json.encode(t)`, `! json: at ` + strings.Repeat("[1]", 1000) + `: more than 1000 tables in each other`},
		{`return json.encode{a = print}`, `! json: at ["a"]: a function has no JSON`},
		{`return json.encode(buffer)`, `! json: a function has no JSON`},
		{`return json.encode{1, 2, nil, 4}`, `! json: the array has holes: 3 items, the last at 4`},
		{`return json.encode{1, x = 2}`, `! json: the table has positions and names, such as "x"`},
		{`return json.encode{[true] = 2}`, `! json: key true is neither a text nor a position`},
		{`return json.encode{[1.5] = 2}`, `! json: key 1.5 is neither a text nor a position`},
		{`return json.encode{[0] = 2}`, `! json: key 0 is neither a text nor a position`},
		{`return json.encode(json.array{x = 1})`, `! json: the array has a name in it, "x"`},
		{`return json.encode{0/0}`, `! json: at [1]: NaN has no JSON`},
		{`return json.encode(-1/0)`, `! json: -Inf has no JSON`},
		{`return json.encode()`, `! bad argument #1 to 'encode' (value expected)`},
		{`return json.encode(1, 17)`, `! bad argument #2 to 'encode' (17 is not within 0 to 16 spaces)`},
		{`return json.array(1)`, `! bad argument #1 to 'array' (table expected, got number)`},
		{`return json.array(setmetatable({}, {}))`, `! bad argument #1 to 'array' (the table has a metatable of its own)`},
	})
}

func TestJSONDecode(t *testing.T) {
	checkAll(t, [][2]string{
		{`local v = json.decode(' {"a": [1, 2.5, "x", null, true, false, {}], "b": -0.5e1} ') return #v.a, v.a[1], v.a[2], v.a[3], v.a[4] == json.null, v.a[5], v.a[6], v.b`, "7 1 2.5 x true true false -5"},
		{`return json.decode("[9007199254740991, 9007199254740992, -9007199254740993, 18446744073709551615, 1e3]")[4], json.encode(json.decode("[9007199254740991,9007199254740993,-9223372036854775808,1000]"))`, "18446744073709551615 [9007199254740991,9007199254740993,-9223372036854775808,1000]"},
		{`return json.decode('"\\u00e9\\ud83d\\ude00\\n\\\\\\ud"')`, `! json: line 1, column 27: invalid character '"' in \u hexadecimal character escape`},
		{`return json.decode('"\\u00e9\\ud83d\\ude00\\n\\\\u"'), json.decode('{"\\u0061":1}').a`, "é😀\n\\u 1"},
		{`return json.decode('["x", "\\ud83d"]')`, `! json: line 1, column 8: \ud83d is half a character`},
		{`return json.decode('"\\ude00\\ud83d"')`, `! json: line 1, column 2: \ude00 is half a character`},
		{`return json.decode('"\\\\ud83d"')`, `\ud83d`},
		{`return json.decode('"\\ud83dx"')`, `! json: line 1, column 2: \ud83d is half a character`},
		{`return json.decode('"\239\191\189"')`, "\ufffd"},
		{`return json.decode('["\255"]')`, `! json: line 1, column 3: '\xff' is no UTF-8`},
		{`return json.decode("")`, `! json: line 1, column 1: unexpected end of JSON input`},
		{`return json.decode("[1,\n 2")`, `! json: line 2, column 2: unexpected end of JSON input`},
		{`return json.decode("[1,\n x]")`, `! json: line 2, column 2: invalid character 'x' looking for beginning of value`},
		{`return json.decode("[1,]")`, `! json: line 1, column 4: invalid character ']' looking for beginning of value`},
		{`return json.decode("1 2")`, `! json: line 1, column 3: invalid character '2' after top-level value`},
		{`return json.decode("[01]")`, `! json: line 1, column 3: invalid character '1' after array element`},
		{`return json.decode("[18446744073709551616]")`, `! json: line 1, column 2: a number of more than 64 bits`},
		{`return json.decode("[1, -9223372036854775809]")`, `! json: line 1, column 5: a number of more than 64 bits`},
		{`return json.decode("1e400")`, `! json: line 1, column 1: the number is too large`},
		{`return json.decode(("["):rep(1001) .. ("]"):rep(1001))`, `! json: line 1, column 1001: more than 1000 values in each other`},
		{`return json.decode(("["):rep(100000))`, `! json: line 1, column 10001: invalid character '[' exceeded max depth`},
		{`return #json.decode(("["):rep(1000) .. ("]"):rep(1000))`, "1"},
		{`return json.encode(json.decode('{"a":[],"b":{},"c":[[]]}')), json.decode("[]")`, `{"a":[],"b":{},"c":[[]]} []`},
		{`return json.decode('{"a":1,"a":2}').a, json.decode(buffer("5")), json.decode(5)`, "2 5 5"},
		{`return json.decode()`, `! bad argument #1 to 'decode' (string expected, got no value)`},
	})
}

// TestJSONAgainstPython writes random values here and there; each side reads what
// the other wrote and writes it again.
func TestJSONAgainstPython(t *testing.T) {
	seed := rand.Uint64()
	t.Log("seed", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	var value func(depth int) string
	text := func() string {
		s := ""
		for range r.IntN(8) {
			s += string([]rune("aZ09 \"\\/\b\n\t\x00\x1f\x7fé€😀\u2028\ufffd<&")[r.IntN(21)])
		}
		out, _ := json.Marshal(s)
		return string(out)
	}
	value = func(depth int) string {
		n := r.IntN(9)
		if depth == 0 {
			n = r.IntN(7)
		}
		switch n {
		case 0:
			return "null"
		case 1:
			return fmt.Sprint(r.IntN(2) == 0)
		case 2:
			return fmt.Sprint(int64(r.Uint64()) >> r.IntN(64))
		case 3:
			return fmt.Sprint(r.Uint64() >> r.IntN(64))
		case 4:
			out, _ := json.Marshal(r.NormFloat64() * []float64{1, 1e-9, 1e12, 1e300}[r.IntN(4)])
			return string(out)
		case 5, 6:
			return text()
		case 7:
			var items []string
			for range r.IntN(5) {
				items = append(items, value(depth-1))
			}
			return "[" + strings.Join(items, " , ") + "]"
		}
		var items []string
		for i := range r.IntN(5) {
			items = append(items, fmt.Sprintf(`"%d%s: %s`, i, text()[1:], value(depth-1)))
		}
		return "{" + strings.Join(items, ",") + "}"
	}
	L := byteState(t)
	var given, ours []string
	for range 2000 {
		text := value(4)
		L.SetGlobal("text", lua.LString(text))
		got := eval(L, "local again = json.encode(json.decode(text)) assert(json.encode(json.decode(again)) == again) assert(json.encode(json.decode(json.encode(json.decode(text), 3))) == again) return again")
		given, ours = append(given, text), append(ours, got)
	}
	const program = `
import json, sys
same = lambda a, b: type(a) == type(b) and (len(a) == len(b) and all(same(x, y) for x, y in zip(a, b)) if isinstance(a, list)
    else a.keys() == b.keys() and all(same(a[k], b[k]) for k in a) if isinstance(a, dict) else a == b)
lines = sys.stdin.read().split("\n")
for a, b in zip(lines[::2], lines[1::2]): print(same(json.loads(a), json.loads(b)))
`
	var lines []string
	for i := range given {
		lines = append(lines, given[i], ours[i])
	}
	for i, verdict := range pipe(t, strings.Join(lines, "\n"), "python3", "-c", program) {
		if verdict != "True" {
			t.Errorf("%s becomes %s", given[i], ours[i])
		}
	}
}

// FuzzJSON checks that the decoder takes what the library takes, but for texts
// that are no UTF-8 and what would lose something, and that what it takes comes
// out the same when it is written and read again.
func FuzzJSON(f *testing.F) {
	for _, s := range []string{"", "{}", "[1,2]", `{"a":[null,true,-1.5e3,"\u00e9\ud83d\ude00"]}`, `"\ud800"`, "[18446744073709551616]", "1e999", " [ ] ", "nul", `"\`, `{"a"`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		L := byteState(t)
		L.SetGlobal("text", lua.LString(text))
		got := eval(L, "local again = json.encode(json.decode(text)) return again == json.encode(json.decode(again))")
		switch {
		case got == "true":
			if !json.Valid([]byte(text)) || !utf8.ValidString(text) {
				t.Errorf("%q is taken", text)
			}
		case !strings.HasPrefix(got, "! json: line "):
			t.Errorf("%q: %s", text, got)
		case json.Valid([]byte(text)) && utf8.ValidString(text) && !strings.Contains(got, "half a character") &&
			!strings.Contains(got, "64 bits") && !strings.Contains(got, "too large") && !strings.Contains(got, "in each other"):
			t.Errorf("%q is refused: %s", text, got)
		}
	})
}
