// OpenSSL's own OCSP responder: an authority that answers when asked.

package lab

import (
	"crypto/x509"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"middlebrick/testbed/ca"
)

// OCSP is a responder to start. Certificates that it was not told of are unknown
// to it.
type OCSP struct {
	CA            *ca.CA
	Port          int // 0: a free one
	Good, Revoked []ca.Pair
	By            string // who signs: ca.ByIssuer, ca.ByDelegate, …
}

// StartOCSP starts "openssl ocsp" as a responder; its address is Plain.
func StartOCSP(tb testing.TB, o OCSP) *Server {
	tb.Helper()
	Needs(tb, "openssl")
	dir := folder(tb)
	var index strings.Builder
	for _, one := range o.Good {
		index.WriteString(indexLine(tb, "V", "", one))
	}
	for _, one := range o.Revoked {
		index.WriteString(indexLine(tb, "R", time.Now().Add(-24*time.Hour).UTC().Format("060102150405Z")+",keyCompromise", one))
	}
	issuer, _ := o.CA.SignerPEM(ca.ByIssuer)
	signer, key := o.CA.SignerPEM(o.By)
	for name, text := range map[string][]byte{"index.txt": []byte(index.String()), "issuer.pem": issuer, "signer.pem": signer, "signer.key": key} {
		write(tb, dir, name, string(text))
	}
	at := address(tb, o.Port)
	_, port, err := net.SplitHostPort(at)
	if err != nil {
		tb.Fatalf("splitting %s: %v", at, err)
	}
	args := []string{find("openssl"), "ocsp", "-index", "index.txt", "-port", port, "-CA", "issuer.pem", "-rsigner", "signer.pem", "-rkey", "signer.key", "-nmin", "60"}
	return start(tb, command{args: args, dir: dir}, at, "")
}

// indexLine is a certificate's line in the database of "openssl ca".
func indexLine(tb testing.TB, status, revoked string, pair ca.Pair) string {
	tb.Helper()
	leaf, err := x509.ParseCertificate(pair.Chain[0])
	if err != nil {
		tb.Fatalf("reading a certificate for the responder: %v", err)
	}
	serial := strings.ToUpper(leaf.SerialNumber.Text(16))
	if len(serial)%2 == 1 {
		serial = "0" + serial
	}
	return fmt.Sprintf("%s\t%s\t%s\t%s\tunknown\t/CN=%s\n", status, leaf.NotAfter.UTC().Format("060102150405Z"), revoked, serial, leaf.Subject.CommonName)
}
