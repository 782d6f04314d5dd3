// Group F of the fault catalogue: answers over HTTP.

package scan_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"middlebrick/httphead"
	"middlebrick/observe"
	"middlebrick/scan"
	"middlebrick/testbed/quirk"
)

var answerFaults = []fault{
	{id: "F01", prove: pages("http-silent", 5*time.Second, pageless(observe.Timeout, "no answer"))},
	{id: "F02", prove: slim(pages("endless-headers", time.Second, pageless(observe.Garbled, "too large")))},
	{id: "F03", prove: slim(pages("endless-line", time.Second, pageless(observe.Garbled, "too large")))},
	{id: "F03 status", prove: pages("endless-status", time.Second, pageless(observe.Garbled, "too large"))},
	{id: "F04", prove: pages("interim-flood", time.Second, pageless(observe.Garbled, "interim"))},
	{id: "F05", prove: pages("drip-head", 10*time.Second, pageless(observe.Timeout, "no answer"))},
	{id: "F06", prove: slim(pages("endless-body", 5*time.Second, first(observe.Page{Status: 200, Bytes: 1 << 20, Truncated: true})))},
	{id: "F06 chunks", prove: slim(pages("endless-chunks", 5*time.Second, first(observe.Page{Status: 200, Bytes: 1 << 20, Truncated: true})))},
	{id: "F07", prove: slim(pages("gzip-bomb", time.Second, first(observe.Page{Status: 200, Bytes: 2 << 20, Truncated: true})))},
	{id: "F08", prove: slim(pages("gzip-stacked", time.Second, undecoded))},
	{id: "F08 false", prove: pages("gzip-false", time.Second, pagesAnswered)},
	{id: "F09", prove: slim(pages("huge-length", 20*time.Second, first(observe.Page{Status: 200, Bytes: 10, Truncated: true})))},
	{id: "F10", prove: pages("short-body", time.Second, judgedHSTS(first(observe.Page{Status: 200, Bytes: 10, Truncated: true})))},
	{id: "F11 lengths", prove: pages("two-lengths", time.Second, called(first(observe.Page{Status: 200, Bytes: 2})))},
	{id: "F11 chunks", prove: pages("length-chunked", time.Second, called(first(observe.Page{Status: 200, Bytes: 2})))},
	{id: "F12 NUL", prove: pages("nul-header", time.Second, judgedHSTS(called(visibleBytes("a b"))))},
	{id: "F12 ESC", prove: pages("escape-header", time.Second, judgedHSTS(visibleBytes(`\x1b]0;owned\x07\x1b[2J`)))},
	{id: "F12 Latin-1", prove: pages("latin1-header", time.Second, judgedHSTS(visibleBytes(`\xff\xfe\xe9`)))},
	{id: "F13 0.9", prove: pages("http09", time.Second, pageless(observe.Garbled, "not HTTP"))},
	{id: "F13 999", prove: pages("status-999", time.Second, first(observe.Page{Status: 999}))},
	{id: "F13 two digits", prove: pages("status-odd", time.Second, first(observe.Page{Status: 20}))},
	{id: "F13 no reason", prove: pages("no-reason", time.Second, first(observe.Page{Status: 200, Bytes: 2}))},
	{id: "F14 folded", prove: pages("folded-header", time.Second, judgedHSTS(subdomains))},
	{id: "F14 blank", prove: pages("blank-in-name", time.Second, judgedHSTS(pagesAnswered))},
	{id: "F15", prove: pages("switching", 10*time.Second, first(observe.Page{Status: 101}))},
	{id: "F16", prove: pages("chunk-extension", time.Second, first(observe.Page{Status: 200, Bytes: 5, Truncated: true}))},
	{id: "F16 length", prove: pages("chunk-length", time.Second, first(observe.Page{Status: 200, Truncated: true}))},
	{id: "F17 loop", prove: hops("redirect-loop", "loop", 1)},
	{id: "F17 chain", prove: hops("redirect-chain", "limit", 5)},
	{id: "F18 file", prove: notFollowed("redirect-file")},
	{id: "F18 gopher", prove: notFollowed("redirect-gopher")},
	{id: "F18 script", prove: notFollowed("redirect-script")},
	{id: "F19 metadata", prove: notFollowed("redirect-metadata")},
	{id: "F19 loopback", prove: notFollowed("redirect-loopback")},
	{id: "F20", prove: credentialsStay("redirect-downgrade")},
	{id: "F21", prove: credentialsStay("redirect-elsewhere")},
	{id: "F22 bad", prove: hops("redirect-bad", "bad-location", 1)},
	{id: "F22 empty", prove: hops("redirect-empty", "answer", 1)},
	{id: "F22 none", prove: hops("redirect-no-place", "answer", 1)},
	{id: "F22 control", prove: pages("redirect-control", time.Second, pagesAnswered)},
	{id: "F23 many", prove: slim(pages("cookies-5000", time.Second, pageless(observe.Garbled, "too large")))},
	{id: "F23 large", prove: slim(pages("cookie-1mb", time.Second, pageless(observe.Garbled, "too large")))},
	{id: "F24 JSON", prove: slim(pages("deep-json", time.Second, first(observe.Page{Status: 200, Bytes: 1 << 20, Truncated: true})))},
	{id: "F24 HTML", prove: slim(pages("deep-html", time.Second, first(observe.Page{Status: 200, Bytes: 1_000_000})))},
	{id: "F25", prove: pages("bad-hsts", time.Second, failing("encryption.hstsinvalid"))},
	{id: "F26 for ever", prove: pages("too-many", 10*time.Second, pageless(observe.Throttled, "slow down"))},
	{id: "F26 once", prove: obeysRetryAfter},
	{id: "F27", later: "a page that blocks or challenges is not told from the application's own yet; such a target gets no A for want of HSTS alone"},
	{id: "F28", later: "answers that are the same for every path are not told from the application's own yet"},
	{id: "F29", prove: pages("by-agent", time.Second, namesItself)},
	{id: "F30", prove: TestSecretsReachNoOutput},
}

