// The laws of judging groups, over every combination of answers and lists.

package offered

import (
	"testing"

	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/tlshello"
)

const (
	shortCurve tlshello.Group = 0x0013 // secp192r1
	goodCurve                 = tlshello.X25519
)

func short(g tlshello.GroupInfo) bool { return g.Kind == "EC" && g.Size < 224 }

// groupLists are the states that one version's enumeration can be in; nil is one
// that was never begun.
var groupLists = []*observe.GroupList{
	nil,
	{},
	{Complete: true},
	{Groups: []observe.GroupSeen{{Group: goodCurve, Ref: "tls/0010"}}},
	{Groups: []observe.GroupSeen{{Group: goodCurve, Ref: "tls/0010"}}, Complete: true},
	{Groups: []observe.GroupSeen{{Group: shortCurve, Ref: "tls/0011"}}},
	{Groups: []observe.GroupSeen{{Group: goodCurve, Ref: "tls/0010"}, {Group: shortCurve, Ref: "tls/0011"}}, Complete: true},
}

func shortIn(list *observe.GroupList) bool {
	hits, _ := matching(orEmpty(list), short)
	return len(hits) > 0
}

func orEmpty(list *observe.GroupList) observe.GroupList {
	if list == nil {
		return observe.GroupList{}
	}
	return *list
}

// TLS 1.2 and TLS 1.3 vary, the older versions are refused.
func TestGroupsPassOnlyWhenBothFamiliesAreRefusedOrEnumerated(t *testing.T) {
	for _, a := range answered {
		for _, b := range answered {
			for _, list := range groupLists {
				tryGroups(t, a, b, list)
			}
		}
	}
}

var answered = []observe.Result{"", observe.Accepted, observe.Denied, observe.Silent}

func tryGroups(t *testing.T, a, b observe.Result, list *observe.GroupList) {
	t.Helper()
	for _, other := range groupLists {
		seen := observe.Versions{
			tlshello.TLS10: {Result: observe.Denied}, tlshello.TLS11: {Result: observe.Denied},
			tlshello.TLS12: {Result: a}, tlshello.TLS13: {Result: b},
		}
		groups := observe.Groups{Versions: map[tlshello.Version]observe.GroupList{}}
		if list != nil {
			groups.Versions[tlshello.TLS12] = *list
		}
		if other != nil {
			groups.Versions[tlshello.TLS13] = *other
		}
		want := rule.Inconcluded
		older := a == observe.Denied || a == observe.Accepted && orEmpty(list).Complete
		newer := b == observe.Denied || b == observe.Accepted && orEmpty(other).Complete && len(other.Groups) > 0
		switch {
		case shortIn(list) || shortIn(other):
			want = rule.Failed
		case older && newer && (a == observe.Accepted || b == observe.Accepted):
			want = rule.Passed
		}
		if got := Groups("of less than 224 bits", short)(seen, groups); got.Outcome != want {
			t.Errorf("TLS 1.2 %q %v, TLS 1.3 %q %v: judged %s (%s), want %s", a, list, b, other, got.Outcome, got.Says, want)
		}
	}
}

func TestOneOlderVersionSpeaksForTheGroupsOfAll(t *testing.T) {
	seen := observe.Versions{
		tlshello.TLS10: {Result: observe.Accepted}, tlshello.TLS11: {Result: observe.Accepted},
		tlshello.TLS12: {Result: observe.Silent}, tlshello.TLS13: {Result: observe.Denied},
	}
	groups := observe.Groups{Versions: map[tlshello.Version]observe.GroupList{tlshello.TLS11: *groupLists[4]}}
	if got := Groups("of less than 224 bits", short)(seen, groups); got.Outcome != rule.Passed {
		t.Errorf("judged %s: %s", got.Outcome, got.Says)
	}
	groups.Versions[tlshello.TLS10] = *groupLists[3]
	if got := Groups("of less than 224 bits", short)(seen, groups); got.Outcome != rule.Inconcluded {
		t.Errorf("with a list that was not finished, judged %s: %s", got.Outcome, got.Says)
	}
}

func TestPortWithoutTLSHasNoGroups(t *testing.T) {
	seen := observe.Versions{}
	for _, version := range tlshello.Versions() {
		seen[version] = observe.Answer{Result: observe.Absent, Ref: "tls/0001"}
	}
	if got := Groups("of less than 224 bits", short)(seen, observe.Groups{Absent: true}); got.Outcome != rule.NotApplies {
		t.Errorf("a port without TLS is judged %s", got.Outcome)
	}
}
