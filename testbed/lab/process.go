// Running a server program: its ports, its start, its log and its end.

package lab

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Server is one running program.
type Server struct {
	Plain string // address of the http port, "127.0.0.1:18080"; empty where there is none
	TLS   string // address of the TLS port; empty where there is none
	Dir   string // its folder: configuration, certificate, content

	log  *syncBuffer
	cmd  *exec.Cmd
	done chan struct{} // closed when the program has ended
}

// startLimit bounds the wait for a server to listen.
const startLimit = time.Minute

// syncBuffer collects a program's output while others read it.
type syncBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// Log is what the program has written so far, to both of its outputs.
func (s *Server) Log() string { return s.log.String() }

// Stop ends the program at once, with all that it started, and waits until
// none of them holds its output any more. The test's end calls it too.
func (s *Server) Stop() {
	// The negative number means the process group.
	syscall.Kill(-s.cmd.Process.Pid, syscall.SIGKILL)
	<-s.done
}

// command is a program to run as a server.
type command struct {
	args []string
	dir  string
	env  []string
}

// start runs the command until the test's end and returns when all ports
// listen.
func start(tb testing.TB, c command, plain, tls string) *Server {
	tb.Helper()
	s := &Server{Plain: plain, TLS: tls, Dir: c.dir, log: &syncBuffer{}, done: make(chan struct{})}
	s.cmd = exec.Command(c.args[0], c.args[1:]...)
	s.cmd.Dir, s.cmd.Stdout, s.cmd.Stderr = c.dir, s.log, s.log
	s.cmd.Env = append(environment(), c.env...)
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	s.cmd.WaitDelay = time.Second
	if err := s.cmd.Start(); err != nil {
		tb.Fatalf("starting %s: %v", c.args[0], err)
	}
	go func() {
		s.cmd.Wait()
		close(s.done)
	}()
	tb.Cleanup(func() {
		s.Stop()
		if tb.Failed() {
			tb.Logf("log of %s:\n%s", strings.Join(c.args, " "), s.Log())
		}
	})
	for _, address := range []string{plain, tls} {
		if err := s.await(address); err != nil {
			tb.Fatalf("starting %s: %v\n%s", c.args[0], err, s.Log())
		}
	}
	return s
}

// environment is a small, fixed one: what the developer has set for Python or
// OpenSSL must not change a server of the laboratory.
func environment() []string {
	return []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8", "HOME=/nonexistent",
		"PYTHONUNBUFFERED=1", "PYTHONDONTWRITEBYTECODE=1", "SECRET_KEY=a-key-for-the-laboratory-alone"}
}

// await returns when the address listens. It asks the kernel where that is
// possible: a connection would count for servers that take only so many.
func (s *Server) await(address string) error {
	if address == "" {
		return nil
	}
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	limit := time.NewTimer(startLimit)
	defer limit.Stop()
	for !listens(s.cmd.Process.Pid, address) {
		select {
		case <-s.done:
			return errors.New("the program ended: " + s.cmd.ProcessState.String())
		case <-limit.C:
			return fmt.Errorf("nothing listens on %s after %s", address, startLimit)
		case <-tick.C:
		}
	}
	return nil
}

// listens reports whether the port is open, seen from the process's network
// namespace.
func listens(pid int, address string) bool {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		return false
	}
	found := false
	for _, table := range []string{"tcp", "tcp6"} {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/net/%s", pid, table))
		if err != nil {
			return answers(address)
		}
		found = found || listening(string(text), n)
	}
	return found
}

// listening looks for a socket in state 0A (LISTEN) on the port in a table of
// proc(5), /proc/net/tcp.
func listening(table string, port int) bool {
	suffix := fmt.Sprintf(":%04X", port)
	for line := range strings.Lines(table) {
		fields := strings.Fields(line)
		if len(fields) > 3 && strings.HasSuffix(fields[1], suffix) && fields[3] == "0A" {
			return true
		}
	}
	return false
}

// answers is for systems without /proc.
func answers(address string) bool {
	conn, err := net.DialTimeout("tcp", address, time.Second)
	if err != nil {
		return false
	}
	conn.Close()
	return true
}