// pages is a quirk over sound TLS, with port 80 closed.
func pages(name string, within time.Duration, check func(*testing.T, seen)) func(*testing.T) {
	return trouble{quirk: name, options: quirk.Options{Secure: true}, within: within}.shows(check)
}

func pagesAnswered(t *testing.T, s seen) {
	if got := why(s.rec, observe.SecurePages); got != "" {
		t.Errorf("no https page: %s", got)
	}
}

// first holds the target's own page to what could be read of it; nothing beyond
// its end passes.
func first(want observe.Page) func(*testing.T, seen) {
	return func(t *testing.T, s seen) {
		seen, _, gap := observe.Get(s.rec, observe.SecurePages)
		if gap != nil || len(seen.Pages) == 0 {
			t.Fatalf("no page: %v", gap)
		}
		got := observe.Page{Status: seen.Pages[0].Status, Bytes: seen.Pages[0].Bytes, Truncated: seen.Pages[0].Truncated}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		html := seen.Pages[0].Media == "text/html"
		if html && want.Truncated && !strings.HasPrefix(verdict(s.report, "encryption.mixedactive"), "unknown") {
			t.Errorf("mixedactive of a page that was cut: %s", verdict(s.report, "encryption.mixedactive"))
		}
	}
}

// undecoded checks a body under twenty layers: at most one is taken off.
func undecoded(t *testing.T, s seen) {
	pagesAnswered(t, s)
	if got := verdict(s.report, "encryption.mixedactive"); !strings.HasPrefix(got, "unknown") {
		t.Errorf("mixedactive of a page that was not decoded: %s", got)
	}
}

// judgedHSTS checks that the header beside the fault counts.
func judgedHSTS(also func(*testing.T, seen)) func(*testing.T, seen) {
	return func(t *testing.T, s seen) {
		if got := verdict(s.report, "encryption.hstsmaxage"); got != "pass" {
			t.Errorf("hstsmaxage: %s", got)
		}
		also(t, s)
	}
}

// visibleBytes checks that what cannot be seen stands escaped in the evidence.
func visibleBytes(escaped string) func(*testing.T, seen) {
	return func(t *testing.T, s seen) {
		found := false
		for _, ref := range s.rec.Refs() {
			received := s.rec.Exchanges[ref].Received
			found = found || strings.Contains(received, escaped)
			if strings.ContainsAny(received, "\x00\x1b\x07") {
				t.Errorf("%s holds control bytes: %q", ref, received)
			}
		}
		if !found {
			t.Errorf("%s stands nowhere", escaped)
		}
	}
}

