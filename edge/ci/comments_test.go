// Comments against a service that has pages, limits and bad days.

package ci

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const marker = "<!-- middlebrick:v1 target=x -->"

// hub answers each request with the next reply.
type hub struct {
	replies []reply
	asked   []string
}

type reply struct {
	status int
	header http.Header
	body   string
}

func (h *hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.asked = append(h.asked, r.Method+" "+r.URL.RequestURI())
	if len(h.replies) == 0 {
		http.Error(w, "nothing is left to say", http.StatusTeapot)
		return
	}
	next := h.replies[0]
	h.replies = h.replies[1:]
	for name, values := range next.header {
		w.Header()[name] = values
	}
	w.WriteHeader(next.status)
	fmt.Fprint(w, next.body)
}

// outcome is what came of one comment.
type outcome struct {
	url   string
	err   error
	asked []string
	slept []time.Duration
}

func put(t *testing.T, replies ...reply) (got outcome) {
	t.Helper()
	h := &hub{replies: replies}
	server := httptest.NewServer(h)
	defer server.Close()
	api := &API{Base: server.URL + "/", Token: "secret", Now: func() time.Time { return time.Unix(1000, 0) },
		Sleep: func(_ context.Context, d time.Duration) error { got.slept = append(got.slept, d); return nil }}
	got.url, got.err = Comments{api, "o/r", 7}.Put(t.Context(), marker, "news")
	got.asked = h.asked
	return got
}

func list(comments ...comment) reply {
	text, err := json.Marshal(comments)
	if err != nil {
		panic(err)
	}
	return reply{status: 200, body: string(text)}
}

func (r reply) next() reply {
	r.header = http.Header{"Link": {`<https://elsewhere.test/?page=2>; rel="next", <https://elsewhere.test/?page=9>; rel="last"`}}
	return r
}

func by(login, kind, body string, id int64) comment {
	c := comment{ID: id, Body: body, URL: fmt.Sprint("u", id)}
	c.User.Login, c.User.Type = login, kind
	return c
}

const (
	pageOne = "GET /repos/o/r/issues/7/comments?per_page=100&page=1"
	pageTwo = "GET /repos/o/r/issues/7/comments?per_page=100&page=2"
	create  = "POST /repos/o/r/issues/7/comments"
)

var (
	nobody  = reply{status: 403, body: `{"message":"Resource not accessible by integration"}`}
	person  = reply{status: 200, body: `{"login":"ana"}`}
	written = reply{status: 201, body: `{"html_url":"new"}`}
	ours    = by("github-actions[bot]", "Bot", marker+"\nold", 5)
)

