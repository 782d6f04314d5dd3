// The laws of judging whose order of suites decides.

package offered

import (
	"testing"

	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/tlshello"
)

// preferences are what can be known of the order beside a list.
var preferences = []observe.SuiteList{
	{},
	{Preference: observe.ByClient},
	{Preference: observe.ByServer},
	{Preference: observe.ByServer, Preferred: strong},
	{Preference: observe.ByServer, Preferred: weak},
}

func TestOrderMattersOnlyWhereWeakAndStrongAreAccepted(t *testing.T) {
	for _, suites := range [][]tlshello.Suite{{}, {weak}, {strong}, {weak, strong}, {strong, weak}} {
		for _, order := range preferences {
			for _, complete := range []bool{true, false} {
				tryOrder(t, suites, order, complete)
			}
		}
	}
}

func tryOrder(t *testing.T, suites []tlshello.Suite, list observe.SuiteList, complete bool) {
	t.Helper()
	list.Complete = complete
	for _, suite := range suites {
		list.Suites = append(list.Suites, observe.SuiteSeen{Suite: suite, Ref: observe.Ref("tls/" + suite.String())})
	}
	seen := observe.Versions{
		tlshello.TLS10: {Result: observe.Denied}, tlshello.TLS11: {Result: observe.Denied},
		tlshello.TLS12: {Result: observe.Accepted}, tlshello.TLS13: {Result: observe.Denied},
	}
	want, both := rule.Inconcluded, len(suites) == 2
	untold := list.Preference == "" || list.Preference == observe.ByServer && list.Preferred == 0
	switch {
	case both && (list.Preference == observe.ByClient || list.Preferred == weak):
		want = rule.Failed
	case complete && len(suites) > 0 && !(both && untold):
		want = rule.Passed
	}
	got := Preference(seen, observe.Suites{Versions: map[tlshello.Version]observe.SuiteList{tlshello.TLS12: list}})
	if got.Outcome != want {
		t.Errorf("%v, %q prefers %s, complete %v: judged %s (%s), want %s", suites, list.Preference, list.Preferred, complete, got.Outcome, got.Says, want)
	}
	if want == rule.Failed && len(got.Places[0].Refs) != 2 {
		t.Errorf("%v: the failure cites %v", suites, got.Places[0].Refs)
	}
}

func TestCBCIsWeakOnlyWhereThereIsSomethingBetter(t *testing.T) {
	const cbc tlshello.Suite = 0xC013 // TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA
	if Weak(tlshello.TLS10, cbc) || Weak(tlshello.TLS11, cbc) || !Weak(tlshello.TLS12, cbc) {
		t.Error("CBC with forward secrecy is the best of TLS 1.0 and 1.1, and not of TLS 1.2")
	}
	for _, suite := range []tlshello.Suite{0x1301, 0x1302, 0x1303, strong, 0xCCA8, 0x009E} {
		if Weak(tlshello.TLS12, suite) {
			t.Errorf("%s is called weak", suite)
		}
	}
	for _, suite := range []tlshello.Suite{weak, 0x009C, 0x1305, 0xC0B4, 0xC104, 0x000A, 0x0018, 0x0007} {
		if !Weak(tlshello.TLS12, suite) {
			t.Errorf("%s is not called weak", suite)
		}
	}
}
