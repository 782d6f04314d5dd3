// What ParseSetCookie makes of cookies, and what browsers refuse.

package httphead

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func text(s string) *string { return &s }

var cookies = []struct {
	line string
	want Cookie
}{
	{"session=eyJ1.aw.x; HttpOnly; Path=/",
		Cookie{Name: "session", Value: "eyJ1.aw.x", Path: text("/"), HTTPOnly: true, Order: []string{"HttpOnly", "Path"}}},
	{"__Host-s=v; Secure; HttpOnly; Path=/; SameSite=Strict; Partitioned",
		Cookie{Name: "__Host-s", Value: "v", Path: text("/"), SameSite: text("Strict"), Secure: true, HTTPOnly: true, Partitioned: true,
			Order: []string{"Secure", "HttpOnly", "Path", "SameSite", "Partitioned"}}},
	{"session=x; Secure=False; HttpOnly; Path=/",
		Cookie{Name: "session", Value: "x", Path: text("/"), Secure: true, HTTPOnly: true, SecureHasValue: true, SecureValue: "False",
			Order:    []string{"Secure", "HttpOnly", "Path"},
			Problems: []string{`Secure carries the value "False": browsers take it as Secure, curl 7.88 does not`}}},
	{"a=b; secure=", Cookie{Name: "a", Value: "b", Secure: true, SecureHasValue: true, Order: []string{"secure"},
		Problems: []string{`Secure carries the value "": browsers take it as Secure, curl 7.88 does not`}}},
	{"session=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; HttpOnly; Path=/",
		Cookie{Name: "session", Expires: text("Thu, 01 Jan 1970 00:00:00 GMT"), MaxAge: text("0"), Path: text("/"), HTTPOnly: true,
			Order: []string{"Expires", "Max-Age", "HttpOnly", "Path"}}},
	{" a = b c ; path=/x ; PATH= ; domain=.Example.COM",
		Cookie{Name: "a", Value: "b c", Path: text(""), Domain: text(".Example.COM"), Order: []string{"path", "PATH", "domain"},
			Problems: []string{"the value holds a quote, a comma, a blank or a backslash", "attribute PATH appears twice: the last one counts"}}},
	{"a=b=c==; ; Priority=High; Foo=1", Cookie{Name: "a", Value: "b=c==", Order: []string{"Priority", "Foo"},
		Problems: []string{"unknown attribute Foo"}}},
	{"a=b; s3cr3t.rest-of-value", Cookie{Name: "a", Value: "b", Order: []string{"?"}, Problems: []string{"unknown attribute ?"}}},
	{"token", Cookie{Value: "token", Problems: []string{"no equals sign: the whole is a value without a name"}}},
	{"=v", Cookie{Value: "v"}},
	{"", Cookie{Problems: []string{"no equals sign: the whole is a value without a name"}}},
	{`a="b"`, Cookie{Name: "a", Value: `"b"`, Problems: []string{"the value stands in quotes, which belong to it",
		"the value holds a quote, a comma, a blank or a backslash"}}},
	{"a=b\x01", Cookie{Name: "a", Value: "b\x01", Problems: []string{"the line holds a control byte"}}},
	{"a=b; SameSite=bogus", Cookie{Name: "a", Value: "b", SameSite: text("bogus"), Order: []string{"SameSite"},
		Problems: []string{`SameSite value "bogus" is unknown: browsers act as if there were none`}}},
	{"a=b; Max-Age=5; Max-Age=x; Expires=never", Cookie{Name: "a", Value: "b", MaxAge: text("5"), Expires: text("never"),
		Order: []string{"Max-Age", "Max-Age", "Expires"},
		Problems: []string{"attribute Max-Age appears twice: the last one counts", "Max-Age is not a number: browsers ignore it",
			"Expires is not a date: browsers ignore it"}}},
	{"a=b; Path=/" + strings.Repeat("p", 1024), Cookie{Name: "a", Value: "b", Order: []string{"Path"},
		Problems: []string{"attribute Path is longer than 1024 bytes: browsers ignore it"}}},
}

func TestCookiesAreReadAsBrowsersReadThem(t *testing.T) {
	for _, c := range cookies {
		want := c.want
		want.Order = append([]string{}, want.Order...)
		want.Problems = append([]string{}, want.Problems...)
		if diff := cmp.Diff(want, ParseSetCookie(c.line)); diff != "" {
			t.Errorf("%q: difference (-want +got):\n%s", c.line, diff)
		}
	}
}

func TestBrowsersRefuseWhatTheirRulesForbid(t *testing.T) {
	for line, want := range map[string]string{
		"a=b":                       "",
		"a=b; SameSite=None":        "SameSite=None without Secure",
		"a=b; samesite=NONE":        "SameSite=None without Secure",
		"a=b; SameSite=None;Secure": "",
		"a=b; SameSite=Lax":         "",
		"__Secure-a=b":              "prefix __Secure- without Secure",
		"__sEcure-a=b":              "prefix __Secure- without Secure",
		"__Secure-a=b; Secure":      "",
		"__Host-a=b; Path=/":        "prefix __Host- without Secure",
		"__Host-a=b; Path=/; Secure; Domain=x.test": "prefix __Host- with Domain",
		"__Host-a=b; Path=/; Secure; Domain=":       "",
		"__Host-a=b; Secure":                        "prefix __Host- without Path=/",
		"__Host-a=b; Secure; Path=/x":               "prefix __Host- without Path=/",
		"__Host-a=b; Secure; Path=/":                "",
		"__Host-a=b; Secure=False; Path=/":          "",
		"=__Host-a=b; Secure; Path=/":               "a nameless value that begins like a prefix",
		"a=b; Partitioned":                          "Partitioned without Secure",
		"a=b; Partitioned; Secure":                  "",
		"; Path=/":                                  "neither a name nor a value",
		"a=\x7f":                                    "the line holds a control byte",
		"a=" + strings.Repeat("b", 4095):            "",
		"a=" + strings.Repeat("b", 4096):            "name and value are longer than 4096 bytes",
	} {
		if got := ParseSetCookie(line).Refused(); got != want {
			t.Errorf("%.60q: refused %q, want %q", line, got, want)
		}
	}
}

