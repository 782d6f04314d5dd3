// The handshake messages after ServerHello.

package tlshello

import (
	"slices"

	"golang.org/x/crypto/cryptobyte"
)

// Handshake message types (RFC 8446, section 4, and RFC 5246, section 7.4).
const (
	messageHelloRequest        = 0
	messageClientHello         = 1
	messageServerHello         = 2
	messageNewSessionTicket    = 4
	messageEncryptedExtensions = 8
	messageCertificate         = 11
	messageServerKeyExchange   = 12
	messageCertificateRequest  = 13
	messageServerHelloDone     = 14
	messageCertificateVerify   = 15
	messageFinished            = 20
	messageCertificateStatus   = 22
	messageHash                = 254
)

// handshake handles one message, header and all.
func (s *session) handshake(message []byte) error {
	kind := message[0]
	if s.answer.Kind != KindServerHello && kind != messageServerHello && kind != messageHelloRequest {
		return garbledf("handshake message of type %d before ServerHello", kind)
	}
	switch {
	case kind == messageServerHello:
		return s.serverHello(message)
	case s.answer.Version >= TLS13:
		return s.handshake13(message)
	}
	return s.handshake12(message)
}

// handshake12 follows the server's flight up to TLS 1.2 (RFC 5246, section
// 7.3). What is optional there is optional here.
func (s *session) handshake12(message []byte) error {
	if message[0] == messageHelloRequest || message[0] == messageNewSessionTicket {
		return s.wasted()
	}
	s.flight = true
	body := cryptobyte.String(message[4:])
	switch message[0] {
	case messageCertificate:
		return s.certificate12(body)
	case messageCertificateStatus:
		s.over = s.until == UntilCertificate
		return s.staple(body)
	case messageServerKeyExchange:
		s.over = s.until == UntilCertificate
		return s.serverKeyExchange(body)
	case messageCertificateRequest:
		s.over = s.until == UntilCertificate
		s.answer.ClientCertificateRequested = true
		return nil
	case messageServerHelloDone:
		s.over = true
		return nil
	}
	return garbledf("handshake message of type %d in the server's flight", message[0])
}

// certificate12 reads the chain. A promised staple comes in the next message
// or not at all (RFC 6066, section 8).
func (s *session) certificate12(body cryptobyte.String) error {
	if len(s.answer.Certificates) > 0 {
		return garbledf("a second certificate message")
	}
	s.over = s.until == UntilCertificate && !s.answer.HasExtension(ExtStatusRequest)
	var list cryptobyte.String
	if !body.ReadUint24LengthPrefixed(&list) || !body.Empty() {
		return garbledf("certificate message does not add up")
	}
	for !list.Empty() {
		var der cryptobyte.String
		if !list.ReadUint24LengthPrefixed(&der) {
			return garbledf("certificate list ends inside certificate %d", len(s.answer.Certificates)+1)
		}
		s.answer.Certificates = append(s.answer.Certificates, der)
	}
	return nil
}

// staple reads a CertificateStatus: one OCSP response, or the first of a list
// (RFC 6066, section 8; RFC 6961, section 2.2).
func (s *session) staple(body cryptobyte.String) error {
	var kind uint8
	var response, list cryptobyte.String
	ok := body.ReadUint8(&kind)
	switch {
	case ok && kind == 2:
		ok = body.ReadUint24LengthPrefixed(&list) && list.ReadUint24LengthPrefixed(&response)
	case ok:
		ok = kind == 1 && body.ReadUint24LengthPrefixed(&response)
	}
	if !ok || !body.Empty() {
		return garbledf("certificate status does not add up")
	}
	s.answer.Staple = append(s.answer.Staple[:0], response...)
	return nil
}

