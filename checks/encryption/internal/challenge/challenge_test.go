// Challenges are told from parameters, in one field and in several.

package challenge

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSchemesAreToldFromParameters(t *testing.T) {
	for name, row := range map[string]struct{ values, want []string }{
		"none":               {nil, []string{}},
		"basic":              {[]string{`Basic realm="api"`}, []string{"basic"}},
		"without parameters": {[]string{"Negotiate"}, []string{"negotiate"}},
		"odd case":           {[]string{`bAsIc realm=api`}, []string{"basic"}},
		// RFC 9110 section 11.6.1 gives this value.
		"two in a field": {
			[]string{`Basic realm="simple", Newauth realm="apps", type=1, title="Login to \"apps\""`},
			[]string{"basic", "newauth"},
		},
		"two fields":             {[]string{"Bearer", `Basic realm="x"`}, []string{"bearer", "basic"}},
		"named in a quoted text": {[]string{`Digest realm="a, Basic b", qop="auth, Basic"`}, []string{"digest"}},
		"blanks around equals":   {[]string{`Digest realm = "a", nonce = "b"`}, []string{"digest"}},
		"token68":                {[]string{"Negotiate YIIJ+/=="}, []string{"negotiate"}},
		"empty items":            {[]string{", ,Basic realm=x,,"}, []string{"basic"}},
		"not a token":            {[]string{`"Basic"`, "Ba;sic x"}, []string{}},
		"quote never closed":     {[]string{`Digest realm="a, Basic realm=b`}, []string{"digest"}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(row.want, Schemes(row.values)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestOffersRegardlessOfCase(t *testing.T) {
	if !Offers([]string{"Bearer, BASIC realm=x"}, "Basic") || Offers([]string{"Bearer"}, "Basic") {
		t.Error("Basic is offered in the first list and not in the second")
	}
}

func FuzzSchemes(f *testing.F) {
	f.Add(`Basic realm="simple", Newauth realm="apps", type=1, title="Login to \"apps\""`)
	f.Add("Negotiate YIIJ+/==, Basic")
	f.Fuzz(func(t *testing.T, value string) {
		for _, scheme := range Schemes([]string{value}) {
			if scheme == "" || scheme != strings.ToLower(scheme) || strings.ContainsAny(scheme, " \t,=\"") {
				t.Errorf("%q is no scheme of %q", scheme, value)
			}
		}
	})
}
