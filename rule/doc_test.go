// Tests of the skeleton of a rule.md.

package rule

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const whole = "It does so.\n\n## Why\n\nBecause.\n\n## Flask\n\nF.\n\n## gunicorn\n\nG.\n\n## nginx\n\n```nginx server\n## no heading\n```\n\n## Apache\n\nA.\n\n## Elsewhere\n\nE.\n"

func TestDocIsReadIntoItsParts(t *testing.T) {
	got, err := ParseDoc(whole)
	if err != nil {
		t.Fatal(err)
	}
	want := Doc{Opening: "It does so.", Why: "Because.", Fixes: map[string]string{
		"Flask": "F.", "gunicorn": "G.", "nginx": "```nginx server\n## no heading\n```", "Apache": "A.", "Elsewhere": "E.",
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("doc (-want +got):\n%s", diff)
	}
}

func TestDocOutsideTheSkeletonIsRefused(t *testing.T) {
	for _, c := range []struct{ from, to, want string }{
		{"It does so.\n", "\n", "opens with one sentence"},
		{"It does so.\n", "It does so.\n\nAnd more.\n", "opens with one sentence"},
		{"## Apache\n\nA.\n\n", "", "has 5 headings"},
		{"## Apache", "## apache", `heading 5 is "apache"; it must be "Apache"`},
		{"\n\nG.", "", `says nothing under "gunicorn"`},
		{"## Elsewhere\n\nE.\n", "## Elsewhere\n\nE.\n\n## More\n\nM.\n", "has 7 headings"},
	} {
		_, err := ParseDoc(strings.Replace(whole, c.from, c.to, 1))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("with %q for %q the error is %v, want one that says %q", c.to, c.from, err, c.want)
		}
	}
}
