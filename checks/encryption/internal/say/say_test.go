// What a hostile target writes, and how many places it makes, stays in bounds.

package say

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"middlebrick/observe"
	"middlebrick/rule"
)

func TestTextOfATargetIsEscapedAndCut(t *testing.T) {
	for text, want := range map[string]string{
		"plain":                        `"plain"`,
		"a\x1b[31mred\nnext":           `"a\x1b[31mred\nnext"`,
		"right\u202eto left":           `"right\u202eto left"`,
		`says "so"\`:                   `"says \"so\"\\"`,
		strings.Repeat("x", 201):       `"` + strings.Repeat("x", 200) + `…"`,
		strings.Repeat("é", 101):       `"` + strings.Repeat("é", 100) + `…"`,
		"x" + strings.Repeat("é", 100): `"x` + strings.Repeat("é", 99) + `…"`,
		"\xff\xfe":                     `"\xff\xfe"`,
	} {
		if diff := cmp.Diff(want, Quoted(text)); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(want[1:len(want)-1], Plain(text)); diff != "" {
			t.Error(diff)
		}
	}
}

func TestAddressesAreNamedByWhatStaysTheSame(t *testing.T) {
	for _, row := range []struct{ address, purpose, want string }{
		{"https://api.example.com/users?page=2#top", "target", "/users"},
		{"https://api.example.com", "root", "/"},
		{"https://192.0.2.10:8443/a%20b/", "", "/a%20b/"},
		{"https://api.example.com/4f1c9b", Missing, "a page that does not exist"},
		{"https://api.example.com/%zz", "target", "an address that cannot be read"},
	} {
		if diff := cmp.Diff(row.want, Path(row.address, row.purpose)); diff != "" {
			t.Errorf("%s: %s", row.address, diff)
		}
	}
	if diff := cmp.Diff("http://cdn.example.net/a.js", Bare("http://cdn.example.net/a.js?v=7#x?y")); diff != "" {
		t.Error(diff)
	}
}

func TestOnlyAnswersInGoodHealthTell(t *testing.T) {
	got := map[int]bool{}
	for _, status := range []int{0, 101, 200, 204, 301, 401, 404, 429, 500, 503, 999} {
		got[status] = Answered(status)
	}
	want := map[int]bool{0: false, 101: false, 200: true, 204: true, 301: true, 401: true, 404: true, 429: false, 500: false, 503: false, 999: false}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSightingsOfOnePlaceAreOneFinding(t *testing.T) {
	var places Places
	places.Add("script a", "first", "", "http/0001")
	places.Add("script b", "second", rule.Low, "http/0002")
	places.Add("script a", "third", "", "http/0003", "http/0001", "")
	got, failed := places.Failed()
	want := rule.Verdict{
		Outcome: rule.Failed,
		Places: []rule.Place{
			{Saw: "first", Where: "script a", Refs: []observe.Ref{"http/0001", "http/0003"}},
			{Saw: "second", Where: "script b", Severity: rule.Low, Refs: []observe.Ref{"http/0002"}},
		},
		Refs: []observe.Ref{"http/0001", "http/0003", "http/0002"},
	}
	if diff := cmp.Diff(want, got); !failed || diff != "" {
		t.Error(failed, diff)
	}
}

func TestPlacesPastTheBoundAreCounted(t *testing.T) {
	var places Places
	for i := range 3 * mostPlaces {
		where := strings.Repeat("x", 1+i%(2*mostPlaces))
		places.Add(where, "seen", "", "http/0001")
	}
	v, _ := places.Failed()
	if len(v.Places) != mostPlaces || v.Places[mostPlaces-1].Saw != "seen (and 50 more places of this kind)" {
		t.Errorf("%d places, the last one says %q", len(v.Places), v.Places[len(v.Places)-1].Saw)
	}
}

func TestNoSightingIsNoFailure(t *testing.T) {
	var places Places
	if _, failed := places.Failed(); failed || places.Any() {
		t.Error("nothing was noted, and yet it failed")
	}
}
