// Cipher suites: what they are called and what they are made of.

package tlshello

import (
	"fmt"
	"slices"
	"strings"
)

// Suite is the number of a cipher suite: 0x0000 to 0xFFFF for SSLv3 and TLS,
// three bytes such as 0x010080 for the cipher kinds of SSLv2.
type Suite uint32

// The two suite numbers that are signals and not suites: RFC 5746, section
// 3.3, and RFC 7507, section 2. Suites never lists them.
const (
	RenegotiationSCSV Suite = 0x00FF
	FallbackSCSV      Suite = 0x5600
)

// Info says what a suite is made of.
type Info struct {
	Suite   Suite  `json:"suite"`
	Name    string `json:"name"`    // IANA's, or the name that a draft or the field gave it
	OpenSSL string `json:"openssl"` // OpenSSL's (for retired suites testssl.sh's) name, or empty

	// KeyExchange is RSA, DH and ECDH (static keys), DHE and ECDHE (ephemeral
	// keys, also those of the anonymous suites), PSK, DHE_PSK, ECDHE_PSK,
	// RSA_PSK, SRP, KRB5, GOST, ECCPWD, FORTEZZA, NULL, or "any" at TLS 1.3,
	// where the suite does not say.
	KeyExchange string `json:"keyExchange"`
	// Authentication is RSA, ECDSA, DSS, anon, PSK, SRP, KRB5, ECCPWD,
	// GOST94, GOST01, GOST12, FORTEZZA, NULL, or "any" at TLS 1.3.
	Authentication string `json:"authentication"`
	// Cipher is the cipher with its key size and mode where the IANA name has
	// them (AES_128_GCM, CAMELLIA_256_CBC), and RC4, RC2, RC2_40, RC2_56, DES,
	// DES40, 3DES, IDEA, SEED, NULL without.
	Cipher string `json:"cipher"`
	Bits   int    `json:"bits"` // effective strength: 112 for 3DES, 40 for the EXPORT suites
	MAC    string `json:"mac"`  // AEAD, SHA1, SHA256, SHA384, MD5, RMD160, ...
	Export bool   `json:"export"`
}

// suiteRow adds to a suite the first version at which a server may choose it.
// Suites of TLS 1.3 belong to that version alone, all others end with TLS 1.2.
// Where a standard starts at TLS 1.0 but deployed servers answered at SSLv3
// too, as with the elliptic curve suites of RFC 4492, the row says SSLv3.
type suiteRow struct {
	first Version
	Info
}

var (
	suiteRows      = slices.Concat(suiteRows00, suiteRowsC0, ssl2Rows)
	suiteByName    = namedSuites(suiteRows)
	suiteByNumber  = numberedSuites(suiteRows)
	suitesOfSSL2   = ofVersion(SSL2, suiteRows)
	suitesSinceSSL = [...][]Suite{ofVersion(SSL3, suiteRows), ofVersion(TLS10, suiteRows), ofVersion(TLS11, suiteRows), ofVersion(TLS12, suiteRows), ofVersion(TLS13, suiteRows)}
)

func namedSuites(rows []suiteRow) map[string]Suite {
	byName := map[string]Suite{
		"TLS_EMPTY_RENEGOTIATION_INFO_SCSV": RenegotiationSCSV,
		"TLS_FALLBACK_SCSV":                 FallbackSCSV,
	}
	for _, row := range rows {
		byName[row.Name] = row.Suite
	}
	return byName
}

// A suiteIndex finds a suite by the bytes of its number: scans ask for thousands,
// again and again.
type suiteIndex [256]*[256]*[256]*suiteRow

func numberedSuites(rows []suiteRow) *suiteIndex {
	var index suiteIndex
	for i := range rows {
		high, middle, low := rows[i].Suite>>16, byte(rows[i].Suite>>8), byte(rows[i].Suite)
		if index[high] == nil {
			index[high] = new([256]*[256]*suiteRow)
		}
		if index[high][middle] == nil {
			index[high][middle] = new([256]*suiteRow)
		}
		index[high][middle][low] = &rows[i]
	}
	return &index
}

// row is nil for a suite that is not known here.
func (s Suite) row() *suiteRow {
	if s > 0xFFFFFF || suiteByNumber[s>>16] == nil || suiteByNumber[s>>16][byte(s>>8)] == nil {
		return nil
	}
	return suiteByNumber[s>>16][byte(s>>8)][byte(s)]
}

// Info says what the suite is made of; false means that it is not a suite
// known here.
func (s Suite) Info() (Info, bool) {
	if row := s.row(); row != nil {
		return row.Info, true
	}
	return Info{}, false
}

// Suites lists every suite that can be asked at a version, by number: all of
// IANA's registry (with those of RFC 2712, RFC 4162, RFC 5054, RFC 5469, RFC
// 5932, RFC 6209, RFC 6367, RFC 8492, RFC 8998, RFC 9150, RFC 9189, RFC 9367
// and the like), the unregistered ones that servers are known to have answered
// (EXPORT1024, the draft ChaCha20 numbers, Netscape's FIPS suites, OpenSSL's
// private GOST numbers), no GREASE and no signals.
func Suites(v Version) []Suite {
	switch {
	case v == SSL2:
		return slices.Clone(suitesOfSSL2)
	case v < SSL3 || v > TLS13:
		return []Suite{}
	}
	return slices.Clone(suitesSinceSSL[v-SSL3])
}

