// The client's hello: what may be said in it.

package tlshello

import (
	"crypto/sha256"
	"slices"
)

// Extension is one extension of a hello, by IANA number.
type Extension struct {
	Type uint16 `json:"type"`
	Data []byte `json:"data"`
}

// Client is a hello as it is to be sent. It is plain data; nothing in it is
// filled in from elsewhere. What a server would refuse to read is refused by
// Marshal only where it has no form in bytes.
type Client struct {
	// Version is the highest version offered. SSL2 writes an SSLv2
	// CLIENT-HELLO. TLS13 is offered through supported_versions while the old
	// field says TLS 1.2 (RFC 8446, section 4.2.1).
	Version Version
	// Versions is supported_versions, sent when it is not empty or when TLS
	// 1.3 is offered; then an empty list stands for TLS 1.3 alone.
	Versions []Version
	Suites   []Suite

	// Groups, when nil, becomes a usual list if a suite needs one. An empty
	// list that is not nil leaves the extension out.
	Groups []Group
	// KeyShares are the keys offered at TLS 1.3. When nil, one is made for the
	// first of Groups that this package can compute.
	KeyShares []KeyShare
	// EmptyKeyShare offers no key, so that a server says in a
	// HelloRetryRequest which of Groups it likes best.
	EmptyKeyShare bool
	// SignatureSchemes, when nil, becomes a usual list if TLS 1.2 or 1.3 is
	// offered. An empty list that is not nil leaves the extension out.
	SignatureSchemes []SignatureScheme
	// ServerName is sent without a trailing dot. An IP address is not sent
	// (RFC 6066, section 3).
	ServerName  string
	ALPN        []string
	Compression []byte // empty means {0}, no compression; 1 is DEFLATE

	StatusRequest        bool // asks for an OCSP staple
	SCT                  bool // asks for signed certificate timestamps
	ExtendedMasterSecret bool
	SessionTicket        bool
	RenegotiationInfo    bool // the extension; at SSLv3 the signalling suite
	EncryptThenMAC       bool
	Heartbeat            bool
	FallbackSCSV         bool

	Random    [32]byte
	SessionID []byte      // at most 32 bytes
	Extra     []Extension // sent last, in this order, even at SSLv3

	// Padding fills a hello of 256 to 511 bytes up to 512, for servers that
	// hang on such lengths (RFC 7685, section 4).
	Padding bool
	// LegacyVersion, RecordVersion and RecordSize, when not zero, override the
	// version field of the hello, that of its records, and how much of the
	// hello one record carries (bytes).
	LegacyVersion Version
	RecordVersion Version
	RecordSize    int
	// SSL2Format writes the hello in the form of SSLv2 though it offers
	// Version, as clients of the 1990s did (RFC 5246, appendix E.2). No
	// extension fits into it.
	SSL2Format bool

	// Cookie and Transcript are for the second hello of a connection; Retry
	// sets them. Transcript holds the handshake messages before this hello as
	// RFC 8446, section 4.4.1, counts them.
	Cookie     []byte
	Transcript []byte
}

// Modern is a hello as browsers send it, with TLS 1.3 and 1.2, that almost
// every server accepts. It offers no post-quantum group, because a server that
// prefers one would cost a round trip. Random is made from the name alone:
// callers who want it to differ from scan to scan set it.
func Modern(serverName string) Client {
	random := sha256.Sum256([]byte("middlebrick random " + serverName))
	session := sha256.Sum256([]byte("middlebrick session " + serverName))
	return Client{
		Version:  TLS13,
		Versions: []Version{TLS13, TLS12},
		Suites: []Suite{
			0x1301, 0x1302, 0x1303,
			0xC02B, 0xC02F, 0xC02C, 0xC030, 0xCCA9, 0xCCA8,
			0xC013, 0xC014, 0x009E, 0x009F, 0x009C, 0x009D, 0x002F, 0x0035,
		},
		Groups:               usualGroups(),
		SignatureSchemes:     usualSchemes(),
		ServerName:           serverName,
		ALPN:                 []string{"h2", "http/1.1"},
		StatusRequest:        true,
		SCT:                  true,
		ExtendedMasterSecret: true,
		SessionTicket:        true,
		RenegotiationInfo:    true,
		Random:               random,
		SessionID:            session[:],
		Padding:              true,
	}
}

func usualGroups() []Group {
	return []Group{X25519, Secp256r1, Secp384r1, Secp521r1}
}

func usualSchemes() []SignatureScheme {
	return []SignatureScheme{
		0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0603, 0x0806, 0x0601,
		0x0807, 0x0808, 0x0809, 0x080A, 0x080B, 0x0303, 0x0301, 0x0203, 0x0201, 0x0202,
	}
}

// GREASE is the hello with a reserved value put first in every list that
// servers must read past (RFC 8701, section 3.1). A server that cannot is
// intolerant of extension.
func (c Client) GREASE() Client {
	at := func(i int) uint16 { return greaseValue(c.Random[i]) }
	c.Suites = slices.Concat([]Suite{Suite(at(0))}, c.Suites)
	c.Groups = slices.Concat([]Group{Group(at(1))}, c.groups())
	c.Extra = slices.Concat([]Extension{{Type: at(2), Data: []byte{}}}, c.Extra)
	if schemes := c.schemes(); len(schemes) > 0 {
		c.SignatureSchemes = slices.Concat([]SignatureScheme{SignatureScheme(at(3))}, schemes)
	}
	if versions := c.versions(); len(versions) > 0 {
		c.Versions = slices.Concat([]Version{Version(at(4))}, versions)
	}
	if len(c.ALPN) > 0 {
		odd := at(5)
		c.ALPN = slices.Concat([]string{string([]byte{byte(odd >> 8), byte(odd)})}, c.ALPN)
	}
	return c
}

// versions is what supported_versions says; nil means that it is not sent.
func (c Client) versions() []Version {
	if len(c.Versions) == 0 && c.Version >= TLS13 {
		return []Version{TLS13}
	}
	return c.Versions
}

func (c Client) offersTLS13() bool { return slices.Contains(c.versions(), TLS13) }

// legacyVersion is the version field of the hello: what a server that does not
// know supported_versions goes by.
func (c Client) legacyVersion() Version {
	if c.LegacyVersion != 0 {
		return c.LegacyVersion
	}
	return min(c.Version, TLS12)
}

// writesSSL2 tells whether the hello has the form of SSLv2.
func (c Client) writesSSL2() bool { return c.Version == SSL2 || c.SSL2Format }

func (c Client) groups() []Group {
	if c.Groups != nil {
		return c.Groups
	}
	if c.offersTLS13() || slices.ContainsFunc(c.Suites, usesCurve) {
		return usualGroups()
	}
	return nil
}

func (c Client) schemes() []SignatureScheme {
	if c.SignatureSchemes != nil {
		return c.SignatureSchemes
	}
	if c.Version >= TLS12 || c.offersTLS13() {
		return usualSchemes()
	}
	return nil
}

func (c Client) compression() []byte {
	if len(c.Compression) == 0 {
		return []byte{0}
	}
	return c.Compression
}

// usesCurve tells whether a suite cannot be negotiated without a curve.
func usesCurve(s Suite) bool {
	return s.has(func(i *Info) bool { return slices.Contains(curveExchanges, i.KeyExchange) })
}

var curveExchanges = []string{"ECDH", "ECDHE", "ECDHE_PSK", "ECCPWD"}
