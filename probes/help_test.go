// What the tests of single probes share: a target whose answers are written by
// hand, reached over pipes.

package probes_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"middlebrick/observe"
	"middlebrick/probe"
	"middlebrick/probes"
	"middlebrick/target"
	"middlebrick/testbed/ca"
	"middlebrick/wire"
)

// A site answers requests: the raw text of a response, or nothing and a close.
// URL.Scheme says which form was asked.
type site func(r *http.Request) string

// host names the target of these tests.
const host = "app.test"

var pair = sync.OnceValue(func() tls.Certificate { return ca.New().Good(host).TLS() })

// A visit is one run of a probe with all that it waits for.
type visit struct {
	rec   *observe.Recorder
	asked []string // "GET https://host/path" of every request, in no order
}

// dial serves the site on 443 and 80; "" in ports is both.
func (s site) dial(t *testing.T, v *visit, closed string) func(context.Context, string, string) (net.Conn, error) {
	var mu sync.Mutex
	var running sync.WaitGroup
	t.Cleanup(running.Wait)
	return func(_ context.Context, _, address string) (net.Conn, error) {
		_, port, _ := net.SplitHostPort(address)
		if port == closed {
			return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
		}
		near, far := net.Pipe()
		running.Go(func() {
			defer far.Close()
			s.serve(far, port == "443", func(r *http.Request) {
				mu.Lock()
				defer mu.Unlock()
				v.asked = append(v.asked, r.Method+" "+r.URL.String())
			})
		})
		return near, nil
	}
}

func (s site) serve(c net.Conn, secure bool, note func(*http.Request)) {
	scheme := "http"
	if secure {
		scheme, c = "https", tls.Server(c, &tls.Config{Certificates: []tls.Certificate{pair()}})
	}
	r, err := http.ReadRequest(bufio.NewReader(c))
	if err != nil {
		return
	}
	r.URL.Scheme, r.URL.Host = scheme, host
	note(r)
	_, _ = io.WriteString(c, strings.ReplaceAll(s(r), "\n", "\r\n"))
	_ = c.Close() // with TLS's own word for it
}

// look runs the named probe, after those that fill what it reads, against the
// site at that address. closed is the port that refuses, if any.
func look(t *testing.T, name, address, closed string, s site) *visit {
	t.Helper()
	v := &visit{rec: observe.NewRecorder(observe.Header{}, now, []byte("key"))}
	v.run(t, name, address, wire.Options{Dial: s.dial(t, v, closed)})
	slices.Sort(v.asked)
	return v
}

// now is the clock of the recorders.
func now() time.Time { return time.Now() }

func (v *visit) run(t *testing.T, name, address string, opts wire.Options) {
	t.Helper()
	to, err := target.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	opts.Target, opts.Limits, opts.UserAgent = to, wire.Standard(), "middlebrick/test"
	if !to.Loopback() {
		opts.Resolve = func(context.Context, string) ([]netip.Addr, error) {
			return []netip.Addr{netip.MustParseAddr("192.0.2.1")}, nil
		}
	}
	runBefore(t.Context(), wire.New(opts, v.rec), v.rec, byName(t, name))
}

// visitReal is look on a real server on loopback.
func visitReal(t *testing.T, name, address string) *visit {
	t.Helper()
	v := &visit{rec: observe.NewRecorder(observe.Header{}, now, []byte("key"))}
	v.run(t, name, address, wire.Options{})
	return v
}

func byName(t *testing.T, name string) probe.Probe {
	t.Helper()
	all := probes.All()
	at := slices.IndexFunc(all, func(p probe.Probe) bool { return p.Name == name })
	if at < 0 {
		t.Fatalf("no probe is called %q", name)
	}
	return all[at]
}

// runBefore runs what fills the keys that a probe reads, then the probe, each
// once, as the engine does: a gap under a key that it needs is its gap.
func runBefore(ctx context.Context, w *wire.Wire, rec *observe.Recorder, p probe.Probe) {
	if rec.Has(p.Fills[0]) {
		return
	}
	for _, key := range slices.Concat(p.Needs, p.After) {
		for _, other := range probes.All() {
			if slices.Contains(other.Fills, key) {
				runBefore(ctx, w, rec, other)
			}
		}
	}
	for _, need := range p.Needs {
		if gap := rec.GapOf(need); gap != nil {
			rec.MissNamed(p.Fills[0], *gap)
			return
		}
	}
	p.Run(ctx, w, rec)
}

// seen is the observation under the key, whose references are left out: their
// numbers depend on the order of requests.
func seen[T any](t *testing.T, v *visit, key observe.Key[T]) T {
	t.Helper()
	value, gap := observe.Seen(v.rec, key)
	if gap != nil {
		t.Fatalf("%s was not observed: %v", key.Name(), gap)
	}
	return value
}

// text makes a response of a status line, fields and a body.
func text(status, fields, body string) string {
	return "HTTP/1.1 " + status + "\n" + fields + "Connection: close\n\n" + body
}

// pages answers each path with its text, and all others with a plain 404.
func pages(answers map[string]string) site {
	return func(r *http.Request) string {
		for _, key := range []string{r.URL.Scheme + " " + r.URL.RequestURI(), r.URL.RequestURI()} {
			if answer, ok := answers[key]; ok {
				return answer
			}
		}
		return text("404 Not Found", "Content-Type: text/plain\n", "no")
	}
}
