// Revocation lists (RFC 5280 section 5).

package certread

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"slices"
	"time"

	"middlebrick/observe"
)

const (
	oidIssuingPoint = "2.5.29.28"
	oidDeltaBase    = "2.5.29.27"
	oidReason       = "2.5.29.21" // of an entry (section 5.3.1)
)

// ReadCRL looks for the certificate in its authority's list. The list counts when
// the issuer signed it, it is in force, and its scope takes this certificate in:
// of a list in parts, only the part whose address stands in the certificate (from)
// says anything, for the others do not have it whatever became of it.
func ReadCRL(raw []byte, about Subject, from []string, at time.Time) observe.Revocative {
	var seen observe.Revocative
	if block, _ := pem.Decode(raw); block != nil && block.Type == "X509 CRL" {
		raw = block.Bytes
	}
	tbs, entries, frame := splitList(raw)
	list, err := x509.ParseRevocationList(frame)
	if err != nil {
		seen.Fault = cut("it cannot be read: "+words(err), 200)
		return seen
	}
	seen.ThisUpdate, seen.NextUpdate = within(list.ThisUpdate), until(list.NextUpdate)
	seen.Responder = "issuer"
	switch {
	case !bytes.Equal(list.RawIssuer, about.issuer.RawSubject):
		seen.Fault = "it is another authority's list"
	case about.issuer.CheckSignature(list.SignatureAlgorithm, tbs, list.Signature) != nil:
		seen.Fault = "it is not signed by the certificate's issuer"
	default:
		seen.Fault = scope(list, from)
	}
	if seen.Fault == "" {
		seen.Fault = inForce(seen, at)
	}
	if seen.Fault != "" {
		return seen
	}
	seen.Status = observe.StatusGood
	if entry, found := findEntry(entries, about.serial.Bytes()); found {
		seen.Status, seen.RevokedAt, seen.Reason = observe.StatusRevoked, entry.at, reason(entry.reason)
	}
	return seen
}

// splitList takes a list (RFC 5280 section 5.1) apart: what is signed, the entries
// in it, and the list without its entries. Some lists have hundreds of thousands
// of them, which crypto/x509 would each make an object of: it is given the frame,
// and the entries are read where they stand.
func splitList(raw []byte) (tbs, entries, frame []byte) {
	outer := cursor(inside(raw, tagSequence))
	signed, ok := outer.take(tagSequence)
	if !ok {
		return nil, nil, raw
	}
	var body []byte
	dated := false
	for part := range elements(signed.body) {
		if part.tag == tagSequence && dated {
			entries = part.body
			continue
		}
		dated = dated || part.tag == tagUTCTime || part.tag == tagTime
		body = append(body, part.whole...)
	}
	return signed.whole, entries, wrap(tagSequence, append(wrap(tagSequence, body), outer...))
}

// A listEntry is one certificate of a list.
type listEntry struct {
	at     time.Time
	reason int
}

func findEntry(entries, serial []byte) (listEntry, bool) {
	for e := range elements(entries) {
		parts := cursor(e.body)
		number, _ := parts.take(tagInteger)
		if !bytes.Equal(bytes.TrimLeft(number.body, "\x00"), serial) {
			continue
		}
		var found listEntry
		if moment, ok := parts.next(); ok {
			found.at, _ = readTime(moment)
		}
		for extension := range elements(inside(parts, tagSequence)) {
			fields := cursor(extension.body)
			kind, _ := fields.take(tagOID)
			fields.take(tagBoolean)
			value, _ := fields.take(tagOctets)
			if code := inside(value.body, tagEnumerated); oid(kind.body).String() == oidReason && len(code) == 1 {
				found.reason = int(code[0])
			}
		}
		return found, true
	}
	return listEntry{}, false
}

