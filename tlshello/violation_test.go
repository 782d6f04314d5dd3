// Servers that choose what was not offered (FAULTS D08, D09).

package tlshello

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/cryptobyte"
)

func TestChoicesThatWereNotOfferedAreViolations(t *testing.T) {
	tls12 := Client{Version: TLS12, Suites: []Suite{0x002F, 0x0A0A, 0x009C}, RenegotiationInfo: true}
	tls10 := Client{Version: TLS10, Suites: []Suite{0x002F, 0x009C}}
	tls13 := Client{Version: TLS13, Suites: []Suite{0x1301, 0x1302, 0x002F}, Groups: []Group{X25519, Secp256r1, 0x1A1A}}
	only13 := tls13
	only13.Versions = []Version{TLS13, 0x2A2A}
	both := tls13
	both.Versions = []Version{TLS13, TLS12}
	scsv := Client{Version: TLS12, Suites: []Suite{0x002F, RenegotiationSCSV}}
	share := KeyShare{Group: X25519}
	tests := map[string]struct {
		client Client
		hello  helloSpec
		want   string
	}{
		"nothing wrong":                    {tls12, helloSpec{version: TLS12, suite: 0x002F}, ""},
		"an older version":                 {tls12, helloSpec{version: TLS10, suite: 0x002F}, ""},
		"an old server and TLS 1.3 alone":  {only13, helloSpec{version: TLS12, suite: 0x002F}, ""},
		"nothing wrong at TLS 1.3":         {tls13, helloSpec{version: TLS13, suite: 0x1301, share: share}, ""},
		"secure renegotiation":             {tls12, helloSpec{version: TLS12, suite: 0x002F, extensions: []Extension{{ExtRenegotiationInfo, []byte{0}}}}, ""},
		"secure renegotiation by a signal": {scsv, helloSpec{version: TLS12, suite: 0x002F, extensions: []Extension{{ExtRenegotiationInfo, []byte{0}}}}, ""},

		"a newer version":              {tls10, helloSpec{version: TLS11, suite: 0x002F}, "version TLS 1.1 was not offered"},
		"TLS 1.3 unasked":              {tls12, helloSpec{version: TLS13, suite: 0x002F}, "version TLS 1.3 was not offered; suite TLS_RSA_WITH_AES_128_CBC_SHA does not belong to TLS 1.3; no key share; extension 43 was not offered"},
		"a draft of TLS 1.3":           {tls13, helloSpec{version: 0x7F1C, suite: 0x1301, share: share}, "version 0x7F1C was not offered"},
		"a GREASE version":             {only13, helloSpec{version: 0x2A2A, suite: 0x1301, share: share}, "version 0x2A2A was not offered"},
		"another suite":                {tls12, helloSpec{version: TLS12, suite: 0x0035}, "suite TLS_RSA_WITH_AES_256_CBC_SHA was not offered"},
		"a GREASE suite":               {tls12, helloSpec{version: TLS12, suite: 0x0A0A}, "suite 0x0A0A was not offered"},
		"a suite of a later version":   {tls10, helloSpec{version: TLS10, suite: 0x009C}, "suite TLS_RSA_WITH_AES_128_GCM_SHA256 does not belong to TLS 1.0"},
		"a suite of TLS 1.3 at 1.2":    {both, helloSpec{version: TLS12, suite: 0x1301}, "suite TLS_AES_128_GCM_SHA256 does not belong to TLS 1.2"},
		"a suite of TLS 1.2 at 1.3":    {tls13, helloSpec{version: TLS13, suite: 0x002F, share: share}, "suite TLS_RSA_WITH_AES_128_CBC_SHA does not belong to TLS 1.3"},
		"compression":                  {tls12, helloSpec{version: TLS12, suite: 0x002F, compression: 1}, "compression method 1 was not offered"},
		"a group without a share":      {tls13, helloSpec{version: TLS13, suite: 0x1301, share: KeyShare{Group: Secp256r1}}, "group secp256r1 was not offered"},
		"no key share":                 {tls13, helloSpec{version: TLS13, suite: 0x1301}, "no key share"},
		"another session id":           {tls13, helloSpec{version: TLS13, suite: 0x1301, share: share, sessionID: []byte{1}}, "the session id is not ours"},
		"an extension":                 {tls12, helloSpec{version: TLS12, suite: 0x002F, extensions: []Extension{{ExtSessionTicket, nil}}}, "extension 35 was not offered"},
		"an extension twice":           {tls12, helloSpec{version: TLS12, suite: 0x002F, extensions: []Extension{{ExtRenegotiationInfo, []byte{0}}, {ExtRenegotiationInfo, []byte{0}}}}, "extension 65281 is sent twice"},
		"timestamps that are none":     {Modern(""), helloSpec{version: TLS12, suite: 0x002F, extensions: []Extension{{ExtSCT, []byte{0, 9, 1}}}}, "the list of certificate timestamps does not add up"},
		"a retry for a group not told": {tls13, helloSpec{version: TLS13, suite: 0x1301, retry: true, group: X448}, "group x448 was not to be asked for"},
		"a retry for a group in hand":  {tls13, helloSpec{version: TLS13, suite: 0x1301, retry: true, group: X25519}, "group x25519 was not to be asked for"},
		"a retry for GREASE":           {tls13, helloSpec{version: TLS13, suite: 0x1301, retry: true, group: 0x1A1A}, "group 0x1A1A was not to be asked for"},
		"a retry for nothing":          {tls13, helloSpec{version: TLS13, suite: 0x1301, retry: true}, "a HelloRetryRequest that asks for no change"},
		"a retry before TLS 1.3":       {tls13, helloSpec{version: TLS12, suite: 0x002F, retry: true, group: Secp256r1}, "a HelloRetryRequest without supported_versions"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := ReadAnswer(strings.NewReader(serverHelloOf(t, test.hello)), test.client, UntilServerHello)
			kind := map[bool]Kind{true: KindHelloRetry, false: KindServerHello}[test.hello.retry]
			if diff := cmp.Diff(test.want, got.Violation); diff != "" || err != nil || got.Kind != kind {
				t.Errorf("%v: %v\n%s", got.Kind, err, diff)
			}
		})
	}
}

