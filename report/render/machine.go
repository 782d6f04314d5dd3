// What the formats for programs share: where a target that has no source file is
// said to be, how its text becomes harmless there, and which findings count.

package render

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"middlebrick/report"
	"middlebrick/rule"
)

// A Place is the line of a file in the repository that declares the target. The
// zero Place is none.
type Place struct {
	File string // relative to the repository, with slashes
	Line int    // from 1
}

// An Explainer gives the page of a rule; ok is false for one that this version does
// not know.
type Explainer func(id string) (meta rule.Meta, doc rule.Doc, ok bool)

func (e Explainer) explain(id string) (rule.Meta, rule.Doc, bool) {
	if e == nil {
		return rule.Meta{}, rule.Doc{}, false
	}
	return e(id)
}

// said is a text of the target on one line, of at most that many characters.
func said(text string, most int) string { return atMost(Screen{Actions: true}.Line(text), most) }

// saidLines is a text of several lines, each of them made harmless.
func saidLines(text string, most int) string {
	var lines []string
	for line := range strings.Lines(atMost(text, most)) {
		lines = append(lines, Screen{Actions: true}.Line(expand(strings.TrimRight(line, "\r\n"))))
	}
	return strings.Join(lines, "\n")
}

// atMost cuts a text to that many characters.
func atMost(text string, most int) string {
	if len(text) <= most || utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most-1]) + "…"
}

// counted are the findings that count: the accepted ones have left the gate.
func counted(r report.Report) []report.Finding {
	return slices.DeleteFunc(slices.Clone(r.Findings), func(f report.Finding) bool { return f.State == report.Accepted })
}

// address is the target as a path that names no file: "api.example.com/v1/users",
// percent-encoded, for readers that refuse a URL and an empty path alike. The
// query is left out.
func address(r report.Report) string {
	host, path := parts(r)
	segments := []string{percent(host)}
	for segment := range strings.SplitSeq(path, "/") {
		if segment != "" && segment != "." && segment != ".." {
			segments = append(segments, percent(segment))
		}
	}
	return strings.Join(segments, "/")
}

// mostPath bounds a path that becomes a name, in bytes.
const mostPath = 300

// parts are host, with a port that is not the usual one, and path.
func parts(r report.Report) (host, path string) {
	host = r.Target.Host
	u, err := url.Parse(r.APIURL)
	if err == nil && u.Hostname() != "" {
		host, path = u.Hostname(), u.Path
	}
	if err == nil && u.Port() != "" && u.Port() != usualPorts[u.Scheme] {
		host += ":" + u.Port()
	}
	if host == "" {
		host = "target"
	}
	if len(path) > mostPath {
		path = path[:mostPath] + "-" + digest(r.APIURL)
	}
	return host, path
}

var usualPorts = map[string]string{"http": "80", "https": "443"}

// percent writes every byte that is not unreserved (RFC 3986 section 2.3) as %XX.
func percent(text string) string {
	var out strings.Builder
	for i := range len(text) {
		if c := text[i]; unreserved(c) {
			out.WriteByte(c)
			continue
		}
		fmt.Fprintf(&out, "%%%02X", text[i])
	}
	return out.String()
}

func unreserved(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || strings.IndexByte("-._~", c) >= 0
}

// slug is a name of the target for programs: letters, digits, dots and dashes, and
// a few digits that tell targets apart which read alike.
func slug(r report.Report) string {
	host, path := parts(r)
	var out strings.Builder
	for _, c := range []byte(strings.ToLower(host + path)) {
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '.':
			out.WriteByte(c)
		case !strings.HasSuffix(out.String(), "-"):
			out.WriteByte('-')
		}
	}
	return strings.Trim(atMost(out.String(), 80), "-.…") + "-" + digest(r.Method+" "+r.APIURL)
}

// digest is 32 bits of a text's SHA-256, in hexadecimal; longDigest is 64.
func digest(text string) string { return longDigest(text)[:8] }

func longDigest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}

// fingerprints are the ids of findings, each once: where two findings have the
// same, the second one's is derived from it.
func fingerprints(findings []report.Finding) []string {
	seen := map[string]int{}
	out := make([]string, 0, len(findings))
	for _, f := range findings {
		id := said(f.ID, 128)
		if n := seen[id]; n > 0 || id == "" {
			sum := sha256.Sum256([]byte(id + "\n" + strconv.Itoa(n)))
			id = hex.EncodeToString(sum[:])
		}
		seen[said(f.ID, 128)]++
		out = append(out, id)
	}
	return out
}

// place is where a finding is said to be: the line that declares the target, or
// the pseudo path of the target.
func (o Options) place(r report.Report) Place {
	if o.Place.File != "" && o.Place.Line > 0 {
		return o.Place
	}
	return Place{address(r), 1}
}

// gateWord is the outcome of the gate in one word of programs.
func gateWord(g *Gate) string {
	if g == nil || g.Outcome == "" {
		return "none"
	}
	return g.Outcome
}
