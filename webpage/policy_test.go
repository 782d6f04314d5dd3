// Tests of Content Security Policy: sources, and which inline code runs.

package webpage

import (
	"testing"

	"middlebrick/weburl"
)

func TestSourcesMatch(t *testing.T) {
	self, _ := resolve(weburl.URL{}, "https://page.test/")
	for _, c := range []struct {
		value, url string
		want       bool
	}{
		{"*", "http://x.test/", true},
		{"*", "data:,x", false},
		{"*", "ftp://x.test/", false},
		{"'self'", "https://page.test/a", true},
		{"'SELF'", "wss://page.test/a", true},
		{"'self'", "http://page.test/a", false},
		{"'self'", "https://page.test:444/a", false},
		{"'none'", "https://page.test/", false},
		{"https:", "https://x.test/", true},
		{"https:", "http://x.test/", false},
		{"http:", "https://x.test/", true},
		{"ws:", "wss://x.test/", true},
		{"data:", "data:,x", true},
		{"x.test", "https://x.test/", true},
		{"X.TEST", "https://x.test/", true},
		{"x.test", "http://x.test/", false},
		{"http://x.test", "http://x.test/", true},
		{"http://x.test", "https://x.test/", true},
		{"https://x.test", "http://x.test/", false},
		{"*.x.test", "https://a.b.x.test/", true},
		{"*.x.test", "https://x.test/", false},
		{"*", "https://x.test:8443/", true},
		{"x.test", "https://x.test:8443/", false},
		{"x.test:8443", "https://x.test:8443/", true},
		{"x.test:*", "https://x.test:8443/", true},
		{"http://x.test:80", "https://x.test/", true},
		{"x.test/a/", "https://x.test/a/b", true},
		{"x.test/a/", "https://x.test/ab", false},
		{"x.test/a", "https://x.test/a", true},
		{"x.test/a", "https://x.test/a/b", false},
		{"[::1]:8443", "https://[::1]:8443/", true},
	} {
		a, _ := resolve(self, c.url)
		if got := parseSource(c.value).matches(a, self); got != c.want {
			t.Errorf("%s matches %s: %v, want %v", c.value, c.url, got, c.want)
		}
	}
}

func TestInlineCodeRunsWhereThePolicySaysSo(t *testing.T) {
	const text = "fetch()"
	const sum = "'sha256-8K5GaqKu9dKFF2Zbw7hoSGAlN1h/U+pEjrCQY0gM1eQ='"
	for _, c := range []struct {
		csp  string
		to   destination
		want bool
	}{
		{"img-src 'none'", toScript, true},
		{"default-src 'self'", toScript, false},
		{"script-src 'self' 'unsafe-inline'", toScript, true},
		{"script-src 'unsafe-inline' 'nonce-abc'", toScript, true},
		{"script-src 'unsafe-inline' 'nonce-other'", toScript, false},
		{"script-src 'nonce-ABC'", toScript, false},
		{"script-src 'unsafe-inline' 'strict-dynamic'", toScript, false},
		{"script-src " + sum, toScript, true},
		{"script-src " + sum, toHandler, false},
		{"script-src 'unsafe-hashes' " + sum, toHandler, true},
		{"script-src 'nonce-abc'", toHandler, false},
		{"script-src-attr 'unsafe-inline'; script-src 'none'", toHandler, true},
		{"style-src 'unsafe-inline'", toStyle, true},
		{"style-src 'self'", toStyleAttribute, false},
		{"script-src 'unsafe-inline', script-src 'self'", toScript, false},
		{"script-src 'unsafe-inline'; script-src 'self'", toScript, true},
	} {
		all, _, _ := parsePolicies(c.csp, maxSources)
		if got := allowedInline(all, c.to, "abc", text); got != c.want {
			t.Errorf("%s: destination %d runs: %v, want %v", c.csp, c.to, got, c.want)
		}
	}
}