func ofVersion(v Version, rows []suiteRow) []Suite {
	list := []Suite{}
	for i := range rows {
		if rows[i].fits(v) {
			list = append(list, rows[i].Suite)
		}
	}
	return list
}

func (row *suiteRow) fits(v Version) bool {
	if row.first == SSL2 || row.first == TLS13 {
		return v == row.first
	}
	return v >= row.first && v <= TLS12
}

// String is the IANA name, or the number in hexadecimal.
func (s Suite) String() string {
	row := s.row()
	switch {
	case row != nil:
		return row.Name
	case s == RenegotiationSCSV:
		return "TLS_EMPTY_RENEGOTIATION_INFO_SCSV"
	case s == FallbackSCSV:
		return "TLS_FALLBACK_SCSV"
	case s > 0xFFFF:
		return fmt.Sprintf("0x%06X", uint32(s))
	}
	return hex16(uint16(s))
}

// MarshalText gives the same word as String; it never fails.
func (s Suite) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (s *Suite) UnmarshalText(text []byte) error {
	if suite, ok := suiteByName[string(text)]; ok {
		*s = suite
		return nil
	}
	n, err := parseHex(string(text), 4, 6)
	if err != nil {
		return fmt.Errorf("reading cipher suite: %w", err)
	}
	*s = Suite(n)
	return nil
}

var (
	staticExchanges = []string{"RSA", "DH", "ECDH", "RSA_PSK", "GOST"}
	oldChained      = []string{"3DES", "DES", "DES40", "RC2", "RC2_40", "RC2_56", "IDEA", "SEED", "FORTEZZA"}
	oldCiphers      = []string{"RC2", "RC2_40", "RC2_56", "IDEA", "SEED", "FORTEZZA", "GOST28147_CNT", "MAGMA_CTR", "MAGMA_MGM"}
)

// The questions below answer false for a suite that is not known here.

// Null tells whether the suite does not encrypt.
func (s Suite) Null() bool { return s.has(func(i *Info) bool { return i.Cipher == "NULL" }) }

// Anonymous tells whether the server proves no identity at all.
func (s Suite) Anonymous() bool {
	return s.has(func(i *Info) bool { return i.Authentication == "anon" || i.Authentication == "NULL" })
}

// Export tells whether the suite was weakened for the export rules of the
// 1990s: 40 or 56 bits, and for RSA and DHE short keys too.
func (s Suite) Export() bool { return s.has(func(i *Info) bool { return i.Export }) }

// RC4 tells whether the cipher is RC4, of any key size (RFC 7465).
func (s Suite) RC4() bool { return s.has(func(i *Info) bool { return i.Cipher == "RC4" }) }

// DES tells whether the cipher is single DES, 56 or 40 bits.
func (s Suite) DES() bool {
	return s.has(func(i *Info) bool { return i.Cipher == "DES" || i.Cipher == "DES40" || i.Cipher == "DES_CFB" })
}

// TripleDES tells whether the cipher is 3DES (SWEET32).
func (s Suite) TripleDES() bool { return s.has(func(i *Info) bool { return i.Cipher == "3DES" }) }

// StaticKey tells whether the server's long-lived key alone opens recorded
// traffic: RSA key transport, static DH and ECDH, RSA_PSK and GOST. Suites that
// rest on a shared secret only (PSK, KRB5) have no such key and answer false.
func (s Suite) StaticKey() bool {
	return s.has(func(i *Info) bool {
		return slices.Contains(staticExchanges, i.KeyExchange)
	})
}

// CBC tells whether a block cipher runs in CBC mode, which before
// encrypt-then-MAC (RFC 7366) is open to padding and timing attacks.
func (s Suite) CBC() bool {
	return s.has(func(i *Info) bool {
		return strings.HasSuffix(i.Cipher, "_CBC") ||
			slices.Contains(oldChained, i.Cipher)
	})
}

// Old tells whether the cipher was retired, or encrypts blocks of 64 bits, and is
// none of RC4, DES and 3DES: RC2, IDEA, SEED, FORTEZZA, GOST 28147 and its
// successor Magma.
func (s Suite) Old() bool {
	return s.has(func(i *Info) bool {
		return slices.Contains(oldCiphers, i.Cipher)
	})
}

// CCM8 tells whether the cipher's authentication tag is cut to eight bytes
// (RFC 6655, section 6.1).
func (s Suite) CCM8() bool {
	return s.has(func(i *Info) bool { return strings.HasSuffix(i.Cipher, "_CCM_8") })
}

// AEAD tells whether the cipher authenticates what it encrypts (RFC 5116).
func (s Suite) AEAD() bool { return s.has(func(i *Info) bool { return i.MAC == "AEAD" }) }

func (s Suite) has(what func(*Info) bool) bool {
	row := s.row()
	return row != nil && what(&row.Info)
}
