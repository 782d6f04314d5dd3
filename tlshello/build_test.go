// Server messages built by hand, for what no real server sends.

package tlshello

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/crypto/cryptobyte"
)

// record frames a payload.
func record(kind byte, payload string) string {
	return string([]byte{kind, 3, 3, byte(len(payload) >> 8), byte(len(payload))}) + payload
}

// fragmented frames handshake bytes in as many records as they need.
func fragmented(messages string) string {
	var b strings.Builder
	for part := range slices.Chunk([]byte(messages), maxPlaintext) {
		b.WriteString(record(recordHandshake, string(part)))
	}
	return b.String()
}

// message frames a handshake body.
func message(kind byte, body string) string {
	return string([]byte{kind, byte(len(body) >> 16), byte(len(body) >> 8), byte(len(body))}) + body
}

// helloSpec is a ServerHello as a test wants it.
type helloSpec struct {
	version     Version
	suite       Suite
	compression byte
	retry       bool
	group       Group    // of a HelloRetryRequest
	share       KeyShare // TLS 1.3: whose public half is sent
	sessionID   []byte
	extensions  []Extension
}

// helloMessage is the ServerHello as a handshake message.
func helloMessage(t testing.TB, spec helloSpec) string {
	t.Helper()
	extensions := spec.extensions
	if spec.version >= TLS13 {
		extensions = append(extensions, Extension{ExtSupportedVersions, []byte{byte(spec.version >> 8), byte(spec.version)}})
	}
	if spec.group != 0 {
		extensions = append(extensions, Extension{ExtKeyShare, []byte{byte(spec.group >> 8), byte(spec.group)}})
	}
	if spec.share.Group != 0 {
		extensions = append(extensions, Extension{ExtKeyShare, shareBytes(t, spec.share)})
	}
	var b cryptobyte.Builder
	b.AddUint16(uint16(min(spec.version, TLS12)))
	random := make([]byte, 32)
	if spec.retry {
		random = retryRandom[:]
	}
	b.AddBytes(random)
	vector8(&b, spec.sessionID)
	b.AddUint16(uint16(spec.suite))
	b.AddUint8(spec.compression)
	if len(extensions) > 0 {
		b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) {
			for _, e := range extensions {
				b.AddUint16(e.Type)
				vector16(b, e.Data)
			}
		})
	}
	return message(messageServerHello, string(b.BytesOrPanic()))
}

func shareBytes(t testing.TB, share KeyShare) []byte {
	t.Helper()
	public, err := Client{}.public(share)
	if err != nil {
		t.Fatal(err)
	}
	var b cryptobyte.Builder
	b.AddUint16(uint16(share.Group))
	vector16(&b, public)
	return b.BytesOrPanic()
}

// serverHelloOf is the ServerHello in its record.
func serverHelloOf(t testing.TB, spec helloSpec) string {
	t.Helper()
	return record(recordHandshake, helloMessage(t, spec))
}
