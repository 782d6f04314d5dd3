// Addresses and hosts, as browsers read them and as they refuse to.

package weburl

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAddressesAreReadAsBrowsersReadThem(t *testing.T) {
	base := mustParse(t, "https://page.test/dir/page.html?q=1#f")
	for ref, want := range map[string]string{
		"":                                "https://page.test/dir/page.html?q=1",
		"x.js":                            "https://page.test/dir/x.js",
		"/x.js":                           "https://page.test/x.js",
		"../../x/./y/../z":                "https://page.test/x/z",
		"a/..":                            "https://page.test/dir/",
		"a/.":                             "https://page.test/dir/a/",
		"%2e%2E/x":                        "https://page.test/x",
		"?x y'<>":                         "https://page.test/dir/page.html?x%20y%27%3C%3E",
		"#a b":                            "https://page.test/dir/page.html?q=1#a%20b",
		"//other.test":                    "https://other.test/",
		`\\other.test\a\b`:                "https://other.test/a/b",
		"https:x.js":                      "https://page.test/dir/x.js",
		"https:/x.js":                     "https://page.test/x.js",
		"http:x.test/y":                   "http://x.test/y",
		"http:/x.test/y":                  "http://x.test/y",
		"http:////x.test/y":               "http://x.test/y",
		" \x01HT\ntp://X.TEST\t:080/y ":   "http://x.test/y",
		"http://x.test:8080/{}|\"`ä":      "http://x.test:8080/%7B%7D|%22%60%C3%A4",
		"http://b\u00fccher.test/":        "http://xn--bcher-kva.test/",
		"http://x\u3002test/":             "http://x.test/",
		"http://%78.test/":                "http://x.test/",
		"http://127.1/":                   "http://127.0.0.1/",
		"http://0x7f.0.0.01/":             "http://127.0.0.1/",
		"http://2130706433/":              "http://127.0.0.1/",
		"http://017700000001./":           "http://127.0.0.1/",
		"http://1.2.3.x/":                 "http://1.2.3.x/",
		"http://1../":                     "http://1../",
		"http://a{`\"}b/":                 "http://a{`\"}b/",
		"http://\u05d01.test/":            "http://xn--1-zhc.test/",
		"/100%":                           "https://page.test/100%",
		"file:///etc/passwd":              "file:///etc/passwd",
		"http://[::1]:80/":                "http://[::1]/",
		"http://[2001:DB8:0:0:1::0]/":     "http://[2001:db8:0:0:1::]/",
		"http://[::ffff:1.2.3.4]/":        "http://[::ffff:102:304]/",
		"javascript:alert(1)":             "javascript:alert(1)",
		"data:text/html,<p>":              "data:text/html,<p>",
		"MAILTO:a@b":                      "mailto:a@b",
		"1a:b":                            "https://page.test/dir/1a:b",
		"ws://x.test:80/s":                "ws://x.test/s",
		"wss://x.test:80/s":               "wss://x.test:80/s",
		"ftp://x.test:21/f":               "ftp://x.test/f",
		"http://x.test:00443/":            "http://x.test:443/",
		"http://x.test:0/":                "http://x.test:0/",
		"http://x.test:/":                 "http://x.test/",
		"http://xn--bcher-kva.test./path": "http://xn--bcher-kva.test./path",
	} {
		got, err := Parse(base, ref)
		if err != nil || got.String() != want {
			t.Errorf("%q is %q, %v; want %q", ref, got, err, want)
		}
	}
}

func TestNameAndPasswordAreEscapedEachForItself(t *testing.T) {
	for ref, want := range map[string]string{
		"http://u:p@x.test/":   "http://u:p@x.test/",
		"http://u:p:q@x.test/": "http://u:p%3Aq@x.test/",
		"http://u:@x.test/":    "http://u@x.test/",
		"http://:p@x.test/":    "http://:p@x.test/",
		"http://:@x.test/":     "http://x.test/",
		"http://a@b@x.test/":   "http://a%40b@x.test/",
		"http://@x.test/":      "http://x.test/",
	} {
		if got, err := Parse(URL{}, ref); err != nil || got.String() != want {
			t.Errorf("%q is %q, %v; want %q", ref, got, err, want)
		}
	}
}

