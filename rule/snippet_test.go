// Tests of the fenced blocks of a rule.md.

package rule

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSnippetsAreTheBlocksUnderOneHeading(t *testing.T) {
	doc, err := ParseDoc("It is so.\n\n## Why\n\nBecause.\n\n## Flask\n\n```python app\napp.x = 1\n```\n\n## gunicorn\n\nNot here.\n\n" +
		"## nginx\n\nType:\n\n```nginx server\nssl_protocols TLSv1.2 TLSv1.3;\n## not a heading\n```\n\nthen\n\n```sh\nnginx -t\n```\n\n" +
		"````text\n```\nquoted\n```\n````\n\n## Apache\n\nNot here.\n\n## Elsewhere\n\nAsk.\n")
	if err != nil {
		t.Fatal(err)
	}
	want := []Snippet{
		{Platform: "nginx", Language: "nginx", Place: "server", Text: "ssl_protocols TLSv1.2 TLSv1.3;\n## not a heading\n"},
		{Platform: "nginx", Language: "sh", Text: "nginx -t\n"},
		{Platform: "nginx", Language: "text", Text: "```\nquoted\n```\n"},
	}
	if diff := cmp.Diff(want, doc.Snippets("nginx")); diff != "" {
		t.Errorf("snippets under nginx (-want +got):\n%s", diff)
	}
	if got := doc.Snippets("gunicorn"); len(got) != 0 {
		t.Errorf("snippets under gunicorn are %v; there are none", got)
	}
}

func TestOnlyASnippetWithAPlaceIsExecutable(t *testing.T) {
	if !(Snippet{Language: "nginx", Place: "server"}).Executable() || (Snippet{Language: "sh"}).Executable() {
		t.Error("a snippet is executable when it names its place, and only then")
	}
}

func TestFixIDFollowsTheTextAndThePlace(t *testing.T) {
	doc := func(block string) Doc { return Doc{Fixes: map[string]string{"nginx": block}} }
	first := doc("```nginx server\na;\n```\n")
	if len(first.Fix("nginx")) != 1 || first.FixID("nginx") != doc("Words.\n\n```nginx server\na;\n```\n\n```sh\nb\n```\n").FixID("nginx") {
		t.Error("words and blocks for the reader alone are no part of the fix")
	}
	for _, other := range []string{"```nginx server\nb;\n```\n", "```nginx location\na;\n```\n", "```sh\na;\n```\n"} {
		if doc(other).FixID("nginx") == first.FixID("nginx") {
			t.Errorf("%q has the id of another fix", other)
		}
	}
}
