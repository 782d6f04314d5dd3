// What is taken for the caller's secret, and what stays readable.

package wire

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"middlebrick/httphead"
	"middlebrick/observe"
)

func TestSecretsOfAFieldAreItsPartsToo(t *testing.T) {
	for _, row := range []struct {
		name, value string
		want        []string
	}{
		{"Authorization", "Bearer abc", []string{"Bearer abc", "abc"}},
		{"Authorization", "Basic dXNlcjpwYXNzd29yZA==", []string{"Basic dXNlcjpwYXNzd29yZA==", "dXNlcjpwYXNzd29yZA==", "user:password", "password"}},
		{"X-Anything", "abc", []string{"abc"}},
		{"Cookie", `a=1; b="2"`, []string{`a=1; b="2"`, "1", "2"}},
		{"Accept", "application/json", nil},
		{"Sec-Fetch-Mode", "navigate", nil},
	} {
		if diff := cmp.Diff(row.want, secrets(httphead.Field{Name: row.name, Value: row.value})); diff != "" {
			t.Errorf("%s: %s (-want +got):\n%s", row.name, row.value, diff)
		}
	}
}

// TestOpenFieldBlotsOutNothing gives a field whose value is a word of every
// observation.
func TestOpenFieldBlotsOutNothing(t *testing.T) {
	_, rec := wireTo(t, "http://api.test/", &fake{answer: small}, func(o *Options) {
		o.Headers = []httphead.Field{{Name: "Accept", Value: "application/json"}}
	})
	observe.Put(rec, observe.SecurePages, observe.Pages{Pages: []observe.Page{{Media: "application/json"}}})
	seen, gap := observe.Seen(rec, observe.SecurePages)
	if gap != nil || seen.Pages[0].Media != "application/json" {
		t.Errorf("%+v %v", seen, gap)
	}
}
