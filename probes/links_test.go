// Addresses in JSON and in Link fields, and what hostile JSON costs.

package probes_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"middlebrick/observe"
)

const isJSON = "Content-Type: application/json\n"

// withoutRefs compares observations without the numbers of their exchanges.
var withoutRefs = cmpopts.IgnoreTypes(observe.Ref(""))

func TestLinksNameTheirPlace(t *testing.T) {
	const root, description = "https://app.test/", "https://app.test/openapi.json"
	tests := []struct {
		name, fields, body string
		want               []observe.APILink
	}{
		{"in an object", isJSON, `{"links":{"self":"http://app.test/a"}}`, []observe.APILink{{Where: "/links/self", Link: "http://app.test/a"}}},
		{"in a list", isJSON, `[1,[],{},{"next":["http://app.test/a","x"]},"http://app.test/b"]`,
			[]observe.APILink{{Where: "/3/next/0", Link: "http://app.test/a"}, {Where: "/4", Link: "http://app.test/b"}}},
		{"the whole text", isJSON, `"http://app.test/a"`, []observe.APILink{{Where: "the whole text", Link: "http://app.test/a"}}},
		{"escaped names", isJSON, `{"a/b":{"c~d":"http://app.test/"},"":"http://app.test/"}`,
			[]observe.APILink{{Where: "/a~1b/c~0d", Link: "http://app.test/"}, {Where: "/", Link: "http://app.test/"}}},
		{"a key is no link", isJSON, `{"http://app.test/":1}`, nil},
		{"two keys of one name", isJSON, `{"a":1,"a":"http://app.test/"}`, []observe.APILink{{Where: "/a", Link: "http://app.test/"}}},
		{"capitals", isJSON, `["HTTP://APP.test/a"]`, []observe.APILink{{Where: "/0", Link: "HTTP://APP.test/a"}}},
		{"problem details", "Content-Type: application/problem+JSON; charset=utf-8\n", `{"instance":"http://app.test/a"}`, []observe.APILink{{Where: "/instance", Link: "http://app.test/a"}}},
		{"a mark before it", isJSON, "\xef\xbb\xbf[\"http://app.test/a\"]", []observe.APILink{{Where: "/0", Link: "http://app.test/a"}}},
		{"one object a line", isJSON, "{\"a\":1}\n{\"b\":\"http://app.test/a\"}", []observe.APILink{{Where: "/b", Link: "http://app.test/a"}}},
		{"sister hosts", isJSON, `["http://www.app.test/","http://app.test.evil.example/","http://evilapp.test/"]`, []observe.APILink{{Where: "/0", Link: "http://www.app.test/"}}},
		{"others", isJSON, `["https://app.test/","http://elsewhere.example/","http://","//app.test/","see http://app.test/"]`, nil},
		{"not JSON", "Content-Type: text/plain\n", `["http://app.test/"]`, nil},
		{"broken JSON", isJSON, `["http://app.test/a",}`, []observe.APILink{{Where: "/0", Link: "http://app.test/a"}}},
		{"Link fields", "Link: <http://app.test/a>; rel=next, < HTTP://app.test/b >; rel=prev\nLink: </c>, <http://elsewhere.example/>\n", "",
			[]observe.APILink{{Where: "Link header", Link: "http://app.test/a"}, {Where: "Link header", Link: "HTTP://app.test/b"}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			v := look(t, "links", root, "80", pages(map[string]string{"/": text("200 OK", test.fields, test.body)}))
			want := observe.Links{Asked: 4, Found: []observe.APILink{}}
			for _, link := range test.want {
				link.URL = root
				want.Found = append(want.Found, link)
			}
			if diff := cmp.Diff(want, seen(t, v, observe.APILinks), withoutRefs); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	v := look(t, "links", root, "80", pages(map[string]string{"/openapi.json": text("200 OK", isJSON, `{"servers":[{"url":"http://app.test/v1"}]}`)}))
	want := []observe.APILink{{URL: description, Where: "/servers/0/url", Link: "http://app.test/v1"}}
	if diff := cmp.Diff(want, seen(t, v, observe.APILinks).Found, withoutRefs); diff != "" {
		t.Errorf("description (-want +got):\n%s", diff)
	}
}

func TestHostileJSONIsUnreadAndNotEmpty(t *testing.T) {
	link := `"http://app.test/x"`
	for name, body := range map[string]string{
		"deep lists":     strings.Repeat("[", 500_000),
		"deep objects":   strings.Repeat(`{"a":`, 100_000) + link + strings.Repeat("}", 100_000),
		"just too deep":  strings.Repeat("[", 65) + link + strings.Repeat("]", 65),
		"an end too far": `["` + strings.Repeat("x", 2<<20) + `",` + link + `]`,
		"half a text":    `{"a":[1,2`,
		"half a string":  `{"a":"http://app.te`,
	} {
		t.Run(name, func(t *testing.T) {
			v := look(t, "links", "https://app.test/", "80", pages(map[string]string{"/": text("200 OK", isJSON, body)}))
			got := seen(t, v, observe.APILinks)
			if diff := cmp.Diff([]string{"https://app.test/"}, got.Unread); diff != "" || len(got.Found) > 0 {
				t.Errorf("found %d (-want +got):\n%s", len(got.Found), diff)
			}
		})
	}
	v := look(t, "links", "https://app.test/", "80", pages(map[string]string{"/": text("200 OK", isJSON, strings.Repeat("[", 64)+link+strings.Repeat("]", 64))}))
	if got := seen(t, v, observe.APILinks); len(got.Unread) > 0 || len(got.Found) != 1 {
		t.Errorf("64 deep: %+v", got)
	}
}

func TestManyLinksAreBounded(t *testing.T) {
	var body strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&body, `{"%s":"http://app.test/%d%s"}`, strings.Repeat("k", 300), i, strings.Repeat("/", 1000))
	}
	v := look(t, "links", "https://app.test/", "80", func(r *http.Request) string { return text("200 OK", isJSON, body.String()) })
	got := seen(t, v, observe.APILinks)
	if len(got.Found) != 20 || len(got.Found[0].Where) > 100 || len(got.Found[0].Link) > 600 {
		t.Errorf("%d links, the first %+v", len(got.Found), got.Found[0])
	}
}

func TestNumbersOfAnAddressAreNoSite(t *testing.T) {
	v := look(t, "links", "https://192.0.2.1/", "80", pages(map[string]string{"/": text("200 OK", isJSON, `["http://10.9.2.1/","http://192.0.2.1/"]`)}))
	want := []observe.APILink{{URL: "https://192.0.2.1/", Where: "/1", Link: "http://192.0.2.1/"}}
	if diff := cmp.Diff(want, seen(t, v, observe.APILinks).Found, withoutRefs); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestNoHTTPSFormHasNoLinks(t *testing.T) {
	v := look(t, "links", "http://app.test/", "443", pages(map[string]string{"/": text("200 OK", isJSON, `["http://app.test/"]`)}))
	if diff := cmp.Diff(observe.Links{Absent: "the port is closed", Found: []observe.APILink{}}, seen(t, v, observe.APILinks)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
