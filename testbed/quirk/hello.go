// Reading the client's hello, as far as a quirk depends on it.

package quirk

import (
	"encoding/binary"
	"io"
	"slices"

	"golang.org/x/crypto/cryptobyte"
)

// hello is a ClientHello, of SSL 3.0 to TLS 1.3 or of SSLv2.
type hello struct {
	sslv2       bool
	version     uint16
	random      []byte
	session     []byte
	suites      []uint16 // of SSLv2 the cipher kinds, three bytes each, are in kinds
	kinds       []uint32
	compression []byte
	extensions  map[uint16][]byte
	order       []uint16 // of the extensions
	length      int      // of the handshake message
}

// Extensions that quirks look at (IANA, TLS ExtensionType Values).
const (
	extServerName    = 0
	extHeartbeat     = 15
	extSignatures    = 13
	extALPN          = 16
	extMasterSecret  = 23
	extTicket        = 35
	extVersions      = 43
	extKeyShare      = 51
	extRenegotiation = 0xff01
)

// readHello reads a ClientHello and puts it back, so that a real server can
// go on with the connection. ok is false for anything else.
func (c *conn) readHello() (h hello, ok bool) {
	var seen []byte
	defer func() { c.back = append(seen, c.back...) }()
	more := func(n int) bool {
		part := make([]byte, n)
		got, err := io.ReadFull(c, part)
		seen = append(seen, part[:got]...)
		return err == nil
	}
	if !more(5) {
		return h, false
	}
	if seen[0]&0x80 != 0 {
		length := int(binary.BigEndian.Uint16(seen)) & 0x7fff
		return parseSSLv2(&seen, length, more)
	}
	var message []byte
	for start := 0; ; start = len(seen) {
		if start > 0 && !more(5) {
			return h, false
		}
		head := seen[start:]
		if head[0] != 22 || !more(int(binary.BigEndian.Uint16(head[3:]))) {
			return h, false
		}
		message = append(message, seen[start+5:]...)
		if len(message) >= 4 && len(message) >= 4+int(message[1])<<16+int(message[2])<<8+int(message[3]) {
			return parseHello(message)
		}
	}
}

func parseSSLv2(seen *[]byte, length int, more func(int) bool) (h hello, ok bool) {
	if length < 9 || !more(length-3) {
		return h, false
	}
	s := cryptobyte.String((*seen)[2:])
	var kind uint8
	var kinds, session, challenge uint16
	if !s.ReadUint8(&kind) || kind != 1 || !s.ReadUint16(&h.version) || !s.ReadUint16(&kinds) ||
		!s.ReadUint16(&session) || !s.ReadUint16(&challenge) {
		return h, false
	}
	for range kinds / 3 {
		var cipher uint32
		if !s.ReadUint24(&cipher) {
			return h, false
		}
		h.kinds = append(h.kinds, cipher)
	}
	h.sslv2, h.length = true, length
	return h, true
}

func parseHello(message []byte) (h hello, ok bool) {
	h.length, h.extensions = len(message), map[uint16][]byte{}
	s := cryptobyte.String(message[4:])
	var session, suites, compression cryptobyte.String
	if message[0] != 1 || !s.ReadUint16(&h.version) || !s.ReadBytes(&h.random, 32) || !s.ReadUint8LengthPrefixed(&session) ||
		!s.ReadUint16LengthPrefixed(&suites) || !s.ReadUint8LengthPrefixed(&compression) {
		return h, false
	}
	h.session, h.compression = session, compression
	for !suites.Empty() {
		var suite uint16
		if !suites.ReadUint16(&suite) {
			return h, false
		}
		h.suites = append(h.suites, suite)
	}
	if s.Empty() {
		return h, true
	}
	return h, h.readExtensions(&s)
}

func (h *hello) readExtensions(s *cryptobyte.String) bool {
	var list cryptobyte.String
	if !s.ReadUint16LengthPrefixed(&list) {
		return false
	}
	for !list.Empty() {
		var kind uint16
		var data cryptobyte.String
		if !list.ReadUint16(&kind) || !list.ReadUint16LengthPrefixed(&data) {
			return false
		}
		h.extensions[kind] = data
		h.order = append(h.order, kind)
	}
	return true
}

func (h hello) has(extension uint16) bool {
	_, ok := h.extensions[extension]
	return ok
}

func (h hello) offers(suite uint16) bool { return slices.Contains(h.suites, suite) }

// offersTLS13 looks into supported_versions (RFC 8446, section 4.2.1).
func (h hello) offersTLS13() bool {
	list := h.extensions[extVersions]
	for i := 1; i+1 < len(list); i += 2 {
		if list[i] == 3 && list[i+1] == 4 {
			return true
		}
	}
	return false
}

// greased reports a suite or extension of RFC 8701.
func (h hello) greased() bool {
	return slices.ContainsFunc(slices.Concat(h.suites, h.order), func(v uint16) bool {
		return v&0x0f0f == 0x0a0a && v>>8 == v&0xff
	})
}

// signs reports whether signature_algorithms has the pair (RFC 5246, section
// 7.4.1.4.1).
func (h hello) signs(hash, kind byte) bool {
	list := h.extensions[extSignatures]
	for i := 2; i+1 < len(list); i += 2 {
		if list[i] == hash && list[i+1] == kind {
			return true
		}
	}
	return false
}
