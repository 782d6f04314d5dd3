// The table against the programs themselves: those that are installed are made to
// greet a listener on loopback, and must say what the table says.

package clients

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"middlebrick/tlshello"
)

var update = flag.Bool("update", false, "rewrite data/captured.json with the hellos of the programs that are installed")

// capture has one program greet us; nothing where it is not installed.
func capture(t *testing.T, p program) []byte {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	hellos := make(chan []byte, 8)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			hellos <- greeting(conn)
		}
	}()
	if !p.start(t, listener.Addr().String()) {
		return nil
	}
	select {
	case hello := <-hellos:
		return hello
	case <-time.After(time.Minute):
		t.Errorf("%s said nothing", p.name)
		return nil
	}
}

// greeting reads the first flight and says handshake_failure.
func greeting(conn net.Conn) []byte {
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	var all []byte
	buffer := make([]byte, 1<<14)
	for !whole(all) {
		n, err := conn.Read(buffer)
		all = append(all, buffer[:n]...)
		if err != nil {
			return all
		}
	}
	_, _ = conn.Write([]byte{21, 3, 1, 0, 2, 2, 40})
	return all
}

// whole is true once the message that the first record begins has come.
func whole(raw []byte) bool {
	if len(raw) > 2 && raw[0]&0x80 != 0 {
		return len(raw) >= 2+int(raw[0]&0x7F)<<8+int(raw[1])
	}
	joined := joinRecords(raw)
	return len(joined) >= 4 && len(joined) >= 4+int(joined[1])<<16+int(joined[2])<<8+int(joined[3])
}

func TestInstalledClientsSayWhatTheTableSays(t *testing.T) {
	table, err := read("captured")
	if err != nil && !*update {
		t.Fatal(err)
	}
	var now []Client
	for _, p := range programs() {
		kept := named(table, p.name)
		if raw := capture(t, p); raw != nil {
			got, err := readHello(raw, p.oldest)
			if err != nil {
				t.Errorf("%s: %v: %x", p.name, err, raw[:min(len(raw), 80)])
				continue
			}
			got.Name, got.On, got.Kind, got.Year, got.Basis, got.How = p.name, p.on, p.kind, p.year, Captured, p.how
			got.LeastDH, got.MostDH = p.leastDH, p.mostDH
			if kept != nil && !*update {
				compare(t, *kept, got)
			}
			kept = &got
		}
		if kept == nil {
			t.Logf("%s is neither installed nor in the table", p.name)
			continue
		}
		now = append(now, *kept)
	}
	if *update {
		writeTable(t, now)
		return
	}
	if len(now) != len(table) {
		t.Errorf("the table holds %d clients, and %d of them have a program here", len(table), len(now))
	}
}

// compare holds what negotiation rests on.
func compare(t *testing.T, want, got Client) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-table +program):\n%s", want.Name, diff)
	}
}

func named(table []Client, name string) *Client {
	for i := range table {
		if table[i].Name == name {
			return &table[i]
		}
	}
	return nil
}

func writeTable(t *testing.T, list []Client) {
	t.Helper()
	text, err := json.MarshalIndent(list, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join("data", "captured.json"), append(text, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}

// A program is a client that may be installed here.
type program struct {
	name, on, kind, how string
	year                int
	oldest              tlshello.Version // of those whose hello does not list its versions
	leastDH, mostDH     int
	args                []string // HOST, PORT and DIR are filled in
	own                 func(address string)
}

// start runs the program against the address; false when it is not installed.
func (p program) start(t *testing.T, address string) bool {
	t.Helper()
	if p.own != nil {
		go p.own(address)
		return true
	}
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	path, err := exec.LookPath(strings.ReplaceAll(p.args[0], "CACHE", cacheDir()))
	if err != nil {
		return false
	}
	dir := t.TempDir()
	var args []string
	for _, arg := range p.args[1:] {
		args = append(args, strings.NewReplacer("HOST", "localhost", "PORT", port, "DIR", dir).Replace(arg))
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.WaitDelay = time.Second
	cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_CONFIG_HOME="+dir, "XDG_RUNTIME_DIR="+dir, "SSL_CERT_FILE=/dev/null", "NODE_TLS_REJECT_UNAUTHORIZED=0")
	if err := cmd.Start(); err != nil {
		t.Errorf("starting %s: %v", p.name, err)
		cancel()
		return false
	}
	t.Cleanup(func() {
		cancel()
		_ = cmd.Wait()
	})
	return true
}

func cacheDir() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		return "/nonexistent"
	}
	return filepath.Join(dir, "middlebrick")
}

func TestTableIsSound(t *testing.T) {
	seen := map[string]bool{}
	all := All()
	for _, c := range all {
		where := c.Name + " on " + c.On
		if seen[where] {
			t.Errorf("%s stands twice", where)
		}
		seen[where] = true
		for _, problem := range problems(c) {
			t.Errorf("%s: %s", where, problem)
		}
	}
	if len(all) < 30 {
		t.Errorf("the table holds %d clients; 30 are the least", len(all))
	}
}

func problems(c Client) (list []string) {
	say := func(bad bool, format string, args ...any) {
		if bad {
			list = append(list, fmt.Sprintf(format, args...))
		}
	}
	say(c.Name == "" || c.On == "" || c.How == "" || c.Year < 2000 || c.Year > 2026, "a field is empty or wrong")
	say(c.Basis != Captured && c.Basis != Published && c.Basis != Derived, "basis %q", c.Basis)
	say(len(c.Versions) == 0 || len(c.Suites) == 0, "no version or no suite")
	for i, v := range c.Versions {
		say(i > 0 && v >= c.Versions[i-1], "versions are not newest first")
		say(!offersAt(c, v), "no suite for %s", v)
	}
	for i, s := range c.Suites {
		_, known := s.Info()
		say(!known, "suite %s is not known", s)
		for _, other := range c.Suites[:i] {
			say(other == s, "suite %s stands twice", s)
		}
	}
	for _, g := range c.Groups {
		_, known := g.Info()
		say(!known, "group %s is not known", g)
	}
	for _, share := range c.Shares {
		say(!contains(c.Groups, share), "a share for %s, which is not in its groups", share)
	}
	return list
}

func contains[T comparable](list []T, one T) bool {
	for _, other := range list {
		if other == one {
			return true
		}
	}
	return false
}

func offersAt(c Client, v tlshello.Version) bool {
	for _, s := range c.Suites {
		if contains(tlshello.Suites(v), s) {
			return true
		}
	}
	return false
}
