// Package slow joins two network namespaces by a link that delays every packet
// and counts the connections that cross it: a round trip of any length on a
// machine whose kernel has no netem.
package slow

import (
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// The two ends are in the range that RFC 2544 sets aside for benchmarks.
const (
	Client = "198.18.0.1"
	Server = "198.18.0.2"
)

// A Link is the way between the client's namespace and this process's own, which
// is the server's.
type Link struct {
	namespace string // the client's, as a path
	device    string // the name of both ends
	delay     time.Duration
	syns      atomic.Int64
	ends      [2]*os.File
	running   sync.WaitGroup
}

// Join makes a namespace for the client and joins it to the one that the test
// runs in; each packet takes delay to cross, one way. It needs root, and a
// namespace of the test's own (lab.InNamespace).
func Join(tb testing.TB, delay time.Duration) *Link {
	tb.Helper()
	holder := exec.Command("unshare", "--net", "sleep", "3600")
	if err := holder.Start(); err != nil {
		tb.Fatalf("making a namespace: %v", err)
	}
	// A name of its own: a device outlives its last descriptor for a while.
	l := &Link{namespace: fmt.Sprintf("/proc/%d/ns/net", holder.Process.Pid), device: fmt.Sprintf("slow%d", delay.Milliseconds()), delay: delay}
	tb.Cleanup(func() {
		_ = holder.Process.Kill()
		_ = holder.Wait()
		_ = exec.Command("ip", "link", "delete", l.device).Run()
		for _, end := range l.ends {
			if end != nil {
				end.Close()
			}
		}
		l.running.Wait()
	})
	if err := l.open(); err != nil {
		tb.Fatalf("joining namespaces: %v", err)
	}
	l.running.Go(func() { l.carry(l.ends[0], l.ends[1], true) })
	l.running.Go(func() { l.carry(l.ends[1], l.ends[0], false) })
	return l
}

// Command is a command that runs in the client's namespace.
func (l *Link) Command(name string, args ...string) *exec.Cmd {
	return exec.Command("nsenter", append([]string{"--net=" + l.namespace, name}, args...)...)
}

// Connections is how many TCP connections the client has begun since the last
// call.
func (l *Link) Connections() int { return int(l.syns.Swap(0)) }

func (l *Link) open() error {
	if err := l.separate(); err != nil {
		return err
	}
	var err error
	if l.ends[0], err = l.inside(); err != nil {
		return fmt.Errorf("the client's end: %w", err)
	}
	if l.ends[1], err = tunnel(l.device); err != nil {
		return fmt.Errorf("the server's end: %w", err)
	}
	for _, command := range []*exec.Cmd{
		l.Command("ip", "link", "set", "lo", "up"),
		l.Command("ip", "address", "add", Client, "peer", Server, "dev", l.device),
		l.Command("ip", "link", "set", l.device, "up"),
		exec.Command("ip", "address", "add", Server, "peer", Client, "dev", l.device),
		exec.Command("ip", "link", "set", l.device, "up"),
	} {
		if text, err := command.CombinedOutput(); err != nil {
			return fmt.Errorf("%v: %w: %s", command.Args, err, text)
		}
	}
	return nil
}

// separate waits until the holder is in its own namespace.
func (l *Link) separate() error {
	own, err := os.Readlink("/proc/self/ns/net")
	if err != nil {
		return err
	}
	for range 500 {
		if theirs, err := os.Readlink(l.namespace); err == nil && theirs != own {
			return nil
		}
		time.Sleep(2 * time.Millisecond) // the only sign of unshare is the link itself
	}
	return fmt.Errorf("no namespace was made")
}

// inside opens the client's end on a thread that has entered the namespace and
// ends with the goroutine.
func (l *Link) inside() (end *os.File, err error) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread()
		file, failed := os.Open(l.namespace)
		if failed != nil {
			err = failed
			return
		}
		defer file.Close()
		if err = unix.Setns(int(file.Fd()), unix.CLONE_NEWNET); err == nil {
			end, err = tunnel(l.device)
		}
	}()
	<-done
	return end, err
}

func tunnel(device string) (*os.File, error) {
	fd, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	request, err := unix.NewIfreq(device)
	if err != nil {
		return nil, err
	}
	request.SetUint16(unix.IFF_TUN | unix.IFF_NO_PI)
	if err := unix.IoctlIfreq(fd, unix.TUNSETIFF, request); err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), device), nil
}

type packet struct {
	due   time.Time
	bytes []byte
}

// carry takes packets from one end to the other, each when its time has come.
func (l *Link) carry(from, to *os.File, counts bool) {
	queue := make(chan packet, 65536)
	l.running.Go(func() {
		for p := range queue {
			time.Sleep(time.Until(p.due))
			_, _ = to.Write(p.bytes)
		}
	})
	defer close(queue)
	buffer := make([]byte, 65536)
	for {
		n, err := from.Read(buffer)
		if err != nil {
			return
		}
		if counts && begins(buffer[:n]) {
			l.syns.Add(1)
		}
		queue <- packet{time.Now().Add(l.delay), append([]byte{}, buffer[:n]...)}
	}
}

// begins is true for the first packet of a TCP connection: SYN without ACK over
// IPv4 (RFC 9293 section 3.1).
func begins(p []byte) bool {
	if len(p) < 40 || p[0]>>4 != 4 || p[9] != 6 {
		return false
	}
	header := int(p[0]&0x0f) * 4
	if len(p) < header+14 {
		return false
	}
	return binary.BigEndian.Uint16(p[header+12:])&0x12 == 0x02
}

// Origin is an https URL of the server's end.
func Origin(port int) string { return "https://" + Server + ":" + strconv.Itoa(port) + "/" }
