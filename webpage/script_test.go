// Tests of what is read out of scripts.

package webpage

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// scripts and what is found in them, "?" after what is not certain.
var scripts = map[string][]string{
	`fetch("http://x.test/")`:                                                           {"blocked fetch() http://x.test/"},
	`window . fetch ( 'http://x.test/' , {} )`:                                          {"blocked fetch() http://x.test/"},
	"await fetch(`http:\\/\\/x.test\\u002f\\x61`)":                                      {"blocked fetch() http://x.test/a"},
	"const r = 1\nfetch('http://x.test/')\n.then(a=>b)":                                 {"blocked fetch() http://x.test/"},
	"fetch(\n'http://x.test/'\n)":                                                       {"blocked fetch() http://x.test/"},
	`fetch("http://x.test/" + path)`:                                                    {"blocked? fetch() http://x.test/"},
	"fetch(`http://x.test/${path}`)":                                                    {"blocked? fetch() http://x.test/"},
	`fetch("http://x.te" + "st/")`:                                                      {},
	"fetch(`http://${host}/`)":                                                          {},
	`fetch("http://x.test/" || y)`:                                                      {},
	`fetch("/x")`:                                                                       {},
	`my.fetch("http://x.test/")`:                                                        {},
	`prefetch("http://x.test/")`:                                                        {},
	`function fetch(u){}; fetch("http://x.test/")`:                                      {},
	`// fetch("http://x.test/")`:                                                        {},
	`/* fetch("http://x.test/") */`:                                                     {},
	`"fetch('http://x.test/')"`:                                                         {},
	"`fetch('http://x.test/')`":                                                         {},
	"`${fetch('http://x.test/')}`":                                                      {"blocked? fetch() http://x.test/"},
	`/fetch("http:\/\/x.test\/")/.test(y)`:                                              {},
	`a = b / c; fetch("http://x.test/"); d = e / f`:                                     {"blocked fetch() http://x.test/"},
	`var s = "http://x.test/"`:                                                          {},
	`if (a) fetch("http://x.test/")`:                                                    {"blocked? fetch() http://x.test/"},
	"if (a)\nfetch('http://x.test/')":                                                   {"blocked? fetch() http://x.test/"},
	`a && fetch("http://x.test/")`:                                                      {"blocked? fetch() http://x.test/"},
	`a ? fetch("http://x.test/") : 0`:                                                   {"blocked? fetch() http://x.test/"},
	`() => fetch("http://x.test/")`:                                                     {"blocked? fetch() http://x.test/"},
	`function f() { fetch("http://x.test/") }`:                                          {"blocked? fetch() http://x.test/"},
	`function f() {} fetch("http://x.test/")`:                                           {"blocked fetch() http://x.test/"},
	`throw 1; fetch("http://x.test/")`:                                                  {"blocked? fetch() http://x.test/"},
	`fetch("http://x.test/"); {`:                                                        {"blocked? fetch() http://x.test/"},
	`fetch("http://x.test/"); "`:                                                        {"blocked? fetch() http://x.test/"},
	`fetch("http://x.test/") // "`:                                                      {"blocked fetch() http://x.test/"},
	`new WebSocket("http://x.test/s")`:                                                  {"blocked WebSocket ws://x.test/s"},
	`fetch("ws://x.test/")`:                                                             {},
	`new Request("http://x.test/")`:                                                     {},
	`importScripts("http://x.test/")`:                                                   {"blocked? importScripts() http://x.test/"},
	`navigator.serviceWorker.register("http://x.test/")`:                                {"blocked? serviceWorker.register() http://x.test/"},
	`x.open("post", "http://x.test/")`:                                                  {"blocked? XMLHttpRequest.open() http://x.test/"},
	`x.open("post", "http://x.test/"); y.send()`:                                        {"blocked? XMLHttpRequest.open() http://x.test/"},
	`window.open("http://x.test/")`:                                                     {},
	`window.open("http://x.test/", "name")`:                                             {},
	`(new Image).src = "http://x.test/"`:                                                {"upgraded Image http://x.test/"},
	`x.src = "http://x.test/"`:                                                          {},
	`e = document.createElement('IFRAME'); e.src = "http://x.test/"`:                    {"blocked? iframe http://x.test/"},
	`e = document.createElement('img'); e.setAttribute('src', "http://x.test/")`:        {"upgraded Image http://x.test/"},
	`location = "http://x.test/"`:                                                       {"loaded location http://x.test/"},
	`location.replace("http://x.test/")`:                                                {"loaded location http://x.test/"},
	`var location = "http://x.test/"`:                                                   {},
	`e.innerHTML = "<img src=http://x.test/><script src=http://x.test/></s" + "cript>"`: {},
	`e.innerHTML = "<img src=http://x.test/><script src=http://x.test/></scr\ipt>"`:     {"upgraded? img http://x.test/"},
	`document.write("<scr" + "ipt src=http://x.test/>")`:                                {},
	`import("http://x.test/")`:                                                          {"blocked import() http://x.test/"},
	`import x from "http://x.test/"`:                                                    {},
	``:                                                                                  {},
}

func TestScriptsAreReadForWhatIsCertain(t *testing.T) {
	for script, want := range scripts {
		page := Read(Input{URL: "https://page.test/", Body: []byte("<script>" + script + "</script>")})
		got := []string{}
		for _, l := range page.Loads {
			sure := " "
			if !l.Certain {
				sure = "? "
			}
			got = append(got, l.Outcome+sure+l.Element+" "+l.URL)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", script, diff)
		}
	}
}

func TestModuleThatFailsToImportDoesNotRun(t *testing.T) {
	page := Read(Input{URL: "https://page.test/", Body: []byte(`<script type=module>
import "http://x.test/m";
fetch("http://x.test/f")</script>`)})
	want := []string{"2 blocked blockable import  http://x.test/m", "3 blocked? blockable fetch()  http://x.test/f"}
	if diff := cmp.Diff(want, brief(page.Loads)); diff != "" {
		t.Errorf("loads (-want +got):\n%s", diff)
	}
}
