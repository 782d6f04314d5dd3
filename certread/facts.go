// Our own reading of a certificate (RFC 5280 section 4.1), field by field. A
// field that cannot be read stays empty and the next one is tried.

package certread

import (
	"encoding/asn1"
	"net/netip"
	"time"
)

// facts are what the reader found.
type facts struct {
	serial              []byte // two's complement, as written
	subject, issuer     name
	notBefore, notAfter time.Time
	key                 key
	signature           signature

	tbs        []byte // what the signature is over
	signed     []byte // the signature itself
	algorithm  []byte // the AlgorithmIdentifier's whole
	publicKey  []byte // SubjectPublicKeyInfo's whole
	extensions map[string]bool

	dnsNames   []string // all, as bytes
	addresses  []netip.Addr
	names      int // subject alternative names of every kind
	authority  bool
	mustStaple bool
	issuerURLs []string
	ocspURLs   []string
	crlURLs    []string
	keyID      []byte
	issuerID   []byte
}

func readFacts(der []byte) facts {
	f := facts{extensions: map[string]bool{}, key: key{Algorithm: unknown}, signature: signature{unknown, unknown}}
	outer := cursor(der)
	certificate, ok := outer.take(tagSequence)
	if !ok {
		return f
	}
	parts := cursor(certificate.body)
	tbs, ok := parts.take(tagSequence)
	if !ok {
		return f
	}
	f.tbs = tbs.whole
	f.readBody(tbs.body)
	if algorithm, ok := parts.take(tagSequence); ok {
		f.algorithm, f.signature = algorithm.whole, readSignature(algorithm.body)
	}
	if bits, ok := parts.take(tagBits); ok && len(bits.body) > 1 {
		f.signed = bits.body[1:]
	}
	return f
}

// readBody goes through TBSCertificate in its fixed order.
func (f *facts) readBody(body []byte) {
	parts := cursor(body)
	version, _ := parts.take(tagVersion)
	if serial, ok := parts.take(tagInteger); ok {
		f.serial = serial.body
	}
	if algorithm, ok := parts.take(tagSequence); ok {
		f.algorithm, f.signature = algorithm.whole, readSignature(algorithm.body)
	}
	if issuer, ok := parts.take(tagSequence); ok {
		f.issuer = readName(issuer)
	}
	if validity, ok := parts.take(tagSequence); ok {
		f.readValidity(validity.body)
	}
	if subject, ok := parts.take(tagSequence); ok {
		f.subject = readName(subject)
	}
	if info, ok := parts.take(tagSequence); ok {
		f.publicKey, f.key = info.whole, readKey(info.body)
	}
	for part := range elements(parts) {
		if part.tag == tagExtensions && !early(version) {
			f.readExtensions(part.body)
		}
	}
}

// early is true for versions 1 and 2, which have no extensions (RFC 5280 section
// 4.1.2.9); crypto/x509 leaves out what such a certificate carries all the same.
func early(version element) bool {
	number := inside(version.body, tagInteger)
	return len(number) == 0 || len(number) == 1 && number[0] < 2
}

func (f *facts) readValidity(body []byte) {
	parts := cursor(body)
	for _, into := range []*time.Time{&f.notBefore, &f.notAfter} {
		if moment, ok := parts.next(); ok {
			*into, _ = readTime(moment)
		}
	}
}

// timeLayouts are what is written, the seconds and "Z" of RFC 5280 section
// 4.1.2.5 first, then what X.680 also allows.
var timeLayouts = map[byte][]string{
	tagUTCTime: {"060102150405Z0700", "0601021504Z0700"},
	tagTime:    {"20060102150405Z0700", "200601021504Z0700", "20060102150405"},
}

func readTime(e element) (time.Time, bool) {
	for _, layout := range timeLayouts[e.tag] {
		moment, err := time.Parse(layout, string(e.body))
		if err != nil {
			continue
		}
		// Two digits from 50 on are of the last century (RFC 5280 section
		// 4.1.2.5.1); Go draws that line at 69.
		if e.tag == tagUTCTime && moment.Year() >= 2050 {
			moment = moment.AddDate(-100, 0, 0)
		}
		return within(moment), true
	}
	return time.Time{}, false
}

// readExtensions reads each extension once: the first of its kind counts.
func (f *facts) readExtensions(body []byte) {
	outer := cursor(body)
	list, ok := outer.take(tagSequence)
	if !ok {
		return
	}
	for extension := range elements(list.body) {
		parts := cursor(extension.body)
		kind, ok := parts.take(tagOID)
		if !ok {
			continue
		}
		parts.take(tagBoolean)
		value, ok := parts.take(tagOctets)
		name := oid(kind.body).String()
		if !ok || f.extensions[name] || len(f.extensions) >= 128 {
			continue
		}
		f.extensions[name] = true
		if read, known := extensionReaders[name]; known {
			read(f, value.body)
		}
	}
}

// algorithmOf splits an AlgorithmIdentifier (RFC 5280 section 4.1.1.2).
func algorithmOf(body []byte) (asn1.ObjectIdentifier, element) {
	parts := cursor(body)
	kind, ok := parts.take(tagOID)
	if !ok {
		return nil, element{}
	}
	parameters, _ := parts.next()
	return oid(kind.body), parameters
}
