// Policies on the command line: by name, from a file, and as a gate.

package cli

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"middlebrick/observe"
	"middlebrick/report"
	"middlebrick/scan"
	"middlebrick/tlshello"
)

// seeing is a bench whose target accepts those versions and refuses the rest.
func seeing(t *testing.T, accepted ...tlshello.Version) *bench {
	t.Helper()
	b := newBench()
	versions := observe.Versions{}
	for _, v := range tlshello.Versions() {
		versions[v] = observe.Answer{Result: observe.Denied}
	}
	for _, v := range accepted {
		versions[v] = observe.Answer{Result: observe.Accepted}
	}
	text, err := json.Marshal(versions)
	if err != nil {
		t.Fatal(err)
	}
	run := b.engine.Run
	b.engine.Run = func(ctx context.Context, req scan.Request, tell func(scan.Event)) (*observe.Recording, error) {
		rec, err := run(ctx, req, tell)
		key := observe.TLSVersions.Name()
		rec.Entries = map[string]observe.Entry{key: {Key: key, Value: text}}
		return rec, err
	}
	return b
}

func file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestPolicySetsTheExit(t *testing.T) {
	own := file(t, "ours.json", `{"title": "Our own", "versions": {"allowed": ["TLS 1.2", "TLS 1.3"]}}`)
	hsts := file(t, "hsts.json", `{"name": "hsts", "hsts": {"minimumSeconds": 1}}`)
	for _, c := range []struct {
		name     string
		accepted []tlshello.Version
		args     []string
		exit     int
		says     string
	}{
		{"met", []tlshello.Version{tlshello.TLS12}, []string{"--policy", own}, 0, "meets the policy"},
		{"not met", []tlshello.Version{tlshello.TLS10, tlshello.TLS12}, []string{"--policy", own}, 1, "versions.allowed"},
		{"not known", []tlshello.Version{tlshello.TLS12}, []string{"--policy", own, "--policy", hsts}, 3, "whether it meets the policy hsts is not known: hsts"},
		{"what is not known beats what is not met", []tlshello.Version{tlshello.TLS10}, []string{"--policy", own, "--policy", hsts}, 3, "UNKNOWN"},
		{"a built-in one", []tlshello.Version{tlshello.TLS10}, []string{"--policy", "Mozilla-Modern"}, 1, "does not meet the policy mozilla-modern: versions.allowed, versions.required"},
	} {
		b := seeing(t, c.accepted...)
		if got := b.run(append([]string{"scan", "https://a.test"}, c.args...)...); got != c.exit || !strings.Contains(strings.Join(strings.Fields(b.out.String()), " "), c.says) {
			t.Errorf("%s: exit %d, want %d and %q in:\n%s%s", c.name, got, c.exit, c.says, b.out.String(), b.err.String())
		}
	}
}

func TestPolicyStandsInTheJSON(t *testing.T) {
	b := seeing(t, tlshello.TLS13)
	b.run("scan", "https://a.test", "--policy", "pci-dss", "--format", "json")
	var r report.Report
	if err := json.Unmarshal(b.out.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Policies) != 1 || r.Policies[0].Policy != "pci-dss" || len(r.Policies[0].Items) == 0 || r.Policies[0].Items[0].Outcome != "pass" {
		t.Errorf("policies: %+v", r.Policies)
	}
}

func TestWrongPolicyIsRefusedByName(t *testing.T) {
	for typed, mend := range map[string]string{
		"mozila-modern":                                                 `--policy: unknown policy or file "mozila-modern"; did you mean mozilla-modern?`,
		"/nowhere/policy.json":                                          "--policy: opening policy: stat /nowhere/policy.json",
		file(t, "a.json", `{"hsts": {"minimum": 1}}`):                   `there is no field "minimum"`,
		file(t, "b.json", `{"versions": {"allowed": ["1.3"]}}`):         `versions.allowed[0]: "1.3" is none that is known; write SSLv2,`,
		file(t, "c.json", `{"name": "pci-dss", "staple": {}}`):          "which is the name of a built-in policy; give it another name",
		file(t, "d.json", `{"name": "`+strings.Repeat("x", 1<<20)+`"}`): "a policy has at most 1048576",
		t.TempDir(): "--policy: ",
	} {
		var g gate
		refused(t, typed, g.addPolicy(typed), mend)
	}
	g := gate{}
	if err := g.addPolicy("pci-dss"); err != nil {
		t.Fatal(err)
	}
	refused(t, "pci-dss", g.addPolicy("pci-dss"), "--policy: pci-dss is given twice; give it once")
}

func TestPoliciesAreListedAndPrinted(t *testing.T) {
	b := newBench()
	if got := b.run("policies"); got != 0 || !strings.Contains(b.out.String(), "mozilla-intermediate  Mozilla Server Side TLS, intermediate 5.7") {
		t.Errorf("exit %d:\n%s", got, b.out.String())
	}
	b = newBench()
	if got := b.run("policies", "pci-dss"); got != 0 || !strings.HasPrefix(b.out.String(), "{\n  \"name\": \"pci-dss\"") {
		t.Errorf("exit %d:\n%s", got, b.out.String())
	}
	b = newBench()
	if got := b.run("policies", "--schema"); got != 0 || !json.Valid(b.out.Bytes()) {
		t.Errorf("exit %d:\n%s", got, b.out.String())
	}
	b = newBench()
	if got := b.run("policies", "pci"); got != 2 || !strings.Contains(b.err.String(), `unknown policy "pci"`) {
		t.Errorf("exit %d: %s", got, b.err.String())
	}
}
