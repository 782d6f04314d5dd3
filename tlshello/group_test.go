// Groups, schemes, key shares and the ciphers that the library lacks.

package tlshello

import (
	"crypto/mlkem"
	"encoding/hex"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestGroupsAndSchemesHaveOneNameEach(t *testing.T) {
	names := map[string]bool{}
	for i, g := range Groups() {
		info, ok := g.Info()
		if !ok || names[info.Name] || IsGREASE(uint16(g)) || i > 0 && Groups()[i-1] >= g {
			t.Errorf("group %s", g)
		}
		if !slices.Contains([]string{"EC", "FF", "PQ", "hybrid"}, info.Kind) || info.Bits < 80 || (info.Size == 0) != (info.Kind == "PQ") {
			t.Errorf("%+v", info)
		}
		names[info.Name] = true
	}
	for i, s := range SignatureSchemes() {
		info, ok := s.Info()
		if !ok || names[info.Name] || IsGREASE(uint16(s)) || i > 0 && SignatureSchemes()[i-1] >= s {
			t.Errorf("scheme %s", s)
		}
		names[info.Name] = true
	}
	for name, want := range map[string]Group{"x25519": 29, "X25519MLKEM768": 0x11EC, "ffdhe2048": 256, "sect163k1": 1} {
		var g Group
		if err := g.UnmarshalText([]byte(name)); err != nil || g != want {
			t.Errorf("%s is %#x", name, uint16(g))
		}
	}
}

// That the larger ones are right too shows in the handshakes with OpenSSL.
func TestFiniteFieldPrimesAreSafe(t *testing.T) {
	for bits := range ffdheOffset {
		p := ffdhePrime(bits)
		half := new(big.Int).Rsh(p, 1)
		if p.BitLen() != bits || bits == 2048 && (!p.ProbablyPrime(1) || !half.ProbablyPrime(1)) {
			t.Errorf("%d bits: no safe prime", bits)
		}
	}
}

func TestSharedPrimesAreRecognised(t *testing.T) {
	for bits := range ffdheOffset {
		p := append([]byte{0}, ffdhePrime(bits).Bytes()...)
		if got, want := (DHParams{P: p}).Known(), fmt.Sprintf("RFC 7919 ffdhe%d", bits); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	java := Client{Version: TLS10, Suites: []Suite{0x0014}, RenegotiationInfo: true}
	answer, err := ReadAnswer(strings.NewReader(recorded(t, "dhe-export-java17.bin")), java, UntilDone)
	if err != nil || answer.DH.Known() != "Java (JDK 17)" {
		t.Errorf("%v %q", err, answer.DH.Known())
	}
	if got := KnownPrime("3f35a3f5f6c4376a744acad409bb22f8 and whatever follows"); got != "RFC 2409 group 2" {
		t.Errorf("the digest of a prime is called %q", got)
	}
	if got := KnownPrime("short") + KnownPrime(""); got != "" {
		t.Errorf("what is no digest is called %q", got)
	}
	if got := (DHParams{P: []byte{23}}).Known(); got != "" {
		t.Errorf("23 is known as %q", got)
	}
}

func TestBothSidesAgreeInEveryPrimeGroup(t *testing.T) {
	for _, g := range []Group{FFDHE2048, FFDHE3072} {
		ours, theirs := Client{Random: [32]byte{1}}, Client{Random: [32]byte{2}}
		ours.KeyShares = []KeyShare{{Group: g}}
		theirs.KeyShares = []KeyShare{{Group: g, Private: []byte("theirs")}}
		a, errA := ours.public(ours.KeyShares[0])
		b, errB := theirs.public(theirs.KeyShares[0])
		if errA != nil || errB != nil {
			t.Fatal(errA, errB)
		}
		one, errA := ours.shared(g, b)
		two, errB := theirs.shared(g, a)
		if errA != nil || errB != nil {
			t.Fatal(errA, errB)
		}
		if diff := cmp.Diff(one, two); diff != "" {
			t.Error(diff)
		}
	}
}

func TestPureMLKEMIsAgreedOn(t *testing.T) {
	c := Client{KeyShares: []KeyShare{{Group: MLKEM768}, {Group: MLKEM1024}}}
	small, err := c.public(c.KeyShares[0])
	if err != nil {
		t.Fatal(err)
	}
	large, err := c.public(c.KeyShares[1])
	if err != nil {
		t.Fatal(err)
	}
	key768, err := mlkem.NewEncapsulationKey768(small)
	if err != nil {
		t.Fatal(err)
	}
	key1024, err := mlkem.NewEncapsulationKey1024(large)
	if err != nil {
		t.Fatal(err)
	}
	secret, sealed := key768.Encapsulate()
	if got, err := c.shared(MLKEM768, sealed); err != nil || !slices.Equal(got, secret) {
		t.Error(err)
	}
	secret, sealed = key1024.Encapsulate()
	if got, err := c.shared(MLKEM1024, sealed); err != nil || !slices.Equal(got, secret) {
		t.Error(err)
	}
}

func TestSharesThatAreNoneAreRefused(t *testing.T) {
	for _, g := range KeyShareGroups() {
		c := Client{KeyShares: []KeyShare{{Group: g}}}
		size := 8192 / 8
		if info, _ := g.Info(); info.Kind == "FF" {
			size = info.Size / 8
		}
		for _, share := range [][]byte{nil, {1}, make([]byte, 32), make([]byte, size), make([]byte, 4096)} {
			if _, err := c.shared(g, share); err == nil {
				t.Errorf("%s took a share of %d zero bytes", g, len(share))
			}
		}
	}
	if _, err := (Client{}).shared(X25519, make([]byte, 32)); err == nil {
		t.Error("agreed without a share of ours")
	}
	if _, err := (Client{KeyShares: []KeyShare{{Group: X448}}}).shared(X448, make([]byte, 56)); err == nil {
		t.Error("agreed in a group that cannot be computed")
	}
}

// The example vectors of RFC 3610, section 8, have nonces of 13 bytes; those
// of TLS have 12, so the vector is example 3 of NIST SP 800-38C, appendix C,
// whose tag has 8 bytes.
func TestCCMOpensTheVectorOfNIST(t *testing.T) {
	bytes := func(s string) []byte {
		data, err := hex.DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	key := bytes("404142434445464748494a4b4c4d4e4f")
	nonce := bytes("101112131415161718191a1b")
	data := bytes("000102030405060708090a0b0c0d0e0f10111213")
	plain := bytes("202122232425262728292a2b2c2d2e2f3031323334353637")
	sealed := bytes("e3b201a9f5b71a7a9b1ceaeccd97e70b6176aad9a4428aa5484392fbc1b09951")
	aead, err := newCCM(key, 8)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(sealed, aead.Seal(nil, nonce, plain, data)); diff != "" {
		t.Error(diff)
	}
	got, err := aead.Open(nil, nonce, sealed, data)
	if diff := cmp.Diff(plain, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
	for i := range sealed {
		broken := slices.Clone(sealed)
		broken[i] ^= 1
		if _, err := aead.Open(nil, nonce, broken, data); err == nil {
			t.Errorf("opened with byte %d changed", i)
		}
	}
	if _, err := aead.Open(nil, nonce, sealed[:7], data); err == nil {
		t.Error("opened a message shorter than its tag")
	}
}
