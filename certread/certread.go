// Package certread reads X.509 certificates as they come off the wire, also
// those that crypto/x509 refuses, and says where a chain of them leads. It asks
// nobody: roots, name and moment are handed in, and every step is bounded,
// because all that it reads was written by the target.
package certread

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"middlebrick/observe"
)

// Bounds of what is kept of one certificate; what is beyond is counted or cut.
const (
	maxNames = 100  // subject alternative names that are kept
	maxURLs  = 8    // issuer addresses that are kept
	maxText  = 1024 // bytes of one text
	maxLabel = 256  // bytes of one attribute or name

	maxRaw = 16 << 10 // bytes of a certificate that are kept as they came
)

// A certificate is one certificate of a chain in both readings: our own, which
// always is, and the standard library's, which is nil where it refused.
type certificate struct {
	facts
	der      []byte
	parsed   *x509.Certificate
	unparsed string // why the standard library refused
}

// Read tells what stands in one certificate. It never fails: what cannot be read
// stays empty, and Unparsed says why crypto/x509 refuses the whole, if it does.
//
// Of more than 100 names the first 100 are kept, save that names which are too
// wide (TooWide) take the last places, so that none of them goes unseen.
func Read(der []byte) observe.Certificate { return open(der).observed() }

func open(der []byte) certificate {
	c := certificate{facts: readFacts(der), der: der}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		c.unparsed = refusal(err, c.facts)
		return c
	}
	c.parsed = parsed
	return c
}

// Unsupported begins the reason of a certificate that is well made around a key
// which crypto/x509 does not know; that is a limit of ours, no fault of theirs.
const Unsupported = "unsupported key: "

// refusal words the standard library's error.
func refusal(err error, f facts) string {
	text := spoken(plain(strings.TrimPrefix(err.Error(), "x509: ")))
	if f.key.Algorithm == "ECDSA" && strings.Contains(text, "elliptic curve") {
		return cut(Unsupported+text, maxText)
	}
	if f.key.Curve == explicitCurve && strings.Contains(text, "ECDSA parameters") {
		return cut(Unsupported+"curve written out instead of named", maxText)
	}
	return cut(text, maxText)
}

func (c certificate) observed() observe.Certificate {
	sum := sha256.Sum256(c.der)
	var raw []byte
	if c.unparsed != "" {
		raw = c.der[:min(len(c.der), maxRaw)]
	}
	return observe.Certificate{
		Raw:          raw,
		SHA256:       hex.EncodeToString(sum[:]),
		Serial:       c.serialText(),
		Subject:      c.subject.text,
		CommonName:   c.subject.common,
		Issuer:       c.issuer.text,
		NotBefore:    c.notBefore,
		NotAfter:     c.notAfter,
		KeyAlgorithm: c.key.Algorithm,
		KeyBits:      c.key.Bits,
		KeyCurve:     c.key.Curve,
		KeyWeakness:  c.key.weakness(),
		Signature:    c.signature.name,
		SignatureOf:  c.signature.hash,
		DNSNames:     pick(c.dnsNames),
		Addresses:    addressTexts(c.addresses),
		Names:        c.names,
		SelfSigned:   c.selfSigned(),
		Authority:    c.authority,
		MustStaple:   c.mustStaple,
		IssuerURLs:   append([]string{}, c.issuerURLs...),
		OCSPURLs:     c.ocspURLs,
		CRLURLs:      c.crlURLs,
		Werkzeug:     werkzeug(c.subject),
		Unparsed:     c.unparsed,
	}
}

// serialText is the serial in hex, with a minus where it is negative, cut to the
// 20 bytes that RFC 5280 section 4.1.2.2 allows and a mark when there are more.
func (c certificate) serialText() string {
	if len(c.serial) == 0 {
		return ""
	}
	digits, more := c.serial, ""
	if len(digits) > 24 {
		digits, more = digits[:24], "…"
	}
	if digits[0]&0x80 == 0 {
		return trimZeros(hex.EncodeToString(digits)) + more
	}
	magnitude := make([]byte, len(digits))
	carry := byte(1)
	for i := len(digits) - 1; i >= 0; i-- {
		magnitude[i] = ^digits[i] + carry
		if magnitude[i] != 0 {
			carry = 0
		}
	}
	return "-" + trimZeros(hex.EncodeToString(magnitude)) + more
}

func trimZeros(digits string) string {
	if trimmed := strings.TrimLeft(digits, "0"); trimmed != "" {
		return trimmed
	}
	return "0"
}

// werkzeug knows the certificates that Werkzeug makes: by the organisation that
// all its versions write, and for the throw-away kind by the common name "*".
func werkzeug(subject name) string {
	switch {
	case subject.organization != "Dummy Certificate":
		return ""
	case subject.common == "*":
		return "adhoc"
	}
	return "devcert"
}

// pick keeps the first names, and of the rest those that are too wide.
func pick(all []string) []string {
	kept := append([]string{}, all[:min(len(all), maxNames)]...)
	last := len(kept) - 1
	for _, name := range all[len(kept):] {
		if TooWide(name) != "" && last > 0 {
			kept[last] = name
			last--
		}
	}
	for i, name := range kept {
		kept[i] = cut(plain(name), maxLabel)
	}
	return kept
}

// plain makes any bytes a text that JSON can carry.
func plain(text string) string { return strings.ToValidUTF8(text, "\uFFFD") }

// spoken is a text as it may stand in a sentence: what cannot be seen in it is
// escaped. Fields keep their bytes.
func spoken(text string) string {
	if !strings.ContainsFunc(text, func(r rune) bool { return !strconv.IsPrint(r) }) {
		return text
	}
	return strings.Trim(strconv.Quote(text), `"`)
}

// cut shortens a text to at most n bytes, on a rune's edge, with a mark.
func cut(text string, n int) string {
	if len(text) <= n {
		return text
	}
	n -= len("…")
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n] + "…"
}

// within brings a moment into the years that JSON can carry (RFC 3339 has four
// digits); a zone offset can push 9999-12-31 beyond them.
func within(t time.Time) time.Time {
	t = t.UTC()
	switch {
	case t.Year() > 9999:
		return time.Date(9999, time.December, 31, 23, 59, 59, 0, time.UTC)
	case t.Year() < 1:
		return time.Date(1, time.January, 1, 0, 0, 1, 0, time.UTC)
	}
	return t
}