// readSCTs splits a SignedCertificateTimestampList (RFC 6962, section 3.3).
func (s *session) readSCTs(data []byte) {
	in := cryptobyte.String(data)
	var list cryptobyte.String
	if !in.ReadUint16LengthPrefixed(&list) || !in.Empty() {
		s.violation("the list of certificate timestamps does not add up")
		return
	}
	for !list.Empty() {
		var sct cryptobyte.String
		if !list.ReadUint16LengthPrefixed(&sct) {
			s.violation("the list of certificate timestamps does not add up")
			return
		}
		s.answer.SCTList = append(s.answer.SCTList, sct)
	}
}

// handshake13 follows the encrypted flight (RFC 8446, section 2).
func (s *session) handshake13(message []byte) error {
	body := cryptobyte.String(message[4:])
	switch message[0] {
	case messageEncryptedExtensions:
		return s.encryptedExtensions(body)
	case messageCertificateRequest:
		s.answer.ClientCertificateRequested = true
		return nil
	case messageCertificate:
		s.over = s.until == UntilCertificate
		return s.certificate13(body)
	case messageCertificateVerify:
		s.over = true
		return s.certificateVerify(body)
	case messageFinished:
		s.over = true
		return nil
	}
	return s.wasted()
}

func (s *session) encryptedExtensions(body cryptobyte.String) error {
	var block cryptobyte.String
	if !body.ReadUint16LengthPrefixed(&block) || !body.Empty() {
		return garbledf("encrypted extensions do not add up")
	}
	before := len(s.answer.Extensions)
	s.readExtensions(block, "EncryptedExtensions")
	s.checkOffered(s.answer.Extensions[before:])
	return nil
}

// certificate13 reads the chain with the extensions of each certificate, of
// which those of the first carry staple and timestamps (RFC 8446, section
// 4.4.2).
func (s *session) certificate13(body cryptobyte.String) error {
	if len(s.answer.Certificates) > 0 {
		return garbledf("a second certificate message")
	}
	var context, list cryptobyte.String
	if !body.ReadUint8LengthPrefixed(&context) || !body.ReadUint24LengthPrefixed(&list) || !body.Empty() {
		return garbledf("certificate message does not add up")
	}
	for !list.Empty() {
		var der, block cryptobyte.String
		if !list.ReadUint24LengthPrefixed(&der) || !list.ReadUint16LengthPrefixed(&block) {
			return garbledf("certificate list ends inside certificate %d", len(s.answer.Certificates)+1)
		}
		s.answer.Certificates = append(s.answer.Certificates, der)
		if len(s.answer.Certificates) > 1 {
			continue
		}
		if err := s.leafExtensions(block); err != nil {
			return err
		}
	}
	return nil
}

func (s *session) leafExtensions(block cryptobyte.String) error {
	for !block.Empty() {
		var number uint16
		var data cryptobyte.String
		if !block.ReadUint16(&number) || !block.ReadUint16LengthPrefixed(&data) {
			return garbledf("the extensions of the certificate do not add up")
		}
		switch number {
		case ExtSCT:
			s.readSCTs(data)
		case ExtStatusRequest:
			if err := s.staple(data); err != nil {
				return err
			}
		}
	}
	return nil
}

// certificateVerify keeps the scheme; the signature is not verified here.
func (s *session) certificateVerify(body cryptobyte.String) error {
	var scheme uint16
	var signature cryptobyte.String
	if !body.ReadUint16(&scheme) || !body.ReadUint16LengthPrefixed(&signature) || !body.Empty() {
		return garbledf("certificate verify does not add up")
	}
	s.signedBy(SignatureScheme(scheme))
	return nil
}

// signedBy notes the scheme of a signature, and whether we asked for it.
func (s *session) signedBy(scheme SignatureScheme) {
	s.answer.SignatureScheme = scheme
	offered := s.client.schemes()
	if len(offered) > 0 && (!slices.Contains(offered, scheme) || IsGREASE(uint16(scheme))) {
		s.violation("signature scheme %s was not offered", scheme)
	}
}
