// The bytes of hellos.

package tlshello

import (
	"bytes"
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/cryptobyte"
)

func TestHelloBytes(t *testing.T) {
	random := strings.Repeat("07", 32)
	var sevens [32]byte
	for i := range sevens {
		sevens[i] = 7
	}
	tests := map[string]struct {
		client Client
		want   string
	}{
		"SSLv2": {
			Client{Version: SSL2, Suites: []Suite{0x010080, 0x0700C0}, Random: sevens},
			"801f 01 0002 0006 0000 0010 010080 0700c0" + random[:32],
		},
		"TLS in the form of SSLv2": {
			Client{Version: TLS12, SSL2Format: true, Suites: []Suite{0x0005, 0x010080}, RenegotiationInfo: true, Random: sevens},
			"8022 01 0303 0009 0000 0010 000005 010080 0000ff" + random[:32],
		},
		"SSLv3 with signals": {
			Client{Version: SSL3, Suites: []Suite{0x0005}, RenegotiationInfo: true, FallbackSCSV: true, Random: sevens, ServerName: "a.test"},
			"16 0300 0031 01 00002d 0300" + random + "00 0006 0005 00ff 5600 01 00",
		},
		"TLS 1.0 without extensions": {
			Client{Version: TLS10, Suites: []Suite{0x0005}, Compression: []byte{1, 0}, Random: sevens, SessionID: []byte{1, 2}},
			"16 0301 0030 01 00002c 0301" + random + "02 0102 0002 0005 02 0100",
		},
		"TLS 1.2 with every extension": {
			Client{Version: TLS12, Suites: []Suite{0xC02F}, Random: sevens, ServerName: "a.test.", ALPN: []string{"h2"},
				Groups: []Group{X25519}, SignatureSchemes: []SignatureScheme{0x0401}, StatusRequest: true, SCT: true,
				ExtendedMasterSecret: true, SessionTicket: true, RenegotiationInfo: true, EncryptThenMAC: true, Heartbeat: true,
				Extra: []Extension{{0x1234, []byte{9}}}},
			"16 0301 0085 01 000081 0303" + random + "00 0002 c02f 01 00 0056" +
				"0000 000b 0009 00 0006 612e74657374" + "0017 0000" + "ff01 0001 00" + "000a 0004 0002 001d" + "000b 0002 0100" +
				"0023 0000" + "0010 0005 0003 02 6832" + "0005 0005 0100000000" + "000d 0004 0002 0401" + "0012 0000" + "0016 0000" +
				"000f 0001 01" + "1234 0001 09",
		},
		"TLS 1.3 with an empty key share": {
			Client{Version: TLS13, Suites: []Suite{0x1301}, Random: sevens, Groups: []Group{X448}, SignatureSchemes: []SignatureScheme{}, EmptyKeyShare: true},
			"16 0301 004a 01 000046 0303" + random + "00 0002 1301 01 00 001b" +
				"000a 0004 0002 001e" + "0033 0002 0000" + "002d 0002 0101" + "002b 0003 02 0304",
		},
		"versions and sizes of one's own": {
			Client{Version: TLS12, Suites: []Suite{0x0005}, SignatureSchemes: []SignatureScheme{}, Random: sevens,
				LegacyVersion: 0x0309, RecordVersion: 0x0399, RecordSize: 40},
			"16 0399 0028 01 000029 0309" + random + "00 00" + "16 0399 0005 02 0005 01 00",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := test.client.Marshal()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.ReplaceAll(test.want, " ", ""), hex.EncodeToString(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestHelloWithoutAFormIsRefused(t *testing.T) {
	good := Client{Version: TLS13, Suites: []Suite{0x1301}}
	tests := map[string]func(*Client){
		"writing client hello: no version":                                                          func(c *Client) { c.Version = 0 },
		"writing client hello: no cipher suites":                                                    func(c *Client) { c.Suites = nil },
		"writing client hello: SSL_CK_RC4_128_WITH_MD5 is an SSLv2 cipher kind":                     func(c *Client) { c.Suites = []Suite{0x010080} },
		"writing client hello: session id has 33 bytes, at most 32 fit":                             func(c *Client) { c.SessionID = make([]byte, 33) },
		"writing client hello: ALPN name of 0 bytes, 1 to 255 fit":                                  func(c *Client) { c.ALPN = []string{""} },
		"writing client hello: ALPN name of 256 bytes, 1 to 255 fit":                                func(c *Client) { c.ALPN = []string{strings.Repeat("a", 256)} },
		"making key share: no way to compute in group x448":                                         func(c *Client) { c.KeyShares = []KeyShare{{Group: X448}} },
		"writing SSLv2 client hello: no cipher kinds":                                               func(c *Client) { c.Version, c.Suites = SSL2, nil },
		"writing SSLv2 client hello: session id has 3 bytes, 0 or 16 fit":                           func(c *Client) { c.Version, c.SessionID = SSL2, []byte("abc") },
		"writing SSLv2 client hello: 36025 bytes, at most 32767 fit":                                func(c *Client) { c.Version, c.Suites = SSL2, make([]Suite, 12000) },
		"writing client hello: cryptobyte: pending child length 70000 exceeds 2-byte length prefix": func(c *Client) { c.Extra = []Extension{{1, make([]byte, 70000)}} },
	}
	for want, spoil := range tests {
		c := good
		spoil(&c)
		got, err := c.Marshal()
		if err == nil || err.Error() != want || got != nil {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// sentExtensions are the extensions of a marshalled hello.
func sentExtensions(t *testing.T, c Client) map[uint16][]byte {
	t.Helper()
	hello, err := c.hello()
	if err != nil {
		t.Fatal(err)
	}
	in := cryptobyte.String(hello)
	var suites, block cryptobyte.String
	var session, compression cryptobyte.String
	if !in.Skip(4+2+32) || !in.ReadUint8LengthPrefixed(&session) || !in.ReadUint16LengthPrefixed(&suites) ||
		!in.ReadUint8LengthPrefixed(&compression) || !in.ReadUint16LengthPrefixed(&block) || !in.Empty() {
		t.Fatalf("hello does not add up: %x", hello)
	}
	found := map[uint16][]byte{}
	for !block.Empty() {
		var number uint16
		var data cryptobyte.String
		if !block.ReadUint16(&number) || !block.ReadUint16LengthPrefixed(&data) {
			t.Fatalf("extensions do not add up: %x", hello)
		}
		found[number] = data
	}
	return found
}

func TestAddressesAreNotSentAsNames(t *testing.T) {
	for name, want := range map[string]bool{
		"target.test": true, "target.test.": true, "": false, "192.0.2.1": false, "2001:db8::1": false,
		"[2001:db8::1]": false, "fe80::1%eth0": false, "192.0.2.1.": false, "192.0.2": true,
	} {
		if _, sent := sentExtensions(t, Modern(name))[ExtServerName]; sent != want {
			t.Errorf("%q sent: %v", name, sent)
		}
	}
}

func TestPaddingSkipsTheLengthsThatHang(t *testing.T) {
	for n := range 200 {
		c := Modern(strings.Repeat("a", n+1))
		hello, err := c.hello()
		if err != nil {
			t.Fatal(err)
		}
		if len(hello) > 255 && len(hello) < 512 || len(hello) > 520 {
			t.Errorf("a name of %d bytes gives a hello of %d", n+1, len(hello))
		}
	}
}

func TestDefaultsFillInWhatServersNeed(t *testing.T) {
	tests := map[string]struct {
		client Client
		want   []uint16
	}{
		"TLS 1.0, RSA":           {Client{Version: TLS10, Suites: []Suite{0x002F}}, nil},
		"TLS 1.0, ECDHE":         {Client{Version: TLS10, Suites: []Suite{0xC013}}, []uint16{ExtSupportedGroups, ExtPointFormats}},
		"TLS 1.2, RSA":           {Client{Version: TLS12, Suites: []Suite{0x002F}}, []uint16{ExtSignatureAlgorithms}},
		"TLS 1.2, ECDHE":         {Client{Version: TLS12, Suites: []Suite{0xC02F}}, []uint16{ExtSupportedGroups, ExtPointFormats, ExtSignatureAlgorithms}},
		"TLS 1.2, all left out":  {Client{Version: TLS12, Suites: []Suite{0xC02F}, Groups: []Group{}, SignatureSchemes: []SignatureScheme{}}, nil},
		"TLS 1.3":                {Client{Version: TLS13, Suites: []Suite{0x1301}}, []uint16{ExtSupportedGroups, ExtSignatureAlgorithms, ExtSupportedVersions, ExtPSKModes, ExtKeyShare}},
		"versions below TLS 1.3": {Client{Version: TLS12, Versions: []Version{TLS12}, Suites: []Suite{0x002F}}, []uint16{ExtSignatureAlgorithms, ExtSupportedVersions}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var got []uint16
			extensions, err := test.client.extensions()
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range extensions {
				got = append(got, e.Type)
			}
			slices.Sort(got)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestKeyShareIsOfferedForTheFirstComputableGroup(t *testing.T) {
	c := Client{Version: TLS13, Suites: []Suite{0x1301}, Groups: []Group{0x0A0A, X448, Secp256r1, X25519}}
	share := sentExtensions(t, c)[ExtKeyShare]
	if len(share) != 2+2+2+65 || share[3] != 0x17 {
		t.Errorf("%x", share)
	}
	c.Groups = []Group{X448}
	if got := sentExtensions(t, c)[ExtKeyShare]; !bytes.Equal(got, []byte{0, 0}) {
		t.Errorf("%x", got)
	}
}

func TestSameClientGivesTheSameBytes(t *testing.T) {
	for _, c := range []Client{Modern("target.test"), Modern("target.test").GREASE()} {
		c.Groups, c.KeyShares = KeyShareGroups(), nil
		for _, g := range KeyShareGroups() {
			c.KeyShares = append(c.KeyShares, KeyShare{Group: g})
		}
		one, err := c.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		two, err := c.Marshal()
		if err != nil || !bytes.Equal(one, two) {
			t.Errorf("two hellos from one client: %v", err)
		}
	}
	a, b := Modern("a.test"), Modern("b.test")
	if a.Random == b.Random {
		t.Error("two names, one random")
	}
}

func TestGREASELeavesTheClientAlone(t *testing.T) {
	c := Modern("target.test")
	before := Modern("target.test")
	greased := c.GREASE()
	if diff := cmp.Diff(before, c); diff != "" {
		t.Error(diff)
	}
	for _, n := range []uint16{uint16(greased.Suites[0]), uint16(greased.Groups[0]), uint16(greased.Versions[0]),
		uint16(greased.SignatureSchemes[0]), greased.Extra[0].Type} {
		if !IsGREASE(n) {
			t.Errorf("%#x is not GREASE", n)
		}
	}
	count := 0
	for n := range uint32(0x10000) {
		if IsGREASE(uint16(n)) {
			count++
		}
	}
	if count != 16 {
		t.Errorf("%d GREASE values", count)
	}
}

func TestExtensionsHaveTheNamesOfTheRegistry(t *testing.T) {
	for _, row := range extensionRows {
		if got := ExtensionName(row.number); got != row.name {
			t.Errorf("extension %d is %s and %s", row.number, got, row.name)
		}
	}
	for number, want := range map[uint16]string{13172: "next_protocol_negotiation", 0x2A2A: "GREASE", 0x1234: "0x1234"} {
		if got := ExtensionName(number); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestHelloWithEverySuiteFits(t *testing.T) {
	for _, v := range Versions() {
		c := Client{Version: v, Suites: Suites(v), Groups: Groups(), SignatureSchemes: SignatureSchemes()}
		hello, err := c.Marshal()
		if err != nil {
			t.Error(err)
		}
		if len(hello) > 2000 {
			t.Errorf("%s: %d bytes", v, len(hello))
		}
	}
}

func TestOnlyAWholeListOfGroupsCounts(t *testing.T) {
	for name, c := range map[string]struct {
		version Version
		data    []byte
		want    []Group
	}{
		"two groups":          {TLS13, []byte{0, 4, 0, 23, 0, 29}, []Group{Secp256r1, X25519}},
		"none":                {TLS13, []byte{0, 0}, []Group{}},
		"cut short":           {TLS13, []byte{0, 4, 0, 23}, nil},
		"half a group":        {TLS13, []byte{0, 3, 0, 23, 0}, nil},
		"before TLS 1.3":      {TLS12, []byte{0, 2, 0, 23}, nil},
		"without its length":  {TLS13, []byte{0}, nil},
		"longer than it says": {TLS13, []byte{0, 2, 0, 23, 0, 29}, nil},
	} {
		answer := Answer{Version: c.version, Extensions: []Extension{{Type: ExtSupportedGroups, Data: c.data}}}
		if got := answer.ListedGroups(); !slices.Equal(got, c.want) || (got == nil) != (c.want == nil) {
			t.Errorf("%s: %v", name, got)
		}
	}
}
