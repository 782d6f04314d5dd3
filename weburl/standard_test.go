// Parse against the URL standard's own parser, as Node has it.

package weburl

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"
)

// pieces are what references are made of, hostile ones among them. "^" is not,
// because the standard began to escape it in paths in 2023 and Nodes differ.
var pieces = []string{
	"http:", "https:", "HTTP:", "ws:", "wss:", "ftp:", "/", "//", "///", `\`, `/\`, "a.test", "A.Test", "b", "..", ".", "%2e", "%2E.", "?", "#",
	"@", "u:p@", ":@", "u:@", ":p@", ":80", ":443", ":8443", ":0080", ":00", ":21", ":99999", ":x", ":", "[::1]", "[2001:DB8::0:1]", "[::",
	"[::ffff:1.2.3.4]", "[1:0:0:2:0:0:0:3]", "127.1", "0x7f.1", "0X7F.1", "0177.0.0.1", "2130706433", "0xfffffffffffffffffffff", "0x", "0xg",
	"256.1.1.1", "1.2.3.4.5", "09", "1.", "a b", " ", "\t", "\n", "%20", "%41", "%00", "%", "%z", "<", ">", `"`, "'", "`", "{", "}", "|", "~",
	"é", "&x=1", ";p", ",", "=", "+", "!", "$", "*", "(", "x:y", "\x00", "\x1f", "\x7f", "%7f", "_", "-", "--", "%C3%A9", "%FF",
}

// labels are what names outside ASCII are made of: what is mapped, what becomes
// a dot, a digit or nothing, what joins, and Punycode that is right or wrong. Two
// things are not among them, because Node 20 is laxer there than the standard and
// than Chromium: names that run from right to left, and joiners after the first.
// Punycode stands between dots: of plain ASCII Node 20 lets it through.
var labels = []string{
	"é", "ß", "Ü", "☃", "①", "２", "ＧＯ", "。", ".", "\u00ad", "क्\u200d", "1", "a", "-", "--", "_", ".xn--.", ".xn--a.",
	".xn--bcher-kva.", ".XN--N3H.", ".xn--zca.", ".xn--a-ecp.", ".xn--xn---poa.", ".xn--é.", ".ＸN--ＧＯ.", ".xn--\u00ad.", ".xn--aſ☃-.",
	".xn--ｂcher-kva.", "ab--c", "／", "％", "℀", "Å", "A\u030a", "\u0301", "İ", "ſ", "ﬁ", "%C3%A9", "\ufeff", "💩", "中文",
}

func pairsOf(chance *rand.Rand, count int, before string, from []string) [][2]string {
	bases := []string{
		"http://app.test/dir/page?q=1", "https://app.test:8443", "http://[::1]:8080/a/b#here", "ws://u:p@app.test/x/", "ftp://app.test/%/y",
	}
	var pairs [][2]string
	for range count {
		var ref strings.Builder
		ref.WriteString(before)
		for range chance.IntN(7) {
			ref.WriteString(from[chance.IntN(len(from))])
		}
		pairs = append(pairs, [2]string{bases[chance.IntN(len(bases))], ref.String()})
	}
	return pairs
}

func TestAddressesAreReadAsTheURLStandardSays(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("needs Debian package nodejs")
	}
	chance := rand.New(rand.NewPCG(3, 4))
	pairs := append(pairsOf(chance, 50000, "", pieces), pairsOf(chance, 50000, "http://", labels)...)
	input, err := json.Marshal(pairs)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(node, "testdata/standard.js")
	cmd.Stdin = bytes.NewReader(input)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("running node: %v", err)
	}
	var want [][2]string
	if err := json.Unmarshal(out, &want); err != nil {
		t.Fatal(err)
	}
	for i, pair := range pairs {
		base, err := Parse(URL{}, pair[0])
		if err != nil {
			t.Fatal(err)
		}
		got := outcome(base, pair[1])
		if got != want[i] {
			t.Errorf("%q at %s is %q, by the standard %q", pair[1], pair[0], got, want[i])
		}
	}
}

// outcome is what testdata/standard.js writes: what follows a scheme that is not
// special stays as it was written, so that scripts and data can be read from it.
func outcome(base URL, ref string) [2]string {
	u, err := Parse(base, ref)
	switch {
	case err != nil:
		return [2]string{}
	case !u.Special():
		return [2]string{u.Scheme + ":"}
	}
	return [2]string{u.String(), u.Host}
}