// scope says why a list does not speak for this certificate; empty when it does.
// A critical extension that nobody here knows makes a list useless (RFC 5280
// section 5.2).
func scope(list *x509.RevocationList, from []string) string {
	for _, extension := range list.Extensions {
		switch kind := extension.Id.String(); {
		case kind == oidDeltaBase:
			return "it holds changes alone (a delta list)"
		case kind == oidIssuingPoint:
			if fault := readIssuingPoint(extension.Value).covers(from); fault != "" {
				return fault
			}
		case extension.Critical:
			return "it has a critical extension that is not known here: " + kind
		}
	}
	return ""
}

// An issuingPoint is what part of an authority's certificates a list is about
// (RFC 5280 section 5.2.5).
type issuingPoint struct {
	addresses []string
	only      string
}

func readIssuingPoint(value []byte) issuingPoint {
	var point issuingPoint
	for part := range elements(inside(value, tagSequence)) {
		set := len(part.body) == 1 && part.body[0] != 0
		switch part.tag {
		case 0xa0:
			point.addresses = fullNames(part.body)
		case 0x82, 0x84, 0x85:
			if set {
				point.only = map[byte]string{0x82: "certificates of authorities alone", 0x84: "other authorities' certificates too", 0x85: "attribute certificates alone"}[part.tag]
			}
		case 0x83:
			point.only = "some reasons alone"
		}
	}
	return point
}

func (p issuingPoint) covers(from []string) string {
	switch {
	case p.only != "":
		return "it holds " + p.only
	case len(p.addresses) > 0 && !slices.ContainsFunc(p.addresses, func(a string) bool { return slices.Contains(from, a) }):
		return "it is another part of the authority's list"
	}
	return ""
}

// fullNames are the addresses of a DistributionPointName.
func fullNames(body []byte) (addresses []string) {
	parts := cursor(body)
	names, _ := parts.take(0xa0)
	for name := range elements(names.body) {
		if name.tag == tagURI && len(addresses) < maxURLs {
			addresses = append(addresses, cut(plain(string(name.body)), maxText))
		}
	}
	return addresses
}

// readPoints reads where the authority's lists are to be had (RFC 5280 section
// 4.2.1.13).
func (f *facts) readPoints(value []byte) {
	for point := range elements(inside(value, tagSequence)) {
		parts := cursor(point.body)
		name, _ := parts.take(0xa0)
		for _, address := range fullNames(name.body) {
			if len(f.crlURLs) < maxURLs {
				f.crlURLs = append(f.crlURLs, address)
			}
		}
	}
}

// signer is what signed the first certificate: one that was sent, or a root of a
// store. Nil when neither did.
func signer(all []certificate, stores []*Store) *x509.Certificate {
	leaf := all[0]
	if leaf.parsed == nil {
		return signerByName(all)
	}
	for _, c := range all[1:] {
		if c.parsed != nil && issued(c, leaf) && signedThis(leaf.parsed, c.parsed) {
			return c.parsed
		}
	}
	for _, store := range stores {
		for _, root := range store.roots[string(leaf.issuer.raw)] {
			if signedThis(leaf.parsed, root.Certificate) {
				return root.Certificate
			}
		}
	}
	return nil
}

// signerByName is the best that can be told of a leaf that crypto/x509 refuses.
func signerByName(all []certificate) *x509.Certificate {
	for _, c := range all[1:] {
		if c.parsed != nil && issued(c, all[0]) {
			return c.parsed
		}
	}
	return nil
}

func signedThis(child, parent *x509.Certificate) bool {
	if parent.PublicKeyAlgorithm == x509.RSA && keyOf(parent).Bits > maxFactored {
		return false
	}
	if weak[child.SignatureAlgorithm] != 0 {
		return signedWeakly(child, parent.PublicKey)
	}
	return parent.CheckSignature(child.SignatureAlgorithm, child.RawTBSCertificate, child.Signature) == nil
}

func keyOf(c *x509.Certificate) key { return readKey(inside(c.RawSubjectPublicKeyInfo, tagSequence)) }
