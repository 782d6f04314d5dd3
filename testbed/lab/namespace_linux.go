// Network namespaces: a test's own loopback, on which ports 80 and 443 are
// free.

package lab

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// namespaceVariable names, in the second run of a test, the test that is to
// run inside of the namespace.
const namespaceVariable = "LAB_NAMESPACE"

// InNamespace gives a test a network namespace of its own, in which nothing
// but its own loopback exists and every port is free:
//
//	if !lab.InNamespace(t) {
//		return
//	}
//
// It runs the same test a second time, as another process inside of the
// namespace, and there returns true. Outside it waits for that run, takes
// over its outcome and returns false. It must be called from the test's first
// line, for what stands before runs twice. A system that allows no namespace
// skips the test.
func InNamespace(t *testing.T) bool {
	t.Helper()
	if os.Getenv(namespaceVariable) == t.Name() {
		if err := loopbackUp(); err != nil {
			t.Fatalf("bringing up loopback: %v", err)
		}
		return true
	}
	output, err := runAgain(t)
	var ended *exec.ExitError
	switch {
	case errors.Is(err, syscall.EPERM), errors.Is(err, syscall.ENOSPC):
		t.Skip("needs root, for a network namespace")
	case errors.As(err, &ended):
		t.Errorf("inside of the namespace: %v\n%s", err, output)
		return false
	case err != nil:
		t.Fatalf("running the test in a namespace: %v", err)
	}
	if reason, ok := skipped(output, t.Name()); ok {
		t.Skip(reason)
	}
	if !strings.Contains(output, "--- PASS: "+t.Name()+" ") {
		t.Errorf("inside of the namespace the test did not run:\n%s", output)
		return false
	}
	if testing.Verbose() {
		t.Logf("inside of the namespace:\n%s", output)
	}
	return false
}

// runAgain runs this test binary for this test alone.
func runAgain(t *testing.T) (string, error) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("finding the test binary: %w", err)
	}
	pattern := "^" + strings.ReplaceAll(t.Name(), "/", "$/^") + "$"
	cmd := exec.Command(self, "-test.run="+pattern, "-test.v", "-test.count=1", "-test.timeout="+remaining(t).String())
	cmd.Env = append(os.Environ(), namespaceVariable+"="+t.Name())
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	if os.Getuid() != 0 {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}
	}
	output, err := cmd.CombinedOutput()
	return string(output), err
}

// remaining is the time that the test has left, less a margin in which to
// print what happened.
func remaining(t *testing.T) time.Duration {
	deadline, ok := t.Deadline()
	if !ok {
		return 10 * time.Minute
	}
	return max(time.Until(deadline)-5*time.Second, time.Second).Round(time.Millisecond)
}

// skipReason is a line as testing prints it: "    lab_test.go:7: the reason".
var skipReason = regexp.MustCompile(`(?m)^ +[^ ]+\.go:\d+: (.*)$`)

// skipped finds the reason if the test was skipped in the inner run. With -v
// it stands before the outcome.
func skipped(output, test string) (reason string, ok bool) {
	before, _, ok := strings.Cut(output, "--- SKIP: "+test+" ")
	if !ok {
		return "", false
	}
	lines := skipReason.FindAllStringSubmatch(before, -1)
	if len(lines) == 0 {
		return "skipped inside of the namespace", true
	}
	return lines[len(lines)-1][1], true
}

// loopbackUp does what "ip link set lo up" does (netdevice(7)).
func loopbackUp() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("opening a control socket: %w", err)
	}
	defer unix.Close(fd)
	request, err := unix.NewIfreq("lo")
	if err != nil {
		return fmt.Errorf("naming the interface: %w", err)
	}
	if err := unix.IoctlIfreq(fd, unix.SIOCGIFFLAGS, request); err != nil {
		return fmt.Errorf("reading the flags of lo: %w", err)
	}
	request.SetUint16(request.Uint16() | unix.IFF_UP)
	if err := unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, request); err != nil {
		return fmt.Errorf("setting the flags of lo: %w", err)
	}
	return nil
}
