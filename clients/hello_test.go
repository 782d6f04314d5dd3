// Reading the hellos of real programs, as the table keeps them.

package clients

import (
	"errors"
	"slices"

	"golang.org/x/crypto/cryptobyte"

	"middlebrick/tlshello"
)

var errHello = errors.New("what came is no ClientHello")

// readHello fills in what a program's first flight says. Versions below its
// newest are not in an old hello; oldest is the one that it is known to go down to.
func readHello(raw []byte, oldest tlshello.Version) (Client, error) {
	c := Client{Groups: []tlshello.Group{}, Shares: []tlshello.Group{}, Schemes: []tlshello.SignatureScheme{}, ALPN: []string{}}
	if len(raw) > 2 && raw[0]&0x80 != 0 && raw[2] == 1 {
		return readOldForm(raw, c, oldest)
	}
	in := cryptobyte.String(joinRecords(raw))
	var kind uint8
	var body, session, suites, compression, extensions cryptobyte.String
	var legacy uint16
	if !in.ReadUint8(&kind) || kind != 1 || !in.ReadUint24LengthPrefixed(&body) || !body.ReadUint16(&legacy) || !body.Skip(32) ||
		!body.ReadUint8LengthPrefixed(&session) || !body.ReadUint16LengthPrefixed(&suites) || !body.ReadUint8LengthPrefixed(&compression) {
		return c, errHello
	}
	c.addSuites(suites)
	c.Versions = downFrom(tlshello.Version(legacy), oldest)
	if !body.Empty() && !body.ReadUint16LengthPrefixed(&extensions) {
		return c, errHello
	}
	for !extensions.Empty() {
		var number uint16
		var data cryptobyte.String
		if !extensions.ReadUint16(&number) || !extensions.ReadUint16LengthPrefixed(&data) {
			return c, errHello
		}
		c.extension(number, data)
	}
	return c, nil
}

// joinRecords gives the handshake bytes of the first records.
func joinRecords(raw []byte) (joined []byte) {
	for len(raw) >= 5 && raw[0] == 22 {
		end := min(len(raw), 5+int(raw[3])<<8+int(raw[4]))
		joined, raw = append(joined, raw[5:end]...), raw[end:]
	}
	return joined
}

// readOldForm reads an SSLv2 CLIENT-HELLO that offers later versions (RFC 5246,
// appendix E.2).
func readOldForm(raw []byte, c Client, oldest tlshello.Version) (Client, error) {
	in := cryptobyte.String(raw[3:])
	var version, suites, session, challenge uint16
	if !in.ReadUint16(&version) || !in.ReadUint16(&suites) || !in.ReadUint16(&session) || !in.ReadUint16(&challenge) {
		return c, errHello
	}
	c.Versions = downFrom(tlshello.Version(version), oldest)
	for range suites / 3 {
		var first uint8
		var number uint16
		if !in.ReadUint8(&first) || !in.ReadUint16(&number) {
			return c, errHello
		}
		if first == 0 && number != uint16(tlshello.RenegotiationSCSV) {
			c.Suites = append(c.Suites, tlshello.Suite(number))
		}
	}
	return c, nil
}

func downFrom(newest, oldest tlshello.Version) (list []tlshello.Version) {
	for _, v := range slices.Backward(tlshello.Versions()) {
		if v <= newest && v >= oldest {
			list = append(list, v)
		}
	}
	return list
}

func (c *Client) addSuites(in cryptobyte.String) {
	for _, n := range numbers(in) {
		if s := tlshello.Suite(n); s != tlshello.RenegotiationSCSV && s != tlshello.FallbackSCSV {
			c.Suites = append(c.Suites, s)
		}
	}
}

// numbers are the 16-bit values of a list, reserved ones left out.
func numbers(in cryptobyte.String) (list []uint16) {
	var n uint16
	for in.ReadUint16(&n) {
		if !tlshello.IsGREASE(n) {
			list = append(list, n)
		}
	}
	return list
}

func (c *Client) extension(number uint16, data cryptobyte.String) {
	var list cryptobyte.String
	switch number {
	case tlshello.ExtServerName:
		c.SNI = true
	case tlshello.ExtSupportedGroups:
		data.ReadUint16LengthPrefixed(&list)
		for _, n := range numbers(list) {
			c.Groups = append(c.Groups, tlshello.Group(n))
		}
	case tlshello.ExtSignatureAlgorithms:
		data.ReadUint16LengthPrefixed(&list)
		for _, n := range numbers(list) {
			c.Schemes = append(c.Schemes, tlshello.SignatureScheme(n))
		}
	case tlshello.ExtSupportedVersions:
		data.ReadUint8LengthPrefixed(&list)
		c.Versions = nil
		for _, n := range numbers(list) {
			c.Versions = append(c.Versions, tlshello.Version(n))
		}
	case tlshello.ExtALPN:
		c.protocols(data)
	case tlshello.ExtKeyShare:
		c.keyShares(data)
	}
}

func (c *Client) protocols(data cryptobyte.String) {
	var list, name cryptobyte.String
	data.ReadUint16LengthPrefixed(&list)
	for list.ReadUint8LengthPrefixed(&name) {
		if len(name) != 2 || !tlshello.IsGREASE(uint16(name[0])<<8|uint16(name[1])) {
			c.ALPN = append(c.ALPN, string(name))
		}
	}
}

func (c *Client) keyShares(data cryptobyte.String) {
	var list, key cryptobyte.String
	var group uint16
	data.ReadUint16LengthPrefixed(&list)
	for list.ReadUint16(&group) && list.ReadUint16LengthPrefixed(&key) {
		if !tlshello.IsGREASE(group) {
			c.Shares = append(c.Shares, tlshello.Group(group))
		}
	}
}
