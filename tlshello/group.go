// The groups that keys are agreed in: curves, primes and post-quantum schemes.

package tlshello

import (
	"fmt"
	"slices"
)

// Group is the number of a key agreement group: the "supported groups"
// registry of IANA (RFC 8446, section 4.2.7; RFC 7919; RFC 8422).
type Group uint16

// The groups that code has reason to name.
const (
	Secp256r1          Group = 0x0017
	Secp384r1          Group = 0x0018
	Secp521r1          Group = 0x0019
	X25519             Group = 0x001D
	X448               Group = 0x001E
	FFDHE2048          Group = 0x0100
	FFDHE3072          Group = 0x0101
	FFDHE4096          Group = 0x0102
	FFDHE6144          Group = 0x0103
	FFDHE8192          Group = 0x0104
	MLKEM512           Group = 0x0200
	MLKEM768           Group = 0x0201
	MLKEM1024          Group = 0x0202
	SecP256r1MLKEM768  Group = 0x11EB
	X25519MLKEM768     Group = 0x11EC
	SecP384r1MLKEM1024 Group = 0x11ED

	// X25519Kyber768Draft00 is what browsers sent before X25519MLKEM768.
	X25519Kyber768Draft00 Group = 0x6399

	// The next two stand for a curve that the server spells out itself
	// (RFC 8422, section 5.4). Groups does not list them.
	ExplicitPrimeCurve Group = 0xFF01
	ExplicitChar2Curve Group = 0xFF02
)

// GroupInfo says what a group is.
type GroupInfo struct {
	Group Group  `json:"group"`
	Name  string `json:"name"` // IANA's
	// Bits is the strength in bits, comparable to a cipher's: NIST SP 800-57
	// part 1, table 2 for curves, RFC 7919 appendix A for primes. A hybrid
	// counts as its post-quantum half.
	Bits int `json:"bits"`
	// Size is the size in bits of the curve or of the prime, and 0 for a
	// scheme that has neither.
	Size int    `json:"size"`
	Kind string `json:"kind"` // EC, FF, PQ or hybrid
}

var groupRows = []GroupInfo{
	{0x0001, "sect163k1", 80, 163, "EC"},
	{0x0002, "sect163r1", 80, 163, "EC"},
	{0x0003, "sect163r2", 80, 163, "EC"},
	{0x0004, "sect193r1", 96, 193, "EC"},
	{0x0005, "sect193r2", 96, 193, "EC"},
	{0x0006, "sect233k1", 112, 233, "EC"},
	{0x0007, "sect233r1", 112, 233, "EC"},
	{0x0008, "sect239k1", 112, 239, "EC"},
	{0x0009, "sect283k1", 128, 283, "EC"},
	{0x000A, "sect283r1", 128, 283, "EC"},
	{0x000B, "sect409k1", 192, 409, "EC"},
	{0x000C, "sect409r1", 192, 409, "EC"},
	{0x000D, "sect571k1", 256, 571, "EC"},
	{0x000E, "sect571r1", 256, 571, "EC"},
	{0x000F, "secp160k1", 80, 160, "EC"},
	{0x0010, "secp160r1", 80, 160, "EC"},
	{0x0011, "secp160r2", 80, 160, "EC"},
	{0x0012, "secp192k1", 96, 192, "EC"},
	{0x0013, "secp192r1", 96, 192, "EC"},
	{0x0014, "secp224k1", 112, 224, "EC"},
	{0x0015, "secp224r1", 112, 224, "EC"},
	{0x0016, "secp256k1", 128, 256, "EC"},
	{0x0017, "secp256r1", 128, 256, "EC"},
	{0x0018, "secp384r1", 192, 384, "EC"},
	{0x0019, "secp521r1", 256, 521, "EC"},
	{0x001A, "brainpoolP256r1", 128, 256, "EC"},
	{0x001B, "brainpoolP384r1", 192, 384, "EC"},
	{0x001C, "brainpoolP512r1", 256, 512, "EC"},
	{0x001D, "x25519", 128, 255, "EC"},
	{0x001E, "x448", 224, 448, "EC"},
	{0x001F, "brainpoolP256r1tls13", 128, 256, "EC"},
	{0x0020, "brainpoolP384r1tls13", 192, 384, "EC"},
	{0x0021, "brainpoolP512r1tls13", 256, 512, "EC"},
	{0x0022, "GC256A", 128, 256, "EC"},
	{0x0023, "GC256B", 128, 256, "EC"},
	{0x0024, "GC256C", 128, 256, "EC"},
	{0x0025, "GC256D", 128, 256, "EC"},
	{0x0026, "GC512A", 256, 512, "EC"},
	{0x0027, "GC512B", 256, 512, "EC"},
	{0x0028, "GC512C", 256, 512, "EC"},
	{0x0029, "curveSM2", 128, 256, "EC"},
	{0x0100, "ffdhe2048", 103, 2048, "FF"},
	{0x0101, "ffdhe3072", 125, 3072, "FF"},
	{0x0102, "ffdhe4096", 150, 4096, "FF"},
	{0x0103, "ffdhe6144", 175, 6144, "FF"},
	{0x0104, "ffdhe8192", 192, 8192, "FF"},
	{0x0200, "MLKEM512", 128, 0, "PQ"},
	{0x0201, "MLKEM768", 192, 0, "PQ"},
	{0x0202, "MLKEM1024", 256, 0, "PQ"},
	{0x11E9, "SecP256r1MLKEM512", 128, 256, "hybrid"},
	{0x11EA, "MLKEM512X25519", 128, 255, "hybrid"},
	{0x11EB, "SecP256r1MLKEM768", 192, 256, "hybrid"},
	{0x11EC, "X25519MLKEM768", 192, 255, "hybrid"},
	{0x11ED, "SecP384r1MLKEM1024", 256, 384, "hybrid"},
	{0x11EE, "curveSM2MLKEM768", 192, 256, "hybrid"},
	{0x4138, "CECPQ2", 192, 255, "hybrid"},
	{0x6399, "X25519Kyber768Draft00", 192, 255, "hybrid"},
	{0x639A, "SecP256r1Kyber768Draft00", 192, 256, "hybrid"},
}