func TestThousandsOfExtensionsAreCountedNotRead(t *testing.T) {
	hello := helloSpec{version: TLS12, suite: 0x002F, extensions: make([]Extension, 16000)}
	got, err := ReadAnswer(strings.NewReader(fragmented(helloMessage(t, hello))), old(), UntilServerHello)
	if err != nil || len(got.Extensions) != maxExtensions || len(got.Violation) > 2*maxViolation {
		t.Errorf("%v: %d extensions, %d bytes of violation", err, len(got.Extensions), len(got.Violation))
	}
}

func TestSecondHelloRetryRequestIsAViolation(t *testing.T) {
	c := Client{Version: TLS13, Suites: []Suite{0x1301}, Groups: []Group{X25519, Secp256r1, Secp384r1}}
	first, err := ReadAnswer(strings.NewReader(serverHelloOf(t, helloSpec{version: TLS13, suite: 0x1301, retry: true, group: Secp256r1})), c, UntilDone)
	if err != nil {
		t.Fatal(err)
	}
	second, ok := c.Retry(first)
	if !ok {
		t.Fatal("no second hello")
	}
	again, err := ReadAnswer(strings.NewReader(serverHelloOf(t, helloSpec{version: TLS13, suite: 0x1301, retry: true, group: Secp384r1})), second, UntilDone)
	if err != nil || again.Kind != KindHelloRetry || again.Violation != "a second HelloRetryRequest" {
		t.Errorf("%v %v %q", again.Kind, err, again.Violation)
	}
	if third, ok := second.Retry(again); ok {
		t.Errorf("a third hello: %+v", third)
	}
}

