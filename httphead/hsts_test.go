// What ParseHSTS makes of honest, careless and broken headers.

package httphead

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var hstsHeaders = []struct {
	value string
	want  HSTS
}{
	{"max-age=31536000", HSTS{Valid: true, MaxAgeSeconds: 31536000}},
	{"max-age=63072000; includeSubDomains; preload", HSTS{Valid: true, MaxAgeSeconds: 63072000, IncludeSubDomains: true, Preload: true}},
	{`INCLUDESUBDOMAINS;MAX-AGE="15768000"`, HSTS{Valid: true, MaxAgeSeconds: 15768000, IncludeSubDomains: true}},
	{"max-age=0", HSTS{Valid: true}},
	{`max-age="0"; x="a;b\"c"; y=z; w`, HSTS{Valid: true}},
	{" ;; max-age = 5 ;\t; ", HSTS{Valid: true, MaxAgeSeconds: 5}},
	{"max-age=007", HSTS{Valid: true, MaxAgeSeconds: 7}},
	{"max-age=9223372036854775807", HSTS{Valid: true, MaxAgeSeconds: 9223372036854775807}},
	{"max-age=9223372036854775808", HSTS{Reason: "max-age is more than 9223372036854775807"}},
	{"max-age=" + strings.Repeat("9", 100), HSTS{Reason: "max-age is more than 9223372036854775807"}},
	{"max-age=-1", HSTS{Reason: "max-age is negative"}},
	{"max-age=+1", HSTS{Reason: "max-age is not a whole number"}},
	{"max-age=1.5", HSTS{Reason: "max-age is not a whole number"}},
	{"max-age=1e9", HSTS{Reason: "max-age is not a whole number"}},
	{`max-age=" 5"`, HSTS{Reason: "max-age is not a whole number"}},
	{"max-age='5'", HSTS{Reason: "max-age is not a whole number"}},
	{"max-age=5 6", HSTS{Reason: "max-age is not a whole number"}},
	{"max-age=٣", HSTS{Reason: "max-age is not a whole number"}},
	{"max-age=", HSTS{Reason: "max-age has no value"}},
	{`max-age=""`, HSTS{Reason: "max-age has no value"}},
	{"max-age", HSTS{Reason: "max-age has no value"}},
	{"", HSTS{Reason: "max-age is missing"}},
	{"includeSubDomains", HSTS{Reason: "max-age is missing"}},
	{"maxage=5", HSTS{Reason: "max-age is missing"}},
	{"max-age=5; Max-Age=5", HSTS{Reason: "Max-Age appears twice"}},
	{"max-age=5; includeSubDomains; includesubdomains", HSTS{Reason: "includesubdomains appears twice"}},
	{"max-age=5; preload; preload", HSTS{Reason: "preload appears twice"}},
	{"max-age=5; x; X=1", HSTS{Reason: `directive "X" appears twice`}},
	{"max-age=5; includeSubDomains=true", HSTS{Reason: "includeSubDomains has a value"}},
	{"max-age=5, includeSubDomains", HSTS{Reason: "max-age is not a whole number (a comma where a semicolon belongs?)"}},
	{"max-age=5; includeSubDomains, preload", HSTS{Reason: `directive name "includeSubDomains, preload" is not a token (a comma where a semicolon belongs?)`}},
	{`max-age="5`, HSTS{Reason: "a quote is not closed"}},
	{`max-age=5; x="a"b`, HSTS{Reason: `value of "x" is neither a token nor quoted`}},
	{"max-age=5; =x", HSTS{Reason: `directive name "" is not a token`}},
	{"Strict-Transport-Security: max-age=5", HSTS{Reason: `directive name "Strict-Transport-Security: max-age" is not a token`}},
	{"max-age: 5", HSTS{Reason: `directive name "max-age: 5" is not a token`}},
	{"max-age=5\x1b", HSTS{Reason: "max-age is not a whole number"}},
}

func TestHSTSIsJudgedWithItsExactReason(t *testing.T) {
	for _, c := range hstsHeaders {
		want := c.want
		want.Present, want.Headers, want.Raw = true, 1, c.value
		if diff := cmp.Diff(want, ParseHSTS([]string{c.value})); diff != "" {
			t.Errorf("%q: difference (-want +got):\n%s", c.value, diff)
		}
	}
}

func TestOnlyTheFirstHSTSHeaderCounts(t *testing.T) {
	got := ParseHSTS([]string{"max-age=x", "max-age=31536000"})
	want := HSTS{Present: true, Headers: 2, Raw: "max-age=x", Reason: "max-age is not a whole number"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("difference (-want +got):\n%s", diff)
	}
	got = ParseHSTS([]string{"max-age=1", "max-age=31536000; includeSubDomains"})
	want = HSTS{Present: true, Valid: true, Headers: 2, Raw: "max-age=1", MaxAgeSeconds: 1}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("difference (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(HSTS{}, ParseHSTS(nil)); diff != "" {
		t.Errorf("no header: difference (-want +got):\n%s", diff)
	}
}

func TestPreloadEligibilityNamesEveryObstacle(t *testing.T) {
	for value, want := range map[string][]string{
		"max-age=31536000; includeSubDomains; preload": {},
		"max-age=31535999; preload":                    {"max-age is 31535999, less than 31536000 (one year)", "no includeSubDomains"},
		"max-age=63072000; includeSubDomains":          {"no preload"},
		"max-age=x; includeSubDomains; preload":        {"the header is not valid: max-age is not a whole number"},
	} {
		if diff := cmp.Diff(want, ParseHSTS([]string{value}).Eligible()); diff != "" {
			t.Errorf("%q: difference (-want +got):\n%s", value, diff)
		}
	}
	good := "max-age=31536000; includeSubDomains; preload"
	want := []string{"2 Strict-Transport-Security headers in one response"}
	if diff := cmp.Diff(want, ParseHSTS([]string{good, good}).Eligible()); diff != "" {
		t.Errorf("two headers: difference (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"no Strict-Transport-Security header"}, ParseHSTS(nil).Eligible()); diff != "" {
		t.Errorf("no header: difference (-want +got):\n%s", diff)
	}
}

func FuzzParseHSTS(f *testing.F) {
	for _, c := range hstsHeaders {
		f.Add(c.value)
	}
	f.Fuzz(func(t *testing.T, value string) {
		h := ParseHSTS([]string{value})
		if h.Valid != (h.Reason == "") || h.MaxAgeSeconds < 0 {
			t.Fatalf("%q: %+v contradicts itself", value, h)
		}
		if !h.Valid && (h.MaxAgeSeconds != 0 || h.IncludeSubDomains || h.Preload) {
			t.Fatalf("%q: %+v keeps what browsers ignore", value, h)
		}
		if h.Valid && !strings.Contains(strings.ToLower(value), "max-age") {
			t.Fatalf("%q is valid without max-age", value)
		}
		// A directive that nobody knows changes nothing, wherever it stands.
		extended := ParseHSTS([]string{"zz-unknown-zz=\"1;2\" ;" + value})
		extended.Raw = value
		if h.Valid && !strings.Contains(strings.ToLower(value), "zz-unknown-zz") && extended != h {
			t.Fatalf("%q: %+v becomes %+v", value, h, extended)
		}
	})
}
