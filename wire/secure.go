// TLS below a request: a finished handshake, by crypto/tls.

package wire

import (
	"crypto/tls"
	"io"
	"net/url"
	"slices"
	"sync"

	"middlebrick/tlshello"
)

// stream is the connection itself, or TLS over it. Nothing is verified here:
// trust is judged from the certificates, and a scanner must see what a client
// that verifies would refuse.
func (w *Wire) stream(c *conn, u *url.URL) (io.ReadWriter, error) {
	if u.Scheme != "https" {
		return c, nil
	}
	config := &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10, CipherSuites: everySuite(), NextProtos: []string{"http/1.1"}}
	config.ServerName = w.ServerName()
	w.humble(c.port, config)
	secure := tls.Client(c, config)
	// Not HandshakeContext: that closes the connection from elsewhere when the
	// context ends, while we still read. The connection ends by its own deadline.
	if err := secure.Handshake(); err != nil {
		return nil, err
	}
	return secure, nil
}

// classical are the groups of crypto/tls that are no hybrids.
var classical = []tls.CurveID{tls.X25519, tls.CurveP256, tls.CurveP384, tls.CurveP521}

// humble leaves out of a hello of crypto/tls what the target was found to stumble
// over: TLS 1.3 (also one that it began and could not bring to its end), or length.
func (w *Wire) humble(port int, config *tls.Config) {
	works, reply, known := w.First(port)
	if known && (works.Version < tlshello.TLS13 || reply.Version == tlshello.TLS13 && len(reply.Certificates) == 0) {
		config.MaxVersion = tls.VersionTLS12
	}
	// A hybrid key is the dearest part of a handshake, to both sides, and a request
	// gains nothing by it. It is left out where the target is known to take another.
	if known && reply.Version == tlshello.TLS13 && slices.Contains(classical, tls.CurveID(reply.Group)) {
		config.CurvePreferences = classical
	}
	if w.shapeNow() != Full {
		config.CurvePreferences = []tls.CurveID{tls.X25519, tls.CurveP256}
		config.CipherSuites = []uint16{tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_RSA_WITH_AES_128_CBC_SHA}
	}
}

// everySuite are the suites that crypto/tls has.
var everySuite = sync.OnceValue(func() []uint16 {
	ids := []uint16{}
	for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		ids = append(ids, suite.ID)
	}
	return ids
})
