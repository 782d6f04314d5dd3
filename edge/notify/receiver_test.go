// Receivers for the tests: HTTP servers behind pipes in memory, so that time can
// be the test's own, and a mail server that says what a script tells it.

package notify_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"middlebrick/edge/notify"
)

// pipes is a listener whose connections never leave the process.
type pipes struct {
	arrived chan net.Conn
	closed  chan struct{}
	once    sync.Once
}

func newPipes() *pipes { return &pipes{arrived: make(chan net.Conn), closed: make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case conn := <-p.arrived:
		return conn, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { p.once.Do(func() { close(p.closed) }); return nil }
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "memory"} }

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case p.arrived <- theirs:
		return ours, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// served is an outbox whose every request ends up at the handler. It is for use
// inside a bubble of synctest.
func served(t *testing.T, handler http.HandlerFunc) notify.Outbox {
	t.Helper()
	listener := newPipes()
	var running sync.WaitGroup
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		running.Add(1)
		defer running.Done()
		handler(w, r)
	})}
	go server.Serve(listener)
	// What is https outside goes unencrypted through the pipe.
	transport := &http.Transport{DialContext: listener.dial, DialTLSContext: listener.dial}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		server.Close()
		running.Wait()
		synctest.Wait()
	})
	return notify.Outbox{HTTP: &http.Client{Transport: transport}, Dial: listener.dial, Clock: time.Now, Host: "mb.acme.example", Agent: "middlebrick/test"}
}

// mailed is an outbox whose connections to mail servers are given to the script.
func mailed(t *testing.T, script func(conn net.Conn, lines *bufio.Reader)) notify.Outbox {
	t.Helper()
	var running sync.WaitGroup
	t.Cleanup(running.Wait)
	dial := func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		running.Go(func() {
			defer theirs.Close()
			script(theirs, bufio.NewReader(theirs))
		})
		return ours, nil
	}
	return notify.Outbox{Dial: dial, Clock: time.Now, Host: "mb.acme.example"}
}

func hook() notify.Channel {
	return notify.Channel{Kind: notify.Webhook, URL: "http://hooks.example/in", Secret: secret}
}

// A posted is one request as the receiver saw it.
type posted struct {
	Header http.Header
	Body   []byte
}

// keeping answers every request with the status, and keeps what it was sent.
func keeping(got *[]posted, status int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		*got = append(*got, posted{r.Header.Clone(), body})
		w.WriteHeader(status)
	}
}
