// A server that fails says so, names its log, and leaves nothing behind.

package lab

import (
	"fmt"
	"net"
	"os"
	"runtime"
	"strings"
	"testing"
)

// recorder is a test that keeps what it is told instead of failing.
type recorder struct {
	testing.TB
	text    strings.Builder
	failed  bool
	cleanup []func()
}

func (r *recorder) Helper()                 {}
func (r *recorder) Failed() bool            { return r.failed }
func (r *recorder) Cleanup(f func())        { r.cleanup = append(r.cleanup, f) }
func (r *recorder) Logf(f string, a ...any) { fmt.Fprintf(&r.text, f+"\n", a...) }
func (r *recorder) Skipf(f string, a ...any) {
	r.Logf("SKIP "+f, a...)
	runtime.Goexit()
}

func (r *recorder) Fatalf(f string, a ...any) {
	r.failed = true
	r.Logf(f, a...)
	runtime.Goexit()
}

// told runs the function as a test and is what it said.
func told(tb testing.TB, run func(tb testing.TB)) string {
	r := &recorder{TB: tb}
	done := make(chan struct{})
	go func() {
		defer close(done)
		run(r)
	}()
	<-done
	for i := len(r.cleanup) - 1; i >= 0; i-- {
		r.cleanup[i]()
	}
	return r.text.String()
}

func TestServerThatEndsTellsWhy(t *testing.T) {
	Needs(t, "nginx", "flask")
	tests := []struct {
		name  string
		start func(tb testing.TB)
		want  []string
	}{
		{"nginx", func(tb testing.TB) { StartNginx(tb, Nginx{Server: "nosuchdirective on;"}) },
			[]string{"starting", "the program ended: exit status 1", `unknown directive "nosuchdirective"`, "log of"}},
		{"nginx text", func(tb testing.TB) { StartNginx(tb, Nginx{Server: "gzip on"}) }, []string{`server: nginx text: "gzip on" lacks its ';'`}},
		{"flask", func(tb testing.TB) { StartFlask(tb, WSGI{App: FlaskApp{Config: "import nosuchmodule\n"}}) },
			[]string{"No module named 'nosuchmodule'"}},
		{"fix without a place", func(tb testing.TB) { Nginx{}.With(tb, Snippet{Place: "vhost"}) }, []string{`nginx has no place "vhost"`}},
		{"missing program", func(tb testing.TB) { Needs(tb, "nosuchprogram") }, []string{"SKIP needs Debian package nosuchprogram"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := told(t, test.start)
			for _, want := range test.want {
				if !strings.Contains(got, want) {
					t.Errorf("does not say %q:\n%s", want, got)
				}
			}
		})
	}
}

func TestEndOfTheTestEndsTheServerAndItsFolder(t *testing.T) {
	Needs(t, "flask")
	var s *Server
	said := told(t, func(tb testing.TB) { s = StartFlask(tb, WSGI{App: FlaskApp{Run: "app.run(debug=True)"}}) })
	if s == nil {
		t.Fatalf("the server did not start:\n%s", said)
	}
	if _, err := net.Dial("tcp", s.Plain); err == nil {
		t.Error("something still listens")
	}
	if _, err := os.Stat(s.Dir); !os.IsNotExist(err) {
		t.Errorf("its folder is still there: %v", err)
	}
}

func TestPortIsGivenOnlyOnce(t *testing.T) {
	seen := map[int]bool{}
	for range 50 {
		port := FreePort(t)
		if seen[port] {
			t.Errorf("port %d was given twice", port)
		}
		seen[port] = true
	}
}

func TestSocketTableNamesListenersAlone(t *testing.T) {
	const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
   1: 0100007F:1F91 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 2 1 0 20 4 30 10 -1
`
	for port, want := range map[int]bool{8080: true, 8081: false, 50000: false} {
		if got := listening(table, port); got != want {
			t.Errorf("port %d listens: %v, want %v", port, got, want)
		}
	}
}
