// How answers about one cookie are folded, and how cache headers are read.

package cookies_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"middlebrick/checks/encryption/internal/cookies"
	"middlebrick/cookieshape"
	"middlebrick/httphead"
	"middlebrick/observe"
	"middlebrick/rule"
)

func cookie(line string, secured bool, ref observe.Ref) observe.Cookie {
	parsed := httphead.ParseSetCookie(line)
	return observe.Cookie{
		Cookie: parsed, Shape: cookieshape.Shape{Session: parsed.Name == "session"}, URL: "https://a.test/", Secured: secured, Ref: ref,
	}
}

// noisy complains of every cookie, by the severity that its path names.
var noisy = cookies.Question{
	About: "cookie", Of: func(observe.Cookie) bool { return true }, Right: "all is well",
	Wrong: func(c observe.Cookie) cookies.Wrong {
		return cookies.Wrong{Saw: "saw " + *c.Path, Severity: map[string]rule.Severity{"/low": rule.Low, "/critical": rule.Critical}[*c.Path]}
	},
}

func TestOneCookieIsOnePlaceToldByItsWorst(t *testing.T) {
	seen := observe.Cookies{HTTPSAsked: 4, Seen: []observe.Cookie{
		cookie("session=1; Path=/low", true, "http/0001"),
		cookie("session=1; Path=/own", true, "http/0002"),
		cookie("other=1; Path=/own", true, "http/0003"),
		cookie("session=1; Path=/critical", true, "http/0004"),
	}}
	got := cookies.Judged(rule.High, noisy)(seen)
	want := []rule.Place{
		{Saw: "saw /critical", Where: "cookie session", Severity: rule.Critical, Refs: []observe.Ref{"http/0004", "http/0002", "http/0001"}},
		{Saw: "saw /own", Where: "cookie other", Refs: []observe.Ref{"http/0003"}},
	}
	if diff := cmp.Diff(want, got.Places); diff != "" {
		t.Error(diff)
	}
}

func TestPassNeedsAnAnswerOverHTTPS(t *testing.T) {
	plain := []observe.Cookie{cookie("session=1; Path=/own", false, "http/0001")}
	for _, row := range []struct {
		name string
		seen observe.Cookies
		want rule.Outcome
	}{
		{"nothing asked", observe.Cookies{}, rule.Inconcluded},
		{"https silent", observe.Cookies{HTTPAsked: 2}, rule.Inconcluded},
		{"https silent, http fails", observe.Cookies{HTTPAsked: 2, Seen: plain}, rule.Failed},
		{"https answers, http fails", observe.Cookies{HTTPSAsked: 1, HTTPAsked: 2, Seen: plain}, rule.NotApplies},
		{"no https", observe.Cookies{HTTPAsked: 2, HTTPSAbsent: "closed"}, rule.NotApplies},
		{"no https, http fails", observe.Cookies{HTTPAsked: 2, HTTPSAbsent: "closed", Seen: plain}, rule.Failed},
	} {
		if got := cookies.Judged(rule.High, noisy)(row.seen); got.Outcome != row.want {
			t.Errorf("%s: %s %s", row.name, got.Outcome, got.Says)
		}
	}
}

func TestCacheHeadersAreReadInEverySpelling(t *testing.T) {
	c := observe.Cookie{
		CacheControl: []string{`Private="set-cookie", MAX-AGE=60`, " no-store "},
		Vary:         []string{"Accept-Encoding", "origin , COOKIE"},
	}
	want := map[string]string{"private": "set-cookie", "max-age": "60", "no-store": ""}
	if diff := cmp.Diff(want, cookies.Directives(c)); diff != "" {
		t.Error(diff)
	}
	if !cookies.Varies(c, "Cookie") || cookies.Varies(c, "Accept") {
		t.Error("Vary was read wrongly")
	}
}

func TestHostileNamesAreShownHarmless(t *testing.T) {
	c := cookie("a\x1b[2Jb\u202e=1", true, "")
	if got, want := cookies.Named(c), `the cookie "a\x1b[2Jb\u202e"`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got, want := cookies.Where(c), `cookie a\x1b[2Jb\u202e`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
