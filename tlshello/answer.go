// The answer: everything that a server said, as far as it was read.

package tlshello

import (
	"encoding/hex"
	"fmt"
	"math/bits"
	"slices"
)

// Kind says what sort of thing came back.
type Kind int

// The kinds of answer. The zero value is that nothing came.
const (
	KindNothing     Kind = iota // not one byte
	KindServerHello             // a hello was accepted
	KindHelloRetry              // TLS 1.3 asks for another hello
	KindAlert                   // an alert, or an SSLv2 error, instead of a hello
	KindNotTLS                  // another protocol, or text
	KindGarbled                 // TLS in form but not in substance, or cut short
)

var kindNames = []string{"nothing", "serverHello", "helloRetry", "alert", "notTLS", "garbled"}

// String is the kind as a word.
func (k Kind) String() string {
	if k < 0 || int(k) >= len(kindNames) {
		return fmt.Sprintf("kind %d", int(k))
	}
	return kindNames[k]
}

// MarshalText gives the same word as String; it never fails.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads what MarshalText wrote for a known kind.
func (k *Kind) UnmarshalText(text []byte) error {
	i := slices.Index(kindNames, string(text))
	if i < 0 {
		return fmt.Errorf("reading kind of answer: %.80q is none", text)
	}
	*k = Kind(i)
	return nil
}

// Answer is what a server said to one hello. All of its bytes come from the
// target and are hostile.
type Answer struct {
	Kind    Kind    `json:"kind"`
	Version Version `json:"version,omitzero"` // what the server chose
	Suite   Suite   `json:"suite,omitzero"`
	// Group is the one that a HelloRetryRequest asks for, that of the server's
	// TLS 1.3 key share, or the curve of an ECDHE key.
	Group       Group  `json:"group,omitzero"`
	Compression byte   `json:"compression"`
	Random      Random `json:"random,omitzero"`
	SessionID   []byte `json:"sessionId"` // SSLv2: the connection id
	Cookie      []byte `json:"cookie"`    // of a HelloRetryRequest
	ServerHello []byte `json:"serverHello"`

	Alert    *Alert  `json:"alert,omitempty"` // the fatal one, or the last before a close
	Warnings []Alert `json:"warnings"`        // those that were read past

	Extensions   []Extension `json:"extensions"`   // of ServerHello, then EncryptedExtensions
	Certificates [][]byte    `json:"certificates"` // DER as sent, in the order sent
	Staple       []byte      `json:"staple"`       // the OCSP response for the first certificate
	SCTList      [][]byte    `json:"sctList"`      // serialised SCTs from the TLS extension

	DH  *DHParams  `json:"dh,omitempty"`  // of a DHE ServerKeyExchange
	RSA *RSAParams `json:"rsa,omitempty"` // of an RSA EXPORT ServerKeyExchange
	// Public is the server's ephemeral public value: DH Y, curve point or TLS
	// 1.3 key_exchange. A second handshake that repeats it reuses its key.
	Public []byte `json:"public"`
	// SignatureScheme is what signed the key exchange; 0 before TLS 1.2, where
	// the suite says it.
	SignatureScheme            SignatureScheme `json:"signatureScheme,omitzero"`
	ClientCertificateRequested bool            `json:"clientCertificateRequested"`
	Resumed                    bool            `json:"resumed"` // the server took up the offered session

	SSL2Suites []Suite `json:"ssl2Suites"` // the list of an SSLv2 SERVER-HELLO

	Protocol string `json:"protocol"` // of KindNotTLS: http, ssh, smtp, ... or empty
	Banner   []byte `json:"banner"`   // the first bytes, at most 256, of KindNotTLS and KindGarbled
	Detail   string `json:"detail"`   // why it is garbled
	// Violation says what the server chose that was not offered, or what else
	// of its hello breaks the protocol; empty is good.
	Violation string `json:"violation"`
}

// Random is the server's random, in JSON as hexadecimal digits.
type Random [32]byte

// MarshalText never fails.
func (r Random) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, r[:]), nil }

// UnmarshalText reads what MarshalText wrote.
func (r *Random) UnmarshalText(text []byte) error {
	if len(text) != hex.EncodedLen(len(r)) {
		return fmt.Errorf("reading random: %d digits, want %d", len(text), hex.EncodedLen(len(r)))
	}
	if _, err := hex.Decode(r[:], text); err != nil {
		return fmt.Errorf("reading random: %w", err)
	}
	return nil
}

