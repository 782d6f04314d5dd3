// The client's hello as bytes.

package tlshello

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"golang.org/x/crypto/cryptobyte"
)

// Record types (RFC 8446, section 5.1; heartbeat: RFC 6520).
const (
	recordChangeCipherSpec = 20
	recordAlert            = 21
	recordHandshake        = 22
	recordData             = 23
	recordHeartbeat        = 24
)

// maxPlaintext is how much a record may carry (RFC 8446, section 5.1).
const maxPlaintext = 1 << 14

// The extensions that are written or read here, by IANA number.
const (
	ExtServerName           uint16 = 0
	ExtStatusRequest        uint16 = 5
	ExtSupportedGroups      uint16 = 10
	ExtPointFormats         uint16 = 11
	ExtSignatureAlgorithms  uint16 = 13
	ExtHeartbeat            uint16 = 15
	ExtALPN                 uint16 = 16
	ExtSCT                  uint16 = 18
	ExtPadding              uint16 = 21
	ExtEncryptThenMAC       uint16 = 22
	ExtExtendedMasterSecret uint16 = 23
	ExtSessionTicket        uint16 = 35
	ExtSupportedVersions    uint16 = 43
	ExtCookie               uint16 = 44
	ExtPSKModes             uint16 = 45
	ExtKeyShare             uint16 = 51
	ExtRenegotiationInfo    uint16 = 0xFF01
)

// Marshal is the hello in complete records, ready to be sent. The error says
// which field has no form in bytes.
func (c Client) Marshal() ([]byte, error) {
	if c.Version == 0 {
		return nil, errors.New("writing client hello: no version")
	}
	if c.writesSSL2() {
		return c.marshalSSL2()
	}
	hello, err := c.hello()
	if err != nil {
		return nil, err
	}
	size := c.RecordSize
	if size <= 0 || size > maxPlaintext {
		size = maxPlaintext
	}
	version := c.recordVersion()
	records := make([]byte, 0, len(hello)+5*(len(hello)/size+1))
	for part := range slices.Chunk(hello, size) {
		records = append(records, recordHandshake, byte(version>>8), byte(version), byte(len(part)>>8), byte(len(part)))
		records = append(records, part...)
	}
	return records, nil
}

// recordVersion follows RFC 8446, section 5.1: 0x0301 for a first hello, the
// highest legacy version afterwards.
func (c Client) recordVersion() Version {
	switch {
	case c.RecordVersion != 0:
		return c.RecordVersion
	case c.Version <= SSL3:
		return SSL3
	case len(c.Transcript) > 0:
		return TLS12
	}
	return TLS10
}

// hello is the handshake message without its records.
func (c Client) hello() ([]byte, error) {
	suites, err := c.wireSuites()
	if err != nil {
		return nil, err
	}
	extensions, err := c.extensions()
	if err != nil {
		return nil, err
	}
	if len(c.SessionID) > 32 {
		return nil, fmt.Errorf("writing client hello: session id has %d bytes, at most 32 fit", len(c.SessionID))
	}
	message, err := c.assemble(suites, extensions)
	if err != nil || !c.Padding || len(message) < 256 || len(message) > 511 {
		return message, err
	}
	fill := max(512-len(message)-4, 0)
	return c.assemble(suites, append(extensions, Extension{ExtPadding, make([]byte, fill)}))
}

func (c Client) assemble(suites []uint16, extensions []Extension) ([]byte, error) {
	var b cryptobyte.Builder
	b.AddUint8(messageClientHello)
	b.AddUint24LengthPrefixed(func(b *cryptobyte.Builder) {
		b.AddUint16(uint16(c.legacyVersion()))
		b.AddBytes(c.Random[:])
		vector8(b, c.SessionID)
		b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) { addUint16s(b, suites) })
		vector8(b, c.compression())
		if len(extensions) == 0 {
			return
		}
		b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) {
			for _, e := range extensions {
				b.AddUint16(e.Type)
				b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(e.Data) })
			}
		})
	})
	return finish(&b, "client hello")
}

// wireSuites is the list of suites with the signals at its end.
func (c Client) wireSuites() ([]uint16, error) {
	suites := make([]uint16, 0, len(c.Suites)+2)
	for _, s := range c.Suites {
		if s > 0xFFFF {
			return nil, fmt.Errorf("writing client hello: %s is an SSLv2 cipher kind", s)
		}
		suites = append(suites, uint16(s))
	}
	if len(suites) == 0 {
		return nil, errors.New("writing client hello: no cipher suites")
	}
	for _, s := range c.signals() {
		suites = append(suites, uint16(s))
	}
	return suites, nil
}

// signals is the signalling suites that the hello carries.
func (c Client) signals() []Suite {
	var list []Suite
	if c.RenegotiationInfo && (c.Version <= SSL3 || c.writesSSL2()) {
		list = append(list, RenegotiationSCSV)
	}
	if c.FallbackSCSV {
		list = append(list, FallbackSCSV)
	}
	return list
}

// extensions is every extension of the hello in the order of the wire, without
// padding. SSLv3 has none but the Extra ones.
func (c Client) extensions() ([]Extension, error) {
	if c.Version <= SSL3 {
		return c.Extra, nil
	}
	var list []Extension
	for _, row := range extensionRows {
		if !row.wanted(c) {
			continue
		}
		var b cryptobyte.Builder
		if err := row.write(c, &b); err != nil {
			return nil, err
		}
		data, err := finish(&b, row.name)
		if err != nil {
			return nil, err
		}
		list = append(list, Extension{row.number, data})
	}
	return append(list, c.Extra...), nil
}

// sniName is the name as server_name sends it, or empty.
func (c Client) sniName() string {
	name := strings.TrimSuffix(c.ServerName, ".")
	if _, err := netip.ParseAddr(strings.Trim(name, "[]")); err == nil {
		return ""
	}
	return name
}

func vector8(b *cryptobyte.Builder, data []byte) {
	b.AddUint8LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(data) })
}

func vector16(b *cryptobyte.Builder, data []byte) {
	b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(data) })
}

func addUint16s[N ~uint16](b *cryptobyte.Builder, list []N) {
	for _, n := range list {
		b.AddUint16(uint16(n))
	}
}

func finish(b *cryptobyte.Builder, what string) ([]byte, error) {
	data, err := b.Bytes()
	if err != nil {
		return nil, fmt.Errorf("writing %s: %w", what, err)
	}
	if data == nil {
		return []byte{}, nil
	}
	return data, nil
}
