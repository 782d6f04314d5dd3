// The differences from other scanners that are known, each with its proof, which
// is made again on every run.

package scan_test

import (
	"bytes"
	"crypto/tls"
	"regexp"
	"slices"
	"strings"
	"testing"

	"middlebrick/testbed/lab"
	"middlebrick/tlshello"
)

// A difference is so many claims, on some servers, that we make and the tool does
// not, or the tool alone makes, and why. A row that no longer holds fails.
type difference struct {
	tool   string
	alone  bool           // the tool alone makes the claims
	claims *regexp.Regexp // which ones
	count  map[string]int // how many, by server
	why    string
	proof  proof
}

// A proof shows who is right about one claim of ours, or against one of theirs.
type proof func(t *testing.T, on *witnesses, claim string) bool

// The witnesses are one server with what everybody said of it.
type witnesses struct {
	member
	server *lab.Server
	ours   claims
	theirs map[string]claims
}

// explanations are all the differences there are.
var explanations = []difference{
	{
		tool: "sslscan", claims: regexp.MustCompile(`^SSLv[23] (suite|dh) `),
		count: map[string]int{"Java legacy": 44, "Node 0.10": 19, "Node 0.8": 14},
		why:   "sslscan lists no suites of SSLv2 and SSLv3 (TLS.md section 3)",
		proof: saidBy("nmap"),
	},
	{
		tool: "sslscan", claims: regexp.MustCompile(`^TLS 1\.[012] dh \S+_(3DES_EDE|DES|DES40|RC4_128|RC4_40)_`),
		count: map[string]int{"Java legacy": 16, "GnuTLS weak": 9},
		why:   "sslscan asks by its OpenSSL for sizes, and Debian's has no DES, 3DES and RC4",
		proof: saidBy("nmap"),
	},
	{
		tool: "sslscan", claims: regexp.MustCompile(`^TLS 1\.[012] dh \S+_3DES_EDE_\S+ 1024$`),
		count: map[string]int{"NSS": 3},
		why:   "as above; Nmap is of no help here, but all suites of NSS share one group",
		proof: func(_ *testing.T, on *witnesses, _ string) bool {
			return on.theirs["sslscan"]["TLS 1.0 dh TLS_DHE_RSA_WITH_AES_128_CBC_SHA 1024"]
		},
	},
	{
		tool: "nmap", claims: regexp.MustCompile(`^TLS 1\.[012] dh \S+ 1024$`), count: map[string]int{"NSS": 14},
		why:   "Nmap offers ffdhe2048 to TLS 1.2 servers, and NSS then takes that for its own group (RFC 7919 section 4); other clients get 1024 bits",
		proof: sizedByOpenSSL,
	},
	{
		tool: "nmap", alone: true, claims: regexp.MustCompile(`^TLS 1\.[012] dh \S+ 2048$`), count: map[string]int{"NSS": 14},
		why:   "as above",
		proof: takesPrimeGroup,
	},
	{
		tool: "sslscan", claims: regexp.MustCompile(`^TLS 1\.[012] (suite|dh) TLS_\S*PSK_`), count: map[string]int{"s_server PSK DSA": 168},
		why:   "sslscan has no shared key, and its OpenSSL then offers no suite with one",
		proof: saidBy("nmap"),
	},
	{
		tool: "sslscan", claims: regexp.MustCompile(`^TLS 1\.3 group \S+MLKEM\d+$`),
		count: map[string]int{"Go": 3, "Go legacy": 3},
		why:   "sslscan 2.0 knows no post-quantum group",
		proof: agreedByGo,
	},
	{
		tool: "sslscan", claims: regexp.MustCompile(`^TLS 1\.2 group \S+$`), count: map[string]int{"NSS": 4},
		why:   "sslscan waits for the ServerKeyExchange in a record of its own; NSS puts its whole flight into one",
		proof: agreedByOpenSSL,
	},
	{
		tool: "sslscan", claims: regexp.MustCompile(`^TLS 1\.2 group \S+$`), count: map[string]int{"HAProxy": 4, "stunnel": 4, "gunicorn": 1, "nginx ECDSA": 4},
		why:   "sslscan offers each group alone; an OpenSSL with an ECDSA key wants the key's curve offered too (RFC 8422 section 5.1)",
		proof: agreedByOpenSSL,
	},
	{
		tool: "openssl", claims: regexp.MustCompile(`^SSLv[23] accepted$`),
		count: map[string]int{"Java legacy": 1, "Node 0.10": 2, "Node 0.8": 2},
		why:   "Debian's OpenSSL has neither",
		proof: saidBy("sslscan", "nmap"),
	},
}

