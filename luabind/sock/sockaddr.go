package sock

import (
	"fmt"
	"net"
	"strconv"
)

func scopeOf(zone string) (uint32, error) {
	if n, err := strconv.ParseUint(zone, 10, 32); err == nil {
		return uint32(n), nil
	}
	i, err := net.InterfaceByName(zone)
	if err != nil {
		return 0, misuse(fmt.Sprintf("no interface is called %s", Quote(shorten(zone, 40))))
	}
	return uint32(i.Index), nil
}

func zoneOf(scope uint32) string {
	if scope == 0 {
		return ""
	}
	if i, err := net.InterfaceByIndex(int(scope)); err == nil {
		return i.Name
	}
	return strconv.FormatUint(uint64(scope), 10)
}

// text returns the address as a result, nil for none.
func (a *Addr) text() Value {
	if a == nil {
		return Value{}
	}
	return Str(a.String())
}
