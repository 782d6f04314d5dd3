// Where redirects lead, and what of a field is masked.

package httphead

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLocationsLeadWhereBrowsersGo(t *testing.T) {
	for location, want := range map[string]string{
		"/login":                           "https://app.test:8443/login",
		"login?next=/a b":                  "https://app.test:8443/dir/login?next=/a%20b",
		"?x=1":                             "https://app.test:8443/dir/page?x=1",
		"#top":                             "https://app.test:8443/dir/page?q=1#top",
		"../up/./x/..":                     "https://app.test:8443/up/",
		"/a/%2e%2E/b/.":                    "https://app.test:8443/b/",
		"/../..":                           "https://app.test:8443/",
		"//other.test/x":                   "https://other.test/x",
		`\\other.test\x`:                   "https://other.test/x",
		`/\other.test`:                     "https://other.test/",
		"////other.test/x":                 "https://other.test/x",
		"http://app.test/dir/":             "http://app.test/dir/",
		"HTTP:app.test/x":                  "http://app.test/x",
		"http:/app.test/x":                 "http://app.test/x",
		`http:\\app.test\x`:                "http://app.test/x",
		"https:rel":                        "https://app.test:8443/dir/rel",
		"https:/rooted":                    "https://app.test:8443/rooted",
		"https:///app.test/x":              "https://app.test/x",
		" \t https://a.test/x \r\n":        "https://a.test/x",
		"ht\ttps://a.\ntest/":              "https://a.test/",
		"https://A.Test:443":               "https://a.test/",
		"http://a.test:0080/x":             "http://a.test/x",
		"http://a.test:/x":                 "http://a.test/x",
		"https://u:p@a.test/":              "https://u:p@a.test/",
		"https://x@y@a.test/":              "https://x%40y@a.test/",
		"http://2130706433/":               "http://127.0.0.1/",
		"http://0x7f.1/":                   "http://127.0.0.1/",
		"http://0177.0.0.01/":              "http://127.0.0.1/",
		"http://169.254.169.254./":         "http://169.254.169.254/",
		"http://[2001:DB8::0:1]/":          "http://[2001:db8::1]/",
		"http://a%2Etest/":                 "http://a.test/",
		"http://1.example/":                "http://1.example/",
		"/caf\xc3\xa9?\xff#\xe9":           "https://app.test:8443/caf%C3%A9?%FF#%E9",
		"/100%":                            "https://app.test:8443/100%25",
		"/a?b#c?d":                         "https://app.test:8443/a?b#c?d",
		"a:b":                              "",
		"/x:y":                             "https://app.test:8443/x:y",
		"./a:b":                            "https://app.test:8443/dir/a:b",
		"http://b\xc3\xbccher.test/":       "http://xn--bcher-kva.test/",
		"http://[::ffff:1.2.3.4]/":         "http://[::ffff:102:304]/",
		"https://a.test?x":                 "https://a.test/?x",
		"https://a.test#x":                 "https://a.test/#x",
		"http://a.test/" + "\x00" + "null": "http://a.test/%00null",
	} {
		got, err := Resolve("https://app.test:8443/dir/page?q=1", location)
		if got != want || (err != nil) != (want == "") {
			t.Errorf("%q leads to %q, %v; want %q", location, got, err, want)
		}
	}
}

func TestLocationsThatLeadNowhereSayWhy(t *testing.T) {
	for location, want := range map[string]error{
		"":                      ErrLocation,
		" ":                     ErrLocation,
		"http://":               ErrLocation,
		"http://:80/":           ErrLocation,
		"http://a.test:x/":      ErrLocation,
		"http://a.test:65536/":  ErrLocation,
		"http://a.test:-1/":     ErrLocation,
		"http://[::1/":          ErrLocation,
		"http://[127.0.0.1]/":   ErrLocation,
		"http://[fe80::1%25a]/": ErrLocation,
		"http://256.1.1.1/":     ErrLocation,
		"http://1.2.3.4.5/":     ErrLocation,
		"http://a b/":           ErrLocation,
		"http://a%00b/":         ErrLocation,
		"http://a%zz/":          ErrLocation,
		"http://\xff/":          ErrLocation,
		"http://a{b/":           ErrLocation,
		"http://0x1234567890/":  ErrLocation,
		"javascript:alert(1)":   ErrScheme,
		" JavaScript:alert(1)":  ErrScheme,
		"java\nscript:alert(1)": ErrScheme,
		"file:///etc/passwd":    ErrScheme,
		"gopher://a.test/":      ErrScheme,
		"data:text/html,x":      ErrScheme,
		"ftp://a.test/":         ErrScheme,
		"localhost:80/x":        ErrScheme,
	} {
		if got, err := Resolve("http://app.test/", location); !errors.Is(err, want) || got != "" {
			t.Errorf("%q leads to %q, %v; want %v", location, got, err, want)
		}
	}
	_, err := Resolve("http://app.test/", "JavaScript:alert(1)")
	if err == nil || !strings.Contains(err.Error(), `"javascript"`) {
		t.Errorf("the refused scheme is not named: %v", err)
	}
	if _, err := Resolve("app.test/", "/x"); !errors.Is(err, ErrLocation) {
		t.Errorf("a base without a scheme gave %v", err)
	}
}

