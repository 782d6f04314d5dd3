// Addresses at which nobody answers.

package quirk

import (
	"net"
	"syscall"
	"testing"
	"time"
)

// Closed is an address of loopback that refuses connections.
func Closed(tb testing.TB) string {
	tb.Helper()
	// A socket that is bound and does not listen keeps the port from others.
	return bound(tb, func(int) error { return nil })
}

// Blackhole is an address of loopback that drops every SYN, as a firewall
// does: it listens with room for one connection, and that one is taken.
func Blackhole(tb testing.TB) string {
	tb.Helper()
	at := bound(tb, func(fd int) error { return syscall.Listen(fd, 0) })
	filler, err := net.DialTimeout("tcp", at, 10*time.Second)
	if err != nil {
		tb.Fatalf("filling the queue of %s: %v", at, err)
	}
	tb.Cleanup(func() { filler.Close() })
	return at
}

// bound binds a socket to a free port of loopback until the test's end.
func bound(tb testing.TB, prepare func(fd int) error) string {
	tb.Helper()
	syscall.ForkLock.RLock()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err == nil {
		syscall.CloseOnExec(fd)
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		tb.Fatalf("making a socket: %v", err)
	}
	tb.Cleanup(func() { syscall.Close(fd) })
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		tb.Fatalf("binding a socket: %v", err)
	}
	if err := prepare(fd); err != nil {
		tb.Fatalf("preparing a socket: %v", err)
	}
	name, err := syscall.Getsockname(fd)
	if err != nil {
		tb.Fatalf("naming a socket: %v", err)
	}
	four, ok := name.(*syscall.SockaddrInet4)
	if !ok {
		tb.Fatalf("a socket of loopback is called %v", name)
	}
	return (&net.TCPAddr{IP: four.Addr[:], Port: four.Port}).String()
}
