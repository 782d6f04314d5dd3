// The laws of judging signature schemes, over every combination of answers and
// lists.

package offered

import (
	"testing"

	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/tlshello"
)

func sha1(s tlshello.SchemeInfo) bool { return s.Hash == "SHA1" }

// schemeLists are the states that one version's enumeration can be in; nil is one
// that was never begun.
var schemeLists = []*observe.SignatureList{
	nil,
	{},
	{Complete: true},
	{Unsigned: true, Complete: true},
	{Schemes: []observe.SignatureSeen{{Scheme: 0x0804, Ref: "tls/0010"}}},
	{Schemes: []observe.SignatureSeen{{Scheme: 0x0804, Ref: "tls/0010"}}, Complete: true},
	{Schemes: []observe.SignatureSeen{{Scheme: 0x0201, Ref: "tls/0011"}}},
	{Schemes: []observe.SignatureSeen{{Scheme: 0x0201, Ref: "tls/0011"}, {Scheme: 0x0804, Ref: "tls/0010"}}, Complete: true},
}

func signsBadly(list *observe.SignatureList) bool {
	return list != nil && len(list.Schemes) > 0 && list.Schemes[0].Scheme == 0x0201
}

func signsKnown(answer observe.Result, list *observe.SignatureList) bool {
	return answer == observe.Denied || answer == observe.Accepted && list != nil && list.Complete && (list.Unsigned || len(list.Schemes) > 0)
}

func TestSignaturesPassOnlyWhenEachVersionIsRefusedOrEnumerated(t *testing.T) {
	for _, a := range answered {
		for _, b := range answered {
			for _, list := range schemeLists {
				trySignatures(t, a, b, list)
			}
		}
	}
}

func trySignatures(t *testing.T, a, b observe.Result, list *observe.SignatureList) {
	t.Helper()
	for _, other := range schemeLists {
		seen := observe.Versions{tlshello.TLS12: {Result: a}, tlshello.TLS13: {Result: b}}
		signatures := observe.Signatures{Versions: map[tlshello.Version]observe.SignatureList{}}
		if list != nil {
			signatures.Versions[tlshello.TLS12] = *list
		}
		if other != nil {
			signatures.Versions[tlshello.TLS13] = *other
		}
		want := rule.Inconcluded
		switch {
		case signsBadly(list) || signsBadly(other):
			want = rule.Failed
		case signsKnown(a, list) && signsKnown(b, other) && (a == observe.Accepted || b == observe.Accepted):
			want = rule.Passed
		}
		if got := Signatures("with SHA-1", sha1)(seen, signatures); got.Outcome != want {
			t.Errorf("TLS 1.2 %q %v, TLS 1.3 %q %v: judged %s (%s), want %s", a, list, b, other, got.Outcome, got.Says, want)
		}
	}
}

func TestVersionsWithoutAChoiceOfSignatureAreNotJudged(t *testing.T) {
	seen := observe.Versions{
		tlshello.TLS10: {Result: observe.Accepted}, tlshello.TLS12: {Result: observe.Denied}, tlshello.TLS13: {Result: observe.Denied},
	}
	if got := Signatures("with SHA-1", sha1)(seen, observe.Signatures{}); got.Outcome != rule.NotApplies {
		t.Errorf("a target of TLS 1.0 alone is judged %s: %s", got.Outcome, got.Says)
	}
}