// saidBy is the proof that all those tools agree with us.
func saidBy(tools ...string) proof {
	return func(_ *testing.T, on *witnesses, claim string) bool {
		return !slices.ContainsFunc(tools, func(tool string) bool { return !on.theirs[tool][claim] })
	}
}

// temporaryKey is how OpenSSL's client prints the group of a handshake.
var temporaryKey = regexp.MustCompile(`Server Temp Key: (?:ECDH, )?([^,]+), (\d+) bits`)

// opensslGroups are OpenSSL's names for those groups that it spells otherwise.
var opensslGroups = map[string]string{"secp256r1": "prime256v1", "x25519": "X25519", "x448": "X448"}

// agreedByOpenSSL agrees on the claim's group at TLS 1.2, offering beside it at
// the most the curve of the certificate.
func agreedByOpenSSL(t *testing.T, on *witnesses, claim string) bool {
	t.Helper()
	group := claim[strings.LastIndexByte(claim, ' ')+1:]
	if name, other := opensslGroups[group]; other {
		group = name
	}
	for _, offer := range []string{group, group + ":prime256v1"} {
		text, _ := sClient(t, on.server, "-tls1_2", "-groups", offer)
		if found := temporaryKey.FindSubmatch(text); found != nil && string(found[1]) == group {
			return true
		}
	}
	return false
}

// sizedByOpenSSL agrees on the claim's suite, or on another of the same group where
// this OpenSSL lacks it, and finds the claim's size; it offers no prime group.
func sizedByOpenSSL(t *testing.T, on *witnesses, claim string) bool {
	t.Helper()
	words := strings.Fields(claim)
	var suite tlshello.Suite
	if err := suite.UnmarshalText([]byte(words[3])); err != nil {
		t.Fatal(err)
	}
	info, _ := suite.Info()
	if info.Cipher == "3DES" {
		info.OpenSSL = "DHE-RSA-AES128-SHA"
	}
	version := map[string]string{"1.0": "-tls1", "1.1": "-tls1_1", "1.2": "-tls1_2"}[words[1]]
	text, _ := sClient(t, on.server, version, "-cipher", info.OpenSSL+":@SECLEVEL=0")
	found := temporaryKey.FindSubmatch(text)
	return found != nil && string(found[1]) == "DH" && string(found[2]) == words[4]
}

// takesPrimeGroup agrees on ffdhe2048 by GnuTLS, at TLS 1.2.
func takesPrimeGroup(t *testing.T, on *witnesses, _ string) bool {
	t.Helper()
	text := output(t, "gnutls-cli", "--insecure", "--port", port(t, on.server.TLS), "--priority",
		"NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+DHE-RSA:-GROUP-ALL:+GROUP-FFDHE2048", "127.0.0.1")
	return bytes.Contains(text, []byte("(DHE-FFDHE2048)"))
}

// agreedByGo agrees on the claim's group by Go's own client.
func agreedByGo(t *testing.T, on *witnesses, claim string) bool {
	t.Helper()
	var group tlshello.Group
	if err := group.UnmarshalText([]byte(claim[strings.LastIndexByte(claim, ' ')+1:])); err != nil {
		t.Fatal(err)
	}
	conn, err := tls.Dial("tcp", on.server.TLS, &tls.Config{InsecureSkipVerify: true, CurvePreferences: []tls.CurveID{tls.CurveID(group)}})
	if err != nil {
		return false
	}
	defer conn.Close()
	return conn.ConnectionState().CurveID == tls.CurveID(group)
}
