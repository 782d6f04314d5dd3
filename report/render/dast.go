// GitLab's DAST report. A GitLab that is older than the schema refuses the whole
// report, so it is of the first minor version of 15; an empty or null member broke
// the reading of it, so such a member is left out.

package render

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"strconv"
	"strings"
	"time"

	"middlebrick/report"
	"middlebrick/rule"
)

// dastVersion is the version of GitLab's security report schemas.
const dastVersion = "15.0.0"

type (
	dastReport struct {
		Version         string              `json:"version"`
		Scan            dastScan            `json:"scan"`
		Vulnerabilities []dastVulnerability `json:"vulnerabilities"`
	}
	dastScan struct {
		Analyzer  dastTool       `json:"analyzer"`
		Scanner   dastTool       `json:"scanner"`
		Type      string         `json:"type"`
		Status    string         `json:"status"`
		Start     string         `json:"start_time"`
		End       string         `json:"end_time"`
		Resources []dastResource `json:"scanned_resources"`
		Messages  []dastMessage  `json:"messages,omitempty"`
	}
	dastTool struct {
		ID      string     `json:"id"`
		Name    string     `json:"name"`
		Version string     `json:"version"`
		Vendor  dastVendor `json:"vendor"`
	}
	dastVendor struct {
		Name string `json:"name"`
	}
	dastResource struct {
		Method string `json:"method"`
		URL    string `json:"url"`
		Type   string `json:"type"`
	}
	dastMessage struct {
		Level string `json:"level"`
		Value string `json:"value"`
	}
	dastVulnerability struct {
		ID          string           `json:"id"`
		Name        string           `json:"name"`
		Description string           `json:"description"` // Markdown
		Severity    string           `json:"severity"`
		Solution    string           `json:"solution,omitempty"`
		Identifiers []dastIdentifier `json:"identifiers"`
		Links       []dastLink       `json:"links,omitempty"`
		Location    dastLocation     `json:"location"`
		Evidence    *dastEvidence    `json:"evidence,omitempty"`
	}
	dastIdentifier struct {
		Type  string `json:"type"`
		Name  string `json:"name"`
		Value string `json:"value"`
		URL   string `json:"url,omitempty"`
	}
	dastLink struct {
		Name string `json:"name,omitempty"`
		URL  string `json:"url"`
	}
	// dastLocation is by which GitLab tells findings of one rule apart: it hashes
	// path, method and param.
	dastLocation struct {
		Hostname string `json:"hostname,omitempty"`
		Method   string `json:"method,omitempty"`
		Param    string `json:"param,omitempty"`
		Path     string `json:"path,omitempty"`
	}
	dastEvidence struct {
		Summary string `json:"summary"`
	}
)

var dastSeverities = map[rule.Severity]string{rule.Critical: "Critical", rule.High: "High", rule.Medium: "Medium", rule.Low: "Low", rule.Info: "Info"}

func dast(r report.Report, o Options) ([]byte, error) {
	tool := dastTool{"middlebrick", "middlebrick", orElse(said(r.Engine.Version, 40), "unknown"), dastVendor{"middlebrick"}}
	out := dastReport{Version: dastVersion, Vulnerabilities: []dastVulnerability{}, Scan: dastScan{
		Analyzer: tool, Scanner: tool, Type: "dast", Status: "success", Start: dastTime(r.CreatedAt), End: dastTime(r.CompletedAt),
		Resources: []dastResource{{orElse(said(r.Method, 20), "GET"), orElse(said(r.APIURL, 2000), "unknown"), "url"}},
		Messages:  dastMessages(r),
	}}
	if r.Status != report.Completed {
		out.Scan.Status = "failure"
	}
	findings := counted(r)
	ids := fingerprints(findings)
	for i, f := range findings {
		out.Vulnerabilities = append(out.Vulnerabilities, dastFinding(r, f, ids[i], o))
	}
	return Value(out)
}

