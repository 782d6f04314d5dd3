// SSLv2: its hello, its answer, its errors (Hickman, The SSL Protocol, 1995).

package tlshello

import (
	"errors"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
)

// SSLv2 message types (section C.2).
const (
	ssl2Error       = 0
	ssl2ClientHello = 1
	ssl2ServerHello = 4
)

// ssl2Challenge is how much of Random is sent as the challenge. SSLv2 allows
// 16 to 32 bytes; OpenSSL and its like send 16.
const ssl2Challenge = 16

// marshalSSL2 writes CLIENT-HELLO (section C.3.1) with a two byte header.
// Suites of TLS become kinds with a leading zero (RFC 5246, appendix E.2).
func (c Client) marshalSSL2() ([]byte, error) {
	if len(c.Suites) == 0 {
		return nil, errors.New("writing SSLv2 client hello: no cipher kinds")
	}
	if n := len(c.SessionID); n != 0 && n != 16 {
		return nil, fmt.Errorf("writing SSLv2 client hello: session id has %d bytes, 0 or 16 fit", n)
	}
	var kinds cryptobyte.Builder
	for _, s := range append(c.Suites[:len(c.Suites):len(c.Suites)], c.signals()...) {
		kinds.AddUint24(uint32(s))
	}
	specs, err := finish(&kinds, "SSLv2 cipher kinds")
	if err != nil {
		return nil, err
	}
	var b cryptobyte.Builder
	b.AddUint8(ssl2ClientHello)
	b.AddUint16(uint16(c.ssl2Version()))
	b.AddUint16(uint16(len(specs)))
	b.AddUint16(uint16(len(c.SessionID)))
	b.AddUint16(ssl2Challenge)
	b.AddBytes(specs)
	b.AddBytes(c.SessionID)
	b.AddBytes(c.Random[:ssl2Challenge])
	message, err := finish(&b, "SSLv2 client hello")
	if err != nil {
		return nil, err
	}
	if len(message) > 0x7FFF {
		return nil, fmt.Errorf("writing SSLv2 client hello: %d bytes, at most 32767 fit", len(message))
	}
	header := []byte{0x80 | byte(len(message)>>8), byte(len(message))}
	return append(header, message...), nil
}

func (c Client) ssl2Version() Version {
	if c.Version == SSL2 && c.LegacyVersion == 0 {
		return SSL2
	}
	return c.legacyVersion()
}

// looksSSL2 tells whether the first five bytes open an SSLv2 SERVER-HELLO or
// ERROR. A three byte header is believed only in answer to an SSLv2 hello.
func looksSSL2(first []byte, asked bool) bool {
	if len(first) < 5 {
		return false
	}
	size := int(first[0]&0x7F)<<8 | int(first[1])
	if first[0]&0x80 != 0 {
		return first[2] == ssl2ServerHello && size >= 11 || first[2] == ssl2Error && size == 3
	}
	return asked && first[0]&0x40 == 0 && first[3] == ssl2ServerHello && size >= 11
}

// readSSL2 reads the one record of an SSLv2 answer, whose first five bytes
// are at hand (section C.1).
func (s *session) readSSL2(first []byte) error {
	headerSize, padding := 2, 0
	size := int(first[0]&0x7F)<<8 | int(first[1])
	if first[0]&0x80 == 0 {
		headerSize, padding = 3, int(first[2])
		size = int(first[0]&0x3F)<<8 | int(first[1])
	}
	message := make([]byte, size)
	have := copy(message, first[headerSize:])
	if err := s.in.full(message[have:]); err != nil {
		return fmt.Errorf("reading SSLv2 record: %w", err)
	}
	if padding >= size {
		return garbledf("SSLv2 record of %d bytes with %d bytes of padding", size, padding)
	}
	message = message[:size-padding]
	if message[0] == ssl2Error {
		return s.ssl2Refusal(message)
	}
	return s.ssl2Hello(message)
}

// ssl2Refusal reads ERROR (section C.3.4), which has no level.
func (s *session) ssl2Refusal(message []byte) error {
	if len(message) != 3 || message[1] != 0 {
		return garbledf("SSLv2 error message % x", message)
	}
	s.answer.Version = SSL2
	return &Alert{Level: 0, Description: message[2]}
}

// ssl2Hello reads SERVER-HELLO (section C.3.2).
func (s *session) ssl2Hello(message []byte) error {
	in := cryptobyte.String(message)
	var hit, certificateType uint8
	var version, certificateSize, specsSize, connectionSize uint16
	var certificate, specs, connection []byte
	ok := in.Skip(1) && in.ReadUint8(&hit) && in.ReadUint8(&certificateType) && in.ReadUint16(&version) &&
		in.ReadUint16(&certificateSize) && in.ReadUint16(&specsSize) && in.ReadUint16(&connectionSize) &&
		in.ReadBytes(&certificate, int(certificateSize)) && in.ReadBytes(&specs, int(specsSize)) &&
		in.ReadBytes(&connection, int(connectionSize))
	if !ok || !in.Empty() || len(specs)%3 != 0 {
		return garbledf("SSLv2 server hello of %d bytes does not add up", len(message))
	}
	a := s.answer
	a.Kind, a.Version, a.SessionID, a.ServerHello = KindServerHello, Version(version), connection, message
	a.Resumed = hit != 0
	if len(certificate) > 0 {
		a.Certificates = [][]byte{certificate}
	}
	for i := 0; i < len(specs); i += 3 {
		kind := Suite(specs[i])<<16 | Suite(specs[i+1])<<8 | Suite(specs[i+2])
		a.SSL2Suites = append(a.SSL2Suites, kind)
	}
	if len(a.SSL2Suites) > 0 {
		a.Suite = a.SSL2Suites[0]
	}
	if a.Version != SSL2 {
		s.violation("SSLv2 server hello says version %s", a.Version)
	}
	return nil
}
