// The laws of judging suites, over every combination of answers and lists.

package offered

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/tlshello"
)

var rc4 = Kind{Saw: "with RC4", Is: tlshello.Suite.RC4}

const (
	weak   tlshello.Suite = 0x0005 // TLS_RSA_WITH_RC4_128_SHA
	strong tlshello.Suite = 0xC02F // TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
)

// lists are the states that one version's enumeration can be in; nil is one
// that was never begun.
var lists = []*observe.SuiteList{
	nil,
	{},
	{Complete: true},
	{Suites: []observe.SuiteSeen{{Suite: strong, Ref: "tls/0010"}}},
	{Suites: []observe.SuiteSeen{{Suite: strong, Ref: "tls/0010"}}, Complete: true},
	{Suites: []observe.SuiteSeen{{Suite: strong, Ref: "tls/0010"}, {Suite: weak, Ref: "tls/0011"}}},
	{Suites: []observe.SuiteSeen{{Suite: weak, Ref: "tls/0011"}}, Complete: true},
}

func holds(list *observe.SuiteList) bool {
	return list != nil && slices.ContainsFunc(list.Suites, func(s observe.SuiteSeen) bool { return s.Suite == weak })
}

// TLS 1.2 and TLS 1.0 vary, SSLv3 and TLS 1.1 are refused; TLS 1.3 has no RC4
// and must not matter.
func TestSuitesPassOnlyWhenEveryVersionIsRefusedOrEnumerated(t *testing.T) {
	answers := []observe.Result{"", observe.Accepted, observe.Denied, observe.Silent}
	for _, a := range answers {
		for _, list := range lists {
			tryBeside(t, answers, a, list)
		}
	}
}

func tryBeside(t *testing.T, answers []observe.Result, a observe.Result, list *observe.SuiteList) {
	t.Helper()
	for _, b := range answers {
		for _, other := range lists {
			trySuites(t, a, b, list, other)
		}
	}
}

func trySuites(t *testing.T, a, b observe.Result, list, other *observe.SuiteList) {
	t.Helper()
	seen := observe.Versions{
		tlshello.SSL3: {Result: observe.Denied}, tlshello.TLS11: {Result: observe.Denied},
		tlshello.TLS10: {Result: a}, tlshello.TLS12: {Result: b}, tlshello.TLS13: {Result: observe.Accepted},
	}
	suites := observe.Suites{Versions: map[tlshello.Version]observe.SuiteList{}}
	if list != nil {
		suites.Versions[tlshello.TLS10] = *list
	}
	if other != nil {
		suites.Versions[tlshello.TLS12] = *other
	}
	settled := func(r observe.Result, l *observe.SuiteList) bool {
		return r == observe.Denied || r == observe.Accepted && l != nil && l.Complete && len(l.Suites) > 0
	}
	want := rule.Inconcluded
	switch {
	case holds(list) || holds(other):
		want = rule.Failed
	case settled(a, list) && settled(b, other):
		want = rule.Passed
	}
	if got := Suites(rc4)(seen, suites); got.Outcome != want {
		t.Errorf("TLS 1.0 %q %v, TLS 1.2 %q %v: judged %s, want %s", a, list, b, other, got.Outcome, want)
	}
}

func TestSSLv2SuitesAreLeftToItsOwnRule(t *testing.T) {
	seen := observe.Versions{
		tlshello.SSL2: {Result: observe.Accepted}, tlshello.SSL3: {Result: observe.Denied}, tlshello.TLS10: {Result: observe.Denied},
		tlshello.TLS11: {Result: observe.Denied}, tlshello.TLS12: {Result: observe.Denied},
	}
	suites := observe.Suites{Versions: map[tlshello.Version]observe.SuiteList{
		tlshello.SSL2: {Suites: []observe.SuiteSeen{{Suite: 0x010080, Ref: "tls/0001"}}, Complete: true},
	}}
	if got := Suites(rc4)(seen, suites); got.Outcome != rule.Passed {
		t.Errorf("RC4 at SSLv2 alone is judged %s", got.Outcome)
	}
}

func TestFailureNamesEachVersionOnceAndSixSuitesAtMost(t *testing.T) {
	list := observe.SuiteList{Complete: true}
	for _, suite := range tlshello.Suites(tlshello.TLS12) {
		if suite.StaticKey() && len(list.Suites) < 8 {
			list.Suites = append(list.Suites, observe.SuiteSeen{Suite: suite, Ref: observe.Ref("tls/" + suite.String())})
		}
	}
	kind := Kind{Saw: "without forward secrecy", Label: "static", Is: tlshello.Suite.StaticKey}
	got := Suites(kind)(observe.Versions{tlshello.TLS12: {Result: observe.Accepted}},
		observe.Suites{Versions: map[tlshello.Version]observe.SuiteList{tlshello.TLS12: list}})
	if len(got.Places) != 1 || len(got.Places[0].Refs) != 8 {
		t.Fatalf("the failing places are %+v; want one that cites all eight exchanges", got.Places)
	}
	want := rule.Place{
		Where: "TLS 1.2 static",
		Saw: "accepted 8 suites without forward secrecy at TLS 1.2: TLS_RSA_WITH_NULL_MD5, TLS_RSA_WITH_NULL_SHA, TLS_RSA_EXPORT_WITH_RC4_40_MD5, " +
			"TLS_RSA_WITH_RC4_128_MD5, TLS_RSA_WITH_RC4_128_SHA, TLS_RSA_EXPORT_WITH_RC2_CBC_40_MD5 and 2 more",
		Refs: got.Places[0].Refs,
	}
	if diff := cmp.Diff(want, got.Places[0]); diff != "" {
		t.Errorf("place (-want +got):\n%s", diff)
	}
}

// A kind that is weak in some versions only is not looked for in the others, also
// where nothing is known of these.
func TestKindIsJudgedOnlyInItsVersions(t *testing.T) {
	old := Kind{Saw: "with RC4", Is: tlshello.Suite.RC4, At: func(v tlshello.Version) bool { return v < tlshello.TLS11 }}
	seen := observe.Versions{
		tlshello.SSL3: {Result: observe.Denied}, tlshello.TLS10: {Result: observe.Denied}, tlshello.TLS12: {Result: observe.Accepted},
	}
	suites := observe.Suites{Versions: map[tlshello.Version]observe.SuiteList{
		tlshello.TLS12: {Suites: []observe.SuiteSeen{{Suite: weak, Ref: "tls/0011"}}, Complete: true},
	}}
	if got := Suites(old)(seen, suites); got.Outcome != rule.Passed {
		t.Errorf("RC4 at TLS 1.2 alone is judged %s by a rule on TLS 1.0 and before: %s", got.Outcome, got.Says)
	}
	suites.Versions[tlshello.TLS10], seen[tlshello.TLS10] = suites.Versions[tlshello.TLS12], seen[tlshello.TLS12]
	if got := Suites(old)(seen, suites); got.Outcome != rule.Failed || len(got.Places) != 1 || got.Places[0].Where != "TLS 1.0" {
		t.Errorf("RC4 at TLS 1.0 is judged %s, %+v", got.Outcome, got.Places)
	}
}

func TestPortWithoutTLSIsNotJudged(t *testing.T) {
	seen := observe.Versions{}
	for _, version := range tlshello.Versions() {
		seen[version] = observe.Answer{Result: observe.Absent, Ref: "tls/0001"}
	}
	if got := Suites(rc4)(seen, observe.Suites{Absent: true}); got.Outcome != rule.NotApplies {
		t.Errorf("a port without TLS is judged %s", got.Outcome)
	}
}
