// Secrets end to end (FAULTS F30, I10): what the caller gave, and what the target
// set, stands in no output, however the target repeats it.

package scan_test

import (
	"bytes"
	"context"
	"html"
	"io"
	"net"
	"net/url"
	"strings"
	"sync"
	"testing"

	"middlebrick/httphead"
	"middlebrick/report/render"
	"middlebrick/scan"
	"middlebrick/testbed/quirk"
)

// The canaries have what is escaped somewhere; their first letters are never.
const (
	canary    = `cAn4ry<given>&"'/+=x`
	setCanary = "cAn4rySet.aWRfZm9yX3Rlc3Rz.by-the_target"
	core      = "cAn4ry"
)

// outputs are everything that a scan leaves behind, by name.
func outputs(t *testing.T, s seen) map[string]string {
	t.Helper()
	var file bytes.Buffer
	if err := s.rec.Write(&file); err != nil {
		t.Fatal(err)
	}
	all := map[string]string{"recording": file.String()}
	for _, format := range render.Formats() {
		var out bytes.Buffer
		if err := render.Write(&out, format, s.report, render.Options{}); err != nil {
			t.Fatalf("%s: %v", format, err)
		}
		all[format] = out.String()
		if render.Binary(format) {
			all[format] = spoken(out.String())
		}
	}
	return all
}

// spoken leaves of a format that is no text the printable characters: its own
// control bytes are none that a target wrote, which the renderer's tests read out.
func spoken(binary string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 || r >= 0x7f {
			return ' '
		}
		return r
	}, binary)
}

func noCanary(t *testing.T, s seen) {
	t.Helper()
	for name, text := range outputs(t, s) {
		if at := strings.Index(text, core); at >= 0 {
			t.Errorf("the %s holds a secret: …%s…", name, text[max(0, at-120):min(len(text), at+120)])
		}
	}
}

func given(req *scan.Request) {
	req.Headers = []httphead.Field{
		{Name: "Authorization", Value: "Bearer " + canary}, {Name: "X-API-Key", Value: canary + "-key"},
		{Name: "Cookie", Value: "session=" + canary + "-cookie"}, {Name: "X-Plain-Name", Value: canary + "-plain"},
	}
}

func TestSecretsReachNoOutput(t *testing.T) {
	t.Run("echoed over https", trouble{quirk: "echo-headers", options: quirk.Options{Secure: true}, change: given}.shows(func(t *testing.T, s seen) {
		noCanary(t, s)
		found := false
		for _, ref := range s.rec.Refs() {
			found = found || strings.Contains(s.rec.Exchanges[ref].Received, "X-Plain-Name")
		}
		if !found {
			t.Error("the target did not repeat what it was sent, so that this test shows nothing")
		}
	}))
	for name, body := range map[string]string{
		"bare": canary, "in HTML": html.EscapeString(canary), "in a URL": url.QueryEscape(canary), "in a path": url.PathEscape(canary),
		"in JSON": `{"token":"cAn4ry\u003cgiven\u003e\u0026\"'/+=x"}`, "in careful JSON": `{"token":"cAn4ry<given>&\"'\/+=x"}`,
	} {
		t.Run(name, trouble{change: func(req *scan.Request) {
			given(req)
			req.Target.Scheme, req.Target.URL = "http", req.Target.HTTP()
			req.Dial = answering("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-Echo: " + body + "\r\n\r\n<p>" + body + "</p>")
		}}.shows(noCanary))
	}
}

// TestCookieValuesReachNoOutput has the target set a cookie and write its value
// wherever it can.
func TestCookieValuesReachNoOutput(t *testing.T) {
	text := "HTTP/1.1 302 Found\r\nContent-Type: text/html\r\nSet-Cookie: session=" + setCanary + "; Path=/\r\nSet-Cookie: plain=" + setCanary + "\r\n" +
		"Location: /next?sid=" + setCanary + "\r\nX-Session: " + setCanary + "\r\n\r\n<a href='/x?s=" + setCanary + "'>" + setCanary + "</a>"
	trouble{change: func(req *scan.Request) {
		req.Target.Scheme, req.Target.URL = "http", req.Target.HTTP()
		req.Dial = answering(text)
	}}.shows(noCanary)(t)
}

// answering is a plain server on port 80 that answers everything with one text.
func answering(text string) dialer {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		if !strings.HasSuffix(address, ":80") {
			return refused(ctx, network, address)
		}
		near, far := net.Pipe()
		go func() {
			defer far.Close()
			if _, err := far.Read(make([]byte, 64<<10)); err == nil {
				_, _ = io.WriteString(far, text)
			}
		}()
		return sent(near, nil)
	}
}

// A spy reads along what is sent to port 80.
type spy struct {
	mu   sync.Mutex
	sent bytes.Buffer
}

func (s *spy) on(dial dialer) dialer {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil || !strings.HasSuffix(address, ":80") {
			return conn, err
		}
		return &watched{Conn: conn, by: s}, nil
	}
}

func (s *spy) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sent.String()
}

type watched struct {
	net.Conn
	by *spy
}

func (w *watched) Write(p []byte) (int, error) {
	w.by.mu.Lock()
	w.by.sent.Write(p)
	w.by.mu.Unlock()
	return w.Conn.Write(p)
}