func TestDomainScopeIsWithoutDotAndCase(t *testing.T) {
	for line, want := range map[string]string{"a=b": "", "a=b; Domain=": "", "a=b; Domain=.Lab.Example": "lab.example"} {
		if got := ParseSetCookie(line).Scope(); got != want {
			t.Errorf("%q: scope %q, want %q", line, got, want)
		}
	}
}

func TestLifetimeFollowsMaxAgeBeforeExpires(t *testing.T) {
	date := time.Date(2026, 11, 23, 16, 13, 46, 0, time.UTC)
	const day = 24 * time.Hour
	for line, want := range map[string]struct {
		d       time.Duration
		session bool
	}{
		"a=b":                        {0, true},
		"a=b; Max-Age=60":            {time.Minute, false},
		"a=b; Max-Age=0":             {0, false},
		"a=b; Max-Age=-5":            {0, false},
		"a=b; Max-Age=soon":          {0, true},
		"a=b; Max-Age=":              {0, true},
		"a=b; Max-Age=-":             {0, true},
		"a=b; Max-Age=9999999999999": {9223372036 * time.Second, false},
		"a=b; Max-Age=99999999999999999999999999":                             {9223372036 * time.Second, false},
		"a=b; Expires=Thu, 24-Dec-2026 16:13:46 GMT":                          {31 * day, false},
		"a=b; Expires=Thu, 24 Dec 2026 16:13:46 GMT":                          {31 * day, false},
		"a=b; Expires=Thu, 24 Dec 2026 16:13:46 GMT; Max-Age=60":              {time.Minute, false},
		"a=b; Max-Age=x; Expires=Thu, 24 Dec 2026 16:13:46 GMT":               {31 * day, false},
		"a=b; Expires=never":                                                  {0, true},
		"a=b; Expires=Mon, 23 Nov 2026 16:13:45 GMT":                          {-time.Second, false},
		"a=b; Expires=Thu, 24 Dec 2026 16:13:46 GMT; Expires=not a date, sir": {31 * day, false},
	} {
		if d, session := ParseSetCookie(line).Lifetime(date); d != want.d || session != want.session {
			t.Errorf("%q: %v, session %v, want %+v", line, d, session, want)
		}
	}
}

func TestEverySpellingOfADateIsRead(t *testing.T) {
	want := time.Date(2026, 12, 24, 6, 3, 9, 0, time.UTC)
	for _, date := range []string{
		"Thu, 24 Dec 2026 06:03:09 GMT", "Thu, 24-Dec-2026 06:03:09 GMT", "Thursday, 24-Dec-26 06:03:09 GMT",
		"Thu Dec 24 06:03:09 2026", "24 december 2026 6:3:9", "2026 24 DEC 06:03:09 +0200", "06:03:09z 24dec Dec 2026",
		"24-Dec-2026;06:03:09",
	} {
		if got, ok := ParseCookieDate(date); !ok || !got.Equal(want) {
			t.Errorf("%q: %v, %v", date, got, ok)
		}
	}
	for _, date := range []string{
		"", "0", "Thu, 24 Dec 2026", "Thu, 32 Dec 2026 06:03:09 GMT", "30 Feb 2026 06:03:09", "24 Dec 1600 06:03:09",
		"24 Dec 2026 24:03:09", "24 Dec 2026 06:60:09", "24 Dec 2026 06:03:60", "24 Dez 2026 06:03:09", "24 Dec 12026 06:03:09",
	} {
		if got, ok := ParseCookieDate(date); ok {
			t.Errorf("%q was read as %v", date, got)
		}
	}
}

func FuzzParseSetCookie(f *testing.F) {
	for _, c := range cookies {
		f.Add(c.line)
	}
	date := time.Date(2026, 11, 23, 16, 13, 46, 0, time.UTC)
	f.Fuzz(func(t *testing.T, line string) {
		c := ParseSetCookie(line)
		if c.Order == nil || c.Problems == nil || len(c.Problems) > maxSentences {
			t.Fatalf("lists: %+v", c)
		}
		if strings.Contains(c.Name, "=") || strings.ContainsAny(c.Name+c.Value, ";") {
			t.Fatalf("name %q or value %q holds a separator", c.Name, c.Value)
		}
		if d, session := c.Lifetime(date); session && d != 0 {
			t.Fatalf("a session cookie lives %v", d)
		}
		if strings.HasPrefix(strings.ToLower(c.Name), "__host-") && c.Refused() == "" && (!c.Secure || c.Scope() != "") {
			t.Fatalf("%q keeps its prefix wrongly", line)
		}
	})
}
