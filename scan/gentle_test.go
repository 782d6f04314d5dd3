// A development server handles one connection at a time: a scan of it must leave
// it responsive to everybody else.

package scan_test

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"middlebrick/observe"
	"middlebrick/scan"
	"middlebrick/testbed/lab"
)

// otherUser asks for a page again and again until the scan is over, each time
// over a new connection, and counts what it got.
func otherUser(ctx context.Context, address string, answered, failed *atomic.Int64) {
	client := &http.Client{Timeout: 4 * time.Second, Transport: &http.Transport{
		DisableKeepAlives: true,
		TLSClientConfig:   &tls.Config{InsecureSkipVerify: true},
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "tcp", address)
		},
	}}
	for i := 0; i < 500 && ctx.Err() == nil; i++ {
		resp, err := client.Get("https://" + host + "/users/")
		if err != nil {
			failed.Add(1)
			continue
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		answered.Add(1)
	}
}

func TestDevelopmentServerStaysResponsive(t *testing.T) {
	lab.Needs(t, "flask", "cryptography")
	server := lab.StartFlask(t, lab.WSGI{Secure: true, App: lab.FlaskApp{Run: "app.run(ssl_context='adhoc', threaded=False)"}, Env: secretKey})
	var answered, failed atomic.Int64
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		otherUser(ctx, server.TLS, &answered, &failed)
	}()
	rec, err := scan.Run(context.Background(), of(t, server, "/login"), func(scan.Event) {})
	stop()
	<-done
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("while the scan made %d connections, another client was answered %d times", rec.End.Cost.Connections, answered.Load())
	if failed.Load() > 0 || answered.Load() == 0 {
		t.Errorf("another client was answered %d times and failed %d times", answered.Load(), failed.Load())
	}
	report := scan.Judge(rec, nil)
	suites, _, gap := observe.Get(rec, observe.TLSSuites)
	if gap != nil || report.Overall == nil {
		t.Fatalf("the scan was not complete: %v; %s", gap, report.Withheld)
	}
	for version, list := range suites.Versions {
		if !list.Complete {
			t.Errorf("%s: not all suites are known: %s", version, list.Detail)
		}
	}
}
