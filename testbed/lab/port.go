// Ports for servers, so that tests of many packages can run side by side.

package lab

import (
	"net"
	"os"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// FreePort returns a port of 127.0.0.1 that is free now and that no other
// test of this machine, in this process or another, is given until this test
// ends.
func FreePort(tb testing.TB) int {
	tb.Helper()
	// Below the range that the kernel gives to outgoing connections.
	const first, last = 12000, 32000
	at := first + (os.Getpid()*131+int(time.Now().UnixNano()/1000))%(last-first)
	for range last - first {
		at++
		if at >= last {
			at = first
		}
		if reserve(tb, at) {
			return at
		}
	}
	tb.Fatal("no free port on loopback")
	return 0
}

// reserve takes the port's lock file and checks that the port can be bound.
func reserve(tb testing.TB, port int) bool {
	dir := os.TempDir() + "/lab-ports"
	os.MkdirAll(dir, 0o777)
	file, err := os.OpenFile(dir+"/"+strconv.Itoa(port), os.O_CREATE|os.O_RDWR, 0o666)
	if err != nil {
		return false
	}
	if syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil {
		file.Close()
		return false
	}
	if !bindable(port) {
		file.Close()
		return false
	}
	tb.Cleanup(func() { file.Close() })
	return true
}

// bindable binds the port for a moment, without listening, and while no other
// goroutine forks: a child would hold the socket until it becomes its program.
func bindable(port int) bool {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		return false
	}
	defer syscall.Close(fd)
	syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1)
	return syscall.Bind(fd, &syscall.SockaddrInet4{Port: port, Addr: [4]byte{127, 0, 0, 1}}) == nil
}

// address makes 127.0.0.1:port, of a free port when the given one is zero.
func address(tb testing.TB, port int) string {
	tb.Helper()
	if port == 0 {
		port = FreePort(tb)
	}
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
}
