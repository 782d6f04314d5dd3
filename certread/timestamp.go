// Signed certificate timestamps (RFC 6962 section 3): reading them out of the
// three places where they travel, and holding each to its log's key.

package certread

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/binary"
	"encoding/hex"
	"time"

	"golang.org/x/crypto/cryptobyte"

	"middlebrick/observe"
)

// maxTimestamps is how many are read of one certificate.
const maxTimestamps = 16

// oidEmbeddedSCTs is the certificate's extension that holds them (RFC 6962 section
// 3.3).
const oidEmbeddedSCTs = "1.3.6.1.4.1.11129.2.4.2"

// Kinds of a log's entry (RFC 6962 section 3.1), and the byte that opens the
// signed struct (section 3.2).
const (
	entryFinal       = 0
	entryPrecert     = 1
	signedTimestamp  = 0
	timestampVersion = 0
)

// Timestamps are those that came with the leaf: inside of it, beside it in the
// handshake, and in its staple. Without a list of logs (nil) they are read and not
// verified.
func Timestamps(chain [][]byte, issuer []byte, beside, staple [][]byte, logs *Logs) []observe.Timestamp {
	seen := []observe.Timestamp{}
	if len(chain) == 0 {
		return seen
	}
	leaf := chain[0]
	precert := signedEntry(entryPrecert, issuer, leaf)
	final := signedEntry(entryFinal, issuer, leaf)
	for _, place := range []struct {
		source string
		all    [][]byte
		entry  []byte
	}{{"certificate", embedded(leaf), precert}, {"tls", beside, final}, {"staple", staple, final}} {
		for _, raw := range place.all {
			if len(seen) < maxTimestamps {
				seen = append(seen, readTimestamp(raw, place.source, place.entry, logs))
			}
		}
	}
	return seen
}

func readTimestamp(raw []byte, source string, entry []byte, logs *Logs) observe.Timestamp {
	t, ok := parseTimestamp(raw)
	seen := observe.Timestamp{Source: source, LogID: hex.EncodeToString(t.logID)}
	if !ok {
		seen.Result, seen.Detail = observe.TimestampMalformed, "it is no timestamp of version 1"
		return seen
	}
	seen.At = within(time.UnixMilli(int64(min(t.millis, 1<<47))))
	log, known := logs.find(t.logID)
	switch {
	case logs == nil:
		seen.Result = observe.TimestampUnverified
		return seen
	case !known:
		seen.Result, seen.Detail = observe.TimestampUnknown, "the list has no such log"
		return seen
	}
	seen.Log, seen.Operator, seen.State = log.name, log.operator, log.state
	switch {
	case entry == nil:
		seen.Result, seen.Detail = observe.TimestampUnverified, "the certificate or its issuer could not be read"
	case !t.signedBy(log.key, entry):
		seen.Result, seen.Detail = observe.TimestampInvalid, "the log did not sign this"
	default:
		seen.Result, seen.Detail = log.worth(seen.At)
	}
	return seen
}

// A timestamp as it is written (RFC 6962 section 3.2).
type timestamp struct {
	logID      []byte
	millis     uint64
	extensions []byte
	hash, algo uint8
	signature  []byte
}

func parseTimestamp(raw []byte) (t timestamp, ok bool) {
	in := cryptobyte.String(raw)
	var version uint8
	var extensions, signature cryptobyte.String
	ok = in.ReadUint8(&version) && version == timestampVersion && in.ReadBytes(&t.logID, 32) && in.ReadUint64(&t.millis) &&
		in.ReadUint16LengthPrefixed(&extensions) && in.ReadUint8(&t.hash) && in.ReadUint8(&t.algo) &&
		in.ReadUint16LengthPrefixed(&signature) && in.Empty()
	t.extensions, t.signature = extensions, signature
	return t, ok
}

// Numbers of TLS 1.2 (RFC 5246 section 7.4.1.4.1): logs use SHA-256 with ECDSA or
// RSA and nothing else (RFC 6962 section 2.1.4).
const (
	hashSHA256 = 4
	signRSA    = 1
	signECDSA  = 3
)

