// What comes from the address of an issuer: one certificate, or several in a
// wrapping that holds nothing else.

package certread

import (
	"encoding/pem"

	"middlebrick/observe"
)

const maxFetched = 8

// Certificates are the certificates of a file as authorities hand them out: DER,
// PEM, or a CMS message that holds certificates and signs nothing ("certs-only",
// RFC 5280 section 4.2.2.1). Nil when it is none of these.
func Certificates(file []byte) (all [][]byte) {
	for block, rest := pem.Decode(file); block != nil && len(all) < maxFetched; block, rest = pem.Decode(rest) {
		if block.Type == "CERTIFICATE" {
			all = append(all, block.Bytes)
		}
	}
	if len(all) > 0 {
		return all
	}
	outer := cursor(inside(file, tagSequence))
	kind, isMessage := outer.take(tagOID)
	if !isMessage {
		if open(file).parsed != nil {
			all = append(all, file)
		}
		return all
	}
	if oid(kind.body).String() != "1.2.840.113549.1.7.2" { // signed-data, RFC 5652 section 5.1
		return nil
	}
	content, _ := outer.take(tagVersion)
	for part := range elements(inside(content.body, tagSequence)) {
		if part.tag != tagVersion { // [0] certificates
			continue
		}
		for one := range elements(part.body) {
			if len(all) < maxFetched && open(one.whole).parsed != nil {
				all = append(all, one.whole)
			}
		}
	}
	return all
}

// Days is how long a certificate lives as Baseline Requirements section 6.3.2
// counts: both ends included, and whatever is over a full day is one more.
func Days(c observe.Certificate) int {
	const full = 24 * 60 * 60
	return int((c.NotAfter.Unix() - c.NotBefore.Unix() + 1 + full - 1) / full)
}
