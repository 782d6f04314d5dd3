// ServerHello and HelloRetryRequest: reading them, and holding them against
// what was offered.

package tlshello

import (
	"crypto/sha256"
	"fmt"
	"slices"

	"golang.org/x/crypto/cryptobyte"
)

// retryRandom marks a ServerHello that is a HelloRetryRequest (RFC 8446,
// section 4.1.3).
var retryRandom Random = sha256.Sum256([]byte("HelloRetryRequest"))

// A hostile hello has room for 16,383 extensions; nobody needs so many.
const (
	maxExtensions = 128
	maxViolation  = 500 // bytes of text
)

// violation notes that the server broke the protocol, up to a length.
func (s *session) violation(format string, args ...any) {
	a := s.answer
	if len(a.Violation) > maxViolation {
		return
	}
	if a.Violation != "" {
		a.Violation += "; "
	}
	a.Violation += fmt.Sprintf(format, args...)
	if len(a.Violation) > maxViolation {
		a.Violation += "; and more"
	}
}

func (s *session) serverHello(message []byte) error {
	a := s.answer
	if a.Kind == KindServerHello {
		return garbledf("a second ServerHello")
	}
	in := cryptobyte.String(message[4:])
	var version, suite uint16
	var random []byte
	var id cryptobyte.String
	ok := in.ReadUint16(&version) && in.ReadBytes(&random, 32) && in.ReadUint8LengthPrefixed(&id) &&
		in.ReadUint16(&suite) && in.ReadUint8(&a.Compression)
	if !ok || len(id) > 32 {
		return garbledf("ServerHello of %d bytes does not add up", len(message))
	}
	a.Kind, a.ServerHello = KindServerHello, message
	a.Version, a.Suite, a.SessionID = Version(version), Suite(suite), id
	copy(a.Random[:], random)
	s.helloExtensions(in)
	if a.Random == retryRandom {
		a.Kind = KindHelloRetry
	}
	s.readVersion()
	s.readKeyShare()
	s.checkHello()
	if a.Kind == KindHelloRetry || s.until == UntilServerHello {
		s.over = true
		return nil
	}
	return s.startDecryption(message)
}

// helloExtensions reads what follows the compression method, which may be
// nothing at all.
func (s *session) helloExtensions(in cryptobyte.String) {
	if in.Empty() {
		return
	}
	var block cryptobyte.String
	if !in.ReadUint16LengthPrefixed(&block) || !in.Empty() {
		s.violation("the extensions of the ServerHello do not add up")
		return
	}
	s.readExtensions(block, "ServerHello")
}

// readExtensions adds a block of extensions to the answer.
func (s *session) readExtensions(block cryptobyte.String, where string) {
	for !block.Empty() {
		var number uint16
		var data cryptobyte.String
		if !block.ReadUint16(&number) || !block.ReadUint16LengthPrefixed(&data) {
			s.violation("the extensions of the %s do not add up", where)
			return
		}
		if len(s.answer.Extensions) == maxExtensions {
			s.violation("more than %d extensions", maxExtensions)
			return
		}
		if s.answer.HasExtension(number) {
			s.violation("extension %d is sent twice", number)
		}
		s.answer.Extensions = append(s.answer.Extensions, Extension{number, data})
		if number == ExtSCT {
			s.readSCTs(data)
		}
	}
}

// readVersion lets supported_versions overrule the old field (RFC 8446,
// section 4.2.1).
func (s *session) readVersion() {
	data, ok := s.answer.Extension(ExtSupportedVersions)
	switch {
	case ok && len(data) == 2:
		s.answer.Version = Version(data[0])<<8 | Version(data[1])
	case ok:
		s.violation("supported_versions of %d bytes in the ServerHello", len(data))
	case s.answer.Kind == KindHelloRetry:
		s.violation("a HelloRetryRequest without supported_versions")
	}
}

// readKeyShare reads the group, and the server's share or the cookie.
func (s *session) readKeyShare() {
	a := s.answer
	if data, ok := a.Extension(ExtCookie); ok {
		var cookie cryptobyte.String
		in := cryptobyte.String(data)
		if !in.ReadUint16LengthPrefixed(&cookie) || !in.Empty() {
			s.violation("a cookie that does not add up")
		}
		a.Cookie = append(a.Cookie, cookie...)
	}
	data, ok := a.Extension(ExtKeyShare)
	if !ok {
		return
	}
	in := cryptobyte.String(data)
	var group uint16
	var share cryptobyte.String
	ok = in.ReadUint16(&group)
	if a.Kind != KindHelloRetry {
		ok = ok && in.ReadUint16LengthPrefixed(&share)
	}
	if !ok || !in.Empty() {
		s.violation("a key share that does not add up")
		return
	}
	a.Group, a.Public = Group(group), append(a.Public, share...)
}

