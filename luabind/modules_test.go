package luabind

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestLuaSocket runs scripts of LuaSocket's users, and compares what they print
// with what they print under lua5.1 with LuaSocket itself.
func TestLuaSocket(t *testing.T) {
	for _, name := range []string{"core", "mime"} {
		t.Run(name, func(t *testing.T) {
			leaks(t)
			file := "../testdata/luasocket/" + name + ".lua"
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got, err := script(t, string(text))
			if err != nil {
				t.Fatalf("%v, after\n%s", err, got)
			}
			requireLuaSocket(t, "socket.core")
			want, err := exec.Command("lua5.1", file).CombinedOutput()
			if err != nil || got != strings.TrimSpace(string(want)) {
				t.Errorf("%v\n%s\n\nLuaSocket:\n%s", err, got, want)
			}
		})
	}
}

// TestLuaSocketFiles requests a page with LuaSocket's own http.lua, url.lua,
// ltn12.lua and mime.lua, over the modules of this package.
func TestLuaSocketFiles(t *testing.T) {
	leaks(t)
	requireLuaSocket(t, "socket.http")
	got, err := script(t, `
package.path = package.path .. ";/usr/share/lua/5.1/?.lua;/usr/local/share/lua/5.1/?.lua"
local http, ltn12, mime = require "socket.http", require "ltn12", require "mime"
local l = socket()
local address = l:bind("127.0.0.1:0")
l:listen()
local server = spawn(function()
  for i = 1, 2 do
    local conn = l:accept()
    local head = conn:recvuntil("\r\n\r\n")
    local length = tonumber(head:lower():match("content%-length: (%d+)") or 0)
    local body = head:match("^%S+ %S+") .. " " .. (length > 0 and conn:recvexact(length) or "nothing")
    conn:send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    conn:send(("%x\r\n%s\r\n0\r\n\r\n"):format(#body, body))
    conn:close()
  end
end)
local body, status = http.request("http://" .. address .. "/page?x=1")
print(status, body)
local parts = {}
print(http.request { url = "http://user:secret@" .. address .. "/form", method = "POST", headers = { ["content-length"] = 5 },
  source = ltn12.source.string("a=b&c"), sink = ltn12.sink.table(parts) })
print(table.concat(parts))
server:join()
print((mime.b64("any bytes: \0\255")), (mime.unb64("YW55IGJ5dGVzOiAA/w==")) == "any bytes: \0\255", (mime.qp("caf\233 = 1=")))
`)
	if err != nil {
		t.Fatalf("%v, after\n%s", err, got)
	}
	rows := strings.Split(got, "\n")
	if len(rows) != 4 || rows[0] != "200\tGET /page?x=1 nothing" || !strings.HasPrefix(rows[1], "1\t200\ttable") || rows[2] != "POST /form a=b&c" {
		t.Errorf("got\n%s", got)
	}
	if want := "YW55IGJ5dGVzOiAA/w==\ttrue\tcaf=E9 =3D 1=3D"; len(rows) < 4 || rows[3] != want {
		t.Errorf("mime: got\n%s\nwant\n%s", got, want)
	}
}

// requireLuaSocket skips the test where lua5.1 does not find a module of LuaSocket.
func requireLuaSocket(t *testing.T, module string) {
	t.Helper()
	if out, err := exec.Command("lua5.1", "-e", "require '"+module+"'").CombinedOutput(); err != nil {
		t.Skipf("needs lua5.1 with LuaSocket: %v %s", err, out)
	}
}
