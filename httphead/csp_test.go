// What ParseCSP makes of policies.

package httphead

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPoliciesAreSplitAndTheFirstOfTwoDirectivesCounts(t *testing.T) {
	got := ParseCSP([]string{
		"Default-Src 'self'; IMG-SRC https: data:; img-src *;; upgrade-insecure-requests , script-src 'none'",
		" , ;", "block-all-mixed-content; x\xe9 y",
	})
	want := CSP{Policies: []Policy{
		{Directives: []Directive{
			{Name: "default-src", Values: []string{"'self'"}},
			{Name: "img-src", Values: []string{"https:", "data:"}},
			{Name: "upgrade-insecure-requests", Values: []string{}},
		}},
		{Directives: []Directive{{Name: "script-src", Values: []string{"'none'"}}}},
		{Directives: []Directive{{Name: "block-all-mixed-content", Values: []string{}}}},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("difference (-want +got):\n%s", diff)
	}
	if !got.UpgradeInsecureRequests() || !got.BlockAllMixedContent() {
		t.Error("the two mixed content directives were not seen")
	}
	if none := ParseCSP(nil); none.Policies == nil || none.UpgradeInsecureRequests() || none.BlockAllMixedContent() {
		t.Errorf("no header gave %+v", none)
	}
}

func TestSourcesFollowTheFallbacksInEachPolicy(t *testing.T) {
	csp := ParseCSP([]string{"default-src a; script-src b; child-src c, img-src d"})
	for directive, want := range map[string][][]string{
		"script-src-elem": {{"b"}},
		"worker-src":      {{"c"}},
		"frame-src":       {{"c"}},
		"img-src":         {{"a"}, {"d"}},
		"style-src-attr":  {{"a"}},
		"default-src":     {{"a"}},
		"form-action":     {},
	} {
		if diff := cmp.Diff(want, csp.Sources(directive)); diff != "" {
			t.Errorf("%s: difference (-want +got):\n%s", directive, diff)
		}
	}
}