// called checks that the evidence says what is wrong with the head.
func called(also func(*testing.T, seen)) func(*testing.T, seen) {
	return func(t *testing.T, s seen) {
		if about := s.rec.Exchanges["http/0002"].About; !strings.Contains(about, "malformed") {
			t.Errorf("the evidence is called %q", about)
		}
		also(t, s)
	}
}

func subdomains(t *testing.T, s seen) {
	hsts, _, _ := observe.Get(s.rec, observe.SecureHSTS)
	if len(hsts.Responses) == 0 || !hsts.Responses[0].HSTS.IncludeSubDomains {
		t.Errorf("the second line was not read: %+v", hsts)
	}
}

func failing(id string) func(*testing.T, seen) {
	return func(t *testing.T, s seen) {
		if got := verdict(s.report, id); got != "fail" {
			t.Errorf("%s: %s", id, got)
		}
	}
}

// hops is a quirk behind port 80 alone: how the redirects end, after so many.
func hops(name, end string, count int) func(*testing.T) {
	return trouble{quirk: "none", options: quirk.Options{Secure: true}, plain: name, within: 10 * time.Second}.shows(func(t *testing.T, s seen) {
		chain, _, gap := observe.Get(s.rec, observe.PlainHops)
		if gap != nil || chain.End != end || len(chain.Hops) != count {
			t.Errorf("%v: ended by %q after %d hops (%s), want %q after %d", gap, chain.End, len(chain.Hops), chain.Detail, end, count)
		}
	})
}

// notFollowed is a quirk on both forms that leads away: nothing but the target's
// own two ports is dialled.
func notFollowed(name string) func(*testing.T) {
	return func(t *testing.T) {
		seenAt := &dials{}
		trouble{quirk: name, options: quirk.Options{Secure: true}, plain: name, within: 10 * time.Second, change: func(req *scan.Request) {
			req.Dial = seenAt.note(req.Dial)
		}}.shows(func(t *testing.T, s seen) {
			slices.Sort(seenAt.all)
			if diff := cmp.Diff([]string{"127.0.0.1:443", "127.0.0.1:80"}, slices.Compact(seenAt.all)); diff != "" {
				t.Errorf("(-want +dialled):\n%s", diff)
			}
			pagesAnswered(t, s)
		})(t)
	}
}

// credentialsStay is a target that sends its reader to http, or to another host,
// while the caller gave credentials: they go to the form that he named alone.
func credentialsStay(name string) func(*testing.T) {
	return func(t *testing.T) {
		seenAt, spied := &dials{}, &spy{}
		trouble{quirk: name, options: quirk.Options{Secure: true}, plain: "none", change: func(req *scan.Request) {
			req.Headers = []httphead.Field{{Name: "Authorization", Value: "Bearer " + canary}, {Name: "X-API-Key", Value: canary}, {Name: "Cookie", Value: "session=" + canary}}
			req.Dial = seenAt.note(spied.on(req.Dial))
		}}.shows(func(t *testing.T, s seen) {
			if hosts := seenAt.hosts(); !slices.Equal(hosts, []string{"127.0.0.1"}) {
				t.Errorf("dialled %v", hosts)
			}
			if text := spied.text(); !strings.Contains(text, "GET / HTTP/1.1") || strings.Contains(text, canary) {
				t.Errorf("in clear was sent:\n%s", text)
			}
		})(t)
	}
}

// obeysRetryAfter holds that a server which asks for patience once is answered
// with patience, and read.
func obeysRetryAfter(t *testing.T) {
	trouble{plain: "unavailable", options: quirk.Options{Count: 1}, within: 10 * time.Second}.shows(func(t *testing.T, s seen) {
		if got := why(s.rec, observe.PlainPages); got != "" || s.took < time.Second {
			t.Errorf("after %v: %q", s.took, got)
		}
	})(t)
}

// namesItself checks that the scan says what it is, in every request.
func namesItself(t *testing.T, s seen) {
	for _, ref := range s.rec.Refs() {
		sent := s.rec.Exchanges[ref].Sent
		if strings.HasPrefix(string(ref), "http/") && sent != "" && !strings.Contains(sent, "User-Agent: middlebrick/"+scan.Version) {
			t.Errorf("%s: %s", ref, sent)
		}
	}
}
