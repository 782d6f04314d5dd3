// The input rows of the fault catalogue (group A) and the forms of a target.

package target

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseGivesTheCanonicalTarget(t *testing.T) {
	for raw, want := range map[string]Target{
		"https://Api.Example.com.": {URL: "https://api.example.com/", Scheme: "https", Host: "api.example.com", Port: 443, HTTPSPort: 443, HTTPPort: 80, Path: "/", Method: "GET"},
		"http://127.0.0.1:5000/v1/users?x=1#frag": {URL: "http://127.0.0.1:5000/v1/users?x=1", Scheme: "http", Host: "127.0.0.1",
			Port: 5000, HTTPSPort: 5000, HTTPPort: 5000, Path: "/v1/users?x=1", Method: "GET"},
		"https://[::ffff:127.0.0.1]/":      {URL: "https://127.0.0.1/", Scheme: "https", Host: "127.0.0.1", Port: 443, HTTPSPort: 443, HTTPPort: 80, Path: "/", Method: "GET"},
		"https://[2001:DB8::1]:8443/":      {URL: "https://[2001:db8::1]:8443/", Scheme: "https", Host: "2001:db8::1", Port: 8443, HTTPSPort: 8443, HTTPPort: 8443, Path: "/", Method: "GET"},
		"https://bücher.example":           {URL: "https://xn--bcher-kva.example/", Scheme: "https", Host: "xn--bcher-kva.example", Unicode: "bücher.example", Port: 443, HTTPSPort: 443, HTTPPort: 80, Path: "/", Method: "GET"},
		"http://example.com:80/":           {URL: "http://example.com/", Scheme: "http", Host: "example.com", Port: 80, HTTPSPort: 443, HTTPPort: 80, Path: "/", Method: "GET"},
		"https://①②⑦.⓪.⓪.①/":               {URL: "https://127.0.0.1/", Scheme: "https", Host: "127.0.0.1", Port: 443, HTTPSPort: 443, HTTPPort: 80, Path: "/", Method: "GET"},
		"https://api_v1.example.com:0443/": {URL: "https://api_v1.example.com/", Scheme: "https", Host: "api_v1.example.com", Port: 443, HTTPSPort: 443, HTTPPort: 80, Path: "/", Method: "GET"},
	} {
		got, err := Parse(raw)
		if err != nil {
			t.Errorf("Parse(%q): %v", raw, err)
			continue
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("Parse(%q) (-want +got):\n%s", raw, diff)
		}
	}
}

func TestParseRefusesWithTheMend(t *testing.T) {
	for raw, mend := range map[string]string{
		"http://2130706433/":                     "four decimal parts",
		"http://127.1/":                          "four decimal parts",
		"http://0x7f.1/":                         "four decimal parts",
		"http://0177.0.0.1/":                     "four decimal parts",
		"http://0/":                              "four decimal parts",
		"https://user:pw@host/":                  "-H 'Authorization",
		"file:///etc/passwd":                     "use https://",
		"gopher://host/":                         "use https://",
		"javascript:alert(1)":                    "https://",
		"//host":                                 "https://host/path",
		"http:127.0.0.1":                         "https://host/path",
		"https://h:0/":                           "1 to 65535",
		"https://h:65536/":                       "1 to 65535",
		"https://h:99999/":                       "1 to 65535",
		"https://h:-1/":                          "https://host/path",
		"https://h/\r\nX: y":                     "control character",
		"https://[fe80::1%25lo]/":                "zone",
		"api.example.com/v1":                     "https://api.example.com/v1",
		"localhost:5000":                         "http://localhost:5000",
		"https://a..b/":                          "host name",
		"https://" + strings.Repeat("a", MaxURL): "at most 8192",
		"https://xn--/":                          "host name",
		"":                                       "https://host/path",
	} {
		_, err := Parse(raw)
		if err == nil || !strings.Contains(err.Error(), mend) {
			t.Errorf("Parse(%.40q) = %v, want an error that contains %q", raw, err, mend)
			continue
		}
		if strings.Contains(err.Error(), "pw") {
			t.Errorf("Parse(%q) echoes the password: %v", raw, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("https://api.example.com/v1?x=1")
	f.Add("http://[::1]:80/")
	f.Fuzz(func(t *testing.T, raw string) {
		got, err := Parse(raw)
		if err != nil {
			return
		}
		again, err := Parse(got.URL)
		if err != nil {
			t.Fatalf("canonical %q of %q is refused: %v", got.URL, raw, err)
		}
		if again.URL != got.URL {
			t.Fatalf("canonical form is not stable: %q then %q", got.URL, again.URL)
		}
	})
}
