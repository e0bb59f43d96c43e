package luabind

import "testing"

// TestTurns lets tasks receive more than fits one turn: each must get its own
// bytes, though all receive into the same memory.
func TestTurns(t *testing.T) {
	leaks(t)
	out, err := script(t, `
for i = 1, 4 do
  local a, b = socketpair()
  a:setsockopt("SO_SNDBUF", 4000000)
  local own = string.char(64 + i)
  spawn(function() for _ = 1, 30 do a:sendall(own:rep(65536)) end a:close() end)
  spawn(function()
    local total = 0
    while true do
      local data = b:recv(65536)
      if not data then break end
      total = total + #data
      expect.equal(data == own:rep(#data), true, "the bytes of another task")
    end
    expect.equal(total, 30 * 65536)
  end)
end`)
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
