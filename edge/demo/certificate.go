// The certificate that Werkzeug makes for ssl_context="adhoc": subject and
// issuer are O=Dummy Certificate, CN=*, the names are * and *.*, and there is no
// extension beside them and serverAuth.

package demo

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"time"
)

var (
	oidSubjectAltName = asn1.ObjectIdentifier{2, 5, 29, 17} // RFC 5280 section 4.2.1.6
	tagDNSName        = 2                                   // GeneralName [2] IA5String
)

func adhoc(now time.Time) (tls.Certificate, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return tls.Certificate{}, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 159))
	if err != nil {
		return tls.Certificate{}, err
	}
	names, err := dnsNames("*", "*.*")
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{
		SerialNumber:       serial,
		Subject:            pkix.Name{Organization: []string{"Dummy Certificate"}, CommonName: "*"},
		NotBefore:          now.UTC().Truncate(time.Second),
		NotAfter:           now.UTC().Truncate(time.Second).AddDate(0, 0, 365),
		SignatureAlgorithm: x509.SHA256WithRSA,
		ExtKeyUsage:        []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		ExtraExtensions:    []pkix.Extension{{Id: oidSubjectAltName, Value: names}},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, nil
}

// dnsNames writes a subject alternative name by hand: "*.*" is no host name.
func dnsNames(names ...string) ([]byte, error) {
	var all []asn1.RawValue
	for _, name := range names {
		all = append(all, asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: tagDNSName, Bytes: []byte(name)})
	}
	return asn1.Marshal(all)
}
