// Which page is asked for as a client that reads compressed bodies, and what of the
// answer is kept.

package probes_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"middlebrick/observe"
)

const emptyAnswer = "HTTP/1.1 204 No Content\nConnection: close\n\n"

// packed answers with that Content-Encoding where it is asked for one.
func packed(encoding, page string) site {
	return func(r *http.Request) string {
		head := "HTTP/1.1 200 OK\nContent-Type: text/html\nContent-Length: 5\nConnection: close\n"
		switch {
		case r.URL.Path != page:
			return emptyAnswer
		case r.Header.Get("Accept-Encoding") != "gzip, br":
			return head + "\nplain"
		}
		return head + "Content-Encoding: " + encoding + "\n\npress"
	}
}

func TestCompressionIsAskedForOnAPageWithContent(t *testing.T) {
	for _, row := range []struct {
		site site
		want observe.Compression
	}{
		{packed("gzip", "/"), observe.Compression{URL: "https://app.test/", Status: 200, Encoding: "gzip", Bytes: 5}},
		{packed(" BR ", "/"), observe.Compression{URL: "https://app.test/", Status: 200, Encoding: "br", Bytes: 5}},
		{packed("gzip", "/login"), observe.Compression{URL: "https://app.test/login", Status: 200, Encoding: "gzip", Bytes: 5}},
		{packed("gzip", "/nowhere"), observe.Compression{URL: "https://app.test/", Status: 204}},
	} {
		v := look(t, "bodycompression", "https://app.test/", "80", row.site)
		got, gap := observe.Seen(v.rec, observe.Compressed)
		if gap != nil {
			t.Fatal(gap)
		}
		row.want.Asked, row.want.Ref = "gzip, br", got.Ref
		if diff := cmp.Diff(row.want, got); diff != "" || got.Ref == "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		address := "GET " + row.want.URL
		if n := len(slices.DeleteFunc(v.asked, func(a string) bool { return a != address })); n != 2 {
			t.Errorf("%s was asked for %d times, once for the page and once compressed", row.want.URL, n)
		}
	}
}

func TestNoSecureFormHasNothingToCompress(t *testing.T) {
	v := look(t, "bodycompression", "http://app.test/", "443", packed("gzip", "/"))
	if got, gap := observe.Seen(v.rec, observe.Compressed); gap != nil || got.Absent != "the port is closed" {
		t.Errorf("%+v %v", got, gap)
	}
}