func TestFragmentOfTheBaseIsInherited(t *testing.T) {
	got, err := Resolve("http://app.test/a#here", "/b")
	if got != "http://app.test/b#here" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

func TestSameHostIgnoresSchemePortCaseAndDot(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"http://app.test/x", "https://APP.test.:8443/", true},
		{"http://127.0.0.1/", "https://2130706433/", true},
		{"http://[::1]/", "http://[0:0::1]:80/", true},
		{"http://bücher.test/", "https://xn--bcher-kva.test/", true},
		{"http://app.test/", "http://www.app.test/", false},
		{"http://app.test@evil.test/", "http://app.test/", false},
		{"http://app.test/", "/x", false},
		{"", "", false},
	} {
		if got := SameHost(c.a, c.b); got != c.want {
			t.Errorf("%q and %q: %v", c.a, c.b, got)
		}
	}
}

func FuzzResolve(f *testing.F) {
	f.Add("https://app.test:8443/dir/page?q=1", "//u:p@2130706433:443\\..\\a%2e#x")
	f.Add("http://[::1]/", "javascript:x")
	f.Fuzz(func(t *testing.T, base, location string) {
		got, err := Resolve(base, location)
		if (err == nil) == (got == "") {
			t.Fatalf("%q, %v", got, err)
		}
		if err != nil {
			return
		}
		u, err := url.Parse(got)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			t.Fatalf("%q: %v, %+v", got, err, u)
		}
		if again, err := Resolve(got, got); again != got || err != nil {
			t.Fatalf("%q resolves to %q, %v", got, again, err)
		}
		if !SameHost(got, "//"+u.Host) && !SameHost(got, "http://"+u.Host) {
			t.Fatalf("%q has another host for net/url: %q", got, u.Host)
		}
	})
}

func TestSecretsAreMaskedAndTheirPlaceStays(t *testing.T) {
	mark := func(string) string { return "#" }
	for _, c := range []struct{ name, value, want string }{
		{"Authorization", "Bearer abc.def", "Bearer #"},
		{"authorization", "rawtoken", "#"},
		{"Authorization", "abc123== rest", "#"},
		{"Proxy-Authorization", "Basic dTpw", "Basic #"},
		{"Cookie", "session=abc; theme=dark;x", "session=#; theme=#;#"},
		{"Set-Cookie", "session=abc; Path=/; Secure=False; HttpOnly", "session=#; Path=/; Secure=False; HttpOnly"},
		{"Set-Cookie", "session=; Max-Age=0", "session=; Max-Age=0"},
		{"Set-Cookie", "token", "#"},
		{"Set-Cookie", "a=b; rest=of the value", "a=#; rest=#"},
		{"Cookie", "Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYg==", "#"},
		{"X-API-Key", "k", "#"},
		{"X-ApiKey", "k", "#"},
		{"X-Amz-Security-Token", "k", "#"},
		{"X-Auth", "", ""},
		{"X-Client-Secret", "k", "#"},
		{"Session-Id", "k", "#"},
		{"WWW-Authenticate", `Basic realm="x"`, `Basic realm="x"`},
		{"Proxy-Authenticate", "Negotiate", "Negotiate"},
		{"Strict-Transport-Security", "max-age=1", "max-age=1"},
		{"Server", "nginx", "nginx"},
	} {
		got := Redact(Field{c.name, c.value}, mark)
		if diff := cmp.Diff(Field{c.name, c.want}, got); diff != "" {
			t.Errorf("%s: %s: difference (-want +got):\n%s", c.name, c.value, diff)
		}
	}
}

func TestMarkSeesTheWholeSecret(t *testing.T) {
	seen := []string{}
	Redact(Field{"Cookie", "a= one ; b=two=2"}, func(v string) string { seen = append(seen, v); return "" })
	if diff := cmp.Diff([]string{"one", "two=2"}, seen); diff != "" {
		t.Errorf("difference (-want +got):\n%s", diff)
	}
}
