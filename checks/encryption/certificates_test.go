// Every certificate of the testbed's set against every certificate rule: the
// exact verdicts, so that one cause makes one finding.

package encryption_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"middlebrick/certread"
	"middlebrick/checks"
	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/testbed/ca"
)

const host = "www.app.test"

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// judged is each rule's outcome over one chain, the passes left out:
// "certname fail high".
func judged(t *testing.T, chain observe.Chain) []string {
	t.Helper()
	raw, err := json.Marshal(chain)
	if err != nil {
		t.Fatal(err)
	}
	key := observe.Certificates.Name()
	rec := &observe.Recording{Entries: map[string]observe.Entry{key: {Key: key, Value: raw, From: []observe.Ref{"tls/0001"}}}, End: &observe.End{}}
	outcomes := []string{}
	for _, r := range checks.Rules() {
		if len(r.Needs) != 1 || r.Needs[0] != key {
			continue
		}
		v := r.Judge(rec)
		switch v.Outcome {
		case rule.Failed:
			outcomes = append(outcomes, r.Name()+" fail "+string(v.Worst(r.Severity)))
		case rule.NotApplies, rule.Inconcluded:
			outcomes = append(outcomes, r.Name()+" "+string(v.Outcome))
		}
	}
	return outcomes
}

func lines(text string) []string { return strings.Split(text, "; ") }

func TestOneCauseMakesOneFinding(t *testing.T) {
	unread := []string{"certchainincomplete not-applicable", "certmalformed fail high", "certuntrusted not-applicable"}
	want := map[string][]string{
		"good": {}, "goodp384": {}, "goodrsa": {}, "ipsan": {}, "emptysubject": {}, "wildcard": {}, "names1000": {},
		"names10000": {}, "extraroot": {}, "caleaf": {}, "zeroserial": {}, "longserial": {}, "controlcn": {},
		"expired":             lines("certexpired fail high; certexpiring not-applicable"),
		"notyet":              lines("certnotyet fail high"),
		"expiring":            lines("certexpiring fail low"),
		"longlife":            lines("certlifetime fail info"),
		"year2050":            lines("certlifetime fail info"),
		"intermediateexpired": lines("certexpired fail high"),
		"wronghost":           lines("certname fail high; certsan not-applicable"),
		"ipasdns":             lines("certname fail high; certsan not-applicable"),
		"nulname":             lines("certname fail high; certsan not-applicable"),
		"star":                lines("certname fail high; certsan not-applicable"),
		"nosan":               lines("certname not-applicable; certsan fail high"),
		"version1":            lines("certname not-applicable; certsan fail high"),
		"selfsigned":          lines("certchainincomplete not-applicable; certlifetime not-applicable; certselfsigned fail high; certuntrusted not-applicable"),
		"untrustedroot":       lines("certchainincomplete not-applicable; certuntrusted fail high"),
		"clientauth":          lines("certchainincomplete not-applicable; certuntrusted fail high"),
		"incomplete":          lines("certchainincomplete fail high; certuntrusted not-applicable"),
		"misordered":          lines("certchainorder fail low"),
		"twice":               lines("certchainorder fail low"),
		"unrelated":           lines("certchainorder fail info"),
		"rsa1024":             lines("certkey fail high"),
		"rsa512":              lines("certkey fail critical"),
		"p224":                lines("certkey fail low"),
		"roca":                lines("certkey fail critical"),
		"sha1":                lines("certsignature fail high"),
		"md5":                 lines("certsignature fail high"),
		"ecdsasha1":           lines("certsignature fail high"),
		"muststaple":          lines("certstaple fail medium"),
		"negativeserial":      append(unread[:2:2], "certstaple not-applicable", unread[2]),
		"duplicateextension":  append(unread[:2:2], "certstaple not-applicable", unread[2]),
		"version9":            append(unread[:2:2], "certstaple not-applicable", unread[2]),
		"badsan": lines("certchainincomplete not-applicable; certmalformed fail high; certname not-applicable; " +
			"certsan not-applicable; certstaple not-applicable; certuntrusted not-applicable"),
		"garbage": lines("certadhoc not-applicable; certchainincomplete not-applicable; certexpired not-applicable; " +
			"certexpiring not-applicable; certkey not-applicable; certlifetime not-applicable; certmalformed fail high; " +
			"certname not-applicable; certnotyet not-applicable; certsan not-applicable; certselfsigned not-applicable; " +
			"certsignature not-applicable; certstaple not-applicable; certuntrusted not-applicable"),
		"adhoc": lines("certadhoc fail high; certchainincomplete not-applicable; certlifetime not-applicable; " +
			"certname not-applicable; certsan not-applicable; certselfsigned not-applicable; certuntrusted not-applicable"),
	}
	authority := ca.At(noon)
	store := certread.NewStore(certread.CAFile, "")
	if err := store.AddPEM(authority.RootPEM()); err != nil {
		t.Fatal(err)
	}
	got := map[string][]string{}
	for _, one := range authority.Set(host) {
		chain := certread.Chain(one.Chain, host, []*certread.Store{store}, noon)
		chain.StapleAsked, chain.Ref = true, "tls/0001"
		got[one.Name] = judged(t, chain)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The rule that the set's author expects must be among those that fail, but for
// faults that only a linter sees and those that are told by a better rule here.
func TestSetFailsTheRuleThatItWasMadeFor(t *testing.T) {
	told := map[string]string{
		"negativeserial": "certmalformed", "duplicateextension": "certmalformed", "version9": "certmalformed",
		"garbage": "certmalformed", "badsan": "certmalformed", "version1": "certsan",
		"caleaf": "", "zeroserial": "", "longserial": "", "controlcn": "",
	}
	authority := ca.At(noon)
	store := certread.NewStore(certread.CAFile, "")
	if err := store.AddPEM(authority.RootPEM()); err != nil {
		t.Fatal(err)
	}
	for _, one := range authority.Set(host) {
		wanted := one.Rule
		if better, ok := told[one.Name]; ok {
			wanted = better
		}
		chain := certread.Chain(one.Chain, host, []*certread.Store{store}, noon)
		chain.StapleAsked, chain.Ref = true, "tls/0001"
		var failed []string
		for _, outcome := range judged(t, chain) {
			if name, severity, found := strings.Cut(outcome, " fail "); found && severity != "" {
				failed = append(failed, name)
			}
		}
		if got := strings.Join(failed, " "); got != wanted {
			t.Errorf("%s: %q fail, want %q", one.Name, got, wanted)
		}
	}
}
