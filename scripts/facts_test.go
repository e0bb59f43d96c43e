package scripts

import (
	"bufio"
	"bytes"
	"regexp"
	"strings"
	"testing"
)

// facts are what the tutorial states, each with the line that the script prints which
// does and checks it: a script that meets anything else ends there, and prints no more.
var facts = [...]struct{ fact, script, line string }{
	{"a socket is a special file", "addresses", `socket\(\) +gives descriptor \d+, which is inode \d+`},
	{"server: socket, bind, listen, accept; client: socket, connect; then both read and write", "lifecycle", `send\(\), recv\(\)  the client hears "hello yourself"`},
	{"socket() gives a descriptor that has no address yet", "addresses", `getsockname\(\) +of a fresh inet socket: 0\.0\.0\.0:0`},
	{"bind() gives it an address of its family", "addresses", `bind\(\) +AF_UNIX: an address is a path`},
	{"without bind() the system chooses a port", "addresses", `both ports are of ip_local_port_range`},
	{"a server's address is well known, a client's need not be", "conversation", `bind\(\) +127\.0\.0\.1:2333, the address that clients know`},
	{"listen() does not block, and makes the socket passive", "listening", `listen\(2\) +is back at once, without a client`},
	{"the kernel completes handshakes and queues the connections, without accept()", "listening", `client 3 is ESTABLISHED, and the completed queue holds 3`},
	{"there are two queues", "handshake", `a second one +waits in the incomplete queue while the first is complete`},
	{"a SYN makes an entry, which stays until the third segment comes or it expires", "handshake", `the entry has expired`},
	{"then it moves to the tail of the completed queue", "handshake", `ACK +has arrived: the entry is ESTABLISHED`},
	{"the backlog is the length of the queue", "listening", `the backlog is 2, and 3 are in: Linux lets one more in`},
	{"accept() takes the head, and blocks while the queue is empty", "accepting", `accept\(\) +another one, cancelled`},
	{"accept() gives the client's address", "accepting", `connect\(\) +ends its wait: handle \d+ for 127\.0\.0\.1:\d+`},
	{"accept() gives a new descriptor; the listening one stays", "accepting", `the listener is still in state LISTEN`},
	{"the listening socket carries no data", "accepting", `recv\(\) +on the listener fails: ENOTCONN`},
	{"each accept() gives another descriptor", "accepting", `the listener's descriptor and those of its connections: \d+, \d+, \d+, \d+, \d+`},
	{"three clients make four sockets on the server", "three-clients", `LISTEN.*\n.*ESTABLISHED.*\n.*ESTABLISHED.*\n.*ESTABLISHED`},
	{"closing the listener does not disturb the connected ones", "three-clients", `data still flows both ways on all three`},
	{"when a client leaves its socket must be closed", "ending", `close\(\) +by the server: its socket is gone; the client's kernel keeps TIME_WAIT`},
	{"the server program", "conversation", `listen\(1024\) +"prepared for connection": accept waits`},
	{"the client program", "conversation", `send\(\), recv\(\)  turn by turn, until the client's input ends`},
}

// TestTutorialFacts runs the tutorial, and has it show each of its facts.
func TestTutorialFacts(t *testing.T) {
	t.Parallel()
	printed := make(map[string]string)
	skipped := make(map[string]bool)
	for i, f := range facts {
		if _, ran := printed[f.script]; !ran {
			var out bytes.Buffer
			streams := &Streams{In: NewLines(strings.NewReader("")), Out: bufio.NewWriter(&out)}
			streams.Err = &messages{streams.Out, &out}
			status := Run(streams, "tutorial/"+f.script, nil, nil)
			if skipped[f.script] = status == Skipped; status != OK && status != Skipped {
				t.Errorf("tutorial/%s ends with status %d", f.script, status)
			}
			printed[f.script] = out.String()
		}
		if skipped[f.script] {
			t.Logf("%2d. %s: skipped, %s", i+1, f.fact, printed[f.script])
			continue
		}
		if !regexp.MustCompile(f.line).MatchString(printed[f.script]) {
			t.Errorf("%2d. %s: tutorial/%s does not show it:\n%s", i+1, f.fact, f.script, printed[f.script])
		}
	}
}
