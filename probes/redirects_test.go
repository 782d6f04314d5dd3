// The redirects of the http form, against every way in which a server can send
// its clients astray (FAULTS F17 to F22).

package probes_test

import (
	"context"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"middlebrick/observe"
	"middlebrick/target"
	"middlebrick/testbed/ca"
	"middlebrick/testbed/quirk"
	"middlebrick/wire"
)

// chainOf is a chain in words: each hop's status and where it leads, and the end.
func chainOf(r observe.Redirects) string {
	var words []string
	for _, hop := range r.Hops {
		words = append(words, strings.TrimSpace(hop.URL+" "+hop.To))
	}
	return strings.Join(append(words, r.End), " | ")
}

// On the plain port alone, what a quirk sends to is asked within bounds.
var astray = []struct{ fault, quirk, want string }{
	{"F17", "redirect-loop", "http://app.test/ http://app.test/ | loop"},
	{"F17", "redirect-chain", "http://app.test/ http://app.test/hop/1 | http://app.test/hop/1 http://app.test/hop/2 | http://app.test/hop/2 http://app.test/hop/3 | http://app.test/hop/3 http://app.test/hop/4 | http://app.test/hop/4 http://app.test/hop/5 | limit"},
	{"F18", "redirect-file", "http://app.test/ | bad-location"},
	{"F18", "redirect-gopher", "http://app.test/ | bad-location"},
	{"F18", "redirect-script", "http://app.test/ | bad-location"},
	{"F19", "redirect-metadata", "http://app.test/ http://169.254.169.254/latest/meta-data/iam/security-credentials/ | scope"},
	{"F19", "redirect-loopback", "http://app.test/ http://127.0.0.1:1/admin | scope"},
	{"F21", "redirect-elsewhere", "http://app.test/ https://elsewhere.example/ | scope"},
	{"F22", "redirect-bad", "http://app.test/ | bad-location"},
	{"F22", "redirect-empty", "http://app.test/ | answer"},
	{"F22", "redirect-no-place", "http://app.test/ | answer"},
	{"F22", "redirect-control", "http://app.test/ http://app.test/a%1B[2Jb | http://app.test/a%1B[2Jb http://app.test/a%1B[2Jb | loop"},
	{"-", "redirect-everything", "http://app.test/ http://portal.example/login | scope"},
}

var quirkPair = ca.At(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)).Good(host)

func TestRedirectsAreFollowedWithinBounds(t *testing.T) {
	for _, row := range astray {
		t.Run(row.fault+" "+row.quirk, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server, dial := quirk.Pipe(t, row.quirk, quirk.Options{Pair: quirkPair})
				to, err := target.Parse("http://" + host + "/")
				if err != nil {
					t.Fatal(err)
				}
				rec := observe.NewRecorder(observe.Header{}, time.Now, []byte("key"))
				w := wire.New(wire.Options{Target: to, Limits: wire.Standard(), Dial: dial,
					Resolve: func(context.Context, string) ([]netip.Addr, error) {
						return []netip.Addr{netip.MustParseAddr("192.0.2.1")}, nil
					}}, rec)
				if _, gap := w.Resolve(t.Context()); gap != nil {
					t.Fatal(gap)
				}
				observe.Put(rec, observe.Ports, observe.Services{HTTP: observe.Service{Speaks: "http"}})
				begun := time.Now()
				byName(t, "redirects").Run(t.Context(), w, rec)
				got, gap := observe.Seen(rec, observe.PlainHops)
				if gap != nil {
					t.Fatal(gap)
				}
				if chainOf(got) != row.want {
					t.Errorf("followed\n%s\nwant\n%s", chainOf(got), row.want)
				}
				if (got.Detail != "") != (got.End == "bad-location" || got.End == "scope") || strings.Contains(got.Detail, "\x1b") {
					t.Errorf("detail is %q of the end %q", got.Detail, got.End)
				}
				if time.Since(begun) > 10*time.Second || server.Accepted() > 5 {
					t.Errorf("took %v and %d connections", time.Since(begun), server.Accepted())
				}
			})
		})
	}
}

func TestRedirectsBetweenBothFormsAreFollowed(t *testing.T) {
	tests := []struct {
		name    string
		answers map[string]string
		want    string
	}{
		{"to https and there", map[string]string{
			"http /": text("301 Moved", "Location: https://app.test/\n", ""), "https /": text("200 OK", "", "hello")},
			"http://app.test/ https://app.test/ | https://app.test/ | answer"},
		{"F20: and back again", map[string]string{
			"http /":      text("301 Moved", "Location: https://app.test/\n", ""),
			"https /":     text("302 Found", "Location: http://app.test/login\n", ""),
			"http /login": text("200 OK", "", "in clear")},
			"http://app.test/ https://app.test/ | https://app.test/ http://app.test/login | http://app.test/login | answer"},
		{"a circle of two", map[string]string{
			"http /":  text("301 Moved", "Location: https://app.test/\n", ""),
			"https /": text("302 Found", "Location: http://app.test/\n", "")},
			"http://app.test/ https://app.test/ | https://app.test/ http://app.test/ | loop"},
		{"a circle that a fragment hides", map[string]string{
			"http /": text("301 Moved", "Location: /#a\n", "")},
			"http://app.test/ http://app.test/ | loop"},
		{"what carries a Location and sends nobody", map[string]string{
			"http /": text("300 Multiple Choices", "Location: /other\n", "choose")},
			"http://app.test/ | answer"},
		{"no answer on the way", map[string]string{
			"http /": text("301 Moved", "Location: https://app.test/\n", ""), "https /": ""},
			"http://app.test/ https://app.test/ | no-answer"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			v := look(t, "redirects", "http://"+host+"/", "", pages(test.answers))
			if got := chainOf(seen(t, v, observe.PlainHops)); got != test.want {
				t.Errorf("followed\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

func TestClosedPortHasNoRedirects(t *testing.T) {
	v := look(t, "redirects", "https://"+host+"/", "80", pages(map[string]string{"/": text("200 OK", "", "hello")}))
	want := observe.Redirects{Absent: "the port is closed", Hops: []observe.Hop{}}
	if diff := cmp.Diff(want, seen(t, v, observe.PlainHops)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
