// Tests of what is read out of style sheets.

package webpage

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// sheets and what is found in them, "?" after what is not certain.
var sheets = map[string][]string{
	`@import "http://x.test/";`:                                         {"blocked @import  http://x.test/"},
	`@IMPORT URL( 'http://x.test/' ) screen and (a:url(http://y));`:     {"blocked @import  http://x.test/"},
	`@import "http://x.test/" supports(background:url(http://y/));`:     {"blocked? @import  http://x.test/"},
	`@import "http://x.test/" layer(supports)`:                          {"blocked @import  http://x.test/"},
	`@charset "utf-8"; @layer a, b; <!-- @import "http://x.test/"`:      {"blocked @import  http://x.test/"},
	`@layer a { } @import "http://x.test/";`:                            {},
	`p { } @import "http://x.test/";`:                                   {},
	`@namespace "http://x.test/"; @import "http://x.test/";`:            {},
	`@media all { @import "http://x.test/"; }`:                          {},
	`@namespace url(http://x.test/);`:                                   {},
	`@-moz-document url(http://x.test/) { p { color: red } }`:           {},
	`p { background: url(http://x.test/) }`:                             {"upgraded? css url() background http://x.test/"},
	`p { BACKGROUND-image : url( "http://x.test/" ) }`:                  {"upgraded? css url() background-image http://x.test/"},
	`p { background: red, u\72 l("http://x.test/") }`:                   {"upgraded? css url() background http://x.test/"},
	`p { background: url(h\74tp://x.test/\)) }`:                         {"upgraded? css url() background http://x.test/)"},
	`p { background: url("http://x.te\` + "\n" + `st/") }`:              {"upgraded? css url() background http://x.test/"},
	`p { background: image-set("http://x.test/" 1x type("http://t")) }`: {"upgraded? css url() background http://x.test/"},
	`p { background: -webkit-image-set(url(http://x.test/) 1x) }`:       {"upgraded? css url() background http://x.test/"},
	`p { background: src("http://x.test/") }`:                           {},
	`p { content: "url(http://x.test/)" }`:                              {},
	`p { /* background: url(http://x.test/) */ }`:                       {},
	`p { background url(http://x.test/) }`:                              {},
	`p { colour: url(http://x.test/) }`:                                 {},
	`p { fill: url(#a); mask: url("#b") }`:                              {},
	`p { filter: url(http://x.test/a#b) }`:                              {"blocked? css url() filter http://x.test/a#b"},
	`p { filter: url(http://page.test/a#b) }`:                           {"upgraded? css url() filter http://page.test/a#b"},
	`p { --x: url(http://x.test/) }`:                                    {"upgraded? css url() --x http://x.test/"},
	`p { & a { background: url(http://x.test/) } }`:                     {"upgraded? css url() background http://x.test/"},
	`@font-face { font-family: a; src: local(b), url(http://x.test/) }`: {"blocked css url() src http://x.test/"},
	`@media screen { @font-face { src: url(http://x.test/) } }`:         {"blocked css url() src http://x.test/"},
	`@media print { @font-face { src: url(http://x.test/) } }`:          {"blocked? css url() src http://x.test/"},
	`@supports (a: b) { @font-face { src: url(http://x.test/) } }`:      {"blocked? css url() src http://x.test/"},
	`@font-face { background: url(http://x.test/) }`:                    {},
	`p { src: url(http://x.test/) }`:                                    {},
	`@media print { p { background: url(http://x.test/) } }`:            {"upgraded? css url() background http://x.test/"},
	`p { background: url(x.gif) }`:                                      {},
	`p { background: url(//x.test/) }`:                                  {},
	`} p { background: url(http://x.test/) }`:                           {"upgraded? css url() background http://x.test/"},
	`p { background: url(http://x.test/`:                                {"upgraded? css url() background http://x.test/"},
	`p { background: url(http://x .test/) }`:                            {},
	`@import "http://x.test/`:                                           {"blocked @import  http://x.test/"},
}

func TestSheetsAreReadForWhatTheyFetch(t *testing.T) {
	for text, want := range sheets {
		page := Read(Input{URL: "https://page.test/s.css", ContentType: "text/css", Body: []byte(text)})
		got := []string{}
		for _, l := range page.Loads {
			sure := " "
			if !l.Certain {
				sure = "? "
			}
			got = append(got, fmt.Sprintf("%s%s%s %s %s", l.Outcome, sure, l.Element, l.Attribute, l.URL))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

func TestImportedSheetsAreWorthReading(t *testing.T) {
	page := Read(Input{URL: "https://page.test/a/s.css", ContentType: "text/css", Body: []byte(`@import "b.css"; @import url(//cdn.test/c.css);`)})
	want := []string{"https://page.test/a/b.css", "https://cdn.test/c.css"}
	if diff := cmp.Diff(want, page.Resources); diff != "" {
		t.Errorf("resources (-want +got):\n%s", diff)
	}
}
