package lab

import (
	"golang.org/x/sys/unix"
)

// parts are what a lab is made of once it has begun.
type parts struct {
	helper *helper
	cable  *cable
}

// childTable bounds the table of connections that each network gets: a dump walks
// all of it.
const childTable = "net.ipv4.tcp_child_ehash_entries=256"

// Begin starts the lab, without hosts, if it has not begun.
func (l *Lab) Begin() error { return l.begin() }

// begin starts the helper, and the cable, if they do not run.
func (l *Lab) begin() error {
	if l.helper != nil {
		return nil
	}
	h, err := start()
	if err != nil {
		return err
	}
	l.helper = h
	h.ask(&request{op: opSysctl, text: childTable}) // best effort: older kernels have one table
	for _, s := range quiet {
		h.ask(&request{op: opSysctl, text: s[0] + "=" + s[1]})
	}
	c := &cable{lab: l, control: -1, routes: routes{-1}, backlog: openBacklog()}
	l.cable = c
	ask := func(family, sotype, protocol int) int {
		fd := -1
		if err == nil {
			fd, _, err = h.ask(&request{op: opSocket, numbers: [3]int{family, sotype, protocol}})
		}
		return fd
	}
	c.control = ask(unix.AF_INET, unix.SOCK_DGRAM, 0)
	c.routes.fd = ask(unix.AF_NETLINK, unix.SOCK_RAW, unix.NETLINK_ROUTE)
	if err != nil {
		l.Close()
		return err
	}
	c.task = l.tab.Loop.Go(c.run)
	if l.OnBegin != nil {
		l.OnBegin()
	}
	return nil
}

// Close ends the lab: its handles are closed, its hosts are gone.
func (l *Lab) Close() {
	for _, h := range l.hosts {
		l.tab.CloseOn(h)
		l.view.Leave(h)
		h.close()
		if l.OnEnd != nil {
			l.OnEnd(h)
		}
	}
	l.hosts = nil
	if l.cable != nil {
		l.cable.close()
		l.cable = nil
	}
	if l.helper != nil {
		l.helper.close()
		l.helper = nil
	}
}
