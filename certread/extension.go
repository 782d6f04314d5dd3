// The extensions that transport security hangs on.

package certread

import (
	"net/netip"
)

// extensionReaders by object identifier.
var extensionReaders = map[string]func(*facts, []byte){
	"2.5.29.17":          (*facts).readAlternatives, // RFC 5280 section 4.2.1.6
	"2.5.29.19":          (*facts).readConstraints,  // RFC 5280 section 4.2.1.9
	"2.5.29.14":          (*facts).readKeyID,        // RFC 5280 section 4.2.1.2
	"2.5.29.35":          (*facts).readIssuerID,     // RFC 5280 section 4.2.1.1
	"1.3.6.1.5.5.7.1.1":  (*facts).readAccess,       // RFC 5280 section 4.2.2.1
	"1.3.6.1.5.5.7.1.24": (*facts).readFeatures,     // RFC 7633
	"2.5.29.31":          (*facts).readPoints,       // RFC 5280 section 4.2.1.13
}

// readAlternatives reads subjectAltName. Only names and addresses count for a
// server's identity (RFC 9525 section 4.1); the other kinds are counted.
func (f *facts) readAlternatives(value []byte) {
	for e := range elements(inside(value, tagSequence)) {
		f.names++
		switch e.tag {
		case tagDNSName:
			f.dnsNames = append(f.dnsNames, string(e.body))
		case tagAddress:
			if address, ok := netip.AddrFromSlice(e.body); ok {
				f.addresses = append(f.addresses, address)
			}
		}
	}
}

func (f *facts) readConstraints(value []byte) {
	parts := cursor(inside(value, tagSequence))
	authority, ok := parts.take(tagBoolean)
	f.authority = ok && len(authority.body) == 1 && authority.body[0] != 0
}

func (f *facts) readKeyID(value []byte) { f.keyID = inside(value, tagOctets) }

func (f *facts) readIssuerID(value []byte) {
	parts := cursor(inside(value, tagSequence))
	if id, ok := parts.take(tagAuthorityID); ok {
		f.issuerID = id.body
	}
}

// readAccess reads where the issuer's certificate is to be had, and where its
// responder is to be asked.
func (f *facts) readAccess(value []byte) {
	into := map[string]*[]string{"1.3.6.1.5.5.7.48.2": &f.issuerURLs, "1.3.6.1.5.5.7.48.1": &f.ocspURLs}
	for description := range elements(inside(value, tagSequence)) {
		parts := cursor(description.body)
		method, _ := parts.take(tagOID)
		place, ok := parts.take(tagURI)
		list := into[oid(method.body).String()]
		if ok && list != nil && len(*list) < maxURLs {
			*list = append(*list, cut(plain(string(place.body)), maxText))
		}
	}
}

// readFeatures looks for status_request (5) among the TLS features: the
// certificate then asks to be refused without a stapled OCSP answer.
func (f *facts) readFeatures(value []byte) {
	for feature := range elements(inside(value, tagSequence)) {
		if feature.tag == tagInteger && len(feature.body) == 1 && feature.body[0] == 5 {
			f.mustStaple = true
		}
	}
}

// inside is the body of the one element that a value consists of.
func inside(value []byte, tag byte) []byte {
	c := cursor(value)
	e, _ := c.take(tag)
	return e.body
}

// addressTexts keeps the first addresses in their canonical spelling.
func addressTexts(all []netip.Addr) []string {
	texts := make([]string, 0, min(len(all), maxNames))
	for _, address := range all[:min(len(all), maxNames)] {
		texts = append(texts, address.String())
	}
	return texts
}
