//go:build linux

package sock

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write testdata/options.md anew")

// leftOut are the constants of package unix, and options of the kernel's headers
// that it lacks, that are no rows of the table, and why.
var leftOut = []struct{ names, why string }{
	{"SO_EE_*", "no option: parts of what the error queue gives"},
	{"SO_RCVTIMEO_OLD SO_RCVTIMEO_NEW SO_SNDTIMEO_OLD SO_SNDTIMEO_NEW SO_TIMESTAMP_OLD SO_TIMESTAMP_NEW SO_TIMESTAMPNS_OLD SO_TIMESTAMPNS_NEW SO_TIMESTAMPING_OLD SO_TIMESTAMPING_NEW SO_VM_SOCKETS_CONNECT_TIMEOUT_OLD SO_VM_SOCKETS_CONNECT_TIMEOUT_NEW",
		"the same option with another width of time: the name without the end stands for what the system uses"},
	{"SO_SECURITY_*", "the kernel has no such option; only the number is kept"},
	{"SO_PEERNAME", "getpeername tells it; the kernel gives it only to who knows its length"},
	{"SO_DEVMEM_LINEAR SO_DEVMEM_DMABUF", "control messages of recvmsg"},
	{"SO_VM_SOCKETS_PEER_HOST_VM_ID SO_VM_SOCKETS_TRUSTED SO_VM_SOCKETS_NONBLOCK_TXRX", "of VMware's own transport, or for use within the kernel"},
	{"IP_DEFAULT_* IP_MAX* IP_PMTUDISC_* IP_DF IP_MF IP_RF IP_OFFMASK IP_MSS", "no option: a value, or a part of the header"},
	{"IPV6_PMTUDISC_* IPV6_FLOWINFO_MASK IPV6_FLOWLABEL_MASK IPV6_RTHDR_* IPV6_VERSION* TCP_MSS* TCP_MAXWIN TCP_MAX_WINSHIFT", "no option: a value, or a part of the header"},
	{"IP_USER_FLOW IPV6_USER_FLOW IPV6_FLOW TCP_V4_FLOW TCP_V6_FLOW UDP_V4_FLOW UDP_V6_FLOW", "no option: kinds of flows of ethtool"},
	{"IPV6_AUTHHDR", "the kernel has no such option"},
	{"IPV6_HOPLIMIT IPV6_NEXTHOP", "control messages of sendmsg and recvmsg"},
	{"PACKET_HDRLEN", "getsockopt reads the layout from what it is given"},
	{"IPV6_FLOWLABEL_MGR", "getsockopt reads what it is given; by number, as ipv6:32, it can be set"},
	{"TCP_BPF_*", "for BPF programs, not for setsockopt(2)"},
	{"TCP_COOKIE_* TCP_S_DATA_*", "gone since Linux 3.10"},
	{"TCP_CM_INQ", "the control message of TCP_INQ"},
	{"TCP_MD5SIG_FLAG_* TCP_MD5SIG_MAXKEYLEN TCP_REPAIR_ON TCP_REPAIR_OFF TCP_REPAIR_OFF_NO_WP TCP_TIMESTAMP_* UDP_ENCAP_*", "no option: a value"},
	{"TCP_ZEROCOPY_RECEIVE", "it maps memory, and reads the address from what getsockopt is given"},
	{"TCP_AO_ADD_KEY TCP_AO_DEL_KEY TCP_AO_INFO TCP_AO_GET_KEYS TCP_AO_REPAIR", "structs of many parts (since Linux 6.7); by number, as tcp:38, with bytes"},
	{"MCAST_INCLUDE MCAST_EXCLUDE", "no option: values of MCAST_MSFILTER"},
	{"PACKET_HOST PACKET_BROADCAST PACKET_MULTICAST PACKET_OTHERHOST PACKET_OUTGOING PACKET_LOOPBACK PACKET_USER PACKET_KERNEL PACKET_FASTROUTE PACKET_FANOUT_HASH PACKET_FANOUT_LB PACKET_FANOUT_CPU PACKET_FANOUT_ROLLOVER PACKET_FANOUT_RND PACKET_FANOUT_QM PACKET_FANOUT_CBPF PACKET_FANOUT_EBPF PACKET_FANOUT_FLAG_* PACKET_MR_*", "no option: kinds of packets, modes and rules"},
	{"PACKET_TX_TIMESTAMP", "a control message of the error queue"},
	{"PACKET_RECV_OUTPUT", "the kernel has no such option"},
	{"NETLINK_RX_RING NETLINK_TX_RING", "gone since Linux 4.6"},
	{"NETLINK_AUDIT NETLINK_CONNECTOR NETLINK_CRYPTO NETLINK_DNRTMSG NETLINK_ECRYPTFS NETLINK_FIB_LOOKUP NETLINK_FIREWALL NETLINK_GENERIC NETLINK_INET_DIAG NETLINK_IP6_FW NETLINK_ISCSI NETLINK_KOBJECT_UEVENT NETLINK_NETFILTER NETLINK_NFLOG NETLINK_RDMA NETLINK_ROUTE NETLINK_SCSITRANSPORT NETLINK_SELINUX NETLINK_SMC NETLINK_SOCK_DIAG NETLINK_UNUSED NETLINK_USERSOCK NETLINK_W1 NETLINK_XFRM",
		"no option: protocols"},
	{"IP_MSFILTER_SIZE TCP_SYNQ_HSIZE IP_RCVDSTADDR IP_RECVIF IPV6_PKTOPTIONS", "named by the man pages, but no option of Linux"},
}