// DHParams are the finite field parameters of a DHE key exchange, big-endian.
type DHParams struct {
	P []byte `json:"p"`
	G []byte `json:"g"`
	Y []byte `json:"y"`
}

// Bits is the size of the prime.
func (d DHParams) Bits() int { return bitLen(d.P) }

// RSAParams are the temporary key of an RSA EXPORT key exchange, big-endian.
type RSAParams struct {
	Modulus  []byte `json:"modulus"`
	Exponent []byte `json:"exponent"`
}

// Bits is the size of the modulus.
func (r RSAParams) Bits() int { return bitLen(r.Modulus) }

func bitLen(n []byte) int {
	for i, b := range n {
		if b != 0 {
			return (len(n)-i-1)*8 + bits.Len8(b)
		}
	}
	return 0
}

// Extension gives the data of the first extension of that type.
func (a Answer) Extension(number uint16) ([]byte, bool) {
	for _, e := range a.Extensions {
		if e.Type == number {
			return e.Data, true
		}
	}
	return nil, false
}

// HasExtension tells whether the server sent an extension of that type.
func (a Answer) HasExtension(number uint16) bool {
	_, ok := a.Extension(number)
	return ok
}

// ALPN is the application protocol that the server chose, or empty. At TLS 1.3
// it is known from UntilCertificate on.
func (a Answer) ALPN() string {
	data, ok := a.Extension(ExtALPN)
	if !ok || len(data) < 3 || int(data[2]) != len(data)-3 {
		return ""
	}
	return string(data[3:])
}

// ListedGroups are the groups that a TLS 1.3 server says that it takes, in its own
// order; nil where it lists none, or not in the form that RFC 8446, section 4.2.7
// gives it. OpenSSL and Java list them, the first where it likes another better than
// the one that was agreed on. They are known from UntilCertificate on.
func (a Answer) ListedGroups() []Group {
	data, ok := a.Extension(ExtSupportedGroups)
	if !ok || a.Version != TLS13 || len(data) < 2 || len(data)%2 != 0 || int(data[0])<<8|int(data[1]) != len(data)-2 {
		return nil
	}
	groups := []Group{}
	for i := 2; i < len(data); i += 2 {
		groups = append(groups, Group(data[i])<<8|Group(data[i+1]))
	}
	return groups
}

// SecureRenegotiation tells whether the server knows RFC 5746. TLS 1.3 has no
// renegotiation, which counts as secure.
func (a Answer) SecureRenegotiation() bool {
	return a.Version == TLS13 || a.HasExtension(ExtRenegotiationInfo)
}

// ExtendedMasterSecret tells whether the session is bound to its handshake
// (RFC 7627), as TLS 1.3 always does.
func (a Answer) ExtendedMasterSecret() bool {
	return a.Version == TLS13 || a.HasExtension(ExtExtendedMasterSecret)
}

// SessionTicket tells whether the server promised a ticket (RFC 5077). TLS 1.3
// promises none beforehand.
func (a Answer) SessionTicket() bool { return a.HasExtension(ExtSessionTicket) }

// EncryptThenMAC tells whether the server agreed to RFC 7366.
func (a Answer) EncryptThenMAC() bool { return a.HasExtension(ExtEncryptThenMAC) }

// Heartbeat tells whether the server agreed to RFC 6520.
func (a Answer) Heartbeat() bool { return a.HasExtension(ExtHeartbeat) }

// OCSPStapling tells whether a staple was read. Before TLS 1.3 it follows the
// certificate, so UntilCertificate is far enough for both.
func (a Answer) OCSPStapling() bool { return len(a.Staple) > 0 }

// DowngradeSentinel is the version that the end of the server's random says it
// was talked down to: "TLS 1.2" or "TLS 1.1" (the latter also for older ones),
// or empty (RFC 8446, section 4.1.3).
func (a Answer) DowngradeSentinel() string {
	switch string(a.Random[24:]) {
	case "DOWNGRD\x01":
		return "TLS 1.2"
	case "DOWNGRD\x00":
		return "TLS 1.1"
	}
	return ""
}
