// Facts about the certificate chain.

package observe

import "time"

// Certificates is the chain as sent and as verified.
var Certificates = newKey[Chain]("tls.certificates")

// A Chain is the certificates that the target sent for one name, with what
// verification said at that time: trust is an observation too.
type Chain struct {
	Absent       bool          `json:"absent"` // no TLS, or no suite with certificates
	Detail       string        `json:"detail,omitempty"`
	ServerName   string        `json:"serverName"`   // sent as SNI; empty for an address
	AskedFor     string        `json:"askedFor"`     // the name or address that must match
	At           time.Time     `json:"at"`           // when it was judged
	Certificates []Certificate `json:"certificates"` // as sent, at most 16
	Sent         int           `json:"sent"`         // how many were sent
	Bytes        int           `json:"bytes"`        // of the certificate message
	NameMatches  bool          `json:"nameMatches"`
	NameReason   string        `json:"nameReason,omitempty"` // why not
	Trust        []Store       `json:"trust"`
	Order        string        `json:"order"`             // "right", "wrong", "single" or "unrelated"
	Incomplete   bool          `json:"incomplete"`        // an intermediate is missing
	Missing      string        `json:"missing,omitempty"` // issuer that nobody sent
	Stapled      bool          `json:"stapled"`
	StapleAsked  bool          `json:"stapleAsked"`
	Staple       *Revocative   `json:"staple,omitempty"`    // what the staple says, where one was sent and read
	IssuerRaw    []byte        `json:"issuerRaw,omitempty"` // DER of what signed the leaf, sent or a root; at most 16 KiB
	Completed    *Completion   `json:"completed,omitempty"` // of an incomplete chain, where asking was permitted
	Ref          Ref           `json:"ref"`
}

// A Completion is what came of fetching the missing issuer from the address that
// stands in the certificate.
type Completion struct {
	URL     string `json:"url"`
	Mended  bool   `json:"mended"` // with what came, the chain leads to a root
	Fetched int    `json:"fetched"`
	Detail  string `json:"detail,omitempty"` // why it is not mended
	Ref     Ref    `json:"ref"`
}

// A Store is one set of roots and whether the chain leads to it.
type Store struct {
	Name    string `json:"name"` // "mozilla", "system", "ca-file"
	Version string `json:"version,omitempty"`
	Trusted bool   `json:"trusted"`
	Reason  string `json:"reason,omitempty"` // why not, in the verifier's words
}

// A Certificate is what stands in one certificate. Where crypto/x509 refuses to
// parse it, Unparsed says why and the rest is what our own reader could tell.
type Certificate struct {
	SHA256       string    `json:"sha256"`
	Serial       string    `json:"serial"` // hex
	Subject      string    `json:"subject"`
	CommonName   string    `json:"commonName"`
	Issuer       string    `json:"issuer"`
	NotBefore    time.Time `json:"notBefore"`
	NotAfter     time.Time `json:"notAfter"`
	KeyAlgorithm string    `json:"keyAlgorithm"` // "RSA", "ECDSA", "Ed25519", "DSA", "unknown"
	KeyBits      int       `json:"keyBits"`
	KeyCurve     string    `json:"keyCurve,omitempty"`
	KeyWeakness  string    `json:"keyWeakness,omitempty"` // "debian", "roca", "exponent"
	Signature    string    `json:"signature"`             // "SHA256-RSA"
	SignatureOf  string    `json:"signatureHash"`         // "SHA-256", "SHA-1", "MD5"
	DNSNames     []string  `json:"dnsNames"`              // the first 100
	Addresses    []string  `json:"addresses"`
	Names        int       `json:"names"` // all subject alternative names
	SelfSigned   bool      `json:"selfSigned"`
	Authority    bool      `json:"authority"` // basicConstraints CA
	MustStaple   bool      `json:"mustStaple"`
	IssuerURLs   []string  `json:"issuerUrls"`         // authority information access
	OCSPURLs     []string  `json:"ocspUrls,omitempty"` // likewise
	CRLURLs      []string  `json:"crlUrls,omitempty"`  // CRL distribution points
	Werkzeug     string    `json:"werkzeug,omitempty"` // "adhoc" or "devcert"
	Unparsed     string    `json:"unparsed,omitempty"`
	Raw          []byte    `json:"raw,omitempty"` // DER, at most 16 KiB, of the leaf and of one that is unparsed: the proof
}

// Leaf is the first certificate; ok is false when none was sent.
func (c Chain) Leaf() (leaf Certificate, ok bool) {
	if len(c.Certificates) == 0 {
		return Certificate{}, false
	}
	return c.Certificates[0], true
}

// Trusted is true when at least one store's roots vouch for the chain.
func (c Chain) Trusted() bool {
	for _, store := range c.Trust {
		if store.Trusted {
			return true
		}
	}
	return false
}