func TestCommentIsFoundWrittenAndEdited(t *testing.T) {
	for _, c := range []struct {
		name    string
		replies []reply
		url     string
		asked   []string
	}{
		{"none yet", []reply{list(by("ana", "User", "hello", 1)), written}, "new", []string{pageOne, create}},
		{"on the second page", []reply{list(by("ana", "User", "hello", 1)).next(), list(ours), nobody, {status: 200, body: `{"html_url":"u5"}`}}, "u5",
			[]string{pageOne, pageTwo, "GET /user", "PATCH /repos/o/r/issues/comments/5"}},
		{"nothing new", []reply{list(by("github-actions[bot]", "Bot", marker+"\nnews", 5)), nobody}, "u5", []string{pageOne, "GET /user"}},
		{"our marker in somebody's comment", []reply{list(by("eve", "User", marker+"\nold", 3)), nobody, written}, "new", []string{pageOne, "GET /user", create}},
		{"a person's token, a program's comment", []reply{list(ours), person, written}, "new", []string{pageOne, "GET /user", create}},
		{"a person's token and comment", []reply{list(by("ana", "User", marker+"\nold", 9)), person, {status: 200, body: `{"html_url":"u9"}`}}, "u9",
			[]string{pageOne, "GET /user", "PATCH /repos/o/r/issues/comments/9"}},
		{"marker not at the beginning", []reply{list(by("github-actions[bot]", "Bot", "> "+marker, 5)), written}, "new", []string{pageOne, create}},
	} {
		got := put(t, c.replies...)
		if got.err != nil || got.url != c.url {
			t.Errorf("%s: %q, %v", c.name, got.url, got.err)
		}
		if diff := cmp.Diff(c.asked, got.asked); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

func TestServiceThatAsksForPatienceGetsSome(t *testing.T) {
	later := func(name, value string) reply {
		return reply{status: 429, header: http.Header{name: {value}}}
	}
	limited := reply{status: 403, header: http.Header{"X-Ratelimit-Remaining": {"0"}, "X-Ratelimit-Reset": {"1020"}}}
	for _, c := range []struct {
		name    string
		replies []reply
		slept   []time.Duration
		want    error
	}{
		{"seconds", []reply{later("Retry-After", "7"), list(), written}, []time.Duration{7 * time.Second}, nil},
		{"a moment", []reply{limited, list(), written}, []time.Duration{20 * time.Second}, nil},
		{"while writing", []reply{list(), later("Retry-After", "3"), written}, []time.Duration{3 * time.Second}, nil},
		{"no word how long", []reply{{status: 429}, {status: 429}, list(), written}, []time.Duration{time.Second, 2 * time.Second}, nil},
		{"an hour", []reply{later("Retry-After", "3600")}, nil, errLater},
		{"again and again", []reply{later("Retry-After", "40"), later("Retry-After", "40"), later("Retry-After", "40")}, []time.Duration{40 * time.Second, 40 * time.Second}, errLater},
		{"a number that is none", []reply{later("Retry-After", "-5"), list(), written}, []time.Duration{time.Second}, nil},
		{"failure while reading", []reply{{status: 500}, {status: 502}, list(), written}, []time.Duration{time.Second, 2 * time.Second}, nil},
		{"failure to the end", []reply{{status: 500}, {status: 500}, {status: 500}, {status: 500}}, []time.Duration{time.Second, 2 * time.Second, 4 * time.Second}, errService},
	} {
		got := put(t, c.replies...)
		if !errors.Is(got.err, c.want) || (got.err == nil) != (c.want == nil) {
			t.Errorf("%s: %v, want %v", c.name, got.err, c.want)
		}
		if diff := cmp.Diff(c.slept, got.slept); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

// A failure after the comment was written must not write it twice.
func TestFailureWhileWritingLooksBeforeItWritesAgain(t *testing.T) {
	there := put(t, list(), reply{status: 502}, list(by("github-actions[bot]", "Bot", marker+"\nnews", 5)), nobody)
	if there.err != nil || there.url != "u5" || !cmp.Equal(there.asked, []string{pageOne, create, pageOne, "GET /user"}) {
		t.Errorf("%v", there)
	}
	absent := put(t, list(), reply{status: 502}, list(), written)
	if absent.err != nil || !cmp.Equal(absent.asked, []string{pageOne, create, pageOne, create}) {
		t.Errorf("%v", absent)
	}
}

func TestRefusalsAreTold(t *testing.T) {
	for status, want := range map[int]error{401: ErrForbidden, 403: ErrForbidden, 404: ErrForbidden} {
		if got := put(t, reply{status: status}); !errors.Is(got.err, want) || len(got.slept) > 0 {
			t.Errorf("%d: %v", status, got.err)
		}
	}
	if got := put(t, list(), reply{status: 422}); got.err == nil || !strings.Contains(got.err.Error(), "422") {
		t.Errorf("%v", got.err)
	}
}

func TestTokenGoesNowhereElse(t *testing.T) {
	asked := false
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	defer elsewhere.Close()
	got := put(t, reply{status: 307, header: http.Header{"Location": {elsewhere.URL}}})
	if asked || got.err == nil {
		t.Errorf("a redirect was followed: %v", got.err)
	}
}
