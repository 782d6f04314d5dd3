// ServerKeyExchange: the ephemeral keys up to TLS 1.2.

package tlshello

import (
	"slices"
	"strings"

	"golang.org/x/crypto/cryptobyte"
)

// serverKeyExchange reads the parameters that the suite's key exchange has,
// and then, where a key signs them, by what scheme (RFC 5246, section 7.4.3;
// RFC 8422, section 5.4; RFC 4279; RFC 5489; RFC 5054, section 2.5.3).
func (s *session) serverKeyExchange(body cryptobyte.String) error {
	info, known := s.answer.Suite.Info()
	if !known {
		return nil
	}
	if strings.HasSuffix(info.KeyExchange, "PSK") && !skip16(&body) {
		return garbledf("the PSK hint does not add up")
	}
	read, ok := keyExchangeReaders[info.KeyExchange]
	if !ok {
		return nil
	}
	if !read(s, &body) {
		return garbledf("the %s key exchange does not add up", info.KeyExchange)
	}
	if s.answer.Group == ExplicitPrimeCurve || s.answer.Group == ExplicitChar2Curve {
		return nil // the signature lies behind what was not read
	}
	signed := info.Authentication == "RSA" || info.Authentication == "ECDSA" || info.Authentication == "DSS"
	if !signed || s.answer.Version < TLS12 || info.KeyExchange == "RSA_PSK" {
		return nil
	}
	var scheme uint16
	if !body.ReadUint16(&scheme) {
		return garbledf("the %s key exchange ends before its signature", info.KeyExchange)
	}
	s.signedBy(SignatureScheme(scheme))
	return nil
}

var keyExchangeReaders = map[string]func(*session, *cryptobyte.String) bool{
	"DHE":       (*session).finiteField,
	"DHE_PSK":   (*session).finiteField,
	"ECDHE":     (*session).ellipticCurve,
	"ECDHE_PSK": (*session).ellipticCurve,
	"RSA":       (*session).temporaryRSA,
	"RSA_PSK":   func(*session, *cryptobyte.String) bool { return true },
	"SRP":       (*session).secureRemotePassword,
}

func (s *session) finiteField(body *cryptobyte.String) bool {
	var p, g, y cryptobyte.String
	if !body.ReadUint16LengthPrefixed(&p) || !body.ReadUint16LengthPrefixed(&g) || !body.ReadUint16LengthPrefixed(&y) {
		return false
	}
	s.answer.DH = &DHParams{P: p, G: g, Y: y}
	s.answer.Public = append(s.answer.Public[:0], y...)
	return true
}

// ellipticCurve reads a named curve and the point on it. A curve that the
// server spells out is only named as such; what follows is not read.
func (s *session) ellipticCurve(body *cryptobyte.String) bool {
	var form uint8
	if !body.ReadUint8(&form) {
		return false
	}
	explicit := map[uint8]Group{1: ExplicitPrimeCurve, 2: ExplicitChar2Curve}
	if group, ok := explicit[form]; ok {
		s.setCurve(group)
		return true
	}
	var group uint16
	var point cryptobyte.String
	if form != 3 || !body.ReadUint16(&group) || !body.ReadUint8LengthPrefixed(&point) {
		return false
	}
	s.setCurve(Group(group))
	s.answer.Public = append(s.answer.Public[:0], point...)
	return true
}

func (s *session) setCurve(g Group) {
	s.answer.Group = g
	sent := slices.Contains(s.client.offeredExtensions(), ExtSupportedGroups)
	if sent && len(s.client.groups()) > 0 && !s.offeredGroup(g) {
		s.violation("group %s was not offered", g)
	}
}

// temporaryRSA is the short key of the EXPORT suites (RFC 2246, section
// 7.4.3). A server that sends one with another RSA suite is open to FREAK.
func (s *session) temporaryRSA(body *cryptobyte.String) bool {
	var n, e cryptobyte.String
	if !body.ReadUint16LengthPrefixed(&n) || !body.ReadUint16LengthPrefixed(&e) {
		return false
	}
	s.answer.RSA = &RSAParams{Modulus: n, Exponent: e}
	if !s.answer.Suite.Export() {
		s.violation("a temporary RSA key with suite %s", s.answer.Suite)
	}
	return true
}

// secureRemotePassword reads past N, g, s and B.
func (s *session) secureRemotePassword(body *cryptobyte.String) bool {
	var n, g, salt, b cryptobyte.String
	return body.ReadUint16LengthPrefixed(&n) && body.ReadUint16LengthPrefixed(&g) &&
		body.ReadUint8LengthPrefixed(&salt) && body.ReadUint16LengthPrefixed(&b)
}

func skip16(body *cryptobyte.String) bool {
	var skipped cryptobyte.String
	return body.ReadUint16LengthPrefixed(&skipped)
}
