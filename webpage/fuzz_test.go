// Fuzzing of the whole reader: whatever arrives, the page that comes out keeps
// its promises.

package webpage

import (
	"testing"
	"unicode"
	"unicode/utf8"

	"middlebrick/weburl"
)

func FuzzRead(f *testing.F) {
	for _, seed := range []struct{ url, kind, csp, body string }{
		{"https://page.test/", "text/html", "", `<base href=http://x.test/><img srcset="a 1x, b 2x"><form action=/f><input type=password>`},
		{"https://page.test/", "text/html", "img-src 'self'", `<svg><style>@import "http://x.test/"</style><![CDATA[<a>]]></svg><template><frameset>`},
		{"https://page.test/", "text/html", "", "<script>fetch(`http://x.test/${a}`);document.write('<iframe srcdoc=\"&lt;p>\">')</script>"},
		{"https://page.test/", "image/svg+xml", "", `<?xml-stylesheet href='x'?><x:svg xmlns:x="http://www.w3.org/2000/svg"><x:image href="http://x.test/"/>`},
		{"http://page.test/", "text/css", "upgrade-insecure-requests", `@import url(http://x.test/) supports(a);p{background:u\72l(http://x.test/)}`},
		{"http://[::1]:80/", "text/javascript", "sandbox", "import 'http://0x7f.1\\u{2f}'; /[/]/ / 2; x=`${`}`"},
		{"", "text/html; charset=utf-16", "", "<\x00a\x00>\x00"},
	} {
		f.Add(seed.url, seed.kind, seed.csp, []byte(seed.body))
	}
	f.Fuzz(func(t *testing.T, url, kind, csp string, body []byte) {
		p := Read(Input{URL: url, ContentType: kind, CSP: []string{csp}, Body: body})
		if len(p.Loads) > maxLoads || len(p.Forms) > maxForms || len(p.Links) > maxLinks || len(p.Resources) > maxResources {
			t.Fatalf("more kept than allowed: %d loads, %d forms, %d links, %d resources", len(p.Loads), len(p.Forms), len(p.Links), len(p.Resources))
		}
		for _, l := range p.Loads {
			check(t, l)
		}
		if !printable(p.Title) || len(p.Title) > maxTitle {
			t.Fatalf("title %q", p.Title)
		}
		again := Read(Input{URL: url, ContentType: kind, CSP: []string{csp}, Body: body})
		if len(again.Loads) != len(p.Loads) {
			t.Fatalf("%d loads, then %d", len(p.Loads), len(again.Loads))
		}
	})
}

func check(t *testing.T, l Load) {
	t.Helper()
	again, ok := resolve(weburl.URL{}, l.URL)
	if !again.Insecure() {
		t.Fatalf("%q is listed and not insecure", l.URL)
	}
	if !ok || again.String() != l.URL {
		t.Fatalf("%q does not read as itself but as %q", l.URL, again)
	}
	if len(l.Snippet) > maxSnippet || !printable(l.Snippet) || !printable(l.URL) || !printable(l.Attribute) || !printable(l.Element) {
		t.Fatalf("a load that is not fit to print: %#v", l)
	}
	if l.Line < 1 || l.Class == "" || l.Outcome == "" || l.Element == "" {
		t.Fatalf("a load that is not whole: %#v", l)
	}
}

func printable(s string) bool {
	if !utf8.ValidString(s) {
		return false
	}
	for _, c := range s {
		if c != ' ' && !unicode.IsPrint(c) && c != utf8.RuneError {
			return false
		}
	}
	return true
}