func (t timestamp) signedBy(key crypto.PublicKey, entry []byte) bool {
	if t.hash != hashSHA256 {
		return false
	}
	signed := []byte{timestampVersion, signedTimestamp}
	signed = binary.BigEndian.AppendUint64(signed, t.millis)
	signed = append(signed, entry...)
	signed = binary.BigEndian.AppendUint16(signed, uint16(len(t.extensions)))
	signed = append(signed, t.extensions...)
	sum := sha256.Sum256(signed)
	switch key := key.(type) {
	case *ecdsa.PublicKey:
		return t.algo == signECDSA && ecdsa.VerifyASN1(key, sum[:], t.signature)
	case *rsa.PublicKey:
		return t.algo == signRSA && rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], t.signature) == nil
	}
	return false
}

// signedEntry is the entry's kind and what a log signed of the certificate: the
// whole of it, or of one that carries its timestamps inside the part to be signed
// without them, after the hash of the issuer's key. Nil where that cannot be made.
func signedEntry(kind uint16, issuer, leaf []byte) []byte {
	out := cryptobyte.NewBuilder(nil)
	out.AddUint16(kind)
	body := leaf
	if kind == entryPrecert {
		parsed, err := x509.ParseCertificate(issuer)
		if err != nil {
			return nil
		}
		sum := sha256.Sum256(parsed.RawSubjectPublicKeyInfo)
		out.AddBytes(sum[:])
		if body = withoutTimestamps(leaf); body == nil {
			return nil
		}
	}
	out.AddUint24LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(body) })
	entry, err := out.Bytes()
	if err != nil {
		return nil
	}
	return entry
}

// embedded are the timestamps in the certificate.
func embedded(leaf []byte) [][]byte {
	value, _ := extensionOf(leaf, oidEmbeddedSCTs)
	return splitTimestamps(inside(value, tagOctets))
}

// splitTimestamps splits a SignedCertificateTimestampList (RFC 6962 section 3.3).
// A list that does not add up is one timestamp that nobody can read.
func splitTimestamps(list []byte) (all [][]byte) {
	if len(list) == 0 {
		return nil
	}
	in := cryptobyte.String(list)
	var body cryptobyte.String
	if !in.ReadUint16LengthPrefixed(&body) || !in.Empty() {
		return [][]byte{list}
	}
	for !body.Empty() {
		var one cryptobyte.String
		if !body.ReadUint16LengthPrefixed(&one) {
			return append(all, body)
		}
		all = append(all, one)
	}
	return all
}

// extensionOf is the value of the certificate's first extension of that kind, and
// the whole of the extension as it is written.
func extensionOf(leaf []byte, kind string) (value, whole []byte) {
	for e := range elements(extensionsOf(leaf)) {
		parts := cursor(e.body)
		id, _ := parts.take(tagOID)
		if oid(id.body).String() != kind {
			continue
		}
		parts.take(tagBoolean)
		octets, _ := parts.take(tagOctets)
		return octets.body, e.whole
	}
	return nil, nil
}

func tbsOf(leaf []byte) []byte {
	outer := cursor(inside(leaf, tagSequence))
	tbs, _ := outer.take(tagSequence)
	return tbs.body
}

func extensionsOf(leaf []byte) []byte {
	for part := range elements(tbsOf(leaf)) {
		if part.tag == tagExtensions {
			return inside(part.body, tagSequence)
		}
	}
	return nil
}

// withoutTimestamps is TBSCertificate as the log saw it: all of it, byte for byte,
// but for the one extension, with the lengths around that put right.
func withoutTimestamps(leaf []byte) []byte {
	_, list := extensionOf(leaf, oidEmbeddedSCTs)
	if list == nil {
		return nil
	}
	var body []byte
	for part := range elements(tbsOf(leaf)) {
		if part.tag != tagExtensions {
			body = append(body, part.whole...)
			continue
		}
		kept := bytes.Replace(inside(part.body, tagSequence), list, nil, 1)
		body = append(body, wrap(tagExtensions, wrap(tagSequence, kept))...)
	}
	return wrap(tagSequence, body)
}

// wrap writes one element with the shortest length (X.690 section 10.1).
func wrap(tag byte, body []byte) []byte {
	out := []byte{tag}
	switch n := len(body); {
	case n < 1<<7:
		out = append(out, byte(n))
	case n < 1<<8:
		out = append(out, 0x81, byte(n))
	case n < 1<<16:
		out = append(out, 0x82, byte(n>>8), byte(n))
	default:
		out = append(out, 0x83, byte(n>>16), byte(n>>8), byte(n))
	}
	return append(out, body...)
}
