// The tables of suites, groups, schemes and versions.

package tlshello

import (
	"encoding"
	"encoding/json"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// unregistered are the suites that servers answered though IANA never
// registered them, or reserved their numbers because of them.
func unregistered() []Suite {
	return slices.Concat(
		[]Suite{0x001C, 0x001D, 0x0060, 0x0061, 0x0062, 0x0063, 0x0064, 0x0065, 0x0066},
		[]Suite{0x0072, 0x0073, 0x0074, 0x0077, 0x0078, 0x0079, 0x007C, 0x007D, 0x007E},
		[]Suite{0x0080, 0x0081, 0x0082, 0x0083, 0xCC13, 0xCC14, 0xCC15, 0xFEFE, 0xFEFF, 0xFFE0, 0xFFE1},
		[]Suite{0xFF00, 0xFF01, 0xFF02, 0xFF03, 0xFF85, 0xFF87},
		Suites(SSL2),
	)
}

func TestSuiteTableIsInOrderWithoutRepetition(t *testing.T) {
	names := map[string]Suite{}
	for i, row := range suiteRows {
		if i > 0 && suiteRows[i-1].Suite >= row.Suite {
			t.Errorf("%#x does not follow %#x", row.Suite, suiteRows[i-1].Suite)
		}
		if other, twice := names[row.Name]; twice {
			t.Errorf("%s is both %#x and %#x", row.Name, uint32(other), uint32(row.Suite))
		}
		names[row.Name] = row.Suite
		if row.Suite <= 0xFFFF && IsGREASE(uint16(row.Suite)) {
			t.Errorf("%#x is GREASE", row.Suite)
		}
	}
}

func TestEverySuiteAndGroupIsFoundByItsNumberAndNoOtherIs(t *testing.T) {
	suites, groups := map[Suite]Info{}, map[Group]GroupInfo{}
	for _, row := range suiteRows {
		suites[row.Suite] = row.Info
	}
	for _, row := range slices.Concat(groupRows, unlistedGroups) {
		groups[row.Group] = row
	}
	for s := range Suite(0x30000) {
		for _, suite := range []Suite{s, s | 0x080000, s | 0xFF0000, s | 0x7F000000} {
			if got, ok := suite.Info(); got != suites[suite] || ok != (suites[suite] != Info{}) {
				t.Fatalf("suite %#x is %+v, %v", uint32(suite), got, ok)
			}
		}
	}
	for g := range Group(0xFFFF) {
		if got, ok := g.Info(); got != groups[g] || ok != (groups[g] != GroupInfo{}) {
			t.Fatalf("group %#x is %+v, %v", uint16(g), got, ok)
		}
	}
}

func TestEveryRegisteredSuiteIsThere(t *testing.T) {
	// IANA's registry of November 2026 holds 356 suites, two of them signals.
	if got := len(suiteRows) - len(unregistered()); got != 354 {
		t.Errorf("%d registered suites, want 354", got)
	}
	for _, s := range unregistered() {
		if _, ok := s.Info(); !ok {
			t.Errorf("%s is not in the table", s)
		}
	}
}

func TestSuitesPerVersion(t *testing.T) {
	want := map[string]int{"SSLv2": 12, "SSLv3": 158, "TLS 1.0": 190, "TLS 1.1": 190, "TLS 1.2": 370, "TLS 1.3": 19}
	got := map[string]int{}
	for _, v := range Versions() {
		got[v.String()] = len(Suites(v))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	want13 := []Suite{0x006E, 0x006F, 0x0070, 0x0071, 0x00C6, 0x00C7, 0x1301, 0x1302, 0x1303, 0x1304, 0x1305, 0x1306, 0x1307,
		0xC0B4, 0xC0B5, 0xC103, 0xC104, 0xC105, 0xC106}
	if diff := cmp.Diff(want13, Suites(TLS13)); diff != "" {
		t.Error(diff)
	}
	if got := Suites(0x0305); len(got) != 0 {
		t.Errorf("suites for a version that does not exist: %v", got)
	}
}

// traits are the answers of all predicates, as letters.
func traits(s Suite) string {
	var b strings.Builder
	for _, p := range []struct {
		word string
		is   bool
	}{
		{"null ", s.Null()}, {"anonymous ", s.Anonymous()}, {"export ", s.Export()}, {"rc4 ", s.RC4()}, {"des ", s.DES()},
		{"3des ", s.TripleDES()}, {"static ", s.StaticKey()}, {"cbc ", s.CBC()}, {"aead ", s.AEAD()}, {"old ", s.Old()}, {"ccm8 ", s.CCM8()},
	} {
		if p.is {
			b.WriteString(p.word)
		}
	}
	return strings.TrimSpace(b.String())
}

func TestTraitsOfSuites(t *testing.T) {
	tests := map[string]string{
		"TLS_NULL_WITH_NULL_NULL":                       "null anonymous",
		"TLS_RSA_WITH_NULL_MD5":                         "null static",
		"TLS_RSA_EXPORT_WITH_RC4_40_MD5":                "export rc4 static",
		"TLS_RSA_EXPORT_WITH_RC2_CBC_40_MD5":            "export static cbc old",
		"TLS_RSA_EXPORT1024_WITH_DES_CBC_SHA":           "export des static cbc",
		"TLS_DHE_RSA_EXPORT_WITH_DES40_CBC_SHA":         "export des cbc",
		"TLS_DH_anon_EXPORT_WITH_RC4_40_MD5":            "anonymous export rc4",
		"TLS_DH_RSA_WITH_DES_CBC_SHA":                   "des static cbc",
		"TLS_RSA_WITH_3DES_EDE_CBC_SHA":                 "3des static cbc",
		"TLS_ECDH_ECDSA_WITH_AES_128_CBC_SHA":           "static cbc",
		"TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA":            "cbc",
		"TLS_ECDH_anon_WITH_NULL_SHA":                   "null anonymous",
		"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256":         "aead",
		"TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8":            "aead ccm8",
		"TLS_ECDHE_ECDSA_WITH_AES_128_CCM":              "aead",
		"TLS_AES_128_CCM_8_SHA256":                      "aead ccm8",
		"TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256_OLD": "aead",
		"TLS_PSK_WITH_AES_128_CBC_SHA":                  "cbc",
		"TLS_RSA_PSK_WITH_AES_128_CBC_SHA":              "static cbc",
		"TLS_KRB5_WITH_RC4_128_SHA":                     "rc4",
		"TLS_KRB5_EXPORT_WITH_DES_CBC_40_SHA":           "export des cbc",
		"TLS_SRP_SHA_WITH_3DES_EDE_CBC_SHA":             "3des cbc",
		"TLS_RSA_WITH_IDEA_CBC_SHA":                     "static cbc old",
		"TLS_RSA_WITH_SEED_CBC_SHA":                     "static cbc old",
		"TLS_RSA_WITH_CAMELLIA_256_CBC_SHA":             "static cbc",
		"TLS_RSA_WITH_ARIA_128_GCM_SHA256":              "static aead",
		"TLS_GOSTR341001_WITH_28147_CNT_IMIT":           "static old",
		"TLS_GOSTR341112_256_WITH_MAGMA_MGM_S":          "aead old",
		"TLS_GOSTR341112_256_WITH_KUZNYECHIK_CTR_OMAC":  "static",
		"SSL_FORTEZZA_KEA_WITH_FORTEZZA_CBC_SHA":        "cbc old",
		"SSL_CK_RC2_128_CBC_WITH_MD5":                   "static cbc old",
		"TLS_AES_128_GCM_SHA256":                        "aead",
		"TLS_SM4_CCM_SM3":                               "aead",
		"TLS_SHA256_SHA256":                             "null",
		"SSL_CK_RC4_128_EXPORT40_WITH_MD5":              "export rc4 static",
		"SSL_CK_DES_64_CBC_WITH_MD5":                    "des static cbc",
		"SSL_CK_DES_192_EDE3_CBC_WITH_MD5":              "3des static cbc",
		"TLS_FALLBACK_SCSV":                             "",
		"0x0A0A":                                        "",
	}
	for name, want := range tests {
		var s Suite
		if err := s.UnmarshalText([]byte(name)); err != nil {
			t.Error(err)
		}
		if got := traits(s); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

func TestEveryCipherHasOneStrength(t *testing.T) {
	bits := map[string]int{}
	for _, row := range suiteRows {
		if known, ok := bits[row.Cipher]; ok && known != row.Bits && row.Cipher != "RC4" {
			t.Errorf("%s has %d and %d bits", row.Cipher, known, row.Bits)
		}
		bits[row.Cipher] = row.Bits
		if row.Export && row.Bits > 56 || !row.Export && row.Bits > 0 && row.Bits < 56 {
			t.Errorf("%s: export %v with %d bits", row.Name, row.Export, row.Bits)
		}
	}
}

// opensslKx and its like translate OpenSSL's words into ours.
var (
	opensslKx = map[string]string{"RSA": "RSA", "DH": "DHE", "ECDH": "ECDHE", "PSK": "PSK", "RSAPSK": "RSA_PSK",
		"DHEPSK": "DHE_PSK", "ECDHEPSK": "ECDHE_PSK", "SRP": "SRP", "any": "any"}
	opensslAu = map[string]string{"None": "anon", "RSA": "RSA", "ECDSA": "ECDSA", "DSS": "DSS", "PSK": "PSK", "SRP": "SRP", "any": "any"}
)

func TestTableAgreesWithOpenSSL(t *testing.T) {
	cmd := exec.Command("openssl", "ciphers", "-V", "ALL:COMPLEMENTOFALL@SECLEVEL=0")
	cmd.Env = append(os.Environ(), "OPENSSL_CONF="+os.DevNull)
	out, err := cmd.Output()
	if err != nil {
		t.Skip("no openssl binary on this machine: the table is not held against its list")
	}
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line) // 0x13,0x01 - NAME TLSv1.3 Kx=any Au=any Enc=AESGCM(128) Mac=AEAD
		n, err := strconv.ParseUint(strings.NewReplacer("0x", "", ",", "").Replace(f[0]), 16, 32)
		if err != nil {
			t.Fatal(err)
		}
		info, ok := Suite(n).Info()
		if !ok {
			t.Errorf("OpenSSL knows %s", line)
			continue
		}
		_, bits, _ := strings.Cut(strings.TrimSuffix(f[6], ")"), "(")
		strength, _ := strconv.Atoi(bits) // Enc=None has none
		type row struct {
			Name, Kx, Au, Mac string
			Bits              int
		}
		want := row{f[2], opensslKx[f[4][3:]], opensslAu[f[5][3:]], f[7][4:], strength}
		if diff := cmp.Diff(want, row{info.OpenSSL, info.KeyExchange, info.Authentication, info.MAC, info.Bits}); diff != "" {
			t.Errorf("%s\n%s", info.Name, diff)
		}
	}
}

// text is what every named number can do.
type text interface {
	encoding.TextMarshaler
	encoding.TextUnmarshaler
}

func TestEveryNumberSurvivesItsText(t *testing.T) {
	for n := range uint32(0x10000) {
		v, g, s, c := Version(n), Group(n), SignatureScheme(n), Suite(n)
		roundTrip(t, &v, new(Version))
		roundTrip(t, &g, new(Group))
		roundTrip(t, &s, new(SignatureScheme))
		roundTrip(t, &c, new(Suite))
	}
	for _, s := range append(Suites(SSL2), 0x0A0B0C) {
		roundTrip(t, &s, new(Suite))
	}
	for k := KindNothing; k <= KindGarbled; k++ {
		roundTrip(t, &k, new(Kind))
	}
}

func roundTrip[N comparable, T interface {
	*N
	text
}](t *testing.T, value, back T) {
	t.Helper()
	words, err := value.MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	if err := back.UnmarshalText(words); err != nil {
		t.Fatal(err)
	}
	if *value != *back {
		t.Errorf("%v became %s and then %v", *value, words, *back)
	}
}

func TestNamesAreMapKeysInJSON(t *testing.T) {
	seen := map[Version]map[Suite][]Group{TLS12: {0xC02F: {X25519, 0x1234}}}
	data, err := json.Marshal(seen)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"TLS 1.2":{"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256":["x25519","0x1234"]}}`
	if string(data) != want {
		t.Errorf("%s, want %s", data, want)
	}
	var back map[Version]map[Suite][]Group
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(seen, back); diff != "" {
		t.Error(diff)
	}
}

func TestNamesThatAreNoneAreRefused(t *testing.T) {
	for _, word := range []string{"", "TLS", "0x", "0x1", "0x12345", "0x12345678", "0xZZZZ", "1301", "tls_aes_128_gcm_sha256"} {
		for _, value := range []text{new(Version), new(Group), new(SignatureScheme), new(Suite), new(Kind)} {
			if err := value.UnmarshalText([]byte(word)); err == nil {
				t.Errorf("%T took %q for %v", value, word, value)
			}
		}
	}
}
