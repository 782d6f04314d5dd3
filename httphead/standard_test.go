// Resolve against the URL standard's own parser, as Node has it.

package httphead

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"
)

// pieces are what locations are made of, hostile ones among them; "^" is not,
// because the standard began to escape it in paths in 2023 and Nodes differ.
var pieces = []string{
	"http:", "https:", "HTTP:", "/", "//", "///", `\`, `/\`, "a.test", "A.Test", "b", "..", ".", "%2e", "%2E.", "?", "#", "@", "u:p@", ":80",
	":443", ":8443", ":0080", ":99999", ":x", ":", "[::1]", "[2001:DB8::0:1]", "[::", "127.1", "0x7f.1", "0177.0.0.1", "2130706433",
	"256.1.1.1", "1.2.3.4.5", "09", "1.", "a b", " ", "\t", "\n", "%20", "%41", "%00", "<", ">", `"`, "'", "`", "{", "}", "|", "~",
	"é", "&x=1", ";p", ",", "=", "+", "!", "$", "*", "(", "javascript:", "file:", "x:y", "\x1f", "\x7f", "%7f",
}

func TestLocationsResolveAsTheURLStandardSays(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("needs Debian package nodejs")
	}
	chance := rand.New(rand.NewPCG(3, 4))
	bases := []string{"http://app.test/dir/page?q=1", "https://app.test:8443", "http://[::1]:8080/a/b#here"}
	pairs := [][2]string{}
	for range 50000 {
		var location strings.Builder
		for range chance.IntN(7) {
			location.WriteString(pieces[chance.IntN(len(pieces))])
		}
		pairs = append(pairs, [2]string{bases[chance.IntN(len(bases))], location.String()})
	}
	input, err := json.Marshal(pairs)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(node, "testdata/resolve.js")
	cmd.Stdin = bytes.NewReader(input)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("running node: %v", err)
	}
	var want []string
	if err := json.Unmarshal(out, &want); err != nil {
		t.Fatal(err)
	}
	for i, pair := range pairs {
		got, _ := Resolve(pair[0], pair[1])
		if got != want[i] && !departs(pair[1], want[i]) {
			t.Errorf("%q at %s leads to %q, by the standard to %q", pair[1], pair[0], got, want[i])
		}
	}
}

// departs holds for what Resolve does otherwise on purpose: an empty location is
// none, and hosts that no resolver takes are refused.
func departs(location, standard string) bool {
	if strings.Trim(location, " \t\n\x1f") == "" {
		return true
	}
	_, rest, _ := strings.Cut(standard, "//")
	host := rest[:max(0, strings.IndexByte(rest, '/'))]
	return strings.ContainsAny(host, "`{}")
}
