// Tests of whole pages: what they load, how they are bounded, what is told of them.

package webpage

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
)

// brief is a Load in one line, "?" where it is not certain.
func brief(loads []Load) []string {
	out := []string{}
	for _, l := range loads {
		sure := ""
		if !l.Certain {
			sure = "?"
		}
		out = append(out, fmt.Sprintf("%d %s%s %s %s %s %s", l.Line, l.Outcome, sure, l.Class, l.Element, l.Attribute, l.URL))
	}
	return out
}

func TestPageIsReadWhole(t *testing.T) {
	got := Read(Input{URL: "https://page.test/dir/p?q#f", ContentType: "text/html; charset=utf-8", Body: []byte(`<!doctype html>
<title> A
  page &amp; more </title><title>second</title>
<link rel=stylesheet href=/s.css><link rel=stylesheet href=https://cdn.test/t.css><link rel=stylesheet href=http://x.test/u.css>
<link rel=canonical href=http://page.test/c#z><script src=s.js></script><script src=s.js></script>
<a href="/a#1">a</a><a href="/a#2">a</a><a href="mailto:x@y">m</a><map><area href=HTTP://x.test></map>
<svg xmlns="http://www.w3.org/2000/svg"></svg>
<form id=login action="http://x.test/in" method=POST><input type=text><button formaction=/safe>b</button></form>
<input type=PASSWORD form=login>
<form><input type=submit formaction="//x.test/out" formmethod=post></form>
`)})
	want := Page{
		Loads: []Load{
			{
				URL: "http://x.test/u.css", Element: "link stylesheet", Attribute: "href", Class: Blockable, Outcome: Blocked,
				Certain: true, Line: 4, Snippet: "<link rel=stylesheet href=http://x.test/u.css>",
			},
			{
				URL: "http://x.test/in", Element: "form", Attribute: "action", Class: FormTarget, Outcome: Warned,
				Line: 8, Snippet: `<form id=login action="http://x.test/in" method=POST>`,
			},
		},
		Forms: []Form{
			{Action: "http://x.test/in", Method: "post", Insecure: true, Password: true},
			{Action: "https://page.test/dir/p?q", Method: "get"},
			{Action: "https://page.test/safe", Method: "post", Password: true},
			{Action: "https://x.test/out", Method: "post"},
		},
		PasswordField: true,
		Title:         "A page & more",
		Links:         []string{"http://page.test/c", "https://page.test/a", "http://x.test/"},
		Resources:     []string{"https://page.test/s.css", "https://cdn.test/t.css", "https://page.test/dir/s.js"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Read (-want +got):\n%s", diff)
	}
}

func TestOutcomeFollowsPageAndPolicy(t *testing.T) {
	const page = `<img src=http://x.test/i><script src=http://x.test/s></script><form action=http://x.test/f></form>` +
		`<meta http-equiv=refresh content="99; url='http://x.test/r'"><meta http-equiv=refresh content="0;http://page.test/r">` +
		`<img src=r><script src=http://10.0.0.1/l></script>`
	for _, c := range []struct {
		name, url string
		csp       []string
		want      []string
	}{
		{"secure page", "https://page.test/", nil, []string{
			"1 upgraded upgradable img src http://x.test/i", "1 blocked blockable script src http://x.test/s",
			"1 loaded navigation meta refresh content http://x.test/r", "1 loaded navigation meta refresh content http://page.test/r",
			"1 warned blockable script src http://10.0.0.1/l", "1 warned? form form action http://x.test/f",
		}},
		{"insecure page", "http://page.test/", nil, []string{
			"1 loaded upgradable img src http://x.test/i", "1 loaded blockable script src http://x.test/s",
			"1 loaded navigation meta refresh content http://x.test/r", "1 loaded navigation meta refresh content http://page.test/r",
			"1 loaded upgradable img src http://page.test/r", "1 loaded blockable script src http://10.0.0.1/l",
			"1 loaded? form form action http://x.test/f",
		}},
		{"upgrade", "https://page.test/", []string{"default-src *", "Upgrade-Insecure-Requests"}, []string{
			"1 loaded navigation meta refresh content http://x.test/r",
		}},
		{"policy", "https://page.test/", []string{"img-src 'self'; form-action 'none'; script-src http://10.0.0.1"}, []string{
			"1 blocked upgradable img src http://x.test/i", "1 blocked blockable script src http://x.test/s",
			"1 loaded navigation meta refresh content http://x.test/r", "1 loaded navigation meta refresh content http://page.test/r",
			"1 warned blockable script src http://10.0.0.1/l", "1 blocked? form form action http://x.test/f",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Read(Input{URL: c.url, Body: []byte(page), CSP: c.csp})
			if diff := cmp.Diff(c.want, brief(got.Loads)); diff != "" {
				t.Errorf("loads (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFormWithoutActionPostsToItsPage(t *testing.T) {
	got := Read(Input{URL: "http://page.test/in", Body: []byte(`<base href=https://x.test/><form method=post><input type=password></form>`)})
	want := []Form{{Action: "http://page.test/in", Method: "post", Insecure: true, Password: true}}
	if diff := cmp.Diff(want, got.Forms); diff != "" {
		t.Errorf("forms (-want +got):\n%s", diff)
	}
}

func TestDialogSendsNothing(t *testing.T) {
	got := Read(Input{URL: "https://page.test/", Body: []byte(`<form action=http://x.test/ method=dialog></form>`)})
	if diff := cmp.Diff([]Form{{Action: "http://x.test/", Method: "dialog"}}, got.Forms); diff != "" || len(got.Loads) > 0 {
		t.Errorf("forms (-want +got):\n%s\nloads: %v", diff, got.Loads)
	}
}

func TestOtherMediaAreReadAsWhatTheyAre(t *testing.T) {
	wide := []byte{0xFF, 0xFE}
	for _, u := range utf16.Encode([]rune("<p>\U0001F600<script src=http://x.test/s></script>")) {
		wide = append(wide, byte(u), byte(u>>8))
	}
	for _, c := range []struct {
		name, contentType, body string
		want                    []string
	}{
		{"style sheet", "text/css", "@import 'http://x.test/i';\np{\nbackground:url(http://x.test/b)}", []string{
			"1 blocked blockable @import  http://x.test/i", "3 upgraded? upgradable css url() background http://x.test/b",
		}},
		{"script", "text/javascript; charset=utf-8", "\nimport 'http://x.test/m';fetch('http://x.test/f')", []string{
			"2 blocked blockable import  http://x.test/m", "2 blocked blockable fetch()  http://x.test/f",
		}},
		{"svg", "image/svg+xml", `<svg xmlns="http://www.w3.org/2000/svg"><image href="http://x.test/i"/><a href="http://x.test/a"/></svg>`, []string{
			"1 upgraded upgradable image href http://x.test/i",
		}},
		{"feed", "application/rss+xml", `<rss><image href="http://x.test/i"/><link>http://x.test/</link><img src="http://x.test/j"/></rss>`, []string{}},
		{"json", "application/json", `{"a":"<script src=http://x.test/s></script>"}`, []string{}},
		{"text", "text/plain", `<script src=http://x.test/s></script>`, []string{}},
		{"utf-16", "text/html", string(wide), []string{"1 blocked blockable script src http://x.test/s"}},
		{"byte order mark", "", "\xEF\xBB\xBF<script src=http://x.test/s>", []string{"1 blocked blockable script src http://x.test/s"}},
		{"odd type", "text/html;;=", `<script src=http://x.test/s>`, []string{"1 blocked blockable script src http://x.test/s"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Read(Input{URL: "https://page.test/", ContentType: c.contentType, Body: []byte(c.body)})
			if diff := cmp.Diff(c.want, brief(got.Loads)); diff != "" {
				t.Errorf("loads (-want +got):\n%s", diff)
			}
		})
	}
}

func TestHostileTextIsTamed(t *testing.T) {
	body := "<title>\x1b[31m\u202e" + strings.Repeat("ä", 500) + "</title><script src='http://x.test/" + strings.Repeat("a", 500) + "\x1b[0m\xff'></script>"
	got := Read(Input{URL: "https://page.test/", Body: []byte(body)})
	if len(got.Loads) != 1 || len(got.Loads[0].Snippet) > maxSnippet || len(got.Title) > maxTitle {
		t.Fatalf("got %d loads, title of %d bytes", len(got.Loads), len(got.Title))
	}
	for _, s := range []string{got.Title, got.Loads[0].Snippet, got.Loads[0].URL} {
		if strings.ContainsAny(s, "\x1b\u202e") {
			t.Errorf("%q holds a control character", s)
		}
	}
}

func TestBoundsAreToldOf(t *testing.T) {
	for name, body := range map[string]string{
		"loads":    strings.Repeat("<img src=http://x.test/>", maxLoads+1),
		"forms":    strings.Repeat("<form></form>", maxForms+1),
		"address":  "<img src=http://x.test/" + strings.Repeat("a", maxURL) + ">",
		"base":     "<base href=http://x.test/" + strings.Repeat("a", maxURL) + "/>",
		"nesting":  `<iframe srcdoc="<iframe srcdoc='<iframe srcdoc=&quot;<iframe srcdoc=x>&quot;>'>">`,
		"policies": strings.Repeat(`<meta http-equiv=content-security-policy content="img-src *">`, maxPolicies+1),
		"sources":  `<meta http-equiv=content-security-policy content="img-src ` + strings.Repeat("a ", maxSources+1) + `">`,
		"body":     strings.Repeat(" ", maxBody+1),
	} {
		got := Read(Input{URL: "https://page.test/", Body: []byte(body)})
		if !got.Truncated {
			t.Errorf("%s: not told of", name)
		}
		if len(got.Loads) > maxLoads || len(got.Forms) > maxForms {
			t.Errorf("%s: kept %d loads and %d forms", name, len(got.Loads), len(got.Forms))
		}
	}
}

func TestNothingIsAnEmptyPage(t *testing.T) {
	want := Page{Loads: []Load{}, Forms: []Form{}, Links: []string{}, Resources: []string{}}
	if diff := cmp.Diff(want, Read(Input{})); diff != "" {
		t.Errorf("Read (-want +got):\n%s", diff)
	}
}
