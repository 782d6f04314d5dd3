// The extensions of a client's hello, one row each, in the order of the wire.

package tlshello

import (
	"fmt"
	"slices"

	"golang.org/x/crypto/cryptobyte"
)

type extensionRow struct {
	name   string
	number uint16
	wanted func(Client) bool
	write  func(Client, *cryptobyte.Builder) error
}

var extensionRows = []extensionRow{
	{"server_name", ExtServerName, func(c Client) bool { return c.sniName() != "" }, writeServerName},
	{"extended_master_secret", ExtExtendedMasterSecret, func(c Client) bool { return c.ExtendedMasterSecret }, writeNothing},
	{"renegotiation_info", ExtRenegotiationInfo, func(c Client) bool { return c.RenegotiationInfo }, writeZero},
	{"supported_groups", ExtSupportedGroups, func(c Client) bool { return len(c.groups()) > 0 }, writeGroups},
	{"ec_point_formats", ExtPointFormats, Client.wantsPointFormats, writePointFormats},
	{"session_ticket", ExtSessionTicket, func(c Client) bool { return c.SessionTicket }, writeNothing},
	{"application_layer_protocol_negotiation", ExtALPN, func(c Client) bool { return len(c.ALPN) > 0 }, writeALPN},
	{"status_request", ExtStatusRequest, func(c Client) bool { return c.StatusRequest }, writeStatusRequest},
	{"signature_algorithms", ExtSignatureAlgorithms, func(c Client) bool { return len(c.schemes()) > 0 }, writeSchemes},
	{"signed_certificate_timestamp", ExtSCT, func(c Client) bool { return c.SCT }, writeNothing},
	{"encrypt_then_mac", ExtEncryptThenMAC, func(c Client) bool { return c.EncryptThenMAC }, writeNothing},
	{"heartbeat", ExtHeartbeat, func(c Client) bool { return c.Heartbeat }, writeHeartbeat},
	{"key_share", ExtKeyShare, Client.offersTLS13, writeKeyShares},
	{"psk_key_exchange_modes", ExtPSKModes, Client.offersTLS13, writePSKModes},
	{"supported_versions", ExtSupportedVersions, func(c Client) bool { return len(c.versions()) > 0 }, writeVersions},
	{"cookie", ExtCookie, func(c Client) bool { return len(c.Cookie) > 0 }, writeCookie},
}

func writeNothing(Client, *cryptobyte.Builder) error { return nil }

// writeZero is the empty renegotiated_connection of RFC 5746, section 3.2.
func writeZero(_ Client, b *cryptobyte.Builder) error {
	b.AddUint8(0)
	return nil
}

// writeHeartbeat lets the peer send heartbeats (RFC 6520, section 2).
func writeHeartbeat(_ Client, b *cryptobyte.Builder) error {
	b.AddUint8(1)
	return nil
}

// writeServerName follows RFC 6066, section 3.
func writeServerName(c Client, b *cryptobyte.Builder) error {
	b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) {
		b.AddUint8(0) // host_name
		vector16(b, []byte(c.sniName()))
	})
	return nil
}

func writeGroups(c Client, b *cryptobyte.Builder) error {
	b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) { addUint16s(b, c.groups()) })
	return nil
}

// wantsPointFormats is for suites of RFC 8422, which TLS 1.3 does without.
func (c Client) wantsPointFormats() bool {
	return slices.ContainsFunc(c.Suites, usesCurve) && len(c.groups()) > 0
}

func writePointFormats(_ Client, b *cryptobyte.Builder) error {
	vector8(b, []byte{0}) // uncompressed
	return nil
}

// writeALPN follows RFC 7301, section 3.1.
func writeALPN(c Client, b *cryptobyte.Builder) error {
	for _, name := range c.ALPN {
		if len(name) == 0 || len(name) > 255 {
			return fmt.Errorf("writing client hello: ALPN name of %d bytes, 1 to 255 fit", len(name))
		}
	}
	b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) {
		for _, name := range c.ALPN {
			vector8(b, []byte(name))
		}
	})
	return nil
}

// writeStatusRequest asks for OCSP from any responder (RFC 6066, section 8).
func writeStatusRequest(_ Client, b *cryptobyte.Builder) error {
	b.AddBytes([]byte{1, 0, 0, 0, 0})
	return nil
}

func writeSchemes(c Client, b *cryptobyte.Builder) error {
	b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) { addUint16s(b, c.schemes()) })
	return nil
}

// writeKeyShares follows RFC 8446, section 4.2.8.
func writeKeyShares(c Client, b *cryptobyte.Builder) error {
	var entries cryptobyte.Builder
	for _, share := range c.shares() {
		key, err := c.public(share)
		if err != nil {
			return err
		}
		entries.AddUint16(uint16(share.Group))
		vector16(&entries, key)
	}
	list, err := finish(&entries, "key_share")
	if err != nil {
		return err
	}
	vector16(b, list)
	return nil
}

// writePSKModes says psk_dhe_ke, without which servers send no ticket
// (RFC 8446, section 4.2.9).
func writePSKModes(_ Client, b *cryptobyte.Builder) error {
	vector8(b, []byte{1})
	return nil
}

func writeVersions(c Client, b *cryptobyte.Builder) error {
	b.AddUint8LengthPrefixed(func(b *cryptobyte.Builder) { addUint16s(b, c.versions()) })
	return nil
}

func writeCookie(c Client, b *cryptobyte.Builder) error {
	vector16(b, c.Cookie)
	return nil
}