func TestNoSecondHelloWhereNoneIsDue(t *testing.T) {
	c := Client{Version: TLS13, Suites: []Suite{0x1301, 0x1306}, Groups: []Group{X25519, Secp256r1, X448}}
	for name, spec := range map[string]helloSpec{
		"a ServerHello":                  {version: TLS13, suite: 0x1301, share: KeyShare{Group: X25519}},
		"a group not offered":            {version: TLS13, suite: 0x1301, retry: true, group: Secp521r1},
		"a group already shared":         {version: TLS13, suite: 0x1301, retry: true, group: X25519},
		"a group that none can compute":  {version: TLS13, suite: 0x1301, retry: true, group: X448},
		"a suite whose hash is not ours": {version: TLS13, suite: 0x1306, retry: true, group: Secp256r1},
		"no change":                      {version: TLS13, suite: 0x1301, retry: true},
	} {
		answer, err := ReadAnswer(strings.NewReader(serverHelloOf(t, spec)), c, UntilServerHello)
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := c.Retry(answer); ok {
			t.Errorf("%s: a second hello", name)
		}
	}
}

// keyExchange is a flight with that ServerKeyExchange.
func keyExchange(t *testing.T, version Version, suite Suite, body string) string {
	t.Helper()
	return record(22, helloMessage(t, helloSpec{version: version, suite: suite})+message(12, body)+message(14, ""))
}

