// JUnit, GitLab's two reports and CSV: held to their schemas, and to what their
// readers are known to stumble over.

package render

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"middlebrick/observe"
	"middlebrick/report"
)

func junitOf(t testing.TB, r report.Report, o Options) junitSuites {
	t.Helper()
	var all junitSuites
	decoder := xml.NewDecoder(bytes.NewReader(inFormat(t, "junit", r, o)))
	decoder.Strict = true
	if err := decoder.Decode(&all); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestJUnitHasOneCaseForEveryRule(t *testing.T) {
	for _, name := range fixtures {
		r := fixture(t, name)
		want := slices.Concat(r.Passed, r.NotApplicable)
		for _, n := range r.NotTested {
			want = append(want, n.Rule)
		}
		for _, f := range r.Findings {
			want = append(want, f.Rule)
		}
		slices.Sort(want)
		var got []string
		for _, c := range junitOf(t, r, Options{}).Suites[0].Cases {
			got = append(got, c.Name)
		}
		if diff := cmp.Diff(slices.Compact(want), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestJUnitTellsFailuresErrorsAndSkipsApart(t *testing.T) {
	r := fixture(t, "flask")
	twice := r.Findings[0]
	twice.Where = "http://api.acme.example/v1/other"
	r.Findings = append(r.Findings, twice)
	r.Findings[1].State, r.Findings[1].Acceptance = report.Accepted, &report.Acceptance{Until: "2027-01-31", Reason: "moving house"}
	r.NotTested = append(r.NotTested, report.NotTested{Rule: "encryption.certrevoked", Reason: observe.Unasked, Detail: "nobody was asked"})
	got := map[string]string{}
	suite := junitOf(t, r, Options{}).Suites[0]
	for _, c := range suite.Cases {
		says := strings.Repeat("failure ", len(c.Failures)) + strings.Repeat("error ", len(c.Errors))
		if c.Skipped != nil {
			says += "skipped " + *c.Skipped
		}
		got[c.Name] = says
	}
	for name, want := range map[string]string{
		"encryption.plainhttp":   "failure failure ",
		"encryption.certadhoc":   "skipped accepted until 2027-01-31: moving house",
		"encryption.suiteexport": "error ",
		"encryption.certrevoked": "skipped not tested: nobody was asked",
		"encryption.hstspreload": "skipped not applicable to this target",
		"encryption.tls10":       "",
	} {
		if got[name] != want {
			t.Errorf("%s: got %q, want %q", name, got[name], want)
		}
	}
	if suite.Tests != len(suite.Cases) || suite.Failures != 5 || suite.Errors != 2 || suite.Skipped != 3 {
		t.Errorf("%d tests, %d failures, %d errors, %d skipped", suite.Tests, suite.Failures, suite.Errors, suite.Skipped)
	}
}

func TestJUnitHasTheGateAsACase(t *testing.T) {
	for outcome, want := range map[string]string{"pass": "0 0", "fail": "1 0", "no verdict": "0 1"} {
		all := junitOf(t, fixture(t, "good"), Options{Gate: &Gate{Outcome: outcome, Reasons: []string{"because"}}})
		gate := all.Suites[len(all.Suites)-1]
		if got := string(rune('0'+gate.Failures)) + " " + string(rune('0'+gate.Errors)); got != want || len(all.Suites) != 2 {
			t.Errorf("%s: got %q in %d suites, want %q", outcome, got, len(all.Suites), want)
		}
	}
	if all := junitOf(t, fixture(t, "good"), Options{Gate: &Gate{Outcome: "none"}}); len(all.Suites) != 1 {
		t.Error("a gate that was not set has a case")
	}
}

func TestJUnitIsValidByJenkinsSchema(t *testing.T) {
	if _, err := exec.LookPath("xmllint"); err != nil {
		t.Skip("xmllint is not installed (Debian: libxml2-utils)")
	}
	hostileOne := fixture(t, "flask")
	for i := range hostileOne.Findings {
		f := &hostileOne.Findings[i]
		f.Description, f.Title, f.Rule = strings.Join(hostile, "]]><!--&x;"), "\x00\x01\x0b\ufffe\uffff<!DOCTYPE x>", f.Rule+"\x1b"
	}
	reports := []report.Report{hostileOne}
	for _, name := range fixtures {
		reports = append(reports, fixture(t, name))
	}
	for _, r := range reports {
		lint := exec.Command("xmllint", "--noout", "--nonet", "--schema", filepath.Join("testdata", "schemas", "junit-jenkins.xsd"), "-")
		lint.Stdin = bytes.NewReader(inFormat(t, "junit", r, machineOptions()))
		if out, err := lint.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", r.APIURL, err, out)
		}
	}
}

// empties are the paths of members that are null or an empty text.
func empties(path string, node any) []string {
	var out []string
	switch n := node.(type) {
	case map[string]any:
		for key, value := range n {
			out = append(out, empties(path+"/"+key, value)...)
		}
	case []any:
		for _, value := range n {
			out = append(out, empties(path+"/0", value)...)
		}
	case string:
		if n == "" {
			out = append(out, path)
		}
	case nil:
		out = append(out, path)
	}
	return out
}

// bare is a report that says hardly anything, twice.
func bare(t *testing.T) report.Report {
	r := fixture(t, "flask")
	r.Findings = []report.Finding{{ID: "x"}, {ID: "x"}, {}, {Rule: "encryption.x", Severity: "worse", Title: strings.Repeat("ü", 900)}}
	r.Method, r.Engine.Version, r.NotTested = "", "", []report.NotTested{{Rule: "encryption.y", Reason: "timeout"}}
	return r
}

func TestGitLabReportsAreValidAndHoldNothingEmpty(t *testing.T) {
	reports := []report.Report{bare(t)}
	for _, name := range fixtures {
		reports = append(reports, fixture(t, name))
	}
	for format, file := range map[string]string{"gitlab-dast": "gitlab-dast-15.json", "gitlab-codequality": "gitlab-codequality.json"} {
		schema := schemaFile(t, file)
		for _, r := range reports {
			holdsNothingEmpty(t, format, schema, r)
		}
	}
}

func holdsNothingEmpty(t *testing.T, format string, schema *jsonschema.Schema, r report.Report) {
	t.Helper()
	for _, o := range []Options{{}, machineOptions()} {
		doc := readDocument(t, inFormat(t, format, r, o))
		if found := empties("", doc); len(found) > 0 {
			t.Errorf("%s: empty or null: %v", format, found)
		}
		if err := schema.Validate(doc); err != nil {
			t.Errorf("%s of %s: %v", format, r.APIURL, err)
		}
	}
}

func TestHostileGitLabReportsAreValid(t *testing.T) {
	dast, quality, base := schemaFile(t, "gitlab-dast-15.json"), schemaFile(t, "gitlab-codequality.json"), fixture(t, "flask")
	rapid.Check(t, func(rt *rapid.T) {
		r := hostileReport(rt, base)
		if err := dast.Validate(readDocument(t, inFormat(t, "gitlab-dast", r, machineOptions()))); err != nil {
			rt.Fatal(err)
		}
		if err := quality.Validate(readDocument(t, inFormat(t, "gitlab-codequality", r, Options{}))); err != nil {
			rt.Fatal(err)
		}
		var found dastReport
		if err := json.Unmarshal(inFormat(t, "gitlab-dast", r, machineOptions()), &found); err != nil {
			rt.Fatal(err)
		}
		for _, v := range found.Vulnerabilities {
			markdownTexts(t, []byte(v.Description))
			if found := reference.FindString(words(t, []byte(v.Description))); found != "" {
				rt.Fatalf("%q becomes a link in:\n%s", found, v.Description)
			}
		}
	})
}

func TestGitLabFingerprintsAreUnique(t *testing.T) {
	r := fixture(t, "flask")
	for i := range r.Findings {
		r.Findings[i].ID = r.Findings[0].ID
	}
	var issues []qualityIssue
	if err := json.Unmarshal(inFormat(t, "gitlab-codequality", r, Options{}), &issues); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, issue := range issues {
		seen[issue.Fingerprint] = true
	}
	if len(seen) != len(r.Findings) || issues[0].Fingerprint != r.Findings[0].ID {
		t.Errorf("%d fingerprints for %d findings, the first is %q", len(seen), len(r.Findings), issues[0].Fingerprint)
	}
}

func TestCSVHasARowForEveryFinding(t *testing.T) {
	for _, name := range fixtures {
		r := fixture(t, name)
		document := inFormat(t, "csv", r, Options{})
		rows, err := csv.NewReader(bytes.NewReader(document)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) != len(r.Findings)+1 || bytes.Count(document, []byte("\r\n")) != len(rows) || bytes.Count(document, []byte("\n")) != len(rows) {
			t.Errorf("%s: %d rows and %d lines for %d findings", name, len(rows), bytes.Count(document, []byte("\n")), len(r.Findings))
		}
	}
}

func TestNoCellIsAFormula(t *testing.T) {
	for text, want := range map[string]string{
		`=cmd|' /C calc'!A0`:      `'=cmd|' /C calc'!A0`,
		"+1":                      "'+1",
		"-1+1":                    "'-1+1",
		"@SUM(A1)":                "'@SUM(A1)",
		"\t=1":                    `\x09=1`,
		"\r\n=1":                  `\x0d\x0a=1`,
		"  =1":                    "'  =1",
		`"=1`:                     `'"=1`,
		"'=1":                     "''=1",
		"＝1":                      "'＝1",
		"TLS 1.0 = old":           "TLS 1.0 = old",
		`x;=cmd,"@a";  -1`:        `x;'=cmd,"'@a";  '-1`,
		"Path=/; HttpOnly":        "Path=/; HttpOnly",
		"https://api.example.com": "https://api.example.com",
		"":                        "",
		"漢字":                      "漢字",
	} {
		if got := cell(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}
