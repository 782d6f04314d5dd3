// The prediction against the truth: real clients are sent through a relay to real
// servers, the bytes say what they got, and our scan of the same server must have
// predicted it.

package clients_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"middlebrick/clients"
	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/scan"
	"middlebrick/target"
	"middlebrick/testbed/ca"
	"middlebrick/testbed/lab"
	"middlebrick/tlshello"
)

const host = "app.test"

// servers are those that the clients are sent to.
func servers() []struct {
	name  string
	start func(*testing.T) string
} {
	rsa := ca.New().GoodRSA(host, "localhost", "127.0.0.1")
	nginx := func(config string) func(*testing.T) string {
		return func(t *testing.T) string { return lab.StartNginx(t, lab.Nginx{Pair: rsa, Server: config}).TLS }
	}
	java := func(protocols ...string) func(*testing.T) string {
		return func(t *testing.T) string {
			return lab.StartJava(t, lab.Java{Pair: rsa, Protocols: protocols, DHKeySize: "2048"}).TLS
		}
	}
	return []struct {
		name  string
		start func(*testing.T) string
	}{
		{"nginx modern", nginx(lab.NginxModern)},
		{"nginx intermediate", nginx(lab.NginxIntermediate)},
		{"nginx old", nginx(lab.NginxOld)},
		{"nginx TLS 1.0", nginx("ssl_protocols TLSv1;\nssl_ciphers ECDHE-RSA-AES128-SHA:@SECLEVEL=0;\n")},
		{"nginx TLS 1.0 with static keys", nginx("ssl_protocols TLSv1;\nssl_ciphers AES128-SHA:@SECLEVEL=0;\n")},
		{"nginx DHE of 1024 bits", nginx("ssl_protocols TLSv1.2;\nssl_ciphers DHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0;\n" + lab.NginxWeakDH)},
		{"nginx P-521 alone", nginx("ssl_protocols TLSv1.3;\nssl_ecdh_curve secp521r1;\n")},
		{"Go", startGo},
		{"Java", java("TLSv1.2", "TLSv1.3")},
	}
}

func startGo(t *testing.T) string {
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.TLS, server.Config.ErrorLog = &tls.Config{Certificates: []tls.Certificate{ca.New().Good(host).TLS()}}, log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

// seen is what our scan sees of the server.
func seen(t *testing.T, address string) clients.Facts {
	t.Helper()
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := target.Parse("https://" + host + ":" + port + "/")
	if err != nil {
		t.Fatal(err)
	}
	rec, err := scan.Run(context.Background(), scan.Request{Target: parsed, Rules: looking(), Pins: []scan.Pin{{Host: host, Addr: netip.MustParseAddr("127.0.0.1")}}}, func(scan.Event) {})
	if err != nil {
		t.Fatal(err)
	}
	return clients.Read(rec)
}

// looking are rules that make the scan look at what predictions rest on, and at
// nothing else.
func looking() []rule.Rule {
	meta := rule.Meta{ID: "encryption.prediction"}
	return []rule.Rule{
		rule.On(meta, observe.TLSVersions, func(observe.Versions) rule.Verdict { return rule.Pass() }),
		rule.On(meta, observe.TLSSuites, func(observe.Suites) rule.Verdict { return rule.Pass() }),
		rule.On(meta, observe.TLSGroups, func(observe.Groups) rule.Verdict { return rule.Pass() }),
		rule.On(meta, observe.TLSDH, func(observe.DHParameters) rule.Verdict { return rule.Pass() }),
		rule.On(meta, observe.TLSSignatures, func(observe.Signatures) rule.Verdict { return rule.Pass() }),
	}
}

// relay passes one connection on and keeps what both sides said.
func relay(t *testing.T, p clients.Program, server string) (got clients.Got, ran bool) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	done := make(chan clients.Got, 8)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			done <- pass(conn, server)
		}
	}()
	if !p.Start(t, listener.Addr().String()) {
		return got, false
	}
	select {
	case got = <-done:
		return got, true
	case <-time.After(time.Minute):
		t.Errorf("%s said nothing", p.Name())
		return got, false
	}
}

// grace is how long one side may still speak when the other has ended.
const grace = 500 * time.Millisecond

