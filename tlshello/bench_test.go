// What one hello and one answer cost.

package tlshello

import (
	"bytes"
	"crypto/tls"
	"io"
	"testing"
)

func BenchmarkMarshal(b *testing.B) {
	every := Client{Version: TLS12, Suites: Suites(TLS12), Groups: Groups(), SignatureSchemes: SignatureSchemes()}
	for name, c := range map[string]Client{"modern": Modern("target.test"), "every suite": every} {
		b.Run(name, func(b *testing.B) { benchmark(b, func() error { _, err := c.Marshal(); return err }) })
	}
}

func BenchmarkReadAnswer(b *testing.B) {
	pair := selfSigned(b, ecdsaKey(b))
	c := Modern("target.test")
	for name, version := range map[string]uint16{"TLS 1.2": tls.VersionTLS12, "TLS 1.3": tls.VersionTLS13} {
		flight := flightOfGo(b, c, &tls.Config{Certificates: []tls.Certificate{pair}, MaxVersion: version})
		b.Run(name, func(b *testing.B) {
			benchmark(b, func() error { _, err := ReadAnswer(bytes.NewReader(flight), c, UntilDone); return err })
		})
	}
}

func benchmark(b *testing.B, once func() error) {
	b.ReportAllocs()
	for b.Loop() {
		if err := once(); err != nil {
			b.Fatal(err)
		}
	}
}

// flightOfGo is what crypto/tls answers, as bytes.
func flightOfGo(b *testing.B, c Client, config *tls.Config) []byte {
	b.Helper()
	server := goServer(b, config)
	hello, err := c.Marshal()
	if err != nil {
		b.Fatal(err)
	}
	go func() { _, _ = server.Write(hello) }()
	var flight bytes.Buffer
	if _, err := ReadAnswer(io.TeeReader(server, &flight), c, UntilDone); err != nil {
		b.Fatal(err)
	}
	return flight.Bytes()
}
