// The properties of escaping: nothing a terminal or a CI log obeys survives it.

package render

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"middlebrick/report"
)

var hostile = []string{
	"\x1b[2J", "\x1b]8;;https://evil.example\x07", "\u009b31m", "\x7f", "\x00", "\r", "\n", "\t", "\xff\xfe",
	"\u202e", "\u2066", "\u200b", "\ufeff", "\U000e0041", "\u3164", "e\u0301\u0301\u0301\u0301", "\u2028",
	"::stop-commands::x", "\n::error::y", "##[error]", "  ::", ":", "#", "[", "漢字", "—", "words", " ",
}

func anyText(t *rapid.T, label string) string {
	parts := rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(hostile), rapid.String()), 0, 6).Draw(t, label)
	return strings.Join(parts, "")
}

func anyScreen(t *rapid.T) Screen {
	return Screen{
		Width:   rapid.IntRange(0, 220).Draw(t, "width"),
		ASCII:   rapid.Bool().Draw(t, "ascii"),
		Actions: rapid.Bool().Draw(t, "actions"),
	}
}

var command = regexp.MustCompile(`(?m)^\s*::|##\[`)

// obeyed is the first thing in printed text that a terminal or a runner would
// obey, or that nobody could see.
func obeyed(text string, s Screen) string {
	if !utf8.ValidString(text) {
		return "bytes that are not UTF-8"
	}
	for _, r := range text {
		switch {
		case r == '\n':
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Zl, r), unicode.Is(unicode.Zp, r):
			return string(r)
		case unicode.Is(invisible, r), s.ASCII && r > 0x7e:
			return string(r)
		}
	}
	if s.Actions {
		return command.FindString(text)
	}
	return ""
}

func TestEscapedTextHoldsNothingThatIsObeyed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, raw := anyScreen(t), anyText(t, "text")
		got := s.Line(raw)
		if found := obeyed(got, s); found != "" || strings.Contains(got, "\n") {
			t.Fatalf("Line(%q) = %q holds %q", raw, got, found)
		}
		if again := s.Escape(s.Escape(raw)); again != s.Escape(raw) {
			t.Fatalf("escaping %q twice gives %q, once %q", raw, again, s.Escape(raw))
		}
	})
}

func TestEscapesAreTheDocumentedOnes(t *testing.T) {
	for raw, want := range map[string]string{
		"\x1b[31m":              `\x1b[31m`,
		"a\r\nb\tc":             `a\x0d\x0ab\x09c`,
		"\u009b\x7f":            `\x9b\x7f`,
		"\xff":                  `\xff`,
		"\ufffd":                "\ufffd",
		"a\u202eb\u200bc":       "a<U+202E>b<U+200B>c",
		"\U000e0041":            "<U+E0041>",
		"é 漢字 – “q”":            "é 漢字 – “q”",
		"e\u0301\u0302\u0303":   "e\u0301\u0302<U+0303>",
		"\u00a0":                "<U+00A0>",
		`already \x1b <U+202E>`: `already \x1b <U+202E>`,
	} {
		if diff := cmp.Diff(want, Screen{}.Escape(raw)); diff != "" {
			t.Errorf("Escape(%q) (-want +got):\n%s", raw, diff)
		}
	}
}

func TestASCIIScreensGetOurTypographyInASCII(t *testing.T) {
	if got, want := (Screen{ASCII: true}).Escape("80 → 90 – “é”…"), `80 -> 90 - "<U+00E9>"...`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestCommandsOfTheRunnerAreNeutralisedThereAlone(t *testing.T) {
	for raw, want := range map[string]string{
		"::error::x":   `\x3a:error::x`,
		"  ::error::x": `  \x3a:error::x`,
		"a ::error::x": `a ::error::x`,
		"a ##[group]x": `a #\x23[group]x`,
	} {
		if got := (Screen{Actions: true}).Line(raw); got != want {
			t.Errorf("Line(%q) = %q, want %q", raw, got, want)
		}
		if got := (Screen{}).Line(raw); got != raw {
			t.Errorf("outside of Actions Line(%q) = %q", raw, got)
		}
	}
}

// poison puts a hostile text into every string of a report's JSON.
func poison(t *rapid.T, r report.Report) report.Report {
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var tree map[string]any
	if err := json.Unmarshal(text, &tree); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"tls", "createdAt", "completedAt", "notTested", "cost", "coverage", "clients"} {
		delete(tree, key)
	}
	bad := anyText(t, "poison")
	text, _ = json.Marshal(poisoned(tree, bad))
	got := report.Report{Status: r.Status}
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	got.Status = r.Status
	return got
}

func poisoned(node any, bad string) any {
	switch n := node.(type) {
	case map[string]any:
		for key, value := range n {
			n[key] = poisoned(value, bad)
		}
	case []any:
		for i, value := range n {
			n[i] = poisoned(value, bad)
		}
	case string:
		return n + " " + bad
	}
	return node
}

func TestNoFormatLetsHostileTextThrough(t *testing.T) {
	base := fixture(t, "flask")
	rapid.Check(t, func(t *rapid.T) {
		r, s := poison(t, base), anyScreen(t)
		r.Status = rapid.SampledFrom([]report.Status{report.Completed, report.Failed, report.Interrupted}).Draw(t, "status")
		o := Options{Screen: s, All: rapid.Bool().Draw(t, "all"), Gate: failing()}
		format := rapid.SampledFrom(Formats()).Draw(t, "format")
		var out bytes.Buffer
		if err := Write(&out, format, r, o); err != nil {
			t.Fatal(err)
		}
		if Binary(format) {
			return // its own tests read it back
		}
		if format != "summary" && format != "table" {
			s.ASCII = false // what programs read knows no screen
		}
		if found := obeyed(strings.ReplaceAll(out.String(), "\r\n", "\n"), s); found != "" {
			t.Fatalf("%s holds %q:\n%s", format, found, out.String())
		}
	})
}

func FuzzEscape(f *testing.F) {
	for _, raw := range hostile {
		f.Add(raw, false)
	}
	f.Fuzz(func(t *testing.T, raw string, ascii bool) {
		s := Screen{ASCII: ascii, Actions: true}
		got := s.Line(raw)
		if found := obeyed(got, s); found != "" || strings.Contains(got, "\n") {
			t.Fatalf("Line(%q) = %q holds %q", raw, got, found)
		}
	})
}
