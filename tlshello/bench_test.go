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
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.Marshal(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkReadAnswer(b *testing.B) {
	pair := selfSigned(b, ecdsaKey(b))
	for name, version := range map[string]uint16{"TLS 1.2": tls.VersionTLS12, "TLS 1.3": tls.VersionTLS13} {
		b.Run(name, func(b *testing.B) {
			config := &tls.Config{Certificates: []tls.Certificate{pair}, MaxVersion: version}
			c := Modern("target.test")
			var flight bytes.Buffer
			server := goServer(b, config)
			hello, err := c.Marshal()
			if err != nil {
				b.Fatal(err)
			}
			go func() { _, _ = server.Write(hello) }()
			if _, err := ReadAnswer(io.TeeReader(server, &flight), c, UntilDone); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := ReadAnswer(bytes.NewReader(flight.Bytes()), c, UntilDone); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