func pass(client net.Conn, server string) clients.Got {
	defer client.Close()
	far, err := net.Dial("tcp", server)
	if err != nil {
		return clients.Got{}
	}
	defer far.Close()
	limit := time.Now().Add(10 * time.Second)
	_, _ = client.SetDeadline(limit), far.SetDeadline(limit)
	var received bytes.Buffer
	sent := &watched{done: func() { _, _ = client.Close(), far.Close() }}
	var both sync.WaitGroup
	both.Go(func() {
		_, _ = io.Copy(io.MultiWriter(far, sent), client)
		_ = far.(*net.TCPConn).CloseWrite()
		_ = far.SetReadDeadline(time.Now().Add(grace))
	})
	both.Go(func() {
		_, _ = io.Copy(io.MultiWriter(client, &received), far)
		_ = client.(*net.TCPConn).CloseWrite()
		_ = client.SetReadDeadline(time.Now().Add(grace))
	})
	both.Wait()
	return clients.Negotiated(sent.Bytes(), received.Bytes())
}

// watched keeps what the client says, and ends the connection once the client has
// shown that it goes on.
type watched struct {
	bytes.Buffer
	done func()
}

func (w *watched) Write(text []byte) (int, error) {
	n, err := w.Buffer.Write(text)
	if clients.GoesOn(w.Bytes()) {
		w.done()
	}
	return n, err
}

// slow are programs that take seconds to start; these are their servers.
var (
	slow    = []string{"Chromium 156", "Firefox ESR 153", "Java 17"}
	forSlow = []string{"nginx intermediate", "nginx TLS 1.0", "Go"}
)

func TestPredictionsComeTrue(t *testing.T) {
	lab.Needs(t, "nginx", "openssl", "gnutls-cli", "curl", "python3", "java")
	table := clients.All()
	for _, server := range servers() {
		t.Run(server.name, func(t *testing.T) {
			address := server.start(t)
			facts := seen(t, address)
			told, compared := 0, 0
			for _, p := range clients.Programs() {
				if slices.Contains(slow, p.Name()) && !slices.Contains(forSlow, server.name) {
					continue
				}
				i := slices.IndexFunc(table, func(c clients.Client) bool { return c.Name == p.Name() })
				got, ran := relay(t, p, address)
				if !ran || i < 0 {
					continue
				}
				compared++
				if comesTrue(t, clients.Predict(table[i], facts), got) {
					told++
				}
			}
			t.Logf("%d of %d predictions were definite", told, compared)
		})
	}
}

// comesTrue fails for a prediction that was wrong, and says whether it was definite.
func comesTrue(t *testing.T, s clients.Simulation, got clients.Got) bool {
	t.Helper()
	wrong := func(what string, predicted, real any) {
		t.Errorf("%s: predicted %s %v, and it was %v (%s)", s.Client, what, predicted, real, s.Because)
	}
	if s.Outcome == clients.Unknown {
		return false
	}
	if s.Outcome != got.Outcome {
		wrong("that it", s.Outcome, got)
		return false
	}
	if s.Outcome == clients.Fails {
		return true
	}
	if s.Version != got.Version {
		wrong("version", s.Version, got.Version)
	}
	if !slices.Contains(s.Suites, got.Suite) {
		wrong("suites", s.Suites, got.Suite)
	}
	if s.Group != 0 && s.Group != got.Group {
		wrong("group", s.Group, got.Group)
	}
	return s.Suite != 0
}

// An older table says nothing false of versions that nobody offers any more.
func TestOldestClientMeetsTheOldestServer(t *testing.T) {
	f := clients.Facts{Versions: observe.Versions{tlshello.SSL3: {Result: observe.Accepted}},
		Suites: &observe.Suites{Versions: map[tlshello.Version]observe.SuiteList{tlshello.SSL3: {Complete: true, Suites: []observe.SuiteSeen{{Suite: 0x000A}}}}}}
	for _, v := range tlshello.Versions()[2:] {
		f.Versions[v] = observe.Answer{Result: observe.Denied}
	}
	for _, s := range clients.Simulate(f) {
		if s.Client == "Internet Explorer 6" && (s.Outcome != clients.Connects || s.Suite != 0x000A || s.ForwardSecrecy != "no") {
			t.Errorf("%+v", s)
		}
		if s.Client == "Chromium 156" && s.Outcome != clients.Fails {
			t.Errorf("%+v", s)
		}
	}
}