func dastTime(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05") }

// dastMessages say what the scan could not answer.
func dastMessages(r report.Report) []dastMessage {
	var out []dastMessage
	if r.Status != report.Completed {
		says := orElse(r.ErrorMessage, orElse(r.Withheld, "the scan did not come to its end"))
		out = append(out, dastMessage{"fatal", said(says, 1000)})
	}
	for _, n := range r.NotTested {
		out = append(out, dastMessage{"warn", said(n.Rule+" was not answered: "+orElse(n.Detail, string(n.Reason)), 1000)})
	}
	return out
}

func dastFinding(r report.Report, f report.Finding, id string, o Options) dastVulnerability {
	v := dastVulnerability{
		ID: uuid(id), Name: orElse(said(f.Title, 255), ruleName(f)), Severity: orElse(dastSeverities[f.Severity], "Unknown"),
		Description: dastDescription(f, o), Solution: dastSolution(f, o), Identifiers: identifiers(f), Location: dastWhere(r, f),
	}
	for _, cite := range f.References {
		if webAddress(cite.URL) {
			v.Links = append(v.Links, dastLink{said(cite.Text, 200), cite.URL})
		}
	}
	if summary := dastProof(f); summary != "" {
		v.Evidence = &dastEvidence{summary}
	}
	return v
}

// uuid is a fingerprint in the form that GitLab recommends for ids (RFC 9562,
// version 8).
func uuid(fingerprint string) string {
	sum := sha256.Sum256([]byte(fingerprint))
	sum[6], sum[8] = sum[6]&0x0f|0x80, sum[8]&0x3f|0x80
	h := hex.EncodeToString(sum[:16])
	return strings.Join([]string{h[:8], h[8:12], h[12:16], h[16:20], h[20:]}, "-")
}

func dastDescription(f report.Finding, o Options) string {
	says := "Saw: " + prose(f.Description, 4000)
	if f.Where != "" {
		says += "\n\nWhere: " + code(f.Where, 500)
	}
	if f.Because != "" {
		says += "\n\nRated " + prose(string(f.Severity), 20) + " because " + prose(f.Because, 500)
	}
	if means := o.Explain.means(f); means != "" {
		says += "\n\nMeans: " + means
	}
	if len(f.Reproduce) > 0 {
		says += "\n\nTo see it again:\n\n" + fenced(f.Reproduce[0], 500)
	}
	return says
}

// dastSolution is the fix from the rule's own page, never from the report: GitLab
// reads it as Markdown.
func dastSolution(f report.Finding, o Options) string {
	platform, text := o.Explain.fix(f)
	if text == "" {
		return "middlebrick explain " + prose(ruleName(f), 120)
	}
	return atMost(platform+":\n\n"+text, 7000)
}

func identifiers(f report.Finding) []dastIdentifier {
	id := ruleName(f)
	out := []dastIdentifier{{Type: "middlebrick_rule", Name: id, Value: id}}
	for _, number := range f.CWE {
		n := strconv.Itoa(number)
		out = append(out, dastIdentifier{"cwe", "CWE-" + n, n, "https://cwe.mitre.org/data/definitions/" + n + ".html"})
	}
	if f.OWASP != "" {
		risk := said(f.OWASP, 40)
		out = append(out, dastIdentifier{Type: "owasp", Name: risk, Value: risk})
	}
	return out
}

func dastWhere(r report.Report, f report.Finding) dastLocation {
	at := dastLocation{Method: said(r.Method, 20), Param: said(f.Where, 500)}
	u, err := url.Parse(r.APIURL)
	if err != nil || u.Host == "" {
		at.Hostname = said(r.Target.Host, 300)
		return at
	}
	at.Hostname, at.Path = said(u.Scheme+"://"+u.Host, 300), orElse(said(u.EscapedPath(), 2000), "/")
	return at
}

// dastProof is what was sent and received, as text.
func dastProof(f report.Finding) string {
	var lines []string
	for _, e := range f.Evidence {
		if e.Sent == "" && e.Received == "" {
			continue
		}
		lines = append(lines, said(e.About, 300), "> "+saidLines(orElse(e.Sent, "(nothing)"), 2000), "< "+saidLines(orElse(e.Received, "(nothing)"), 2000))
	}
	return atMost(strings.Join(lines, "\n"), 20_000)
}

// webAddress is true for an address that a reader may follow.
func webAddress(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil {
		return false
	}
	return strings.IndexFunc(address, func(c rune) bool { return c <= ' ' || c >= 0x7f || strings.ContainsRune(`<>"'()[]\^`+"`{|}", c) }) < 0
}