// unlistedGroups have a name on the wire but cannot be asked for one by one.
var unlistedGroups = []GroupInfo{
	{ExplicitPrimeCurve, "arbitrary_explicit_prime_curves", 0, 0, "EC"},
	{ExplicitChar2Curve, "arbitrary_explicit_char2_curves", 0, 0, "EC"},
}

// Groups lists every group that can be asked for, by number: IANA's registry
// and the retired CECPQ2 and Kyber drafts.
func Groups() []Group {
	list := make([]Group, 0, len(groupRows))
	for _, row := range groupRows {
		list = append(list, row.Group)
	}
	return list
}

// Info says what the group is; false means that it is not known here.
func (g Group) Info() (GroupInfo, bool) {
	if row := groupByNumber[byte(g>>8)]; row != nil && row[byte(g)] != nil {
		return *row[byte(g)], true
	}
	return GroupInfo{}, false
}

// A groupIndex finds a group by the two bytes of its number.
type groupIndex [256]*[256]*GroupInfo

var groupByNumber = numberedGroups(groupRows, unlistedGroups)

func numberedGroups(lists ...[]GroupInfo) *groupIndex {
	var index groupIndex
	for _, rows := range lists {
		for i := range rows {
			high, low := byte(rows[i].Group>>8), byte(rows[i].Group)
			if index[high] == nil {
				index[high] = new([256]*GroupInfo)
			}
			index[high][low] = &rows[i]
		}
	}
	return &index
}

// String is the IANA name, or the number in hexadecimal.
func (g Group) String() string {
	if info, ok := g.Info(); ok {
		return info.Name
	}
	return hex16(uint16(g))
}

// MarshalText gives the same word as String; it never fails.
func (g Group) MarshalText() ([]byte, error) { return []byte(g.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (g *Group) UnmarshalText(text []byte) error {
	for _, rows := range [][]GroupInfo{groupRows, unlistedGroups} {
		i := slices.IndexFunc(rows, func(row GroupInfo) bool { return row.Name == string(text) })
		if i >= 0 {
			*g = rows[i].Group
			return nil
		}
	}
	n, err := parseHex(string(text), 4)
	if err != nil {
		return fmt.Errorf("reading group: %w", err)
	}
	*g = Group(n)
	return nil
}
