// Package postgres runs a real PostgreSQL for tests of what is kept in one.
//
// The file starts Debian's server on a free port of loopback, in a folder of its
// own that goes with the test, and makes fresh databases on it.
package postgres

import (
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"middlebrick/testbed/lab"
)

// A Server runs until the end of the test that started it.
type Server struct {
	URL string // of the database that initdb makes; anybody may do everything

	bin, dir string
	port     string
	as       *syscall.SysProcAttr
	made     atomic.Int64
}

// Start starts a server and gives its address. What a crash would lose is not
// synced to the disk.
func Start(tb testing.TB) (address string) {
	tb.Helper()
	return New(tb).URL
}

// New starts a server on which several tests have a database each.
func New(tb testing.TB) *Server {
	tb.Helper()
	s := &Server{bin: programs(tb), as: identity(tb), port: strconv.Itoa(lab.FreePort(tb))}
	s.URL = s.address("postgres")
	var err error
	if s.dir, err = os.MkdirTemp("", "postgres"); err != nil {
		tb.Fatalf("making the server's folder: %v", err)
	}
	tb.Cleanup(func() { os.RemoveAll(s.dir) })
	if s.as.Credential != nil {
		if err := os.Chown(s.dir, int(s.as.Credential.Uid), int(s.as.Credential.Gid)); err != nil {
			tb.Fatalf("giving the folder to the server's user: %v", err)
		}
	}
	data, log := filepath.Join(s.dir, "data"), filepath.Join(s.dir, "log")
	s.run(tb, "initdb", "--pgdata="+data, "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
	options := "-p " + s.port + " -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off -c full_page_writes=off -c shared_buffers=32MB"
	tb.Cleanup(func() {
		stop := s.command("pg_ctl", "stop", "--pgdata="+data, "--mode=immediate", "--silent")
		if text, err := stop.CombinedOutput(); err != nil {
			tb.Errorf("stopping PostgreSQL: %v\n%s", err, text)
		}
		if text, err := os.ReadFile(log); tb.Failed() && err == nil {
			tb.Logf("log of PostgreSQL:\n%s", text)
		}
	})
	s.run(tb, "pg_ctl", "start", "--pgdata="+data, "--log="+log, "--options="+options, "--wait", "--silent")
	return s
}

// Fresh makes an empty database and gives its address.
func (s *Server) Fresh(tb testing.TB) (address string) {
	tb.Helper()
	name := fmt.Sprintf("fresh%d", s.made.Add(1))
	s.run(tb, "createdb", "--host=127.0.0.1", "--port="+s.port, "--username=postgres", name)
	return s.address(name)
}

func (s *Server) address(name string) string {
	u := url.URL{Scheme: "postgres", User: url.User("postgres"), Host: "127.0.0.1:" + s.port, Path: name, RawQuery: "sslmode=disable"}
	return u.String()
}

// programs is the folder of the newest PostgreSQL of this machine. Debian keeps
// its server's programs out of the PATH.
func programs(tb testing.TB) string {
	tb.Helper()
	newest, best := "", 0
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb") // fails on a malformed pattern alone
	for _, path := range found {
		version, err := strconv.Atoi(strings.Split(path, "/")[4])
		if err == nil && version > best {
			newest, best = filepath.Dir(path), version
		}
	}
	if newest == "" {
		tb.Skip("needs Debian package postgresql")
	}
	return newest
}

// identity is who the server runs as: it refuses to be root, and then is the user
// of Debian's package.
func identity(tb testing.TB) *syscall.SysProcAttr {
	tb.Helper()
	if os.Getuid() != 0 {
		return &syscall.SysProcAttr{}
	}
	owner, err := user.Lookup("postgres")
	if err != nil {
		tb.Skip("needs the user postgres of Debian package postgresql")
	}
	uid, err := strconv.ParseUint(owner.Uid, 10, 32)
	if err != nil {
		tb.Fatalf("reading the user's number: %v", err)
	}
	gid, err := strconv.ParseUint(owner.Gid, 10, 32)
	if err != nil {
		tb.Fatalf("reading the group's number: %v", err)
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
}

func (s *Server) command(program string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(s.bin, program), args...)
	cmd.Dir, cmd.SysProcAttr = s.dir, s.as
	cmd.Env = []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8", "HOME=/nonexistent"}
	return cmd
}

// run fails the test where the program fails. The program writes to a file: a
// server that it leaves behind would hold a pipe open.
func (s *Server) run(tb testing.TB, program string, args ...string) {
	tb.Helper()
	said, err := os.CreateTemp(s.dir, program)
	if err != nil {
		tb.Fatalf("keeping what %s says: %v", program, err)
	}
	defer said.Close()
	cmd := s.command(program, args...)
	cmd.Stdout, cmd.Stderr = said, said
	if err := cmd.Run(); err != nil {
		text, _ := os.ReadFile(said.Name())
		tb.Fatalf("%s: %v\n%s", program, err, text)
	}
}
