// Which scheme an application believes to be on, and whose Host it follows.

package probes_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"middlebrick/observe"
)

// slash answers an address without its slash as Werkzeug's router does, with the
// scheme that the application believes in.
func slash(scheme string) site {
	return func(r *http.Request) string {
		switch path := r.URL.Path; {
		case path == "/":
			return text("200 OK", "Content-Type: text/html\n", `<a href="/orders/">orders</a> <a href="https://elsewhere.example/x/">x</a> <a href="/">home</a>`)
		case path == "/orders" || path == "/users":
			return text("308 PERMANENT REDIRECT", "Location: "+scheme+"://"+r.Host+path+"/\n", "")
		}
		return text("404 NOT FOUND", "", "")
	}
}

func TestSlashTellsTheScheme(t *testing.T) {
	const orders, users = "https://app.test/orders", "https://app.test/users"
	leaks := []observe.SchemeLeak{
		{URL: orders, Status: 308, Where: "Location", Leak: "http://app.test/orders/"},
		{URL: users, Status: 308, Where: "Location", Leak: "http://app.test/users/"},
	}
	right := []observe.SchemeProof{{URL: orders, Location: "https://app.test/orders/"}, {URL: users, Location: "https://app.test/users/"}}
	for scheme, want := range map[string]observe.Schemes{
		"http":  {Asked: 10, Leaks: leaks, Right: []observe.SchemeProof{}},
		"https": {Asked: 10, Leaks: []observe.SchemeLeak{}, Right: right},
	} {
		v := look(t, "ownscheme", "https://app.test/", "80", slash(scheme))
		if diff := cmp.Diff(want, seen(t, v, observe.OwnScheme), withoutRefs); diff != "" {
			t.Errorf("%s (-want +got):\n%s", scheme, diff)
		}
		if asked := strings.Join(v.asked, "\n"); strings.Contains(asked, "elsewhere") || strings.Count(asked, orders) != 1 {
			t.Errorf("asked\n%s", asked)
		}
	}
}

func TestOtherRedirectsTellNoScheme(t *testing.T) {
	for name, answer := range map[string]string{
		"a path":                text("302 Found", "Location: /login\n", ""),
		"the request's scheme":  text("302 Found", "Location: //app.test/login\n", ""),
		"another host":          text("302 Found", "Location: http://elsewhere.example/\n", ""),
		"a host that begins so": text("302 Found", "Location: http://app.test.evil.example/\n", ""),
		"created":               text("201 Created", "Location: http://app.test/1\n", ""),
		"choices":               text("300 Multiple Choices", "Location: http://app.test/1\n", ""),
		"no URL":                text("302 Found", "Location: http://[::1:80/\n", ""),
		"a script":              text("302 Found", "Location: javascript:alert(1)\n", ""),
	} {
		t.Run(name, func(t *testing.T) {
			v := look(t, "ownscheme", "https://app.test/", "80", func(*http.Request) string { return answer })
			got := seen(t, v, observe.OwnScheme)
			if len(got.Leaks)+len(got.Right) > 0 || got.Asked == 0 {
				t.Errorf("%+v", got)
			}
		})
	}
}

func TestSchemeLeaksHoweverTheyAreWritten(t *testing.T) {
	for _, location := range []string{"http://app.test/x", "HTTP://APP.TEST/x", "http:/app.test/x", `http:\\app.test\x`, "http://app.test:8443/x", "http://app.test./x", "http://user@app.test/"} {
		v := look(t, "ownscheme", "https://app.test/", "80", func(*http.Request) string { return text("302 Found", "Location: "+location+"\n", "") })
		if got := seen(t, v, observe.OwnScheme); len(got.Leaks) == 0 || got.Leaks[0].Leak != location {
			t.Errorf("%s: %+v", location, got)
		}
	}
}

func TestNoHTTPSFormHasNoSchemeToTell(t *testing.T) {
	v := look(t, "ownscheme", "http://app.test/", "443", slash("http"))
	want := observe.Schemes{Absent: "the port is closed", Leaks: []observe.SchemeLeak{}, Right: []observe.SchemeProof{}}
	if diff := cmp.Diff(want, seen(t, v, observe.OwnScheme)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// follower redirects to whatever host the named header says.
func follower(header string) site {
	return func(r *http.Request) string {
		to := host
		if header == "Host" {
			to = r.Host
		} else if said := r.Header.Get(header); said != "" {
			to = said
		}
		return text("302 Found", "Location: https://"+to+"/login\n", "")
	}
}

func TestForgedHostIsFollowedOrNot(t *testing.T) {
	for header, want := range map[string][]string{"Host": {"Host"}, "X-Forwarded-Host": {"X-Forwarded-Host"}, "none": {}} {
		t.Run(header, func(t *testing.T) {
			v := look(t, "forgedhost", "https://app.test/", "80", follower(header))
			got, followed := seen(t, v, observe.ForgedHost), []string{}
			for _, asked := range got.Asked {
				if asked.Follows != strings.Contains(asked.Location, "middlebrick-forged.invalid") {
					t.Errorf("%+v", asked)
				}
				if asked.Follows && (len(followed) == 0 || followed[0] != asked.Header) {
					followed = append(followed, asked.Header)
				}
			}
			if diff := cmp.Diff(want, followed); diff != "" || len(got.Asked) < 2 || len(got.Asked) > 8 {
				t.Errorf("%d asked (-want +got):\n%s", len(got.Asked), diff)
			}
		})
	}
}

func TestForgedHostIsAskedWhereItWouldShow(t *testing.T) {
	v := look(t, "forgedhost", "https://app.test/", "80", pages(map[string]string{
		"/":      text("200 OK", "Content-Type: text/html\n", `<a href="/login">in</a>`),
		"/login": text("302 Found", "Location: https://app.test/in\n", ""),
	}))
	for _, asked := range seen(t, v, observe.ForgedHost).Asked {
		if asked.URL != "https://app.test/login" || asked.Follows {
			t.Errorf("%+v", asked)
		}
	}
	v = look(t, "forgedhost", "https://app.test/page", "80", pages(map[string]string{"/page": text("200 OK", "", "x")}))
	want := []observe.ForgedAnswer{
		{Header: "Host", URL: "https://app.test/page", Status: 200}, {Header: "X-Forwarded-Host", URL: "https://app.test/page", Status: 200},
	}
	if diff := cmp.Diff(want, seen(t, v, observe.ForgedHost).Asked, withoutRefs); diff != "" {
		t.Errorf("without a redirect (-want +got):\n%s", diff)
	}
}

// TestForgedHostThatIsRefusedIsAGap: a server that hangs up on a foreign name has
// not answered.
func TestForgedHostThatIsRefusedIsAGap(t *testing.T) {
	v := look(t, "forgedhost", "http://app.test/", "443", func(r *http.Request) string {
		if r.Host != host || r.Header.Get("X-Forwarded-Host") != "" {
			return ""
		}
		return text("200 OK", "", "x")
	})
	if _, gap := observe.Seen(v.rec, observe.ForgedHost); gap == nil || gap.Why != observe.Closed {
		t.Errorf("the gap is %v", gap)
	}
}
