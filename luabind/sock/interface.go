package sock

import (
	"net"
	"strconv"
	"strings"

	"socksh/luabind/loop"
)

// interfaceVerbs tell of the machine's network interfaces.
func interfaceVerbs() []Verb {
	return []Verb{
		{Name: "interfaces", Asks: true, Records: RecordCall, Gives: "a row for each interface",
			Summary: "list the network interfaces",
			Details: "Each row: number, name, flags, MTU in bytes, hardware address, addresses with their networks.",
			Example: "interfaces", See: "netdevice(7), getifaddrs(3)", Show: showInterfaces,
			Run: func(_ *loop.Task, _ *Table, a *Args) (Result, error) {
				all, err := net.Interfaces()
				if err != nil {
					return nil, err
				}
				var rows []Value
				for i := range all {
					rows = append(rows, Value{Type: Record, Any: describeInterface(&all[i])})
				}
				return a.Give(Value{Type: List, Any: rows}), nil
			}},
		{Name: "if_nametoindex", Asks: true, Records: RecordCall, Gives: "the number",
			Summary: "tell the number of a network interface",
			Params:  []Param{{Name: "name", Kind: TextKind}},
			Errors:  []Cause{{"ENODEV", "no interface has that name"}},
			Example: "if_nametoindex lo", See: "if_nametoindex(3)",
			Run: func(_ *loop.Task, _ *Table, a *Args) (Result, error) {
				n, err := interfaceIndex(a.Text(0))
				if err != nil {
					return nil, &Error{Op: "if_nametoindex", Address: a.Text(0), Err: err}
				}
				return a.Give(Num(n)), nil
			}},
		{Name: "if_indextoname", Asks: true, Records: RecordCall, Gives: "the name",
			Summary: "tell the name of a network interface",
			Params:  []Param{{Name: "number", Kind: IntKind, Max: 1<<31 - 1}},
			Errors:  []Cause{{"ENXIO", "no interface has that number"}},
			Example: "if_indextoname 1", See: "if_indextoname(3)",
			Run: func(_ *loop.Task, _ *Table, a *Args) (Result, error) {
				name, err := interfaceName(a.Int(0))
				if err != nil {
					return nil, &Error{Op: "if_indextoname", Address: strconv.Itoa(a.Int(0)), Err: err}
				}
				return a.Give(Str(name)), nil
			}},
	}
}

func describeInterface(i *net.Interface) []Field {
	var addresses []Value
	if all, err := i.Addrs(); err == nil {
		for _, a := range all {
			addresses = append(addresses, Str(a.String()))
		}
	}
	return []Field{{"index", Num(i.Index)}, {"name", Str(i.Name)}, {"flags", Str(i.Flags.String())}, {"mtu", Num(i.MTU)},
		{"hardware", Str(i.HardwareAddr.String())}, {"addresses", Value{Type: List, Any: addresses}}}
}

func showInterfaces(r Result) string {
	var rows [][]string
	for _, row := range r[0].Any.([]Value) {
		var cells []string
		for _, f := range row.Any.([]Field) {
			text := f.Value.String()
			if f.Name == "mtu" {
				text = "mtu " + text
			}
			cells = append(cells, text)
		}
		rows = append(rows, cells)
	}
	if len(rows) == 0 {
		return "no interfaces"
	}
	return strings.TrimRight(Columns(rows), " ")
}
