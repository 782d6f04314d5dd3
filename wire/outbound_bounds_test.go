// The guarded way out: proxies, bytes, time and TLS.

package wire

import (
	"bytes"
	"crypto/tls"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestProxyOfTheEnvironmentIsIgnored(t *testing.T) {
	proxy := serve(t, closedHost+":0", hello)
	h := serve(t, openHost+":0", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "itself") })
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"} {
		t.Setenv(name, "http://"+closedHost+":"+proxy.port)
	}
	_, body, err := said(t, Outbound{Permit: onlyOpen, Resolve: always(openHost)}.Client(), "http://direct.test:"+h.port+"/")
	if body != "itself" || err != nil || proxy.accepted.Load() != 0 {
		t.Errorf("%q %v, and the proxy saw %d connections", body, err, proxy.accepted.Load())
	}
}

// tunneller is a proxy that opens tunnels to wherever the test says.
func tunneller(t *testing.T, asked *[]string, to string) *house {
	return serve(t, closedHost+":0", func(w http.ResponseWriter, r *http.Request) {
		*asked = append(*asked, r.Method+" "+r.Host+" "+r.Header.Get("Proxy-Authorization"))
		far, err := net.Dial("tcp", to)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		w.WriteHeader(http.StatusOK)
		near, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		go func() { _, _ = io.Copy(far, near); far.Close() }()
		_, _ = io.Copy(near, far)
		near.Close()
	})
}

func TestNamedProxyIsAskedForATunnelToTheName(t *testing.T) {
	h := serve(t, openHost+":0", hello)
	var asked []string
	proxy := tunneller(t, &asked, openHost+":"+h.port)
	o := Outbound{Proxy: &url.URL{Scheme: "http", Host: closedHost + ":" + proxy.port, User: url.UserPassword("me", "pw")}}
	if _, body, err := said(t, o.Client(), "http://inside.test:8080/"); body != "hello" || err != nil {
		t.Errorf("%q %v", body, err)
	}
	for _, refused := range []string{"http://10.0.0.1/", "http://localhost/", "http://169.254.169.254/"} {
		if _, _, err := said(t, o.Client(), refused); !errors.Is(err, ErrBlocked) {
			t.Errorf("%s through the proxy: %v", refused, err)
		}
	}
	if diff := cmp.Diff([]string{"CONNECT inside.test:8080 Basic bWU6cHc="}, asked); diff != "" {
		t.Errorf("asked of the proxy (-want +got):\n%s", diff)
	}
}

func TestProxyThatRefusesIsNamed(t *testing.T) {
	proxy := serve(t, closedHost+":0", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) })
	o := Outbound{Proxy: &url.URL{Scheme: "http", Host: closedHost + ":" + proxy.port}}
	if _, _, err := said(t, o.Client(), "http://inside.test/"); err == nil || !strings.Contains(err.Error(), "403") {
		t.Errorf("error %v", err)
	}
}

func TestAnswerThatNeverEndsIsCutAtItsBytesAndAtItsTime(t *testing.T) {
	endless := serve(t, openHost+":0", func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			if _, err := w.Write(bytes.Repeat([]byte("x"), 4096)); err != nil {
				return
			}
		}
	})
	_, body, err := said(t, Outbound{Permit: onlyOpen, Most: 64 << 10}.Client(), "http://"+openHost+":"+endless.port+"/")
	if !errors.Is(err, errTooMuch) || len(body) > 64<<10 {
		t.Errorf("%d bytes, %v", len(body), err)
	}
	silent := serve(t, openHost+":0", func(w http.ResponseWriter, r *http.Request) {
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	_, _, err = said(t, Outbound{Permit: onlyOpen, Timeout: 100 * time.Millisecond}.Client(), "http://"+openHost+":"+silent.port+"/")
	var timeout net.Error
	if !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Errorf("silence: %v", err)
	}
}

// A deadline that somebody sets may bring the end nearer and never put it off.
func TestConnectionEndsAtItsTimeWhateverIsSet(t *testing.T) {
	silent, err := net.Listen("tcp", openHost+":0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	conn, err := Outbound{Permit: onlyOpen, Timeout: 100 * time.Millisecond}.Dial(t.Context(), "tcp", silent.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, set := range []func(time.Time) error{conn.SetDeadline, conn.SetReadDeadline, conn.SetWriteDeadline} {
		if err := errors.Join(set(time.Time{}), set(time.Now().Add(time.Hour))); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := conn.Read(make([]byte, 1)); Classify(err) != "timeout" {
		t.Errorf("reading from silence: %v", err)
	}
}

func TestRequestsNameUsAndAskForNothingPacked(t *testing.T) {
	var got http.Header
	h := serve(t, openHost+":0", func(_ http.ResponseWriter, r *http.Request) { got = r.Header })
	if _, _, err := said(t, Outbound{Permit: onlyOpen, UserAgent: "middlebrick/test"}.Client(), "http://"+openHost+":"+h.port+"/"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(http.Header{"User-Agent": {"middlebrick/test"}, "Connection": {"close"}}, got); diff != "" {
		t.Errorf("headers (-want +got):\n%s", diff)
	}
}

func TestServerIsVerifiedAndSpeaksTLS12AtLeast(t *testing.T) {
	anywhere := func(netip.AddrPort) error { return nil }
	good, root := secure(t, tls.VersionTLS12)
	if _, _, err := said(t, Outbound{Permit: anywhere}.Client(), good); err == nil {
		t.Error("a certificate of nobody was believed")
	}
	if _, body, err := said(t, Outbound{Permit: anywhere, CAFiles: [][]byte{root}}.Client(), good); body != "hello" || err != nil {
		t.Errorf("with its authority: %q %v", body, err)
	}
	old, root := secure(t, tls.VersionTLS11)
	if _, _, err := said(t, Outbound{Permit: anywhere, CAFiles: [][]byte{root}}.Client(), old); err == nil {
		t.Error("TLS 1.1 was spoken")
	}
	if _, body, err := said(t, Outbound{Permit: anywhere, AnyTLS: true}.Client(), old); body != "hello" || err != nil {
		t.Errorf("where any TLS will do: %q %v", body, err)
	}
}

func TestRedirectAwayFromHTTPSIsRefused(t *testing.T) {
	open := serve(t, openHost+":0", hello)
	server := httptest.NewTLSServer(http.RedirectHandler("http://"+openHost+":"+open.port+"/", http.StatusFound))
	t.Cleanup(server.Close)
	o := Outbound{Permit: func(netip.AddrPort) error { return nil }, AnyTLS: true, Redirects: 3}
	if _, _, err := said(t, o.Client(), server.URL); !errors.Is(err, ErrBlocked) || open.accepted.Load() != 0 {
		t.Errorf("%v, and %d connections", err, open.accepted.Load())
	}
}

// secure is a server that speaks no later version, and the root to believe it by.
func secure(t *testing.T, latest uint16) (address string, root []byte) {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(hello))
	server.TLS = &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: latest}
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	return server.URL, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
}
