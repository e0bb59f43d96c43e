package lab

import (
	"golang.org/x/sys/unix"
)

// A port is the cable's end of a host's interface.
type port struct {
	*tap
	host *Host
}

// own returns the port's tap, nil for no port.
func (p *port) own() *tap {
	if p == nil {
		return nil
	}
	return p.tap
}

// plug makes the port of a host, and the host's interface.
func (c *cable) plug(h *Host) (*port, error) {
	name := portName(h.number)
	if err := c.routes.pair(name, device, h.mac(), h.network); err != nil {
		return nil, err
	}
	index, err := indexOf(c.control, name)
	if err != nil {
		return nil, err
	}
	c.lab.helper.ask(&request{op: opSysctl, text: "net.ipv6.conf." + name + ".disable_ipv6=1"})
	if err := c.routes.up(index); err != nil {
		return nil, err
	}
	t, err := c.lab.listen(0, index)
	if err != nil {
		return nil, err
	}
	// Past the queueing discipline, which drops all until the interface is really up.
	if err := unix.SetsockoptInt(t.FD, unix.SOL_PACKET, unix.PACKET_QDISC_BYPASS, 1); err != nil {
		t.close()
		return nil, err
	}
	p := &port{t, h}
	c.ports = append(c.ports, p)
	return p, nil
}
