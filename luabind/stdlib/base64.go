package stdlib

import (
	"bytes"
	"encoding/base64"
	"errors"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// base64s are RFC 4648's two alphabets. Decoding is strict: padding as the
// alphabet has it, no spaces or line ends, no bits that mean nothing.
func base64s() []Function {
	return []Function{
		function(`base64.encode(data [, "url"])`, "as base64; the url alphabet has - and _, and no padding", func(c call) int {
			data, coding := c.data(1), c.alphabet(2)
			if coding.EncodedLen(len(data)) > maxBuffer {
				c.bad(1, "the result is too long")
			}
			out := make([]byte, 0, coding.EncodedLen(len(data)))
			// Pieces are a multiple of three bytes, so that they join without padding.
			for ; len(data) > 3*piece; data = data[3*piece:] {
				out = coding.AppendEncode(out, data[:3*piece])
				pulse(c.L)
			}
			return c.text(coding.AppendEncode(out, data))
		}),
		function(`base64.decode(text [, "url"])`, "the bytes that base64 text means; it is read strictly", func(c call) int {
			text, coding := c.data(1), c.alphabet(2)
			if coding != base64.StdEncoding && bytes.HasSuffix(text, []byte("=")) {
				coding = base64.URLEncoding
			}
			if i := bytes.IndexAny(text, "\r\n"); i >= 0 { // which the library would skip
				c.bad(1, "%s at %d is no base64", quoteByte(text[i]), i+1)
			}
			pulse(c.L)
			out, err := coding.Strict().AppendDecode(nil, text)
			var corrupt base64.CorruptInputError
			if errors.As(err, &corrupt) {
				c.badBase64(text, int(corrupt), c.given(2))
			}
			return c.text(out)
		}),
	}
}

// badBase64 raises the error about offset i, where the library stopped.
func (c call) badBase64(text []byte, i int, url bool) {
	special := "+/="
	if url {
		special = "-_="
	}
	if i < len(text) {
		b := text[i]
		alphanumeric := '0' <= b && b <= '9' || 'a' <= b|0x20 && b|0x20 <= 'z'
		if !alphanumeric && strings.IndexByte(special, b) < 0 {
			c.bad(1, "%s at %d is no base64", quoteByte(b), i+1)
		}
	}
	c.bad(1, "from %d on the base64 is incomplete, or has bits that mean nothing", i+1)
}

// alphabet reads argument n.
func (c call) alphabet(n int) *base64.Encoding {
	switch c.arg(n) {
	case lua.LNil:
		return base64.StdEncoding
	case lua.LString("url"):
		return base64.RawURLEncoding
	}
	c.bad(n, `the only other alphabet is "url"`)
	return nil
}