func TestAddressesThatBrowsersRefuseAreRefused(t *testing.T) {
	base := mustParse(t, "https://page.test/")
	for _, ref := range []string{
		"http://", "http:", "http://:80/", "http://x y/", "http://x.test:99999/", "http://x.test:8a/",
		"http://256.0.0.1/", "http://1.2.3.4.5/", "http://0x1ffffffff/", "http://[::1", "http://[g::]/", "http://[fe80::1%25eth0]/",
		"http://a%00b/", "http://a%zz/", "http://a|b/", "http://\u00ad/", "http://\xff/", "http://%ff/",
		"http://0xfffffffffffffffffffff/", "http://a.0x/", // a number ends a name, however large
		"http://1\u05d0.test/", "http://\u0663/", // the Bidi rule (RFC 5893)
		"http://xn--/", "http://xn--\u00e9/", "http://xn--a/", "http://xn--caf\u00e9-/",
		"http://" + strings.Repeat("\u00e9", maxName) + ".test/",
	} {
		if got, err := Parse(base, ref); err == nil || got != (URL{}) {
			t.Errorf("%q is %q, %v; want none", ref, got, err)
		}
	}
	for _, base := range []URL{{}, {Scheme: "data", Rest: ","}, {Scheme: "file", Rest: "///etc/"}} {
		if got, err := Parse(base, "x.js"); err == nil {
			t.Errorf("a relative reference at %q is %q", base, got)
		}
	}
}

func TestInsecure(t *testing.T) {
	got := map[string]bool{}
	want := map[string]bool{
		"http://x.test/": true, "HTTP://x.test": true, "ws://x.test/": true, "ftp://x.test/": true,
		"http://10.0.0.1/": true, "http://[::ffff:127.0.0.1]/": true, "http://0.0.0.0/": true, "http://x.local/": true,
		"http://localhost.test/": true, "http://notlocalhost/": true, "http://localhost6/": true, "http:\\\\x.test": true,
		"https://x.test/": false, "wss://x.test/": false,
		"http://127.0.0.1/": false, "http://127.9.9.9:8080/": false, "http://127.1/": false, "http://[::1]/": false,
		"http://localhost/": false, "http://LOCALHOST.:5000/": false, "http://a.b.localhost/": false, "ws://localhost/": false,
		"data:text/html,http://x.test/": false, "blob:http://x.test/1": false, "about:blank": false, "javascript:0": false,
		"mailto:a@b.test": false, "//x.test/": false, "/x": false, "": false, "http://": false,
	}
	for ref := range want {
		u, _ := Parse(URL{}, ref)
		got[ref] = u.Insecure()
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Insecure (-want +got):\n%s", diff)
	}
}

func TestOriginIsSchemeHostAndPort(t *testing.T) {
	page := mustParse(t, "https://page.test/x?y#z")
	for ref, want := range map[string]bool{
		"/other": true, "https://u:p@PAGE.test:443/": true,
		"http://page.test/": false, "https://page.test:8443/": false, "https://page.test./": false, "https://www.page.test/": false,
	} {
		u, err := Parse(page, ref)
		if got := u.SameOrigin(page); got != want || err != nil {
			t.Errorf("%q: %v, %v", ref, got, err)
		}
	}
}

func mustParse(t *testing.T, ref string) URL {
	t.Helper()
	u, err := Parse(URL{}, ref)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func FuzzParse(f *testing.F) {
	f.Add("https://app.test:8443/dir/page?q=1", "//u:p@2130706433:443\\..\\a%2e#x")
	f.Add("http://[::1]/", "javascript:x")
	f.Add("ws://a.test/%", "http://xn--b\u00fccher\u3002test:0080?'#`")
	f.Fuzz(func(t *testing.T, base, ref string) {
		from, _ := Parse(URL{}, base)
		u, err := Parse(from, ref)
		if err != nil {
			if u != (URL{}) {
				t.Fatalf("%q beside the error %v", u, err)
			}
			return
		}
		if again, err := Parse(URL{}, u.String()); err != nil || u.Special() && again != u {
			t.Fatalf("%q reads as %q, %v", u, again, err)
		}
		printable := !strings.ContainsFunc(u.String(), func(r rune) bool { return r <= ' ' || r >= 0x7F })
		if u.Special() && (u.Host == "" || u.Path == "" || u.Rest != "" || !printable) {
			t.Fatalf("%q is not whole: %#v", u, u)
		}
	})
}
