package luabind

import (
	"slices"
	"strings"
)

// A topic is a page of help that belongs to no verb or function; also is what else people
// look for it by.
type topic struct {
	name, about, text string
	also              []string
}

// topicOf returns the topic of that name, or nil.
func topicOf(name string) *topic {
	for i := range topics {
		if t := &topics[i]; t.name == name || slices.Contains(t.also, name) {
			return t
		}
	}
	return nil
}

var topics = []topic{{name: "lua", about: "which Lua this is", text: strings.TrimSpace(`
Lua is version 5.1, as its manual has it (https://www.lua.org/manual/5.1/).

As the manual says
  The language, and string, table, math, coroutine, io and os with all their
  functions. Texts are bytes. Numbers are 64-bit floats, whole up to 2^53.
  Protected calls, metamethods, iterators and callbacks may wait and yield.

Beyond it
  Texts    "\x41"  "\u{20AC}"  "\z" skips white space
  Code     goto and ::labels::, ; alone, a call may start a line
  Errors   assert(v, e) raises any value e, error tables of verbs among them
  Tables   # asks a metamethod __len
  Numbers  tonumber("-7f", 16) takes a sign
  Files    popen's close gives true, "exit" or "signal", and the number
  Bytes    buffer, string.pack, bit, u64, hex, json and more: help lists them

Otherwise, or not there
  __gc and the weak tables of __mode do nothing: close what you open.
  string.dump, newproxy, hooks of debug, libraries of C.
  collectgarbage collects for "collect" only; the collector runs by itself.
  Wording of errors, and the names of variables in them.
  io.popen and os.execute let other tasks run; the program has no input, its
  output is shown with the session's. Other files hold up all tasks while they
  are read or written.
  A call may be 6000 deep in the main script, 500 in a task, and 190 protected
  calls deep.
  A table takes memory for all positions below its highest whole key that is
  less than 2^26: t[50000000] = true takes 800 MB. A text key is free of that.
  Next to t[#t + 1] = v, removing by t[#t] = nil is slow; use table.remove.

In a sandbox (--sandbox)
  Sockets reach the loopback and labs. io reads files of the working folder.
  No files are written, removed or renamed, no programs started, and no
  environment is seen. debug has getinfo and traceback.`)}, {name: "scenarios", about: "how tests are written", also: []string{"tests", "tags"}, text: strings.TrimSpace(`
socksh test PATH... runs scenarios; socksh run FILE runs those of one file in turn.
A scenario is a Lua script, a scenario("name", f) in one, or a transcript.

  assert(vars.target, "it needs --var target=HOST:PORT")

  local function connected()
    local c = socket()
    defer(close, c)               -- however the scenario ends
    c:connect(vars.target)
    return c
  end

  setup(function()                -- before each; here a server may still be starting
    eventually(function()
      local c = socket()
      local ok = try(connect, c, vars.target)
      c:close()
      return ok
    end, 10)
  end)

  scenario("answers a ping", {"quick"}, function()
    local c = connected()
    c:send("PING\r\n")
    expect.recv(c, "+PONG\r\n")
  end)

  scenario("survives a cut request", {matrix = {n = {1, 5}}}, function(case)
    peer.client(vars.target, peer.cut, "PING\r\n", case.n):join()
    connected()
  end)

It fails by an error at any line, by a task's error that nobody joins, by its
timeout, and by what it leaves: an open handle, a task that runs. The file's own
lines run anew for each scenario, so none sees what another did.
Files     setup(f), teardown(f); the comment "-- tags: slow" on top
In it     need{"ipv6"}, skip(why), xfail(why), subtest(name, f), defer(f, ...)
Waiting   eventually(f), expect.state(...), timeouts; sleep only makes it slow
Recorded  help record: what is typed becomes a scenario
Peers     help peer lists those who behave badly
Tags      manual: runs only if it is named; serial: runs alone
In CI     help ci`)}, {name: "transcripts", about: "sessions as tests", also: []string{"transcript"}, text: strings.TrimSpace(`
A file that ends in .txt is a session: what was typed, and what must come.

  # A pair.
  > a, b = socketpair()
  > send $a "hello"
  = 5
  > recv $b
  = "hello"

> is typed, .. goes on with it; under it = is a result, ! a failure, ~ a note, all else
what was printed. # and blank lines are for the reader; "# need: lab" on top skips it
where the system has none, "# input: TEXT" is a line for input().
Stand-ins $p1, $p2… are the ports that the system chose, in their order; $fd any
          descriptor, $time how long a timer has to run, $date a date with its
          time, $tmp a folder that is removed at the end
No others A peer whose answer is never the same twice, as by a number, wants a .lua
          recording (help record): there expect.recv(s, {"Date: ", 25, "\r\n"}) takes
          any 25 bytes, and expect.match a pattern.
Run       socksh run FILE.txt, socksh test FILE.txt; socksh fmt FILE.txt, which is
          test --update, rewrites what came`)}, {name: "ci", about: "how they run in CI", also: []string{"test", "report", "reports", "junit", "tap", "artifacts", "flaky", "var", "secret", "secrets"}, text: strings.TrimSpace(`
  socksh test tests/ -j 8 --report junit=report.xml --artifacts failed

Values     --var target=HOST:PORT is vars.target. --secret NAME is vars.NAME, from the
           environment, hidden in all that is shown or reported: it and its pieces
           of 6 bytes and more.
           A recorded transcript (.txt) keeps the addresses that were typed.
Reports    --report junit=F,tap=F,json=F,md=F, those that are wanted
Artifacts  of each failure a folder; begin with failure.txt. transcript.txt has all
           calls in order, events.jsonl also what was received (2048 bytes of each),
           scenario.lua what was run. The ladder is there as text, SVG and page.
           capture("F") in a scenario, or a lab, adds the segments with the kernel's
           times. What passes again is removed.
Time       --call-timeout, --timeout (of a scenario, 1m), --run-timeout: help timeouts
Flaky      --retries N tells flaky from passed; --repeat N, --until-fail find it
Some only  --run, --skip, --tags, --failed, FILE::NAME; --shard I/N for machines
Status     0 all passed or were skipped, 1 some failed, 2 bad usage, nothing ran,
           3 a need is missing (--require), 4 none selected, 70 a bug of socksh,
           129, 130, 131, 143 ended by SIGHUP, ^C, ^\, SIGTERM
All of it  socksh test --help`)}, {name: "timeouts", about: "how long calls wait", also: []string{"timeout", "deadline"}, text: strings.TrimSpace(`
A call waits as long as it takes, unless it is told:

  recv 1 --timeout 500ms          at the prompt
  s:recv({timeout = 0.5})         in Lua, in seconds or "500ms"
  with_timeout(2, f, ...)         all of f
  expect.recv(s, "x", {timeout = 10})

The checks that wait (expect.recv, expect.eof, expect.state, eventually) do so for
5 s unless told, a scenario for a minute (socksh test --timeout).
The error that comes then has e.timeout = true, and e.partial what had come;
expect.timeout(f, ...) wants it. SO_RCVTIMEO gives EAGAIN, as from the kernel.`)}, {name: "eof", about: "the end of a stream", also: []string{"end", "closed"}, text: strings.TrimSpace(`
When the peer has sent FIN and all before it was read, recv and its like show eof.
In Lua they give nil and "eof":

  local line, why = s:recvline()       -- nil, "eof"
  for line in lines(s) do ... end      -- ends there
  expect.eof(s)                        -- wants it

recvexact, recvline and recvuntil raise an error where the stream ends in the
middle; e.partial is what had come. An empty datagram is "", no eof. A reset is
no eof either, but ECONNRESET. The state is CLOSE_WAIT until s is closed.`)}}