func TestKeyExchangesAreReadByTheirSuite(t *testing.T) {
	dh := "\x00\x02\x80\x01\x00\x01\x02\x00\x02\x12\x34"
	type seen struct {
		DH      *DHParams
		RSA     *RSAParams
		Group   Group
		Public  []byte
		Scheme  SignatureScheme
		Detail  string
		Violate string
	}
	dhParams := &DHParams{P: []byte{0x80, 1}, G: []byte{2}, Y: []byte{0x12, 0x34}}
	tests := map[string]struct {
		version Version
		suite   Suite
		body    string
		want    seen
	}{
		"DHE signed":           {TLS12, 0x0033, dh + "\x02\x01\x00\x01x", seen{DH: dhParams, Public: dhParams.Y, Scheme: 0x0201}},
		"DHE before TLS 1.2":   {TLS11, 0x0033, dh + "\x00\x01x", seen{DH: dhParams, Public: dhParams.Y}},
		"DHE anonymous":        {TLS12, 0x0034, dh, seen{DH: dhParams, Public: dhParams.Y}},
		"DHE with a PSK":       {TLS12, 0x0090, "\x00\x01h" + dh, seen{DH: dhParams, Public: dhParams.Y}},
		"DHE without its sign": {TLS12, 0x0033, dh, seen{DH: dhParams, Public: dhParams.Y, Detail: "the DHE key exchange ends before its signature"}},
		"DHE cut short":        {TLS12, 0x0033, dh[:7], seen{Public: []byte{}, Detail: "the DHE key exchange does not add up"}},
		"ECDHE":                {TLS12, 0xC02F, "\x03\x00\x1D\x02XY\x08\x04\x00\x00", seen{Group: X25519, Public: []byte("XY"), Scheme: 0x0804}},
		"ECDHE another curve":  {TLS12, 0xC02F, "\x03\x00\x01\x02XY\x08\x04\x00\x00", seen{Group: 1, Public: []byte("XY"), Scheme: 0x0804, Violate: "group sect163k1 was not offered"}},
		"ECDHE another scheme": {TLS12, 0xC02F, "\x03\x00\x1D\x02XY\x01\x01\x00\x00", seen{Group: X25519, Public: []byte("XY"), Scheme: 0x0101, Violate: "signature scheme rsa_pkcs1_md5 was not offered"}},
		"ECDHE spelt out":      {TLS12, 0xC02F, "\x01\x01\x17", seen{Group: ExplicitPrimeCurve, Public: []byte{}, Violate: "group arbitrary_explicit_prime_curves was not offered"}},
		"ECDHE of no form":     {TLS12, 0xC02F, "\x09\x01\x17", seen{Public: []byte{}, Detail: "the ECDHE key exchange does not add up"}},
		"EXPORT":               {TLS10, 0x0003, "\x00\x02\x80\x01\x00\x01\x03\x00\x01x", seen{RSA: &RSAParams{[]byte{0x80, 1}, []byte{3}}, Public: []byte{}}},
		"FREAK":                {TLS10, 0x002F, "\x00\x02\x80\x01\x00\x01\x03\x00\x01x", seen{RSA: &RSAParams{[]byte{0x80, 1}, []byte{3}}, Public: []byte{}, Violate: "a temporary RSA key with suite TLS_RSA_WITH_AES_128_CBC_SHA"}},
		"PSK alone":            {TLS12, 0x008C, "\x00\x01h", seen{Public: []byte{}}},
		"PSK cut short":        {TLS12, 0x008C, "\x00\x09h", seen{Public: []byte{}, Detail: "the PSK hint does not add up"}},
		"SRP":                  {TLS12, 0xC01E, "\x00\x01N\x00\x01g\x01s\x00\x01B\x04\x01\x00\x00", seen{Public: []byte{}, Scheme: 0x0401}},
		"GOST is not read":     {TLS12, 0x0081, "anything", seen{Public: []byte{}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := Client{Version: test.version, Suites: []Suite{test.suite}}
			a, _ := ReadAnswer(strings.NewReader(keyExchange(t, test.version, test.suite, test.body)), c, UntilDone)
			got := seen{a.DH, a.RSA, a.Group, a.Public, a.SignatureScheme, strings.TrimPrefix(a.Detail, "garbled answer: "), a.Violation}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestBitsOfNumbersWithLeadingZeros(t *testing.T) {
	for want, n := range map[int][]byte{0: {0, 0}, 1: {0, 1}, 9: {0, 1, 0xFF}, 512: append([]byte{0, 0x80}, make([]byte, 63)...)} {
		if got := (DHParams{P: n}).Bits(); got != want {
			t.Errorf("%x has %d bits", n, got)
		}
		if got := (RSAParams{Modulus: n}).Bits(); got != want {
			t.Errorf("%x has %d bits", n, got)
		}
	}
}

func TestStaplesAreReadInBothForms(t *testing.T) {
	c := Modern("")
	hello := helloMessage(t, helloSpec{version: TLS12, suite: 0x002F, extensions: []Extension{{ExtStatusRequest, nil}}})
	var multi cryptobyte.Builder
	multi.AddUint8(2)
	multi.AddUint24LengthPrefixed(func(b *cryptobyte.Builder) {
		b.AddUint24LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes([]byte("ocsp")) })
		b.AddUint24LengthPrefixed(func(b *cryptobyte.Builder) {})
	})
	for name, status := range map[string]string{"one": "\x01\x00\x00\x04ocsp", "a list": string(multi.BytesOrPanic())} {
		stream := record(22, hello+message(11, "\x00\x00\x07\x00\x00\x04leaf")+message(22, status))
		got, err := ReadAnswer(strings.NewReader(stream), c, UntilCertificate)
		if err != nil || string(got.Staple) != "ocsp" || !got.OCSPStapling() {
			t.Errorf("%s: %v %q", name, err, got.Staple)
		}
	}
	for name, status := range map[string]string{"empty": "", "cut short": "\x01\x00\x00\x09ocsp", "of no kind": "\x07\x00\x00\x00"} {
		stream := record(22, hello+message(11, "\x00\x00\x07\x00\x00\x04leaf")+message(22, status))
		got, err := ReadAnswer(strings.NewReader(stream), c, UntilCertificate)
		if err == nil || len(got.Certificates) != 1 || got.Detail != "garbled answer: certificate status does not add up" {
			t.Errorf("%s: %v %+v", name, err, got)
		}
	}
}
