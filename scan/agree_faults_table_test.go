// The differences of opinion on faults that are known, each with its proof, which is
// made again on every run.

package scan_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

// A dispute is a fault on which we and a tool differ on some servers, and why. A row
// that no longer holds fails.
type dispute struct {
	tool, ailment string
	ours, theirs  string
	on            []string
	why           string
	proof         func(t *testing.T, c *consultation) bool
}

type disputeTable []dispute

func (all disputeTable) about(tool, ailment, server string) *dispute {
	for i, row := range all {
		if row.tool == tool && row.ailment == ailment && slices.Contains(row.on, server) {
			return &all[i]
		}
	}
	return nil
}

// disputes are all the differences there are.
var disputes = disputeTable{
	{
		tool: "nmap", ailment: "CCS", ours: ill, theirs: healthy, on: words("Node 0.10"),
		why:   "Nmap waits for an alert, and Node closes without one",
		proof: takesEarlyKeys,
	},
	{
		tool: "testssl", ailment: "CCS", ours: ill, theirs: healthy, on: words("Node 0.10"),
		why:   "testssl.sh takes a close without an alert for a refusal",
		proof: takesEarlyKeys,
	},
	{
		tool: "nmap", ailment: "DROWN", ours: ill, theirs: unclear, on: words("Node 0.10", "Node 0.8"),
		why: "the script of Nmap 7.93 breaks on every server that speaks SSLv2 (TLS.md section 3)",
		proof: func(t *testing.T, c *consultation) bool {
			return bytes.Contains(output(t, "nmap", "-Pn", "-n", "-p", port(t, c.server.TLS), "--script", "+sslv2", "127.0.0.1"), []byte("SSLv2 supported"))
		},
	},
	{
		tool: "nmap", ailment: "weak group", ours: ill, theirs: healthy, on: words("s_server"),
		why: "Nmap looks at the group of the first suite that signs it; anonymous ones get a shorter one",
		proof: func(t *testing.T, c *consultation) bool {
			return c.grouped(t, "ADH-AES128-SHA", "1024") && c.grouped(t, "DHE-RSA-AES128-SHA", "2048")
		},
	},
	{
		tool: "testssl", ailment: "FREAK", ours: healthy, theirs: ill, on: words("Node 0.10"),
		why: "testssl.sh counts the EXPORT ciphers of SSLv2, which FREAK is not about; there are no others",
		proof: func(t *testing.T, c *consultation) bool {
			theirs := askNmap(t, c.member, c.server).about("suite")
			return exports(theirs, "SSLv2") > 0 && exports(theirs, "SSLv3")+exports(theirs, "TLS 1") == 0
		},
	},
	{
		tool: "testssl", ailment: "FREAK", ours: ill, theirs: healthy, on: words("Java legacy"),
		why:   "testssl.sh offers EXPORT suites at TLS 1.2 alone, where Java has none; at TLS 1.0 it has",
		proof: exportsBelow("TLS_RSA_EXPORT_"),
	},
	{
		tool: "testssl", ailment: "LOGJAM", ours: ill, theirs: healthy, on: words("Java legacy"),
		why:   "as above",
		proof: exportsBelow("TLS_DHE_RSA_EXPORT_"),
	},
	{
		tool: "testssl", ailment: "fallback", ours: ill, theirs: unclear, on: words("Java legacy"),
		why:   "testssl.sh asks by Debian's OpenSSL, which breaks off by itself where the server's random says that it could do better",
		proof: func(_ *testing.T, c *consultation) bool { return c.opinions["sslscan"]["fallback"] == ill },
	},
	{
		tool: "testssl", ailment: "insecure renegotiation", ours: ill, theirs: unclear, on: words("quirk insecure-renegotiation"),
		why: "testssl.sh asks by Debian's OpenSSL, which does not connect to such a server unless told to",
		proof: func(t *testing.T, c *consultation) bool {
			text, _ := sClient(t, c.server, "-tls1_2", "-legacy_server_connect")
			return bytes.Contains(text, []byte("Secure Renegotiation IS NOT supported"))
		},
	},
}

// takesEarlyKeys makes the server go on with keys that everybody knows, and with no
// others.
func takesEarlyKeys(t *testing.T, c *consultation) bool {
	t.Helper()
	known, _ := goesOnUnder(t, c.server, "")
	others, _ := goesOnUnder(t, c.server, "another")
	return known && !others
}

// grouped is true where OpenSSL's client gets a Diffie-Hellman group of that size with
// that suite at TLS 1.2.
func (c *consultation) grouped(t *testing.T, suite, bits string) bool {
	t.Helper()
	text, _ := sClient(t, c.server, "-tls1_2", "-cipher", suite+":@SECLEVEL=0")
	found := temporaryKey.FindSubmatch(text)
	return found != nil && string(found[1]) == "DH" && string(found[2]) == bits
}

// exports counts the EXPORT suites at versions with that name.
func exports(suites []string, version string) (n int) {
	for _, claim := range suites {
		if strings.HasPrefix(claim, version) && strings.Contains(claim, "EXPORT") {
			n++
		}
	}
	return n
}

// exportsBelow is the proof that Nmap finds suites with that prefix at TLS 1.0 and no
// EXPORT suite at TLS 1.2.
func exportsBelow(prefix string) func(*testing.T, *consultation) bool {
	return func(t *testing.T, c *consultation) bool {
		t.Helper()
		theirs := askNmap(t, c.member, c.server).about("suite")
		found := slices.ContainsFunc(theirs, func(claim string) bool { return strings.HasPrefix(claim, "TLS 1.0 suite "+prefix) })
		return found && exports(theirs, "TLS 1.2") == 0
	}
}
