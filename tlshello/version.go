// The protocol versions and their names.

package tlshello

import (
	"fmt"
	"slices"
	"strconv"
)

// Version is a protocol version as it stands on the wire.
type Version uint16

// The versions that were ever deployed. SSLv2 is 0x0002 on the wire
// (Hickman, The SSL Protocol, section C.1); the others count from 0x0300.
const (
	SSL2  Version = 0x0002
	SSL3  Version = 0x0300
	TLS10 Version = 0x0301
	TLS11 Version = 0x0302
	TLS12 Version = 0x0303
	TLS13 Version = 0x0304
)

var versionNames = []struct {
	version Version
	name    string
}{
	{SSL2, "SSLv2"},
	{SSL3, "SSLv3"},
	{TLS10, "TLS 1.0"},
	{TLS11, "TLS 1.1"},
	{TLS12, "TLS 1.2"},
	{TLS13, "TLS 1.3"},
}

// Versions lists every version, oldest first.
func Versions() []Version {
	return []Version{SSL2, SSL3, TLS10, TLS11, TLS12, TLS13}
}

// String is the version's usual name, or its number in hexadecimal.
func (v Version) String() string {
	for _, row := range versionNames {
		if row.version == v {
			return row.name
		}
	}
	return hex16(uint16(v))
}

// MarshalText gives the same word as String; it never fails.
func (v Version) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (v *Version) UnmarshalText(text []byte) error {
	for _, row := range versionNames {
		if row.name == string(text) {
			*v = row.version
			return nil
		}
	}
	n, err := parseHex(string(text), 4)
	if err != nil {
		return fmt.Errorf("reading protocol version: %w", err)
	}
	*v = Version(n)
	return nil
}

// IsGREASE tells whether n is one of the sixteen values that clients send to
// check that servers ignore what they do not know (RFC 8701, section 2).
func IsGREASE(n uint16) bool { return n&0x0F0F == 0x0A0A && n>>8 == n&0xFF }

// greaseValue gives the GREASE value that a byte of chance picks.
func greaseValue(seed byte) uint16 {
	n := uint16(seed&0x0F)<<4 | 0x0A
	return n<<8 | n
}

func hex16(n uint16) string { return fmt.Sprintf("0x%04X", n) }

// parseHex reads "0x" and exactly as many hexadecimal digits as one of widths.
func parseHex(text string, widths ...int) (uint32, error) {
	if len(text) < 2 || text[:2] != "0x" || !slices.Contains(widths, len(text)-2) {
		return 0, fmt.Errorf("%.80q is neither a known name nor a number such as 0x1301", text)
	}
	n, err := strconv.ParseUint(text[2:], 16, 32)
	if err != nil {
		return 0, fmt.Errorf("%.80q is neither a known name nor a number such as 0x1301", text)
	}
	return uint32(n), nil
}
