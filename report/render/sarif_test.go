// SARIF: valid by its own schema, and by what GitHub takes and refuses beyond it.

package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"middlebrick/report"
	"middlebrick/rule"
)

func schemaFile(t testing.TB, name string) *jsonschema.Schema {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "schemas", name))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("file:///"+name, readDocument(t, text)); err != nil {
		t.Fatal(err)
	}
	return c.MustCompile("file:///" + name)
}

func sarifOf(t testing.TB, r report.Report, o Options) sarifLog {
	t.Helper()
	var log sarifLog
	decoder := json.NewDecoder(bytes.NewReader(inFormat(t, "sarif", r, o)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&log); err != nil {
		t.Fatal(err)
	}
	return log
}

func TestSARIFIsValid(t *testing.T) {
	schema := schemaFile(t, "sarif-2.1.0.json")
	for _, name := range fixtures {
		for _, o := range []Options{{}, machineOptions(), {Explain: book, Pages: "https://mb.example/rules/"}} {
			if err := schema.Validate(readDocument(t, inFormat(t, "sarif", fixture(t, name), o))); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

func TestHostileSARIFIsValidAndAcceptable(t *testing.T) {
	schema, base := schemaFile(t, "sarif-2.1.0.json"), fixture(t, "flask")
	rapid.Check(t, func(rt *rapid.T) {
		r := hostileReport(rt, base)
		o := Options{Explain: book, Gate: failing()}
		if rapid.Bool().Draw(rt, "declared") {
			o = machineOptions()
		}
		if err := schema.Validate(readDocument(t, inFormat(t, "sarif", r, o))); err != nil {
			rt.Fatal(err)
		}
		if err := refusedByGitHub(sarifOf(t, r, o)); err != nil {
			rt.Fatal(err)
		}
	})
}

var (
	linkInMessage = regexp.MustCompile(`(^|[^\\])\[[^\]]*[^\\]?\]\([^)]*\)`)
	holeInMessage = regexp.MustCompile(`(^|[^{])\{[0-9]+\}`)
)

// refusedByGitHub is why code scanning would not take the log, or would lose a
// part of it: https://docs.github.com/en/code-security and the reports of those
// whose upload was refused.
func refusedByGitHub(log sarifLog) error {
	if len(log.Runs) != 1 {
		return fmt.Errorf("%d runs in one file", len(log.Runs))
	}
	run := log.Runs[0]
	if len(run.Results) > mostResults {
		return fmt.Errorf("%d results", len(run.Results))
	}
	if parts := strings.Split(run.Automation.ID, "/"); len(parts) != 3 || parts[0] != "middlebrick" || parts[1] == "" {
		return fmt.Errorf("the category %q", run.Automation.ID)
	}
	for _, r := range run.Tool.Driver.Rules {
		if len(r.Properties.Tags) > 10 || r.Short.Text == "" || r.Full.Text == "" || r.Help.Text == "" || len(r.Short.Text) > 1024 {
			return fmt.Errorf("the rule %q", r.ID)
		}
	}
	seen := map[string]bool{}
	for _, r := range run.Results {
		if err := refusedResult(run, r); err != nil {
			return err
		}
		if id := r.Fingerprints[ownFingerprint]; id == "" || seen[id] {
			return fmt.Errorf("the fingerprint %q is empty or used twice", id)
		}
		seen[r.Fingerprints[ownFingerprint]] = true
	}
	return nil
}

func refusedResult(run sarifRun, r sarifResult) error {
	if r.Index < 0 || r.Index >= len(run.Tool.Driver.Rules) || run.Tool.Driver.Rules[r.Index].ID != r.Rule {
		return fmt.Errorf("the rule %q is not at %d", r.Rule, r.Index)
	}
	if len(r.Locations) != 1 || r.Message.Text == "" {
		return fmt.Errorf("%d locations, the message %q", len(r.Locations), r.Message.Text)
	}
	if linkInMessage.MatchString(r.Message.Text) || holeInMessage.MatchString(r.Message.Text) {
		return fmt.Errorf("a link or a placeholder in %q", r.Message.Text)
	}
	at := r.Locations[0].Physical
	u, err := url.Parse(at.Artifact.URI)
	if err != nil || u.Scheme != "" || u.Host != "" || u.Path == "" || strings.HasPrefix(at.Artifact.URI, "/") || strings.ContainsAny(at.Artifact.URI, " \\:?#") {
		return fmt.Errorf("the location %q is no relative reference to a path", at.Artifact.URI)
	}
	if at.Region.StartLine < 1 || at.Region.StartColumn < 1 || at.Region.EndColumn <= at.Region.StartColumn {
		return fmt.Errorf("the region %v", at.Region)
	}
	return nil
}

func TestSARIFSaysWhatGitHubSortsBy(t *testing.T) {
	log := sarifOf(t, fixture(t, "flask"), Options{Explain: book, Gate: failing()})
	if err := refusedByGitHub(log); err != nil {
		t.Error(err)
	}
	run := log.Runs[0]
	got := map[string]string{}
	for _, r := range run.Results {
		rule := run.Tool.Driver.Rules[r.Index]
		got[r.Rule] = r.Level + " " + rule.Properties.Severity + " " + strings.Join(rule.Properties.Tags, " ")
	}
	want := "error 9.5 security external/cwe/cwe-319 external/owasp/api8-2023"
	if got["encryption.plainhttp"] != want {
		t.Errorf("got %q, want %q", got["encryption.plainhttp"], want)
	}
	wantAt := sarifPhysical{sarifArtifact{"api.acme.example/v1/users"}, sarifRegion{1, 1, 1, 2}}
	if diff := cmp.Diff(wantAt, run.Results[0].Locations[0].Physical); diff != "" {
		t.Errorf("location (-want +got):\n%s", diff)
	}
	var about []string
	for _, n := range run.Invocations[0].Notifications {
		about = append(about, n.Descriptor.ID+" "+n.Rule.ID)
	}
	if diff := cmp.Diff([]string{"inconclusive-timeout encryption.suiteexport", "inconclusive-reset encryption.renegotiationclient"}, about); diff != "" {
		t.Errorf("what got no answer (-want +got):\n%s", diff)
	}
}

func TestSARIFStandsAtTheDeclaredLine(t *testing.T) {
	run := sarifOf(t, fixture(t, "flask"), Options{Place: Place{"deploy files/api.yaml", 7}}).Runs[0]
	want := sarifPhysical{sarifArtifact{"deploy%20files/api.yaml"}, sarifRegion{7, 1, 7, 2}}
	if diff := cmp.Diff(want, run.Results[0].Locations[0].Physical); diff != "" {
		t.Errorf("location (-want +got):\n%s", diff)
	}
	if _, has := run.Results[0].Fingerprints[lineHash]; has {
		t.Error("a hash is given of a line that the upload reads itself, and warns when it differs")
	}
}

func TestAddressesOfTargetsArePaths(t *testing.T) {
	for typed, want := range map[string]string{
		"https://api.example.com/":                    "api.example.com",
		"https://api.example.com":                     "api.example.com",
		"https://api.example.com:443/a":               "api.example.com/a",
		"http://127.0.0.1:5000/users/?key=secret":     "127.0.0.1%3A5000/users",
		"http://[::1]:5000/a b/../c//d":               "%3A%3A1%3A5000/a%20b/c/d",
		"https://xn--bcher-kva.example/Ünï/%00%0a::x": "xn--bcher-kva.example/%C3%9Cn%C3%AF/%00%0A%3A%3Ax",
		":not a url": "fallback",
	} {
		r := report.Report{APIURL: typed, Target: report.Target{Host: "fallback"}}
		if got := address(r); got != want {
			t.Errorf("%s: got %q, want %q", typed, got, want)
		}
	}
	if got := address(report.Report{}); got != "target" {
		t.Errorf("of nothing: %q", got)
	}
}

func TestTargetsThatReadAlikeHaveTheirOwnCategory(t *testing.T) {
	seen := map[string]string{}
	for _, typed := range []string{"https://a.example/b-c", "https://a.example/b/c", "https://a.example/B/c", "http://a.example/b/c", "https://a.example:8443/b/c"} {
		name := slug(report.Report{APIURL: typed, Method: "GET"})
		if other, twice := seen[name]; twice || strings.ContainsAny(name, "/ %") {
			t.Errorf("%s and %s are both %q", typed, other, name)
		}
		seen[name] = typed
	}
}

func TestMoreResultsThanGitHubTakesAreCounted(t *testing.T) {
	r := many(t, mostResults+7)
	log := sarifOf(t, r, Options{})
	if err := refusedByGitHub(log); err != nil {
		t.Error(err)
	}
	first := log.Runs[0].Invocations[0].Notifications[0]
	if first.Descriptor.ID != "results-omitted" || !strings.HasPrefix(first.Message.Text, "7 more findings") {
		t.Errorf("got %+v", first)
	}
}

func TestSARIFLeavesAcceptedFindingsOutAndCountsThem(t *testing.T) {
	r := fixture(t, "flask")
	r.Findings[0].State = report.Accepted
	run := sarifOf(t, r, Options{}).Runs[0]
	if len(run.Results) != len(r.Findings)-1 || run.Properties.Accepted != 1 {
		t.Errorf("%d results, %d accepted", len(run.Results), run.Properties.Accepted)
	}
}

func TestUnreachedTargetIsNoCleanSARIF(t *testing.T) {
	run := sarifOf(t, fixture(t, "unreached"), Options{}).Runs[0].Invocations[0]
	if run.Successful || run.Notifications[0].Descriptor.ID != "scan-failed" || run.Notifications[0].Level != "error" {
		t.Errorf("got %+v", run)
	}
}

func TestInfoIsNoSecurityAlert(t *testing.T) {
	r := fixture(t, "flask")
	r.Findings = r.Findings[:1]
	r.Findings[0].Severity = rule.Info
	first := sarifOf(t, r, Options{Explain: book}).Runs[0].Tool.Driver.Rules[0]
	if first.Properties.Severity != "" || first.Properties.Tags[0] == "security" || first.Default.Level != "note" {
		t.Errorf("got %+v", first)
	}
}