func whyLeftOut(name string) string {
	for _, l := range leftOut {
		for _, n := range strings.Fields(l.names) {
			if start, open := strings.CutSuffix(n, "*"); n == name || open && strings.HasPrefix(name, start) {
				return l.why
			}
		}
	}
	return ""
}

// unixConstants returns the constants of golang.org/x/sys/unix that are named as
// socket options are.
func unixConstants(t *testing.T) map[string]int {
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "golang.org/x/sys").Output()
	if err != nil || len(dir) < 2 {
		t.Skipf("the source of package unix is not here: %v", err)
	}
	constants := make(map[string]int)
	line := regexp.MustCompile(`(?m)^\t((?:SO|IP|IPV6|TCP|UDP|MCAST|PACKET|NETLINK)_[A-Z0-9_]+)\s+= (-?[0-9a-fx]+)$`)
	for _, file := range []string{"zerrors_linux.go", "zerrors_linux_" + runtime.GOARCH + ".go", "ztypes_linux.go"} {
		text, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), "unix", file))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range line.FindAllStringSubmatch(string(text), -1) {
			n, err := strconv.ParseInt(m[2], 0, 64)
			if err != nil {
				t.Fatal(m[0], err)
			}
			constants[m[1]] = int(n)
		}
	}
	if len(constants) < 300 {
		t.Fatalf("only %d constants found", len(constants))
	}
	return constants
}

// TestOptionTable compares the table with the constants of package unix.
func TestOptionTable(t *testing.T) {
	rows := make(map[string]option)
	numbers := make(map[[2]int]string)
	for _, o := range allOptions() {
		if _, twice := rows[o.name]; twice {
			t.Errorf("%s is there twice", o.name)
		}
		rows[o.name] = o
		if why := whyLeftOut(o.name); why != "" {
			t.Errorf("%s is there, and left out too: %s", o.name, why)
		}
		if o.access == alias {
			if real, ok := rows[o.meaning]; !ok || real.num != o.num || real.level != o.level {
				t.Errorf("%s is no other name of %s", o.name, o.meaning)
			}
			continue
		}
		if o.form == nil || o.meaning == "" || strings.HasSuffix(o.meaning, ".") {
			t.Errorf("%s: the row is not whole", o.name)
			continue
		}
		if o.access != wo && o.form.decode == nil || (o.access == rw || o.access == wo) && o.form.encode == nil || o.access != wo && o.form.room == 0 {
			t.Errorf("%s: its form does not fit its access", o.name)
		}
		if other, taken := numbers[[2]int{o.level, o.num}]; taken {
			t.Errorf("%s has the number of %s", o.name, other)
		}
		numbers[[2]int{o.level, o.num}] = o.name
	}
	constants := unixConstants(t)
	for name, n := range constants {
		o, ok := rows[name]
		switch why := whyLeftOut(name); {
		case !ok && why == "":
			t.Errorf("%s is neither in the table nor left out", name)
		case ok && o.num != n:
			t.Errorf("%s is %d, not %d", name, n, o.num)
		}
	}
	table := optionDocument()
	path := filepath.Join("..", "..", "testdata", "options.md")
	if *update {
		if err := os.WriteFile(path, []byte(table), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if kept, err := os.ReadFile(path); err != nil || string(kept) != table {
		t.Errorf("%s is not what the table says (%v); go test ./luabind/sock -run TestOptionTable -update", path, err)
	}
}

// TestManPages checks that every option that a man page names is in the table or
// left out.
func TestManPages(t *testing.T) {
	found := false
	table := newOptions()
	word := regexp.MustCompile(`\b(?:SO|IP|IPV6|TCP|UDP|UDPLITE|MCAST|PACKET|NETLINK|ICMP)_[A-Z0-9_]+[A-Z0-9]\b`)
	for _, page := range []string{"socket", "ip", "ipv6", "tcp", "udp", "udplite", "unix", "raw", "packet", "netlink", "vsock"} {
		text, err := exec.Command("man", "--nh", "7", page).Output()
		if err != nil {
			continue
		}
		found = true
		for _, name := range word.FindAllString(string(text), -1) {
			if table.byName[strings.ToLower(name)] == nil && whyLeftOut(name) == "" {
				t.Errorf("%s(7) names %s", page, name)
			}
		}
	}
	if !found {
		t.Skip("no man pages here")
	}
}

// optionDocument returns the table for people.
func optionDocument() string {
	var b strings.Builder
	b.WriteString("# Socket options\n\nMade from the table of luabind/sock by its tests. A size is in bytes; `once` marks\nwhat reading changes.\n")
	access := map[access]string{ro: "read only", wo: "set only", once: "read only, once"}
	for _, l := range levels() {
		fmt.Fprintf(&b, "\n## %s, %s\n\n| option | value | meaning |\n|---|---|---|\n", l.name, l.page)
		for _, o := range allOptions() {
			switch {
			case o.level != l.num:
			case o.access == alias:
				fmt.Fprintf(&b, "| %s | | %s |\n", o.name, o.meaning)
			default:
				value := o.form.typed()
				if a := access[o.access]; a != "" {
					value = strings.TrimPrefix(value+"; "+a, "; ")
				}
				fmt.Fprintf(&b, "| %s | %s | %s |\n", o.name, strings.ReplaceAll(value, "|", "\\|"), o.meaning)
			}
		}
	}
	b.WriteString("\n## Left out\n\n| constant | why |\n|---|---|\n")
	for _, l := range leftOut {
		names := strings.Fields(l.names)
		sort.Strings(names)
		fmt.Fprintf(&b, "| %s | %s |\n", strings.ReplaceAll(strings.Join(names, ", "), "*", "\\*"), l.why)
	}
	return b.String()
}
