// Tests of redirects, as browsers take them.

package hop

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"middlebrick/httphead"
)

const asked = "https://app.test/a/b"

func answer(status int, locations ...string) httphead.Head {
	head := httphead.Head{Status: status}
	for _, location := range locations {
		head.Fields = append(head.Fields, httphead.Field{Name: "location", Value: location})
	}
	return head
}

func TestHopLeadsWhereABrowserGoes(t *testing.T) {
	tests := []struct {
		name     string
		answer   httphead.Head
		want     Hop
		ok       bool
		absolute bool
	}{
		{"path", answer(302, "/c"), Hop{Written: "/c", To: "https://app.test/c"}, true, false},
		{"absolute", answer(308, "http://app.test/c"), Hop{Written: "http://app.test/c", To: "http://app.test/c"}, true, true},
		{"absolute in capitals", answer(301, "HTTP://app.test/c"), Hop{Written: "HTTP://app.test/c", To: "http://app.test/c"}, true, true},
		{"one slash", answer(301, "http:/app.test/c"), Hop{Written: "http:/app.test/c", To: "http://app.test/c"}, true, true},
		{"same scheme, no slash", answer(301, "https:c"), Hop{Written: "https:c", To: "https://app.test/a/c"}, true, true},
		{"scheme of the request", answer(303, "//other.test/"), Hop{Written: "//other.test/", To: "https://other.test/"}, true, false},
		{"first is empty", answer(302, "", "/c"), Hop{Written: "/c", To: "https://app.test/c"}, true, false},
		{"empty", answer(302, ""), Hop{}, false, false},
		{"none", answer(302), Hop{}, false, false},
		{"created", answer(201, "/c"), Hop{}, false, false},
		{"choices", answer(300, "/c"), Hop{}, false, false},
		{"not modified", answer(304, "http://app.test/"), Hop{}, false, false},
		{"script", answer(302, "javascript:alert(1)"), Hop{Written: "javascript:alert(1)", Err: httphead.ErrScheme}, true, false},
		{"no host", answer(302, "http://[::1:80/%zz"), Hop{Written: "http://[::1:80/%zz", Err: httphead.ErrLocation}, true, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, ok := Of(asked, test.answer)
			if diff := cmp.Diff(test.want, got, cmpopts.EquateErrors()); diff != "" || ok != test.ok {
				t.Errorf("ok is %v (-want +got):\n%s", ok, diff)
			}
			if got.Absolute() != test.absolute {
				t.Errorf("absolute is %v", got.Absolute())
			}
			if u, followed := got.URL(); followed != (test.want.Err == nil) || followed && u.String() != test.want.To {
				t.Errorf("followed is %v, to %v", followed, u)
			}
		})
	}
}

func TestHostIsComparable(t *testing.T) {
	for location, want := range map[string]string{
		"http://APP.test.:8080/": "app.test", "/x": "app.test", "https://[::1]/": "::1", "javascript:1": "", "http://[::1:80/": "",
	} {
		if h, _ := Of(asked, answer(302, location)); h.Host() != want {
			t.Errorf("%s leads to host %q, want %q", location, h.Host(), want)
		}
	}
}

func TestHopKeepsTheReasonOfADeadEnd(t *testing.T) {
	got, _ := Of(asked, answer(301, "file:///etc/passwd"))
	if !errors.Is(got.Err, httphead.ErrScheme) {
		t.Errorf("error is %v", got.Err)
	}
}
