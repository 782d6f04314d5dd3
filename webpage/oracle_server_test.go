// The web server that the browser oracle looks at: one loopback port that
// speaks TLS and plain HTTP, told apart by a connection's first byte, and a
// log of what really arrived by which of the two.

package webpage_test

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"path"
	"sync"
	"testing"
	"time"
)

// arrival is one request as the server received it.
type arrival struct {
	Plain bool
	Host  string
	Path  string
}

// site serves the corpus and remembers what arrived.
type site struct {
	port string
	spki string // base64 SHA-256 of the leaf key, as Chromium's flag wants it

	mu       sync.Mutex
	docs     map[string]document
	arrivals []arrival
}

// document is a page of the corpus as it is served.
type document struct {
	Type string
	CSP  string
	Body string
}

func (s *site) put(path string, d document) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.docs[path] = d
}

func (s *site) arrived() []arrival {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]arrival{}, s.arrivals...)
}

// newSite starts the server; it ends with the test.
func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{docs: map[string]document{}}
	conf := &tls.Config{Certificates: []tls.Certificate{s.certificate(t)}}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("listening on loopback: %v", err)
	}
	_, s.port, _ = net.SplitHostPort(ln.Addr().String())
	plain, secure := newHalf(ln), newHalf(ln)
	plainServer, secureServer := s.server(true), s.server(false)
	var running sync.WaitGroup
	running.Go(func() { _ = plainServer.Serve(plain) })
	running.Go(func() { _ = secureServer.Serve(tls.NewListener(secure, conf)) })
	running.Go(func() { deal(ln, plain, secure) })
	t.Cleanup(func() {
		_ = ln.Close()
		_ = plainServer.Close()
		_ = secureServer.Close()
		running.Wait()
	})
	return s
}

func (s *site) server(plain bool) *http.Server {
	return &http.Server{
		ReadHeaderTimeout: time.Minute,
		ErrorLog:          log.New(io.Discard, "", 0), // upgraded requests to odd names fail by design
		Handler:           http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, plain) }),
	}
}

// certificate makes a CA and a leaf for every name that the corpus uses.
func (s *site) certificate(t *testing.T) tls.Certificate {
	t.Helper()
	caKey, err1 := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	leafKey, err2 := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err1 != nil || err2 != nil {
		t.Fatalf("making keys: %v %v", err1, err2)
	}
	now := time.Now()
	ca := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "webpage oracle CA"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "page.test"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(24 * time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames:    []string{"page.test", "*.test", "localhost", "*.localhost", "printer.local", "intranet"},
		IPAddresses: []net.IP{net.IPv4(192, 0, 2, 1), net.IPv4(10, 0, 0, 7), net.IPv4(127, 0, 0, 1)},
	}
	caDER, err := x509.CreateCertificate(rand.Reader, ca, ca, caKey.Public(), caKey)
	if err != nil {
		t.Fatalf("making the CA: %v", err)
	}
	der, err := x509.CreateCertificate(rand.Reader, leaf, ca, leafKey.Public(), caKey)
	if err != nil {
		t.Fatalf("making the leaf: %v", err)
	}
	s.spki = spkiHash(t, &leafKey.PublicKey)
	return tls.Certificate{Certificate: [][]byte{der, caDER}, PrivateKey: leafKey}
}

func spkiHash(t *testing.T, key *ecdsa.PublicKey) string {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		t.Fatalf("encoding a key: %v", err)
	}
	sum := sha256.Sum256(der)
	return base64.StdEncoding.EncodeToString(sum[:])
}

// deal gives each connection to the half it belongs to: a TLS handshake
// record begins with the byte 22.
func deal(ln net.Listener, plain, secure *half) {
	for {
		c, err := ln.Accept()
		if err != nil {
			return
		}
		go func() {
			r := bufio.NewReader(c)
			first, err := r.Peek(1)
			to := plain
			if err == nil && first[0] == 22 {
				to = secure
			}
			to.give(peeked{c, r})
		}()
	}
}

// half is a listener over the connections that were sorted to it.
type half struct {
	net.Listener
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newHalf(ln net.Listener) *half {
	return &half{Listener: ln, conns: make(chan net.Conn), closed: make(chan struct{})}
}

func (h *half) give(c net.Conn) {
	select {
	case h.conns <- c:
	case <-h.closed:
		_ = c.Close()
	}
}

func (h *half) Accept() (net.Conn, error) {
	select {
	case c := <-h.conns:
		return c, nil
	case <-h.closed:
		return nil, net.ErrClosed
	}
}

func (h *half) Close() error {
	h.once.Do(func() { close(h.closed) })
	return nil
}

type peeked struct {
	net.Conn
	r *bufio.Reader
}

func (p peeked) Read(b []byte) (int, error) { return p.r.Read(b) }

// serve answers pages of the corpus by path and anything else by the ending
// of its path.
func (s *site) serve(w http.ResponseWriter, r *http.Request, plain bool) {
	s.mu.Lock()
	d, ok := s.docs[r.URL.Path]
	s.arrivals = append(s.arrivals, arrival{plain, r.Host, r.URL.RequestURI()})
	s.mu.Unlock()
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cache-Control", "no-store")
	if ok && !plain && r.Host == "page.test" {
		h.Set("Content-Type", d.Type)
		if d.CSP != "" {
			h.Set("Content-Security-Policy", d.CSP)
		}
		_, _ = io.WriteString(w, d.Body)
		return
	}
	a, ok := answers()[path.Ext(r.URL.Path)]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h.Set("Content-Type", a.Type)
	_, _ = io.WriteString(w, a.Body)
}

// answers are what the other hosts serve, by the ending of the path.
func answers() map[string]document {
	return map[string]document{
		".css":   {Type: "text/css", Body: "p{color:red}"},
		".js":    {Type: "text/javascript", Body: "0"},
		".mjs":   {Type: "text/javascript", Body: "export default 0"},
		".html":  {Type: "text/html", Body: "<!doctype html><title>x</title>x"},
		".svg":   {Type: "image/svg+xml", Body: `<svg xmlns="http://www.w3.org/2000/svg"><g id="g"/></svg>`},
		".json":  {Type: "application/json", Body: "{}"},
		".vtt":   {Type: "text/vtt", Body: "WEBVTT\n\n"},
		".event": {Type: "text/event-stream", Body: "data: x\n\n"},
		".gif":   {Type: "image/gif", Body: "GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x01D\x00;"},
	}
}