// checkHello holds the server's choices against the offer (FAULTS D08).
func (s *session) checkHello() {
	a, c := s.answer, s.client
	// A server that does not know supported_versions goes by the old field
	// and may choose anything below it.
	if _, known := a.Extension(ExtSupportedVersions); known && !slices.Contains(realVersions(c.versions()), a.Version) ||
		!known && a.Version > c.legacyVersion() {
		s.violation("version %s was not offered", a.Version)
	}
	if !slices.Contains(c.Suites, a.Suite) || IsGREASE(uint16(a.Suite)) {
		s.violation("suite %s was not offered", a.Suite)
	} else if row := a.Suite.row(); row != nil && a.Version <= TLS13 && !row.fits(a.Version) {
		s.violation("suite %s does not belong to %s", a.Suite, a.Version)
	}
	if !slices.Contains(c.compression(), a.Compression) || a.Version >= TLS13 && a.Compression != 0 {
		s.violation("compression method %d was not offered", a.Compression)
	}
	if a.Version >= TLS13 {
		s.checkHello13()
	}
	s.checkOffered(a.Extensions)
}

// checkHello13 holds the group against the offer.
func (s *session) checkHello13() {
	a, c := s.answer, s.client
	if !slices.Equal(a.SessionID, c.SessionID) {
		s.violation("the session id is not ours")
	}
	shared := slices.ContainsFunc(c.shares(), func(k KeyShare) bool { return k.Group == a.Group })
	switch {
	case a.Kind == KindHelloRetry && len(c.Transcript) > 0:
		s.violation("a second HelloRetryRequest")
	case a.Kind == KindHelloRetry && a.Group == 0 && len(a.Cookie) == 0:
		s.violation("a HelloRetryRequest that asks for no change")
	case a.Kind == KindHelloRetry && a.Group != 0 && (shared || !s.offeredGroup(a.Group)):
		s.violation("group %s was not to be asked for", a.Group)
	case a.Kind == KindServerHello && !shared && !a.HasExtension(ExtKeyShare):
		s.violation("no key share")
	case a.Kind == KindServerHello && !shared:
		s.violation("group %s was not offered", a.Group)
	}
}

func (s *session) offeredGroup(g Group) bool {
	return slices.Contains(s.client.groups(), g) && !IsGREASE(uint16(g))
}

// checkOffered notes extensions that answer nothing we sent (RFC 5246, section
// 7.4.1.4; a HelloRetryRequest may bring a cookie unasked).
func (s *session) checkOffered(extensions []Extension) {
	offered := s.client.offeredExtensions()
	for _, e := range extensions {
		if e.Type == ExtCookie && s.answer.Kind == KindHelloRetry {
			continue
		}
		if !slices.Contains(offered, e.Type) || IsGREASE(e.Type) {
			s.violation("extension %d was not offered", e.Type)
		}
	}
}

// offeredExtensions lists what a server may answer, the signalling suite
// standing for renegotiation_info (RFC 5746, section 3.6).
func (c Client) offeredExtensions() []uint16 {
	var numbers []uint16
	if c.RenegotiationInfo || slices.Contains(c.Suites, RenegotiationSCSV) {
		numbers = append(numbers, ExtRenegotiationInfo)
	}
	for _, e := range c.Extra {
		numbers = append(numbers, e.Type)
	}
	if c.Version <= SSL3 || c.writesSSL2() {
		return numbers
	}
	for _, row := range extensionRows {
		if row.wanted(c) {
			numbers = append(numbers, row.number)
		}
	}
	return numbers
}

func realVersions(list []Version) []Version {
	return slices.DeleteFunc(slices.Clone(list), func(v Version) bool { return IsGREASE(uint16(v)) })
}

// startDecryption sets up the keys of TLS 1.3 once both shares are known.
func (s *session) startDecryption(message []byte) error {
	if s.answer.Version < TLS13 {
		return nil
	}
	if s.answer.Version != TLS13 {
		return fmt.Errorf("%w: version %s", ErrCannotDecrypt, s.answer.Version)
	}
	if len(s.pending) > 0 {
		return garbledf("%d bytes in the clear behind a TLS 1.3 ServerHello", len(s.pending))
	}
	hello, err := s.client.hello()
	if err != nil {
		return err
	}
	s.past = slices.Concat(s.client.Transcript, hello, message)
	s.hidden, err = s.newOpener()
	return err
}
