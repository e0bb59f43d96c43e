package source

import (
	"strings"
	"testing"
)

func TestTokens(t *testing.T) {
	code := "local x = \"a\\\"b\" -- c \"d\"\n f('e', [[g \"h\"]], 12.5) --[[ i ]] .. y"
	var got []string
	for _, k := range Tokens(code) {
		got = append(got, []string{"name", "numeral", "text", "comment", "long"}[k.Kind]+" "+code[k.From:k.To])
	}
	want := `name local|name x|text "a\"b"|comment -- c "d"|name f|text 'e'|long [[g "h"]]|numeral 12|numeral 5|comment --[[ i ]]|name y`
	if strings.Join(got, "|") != want {
		t.Errorf("got %s", strings.Join(got, "|"))
	}
	for _, broken := range []string{`"abc`, `'`, `x = "a\`, "[[", "--[["} {
		Tokens(broken) // ends
	}
}

func TestUnquote(t *testing.T) {
	for text, want := range map[string]string{`"a\x41\n\065"`: "aA\nA", `'"'`: `"`, `""`: ""} {
		if got, ok := Unquote(text); !ok || got != want {
			t.Errorf("%s: %q, %v", text, got, ok)
		}
	}
	for _, text := range []string{`"a`, `a"`, `"`, ``, `"\x4"`} {
		if got, ok := Unquote(text); ok {
			t.Errorf("%s: %q", text, got)
		}
	}
}
