// Command crowd is many servers in one process, for benchmarks of scans of many
// targets: one TLS server on each of a row of loopback addresses, with a small
// API behind it. It is a process of its own so that its work is not counted as
// ours.
package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"flag"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/netip"
	"os"
	"time"
)

func main() {
	first := flag.String("first", "127.1.0.1", "first `ADDRESS`, a loopback one")
	count := flag.Int("count", 1, "how many addresses")
	port := flag.Int("port", 8443, "`PORT` on each of them")
	flag.Parse()
	if err := serve(*first, *count, *port); err != nil {
		fmt.Fprintln(os.Stderr, "crowd:", err)
		os.Exit(1)
	}
	fmt.Println("ready")
	// Whoever started us holds our stdin open for as long as we are needed.
	_, _ = io.Copy(io.Discard, os.Stdin)
}

// serve starts one listener for each address; they share a server.
func serve(first string, count, port int) error {
	addr, err := netip.ParseAddr(first)
	if err != nil || !addr.IsLoopback() {
		return fmt.Errorf("%q is no loopback address", first)
	}
	certificate, err := selfSigned()
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler: http.HandlerFunc(answer), ErrorLog: log.New(io.Discard, "", 0),
		ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 10 * time.Second,
		TLSConfig: &tls.Config{Certificates: []tls.Certificate{certificate}, NextProtos: []string{"http/1.1"}},
	}
	for range count {
		listener, err := net.Listen("tcp", netip.AddrPortFrom(addr, uint16(port)).String())
		if err != nil {
			return err
		}
		go func() { _ = server.ServeTLS(listener, "", "") }()
		addr = addr.Next()
	}
	return nil
}

func answer(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	w.Header().Set("Content-Type", "application/json")
	if r.URL.Path != "/" {
		w.WriteHeader(http.StatusNotFound)
	}
	_, _ = io.WriteString(w, `{"status":"ok"}`)
}

// selfSigned is a certificate with an ECDSA key, as most servers have today.
func selfSigned() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: "crowd.test"}, DNSNames: []string{"crowd.test"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(90 * 24 * time.Hour), KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
}
