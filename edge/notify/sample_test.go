// Messages and channels that the tests send: one of each kind, one in which every
// text is hostile, and made-up ones for the properties.

package notify_test

import (
	"strings"
	"time"
	"unicode"

	"pgregory.net/rapid"

	"middlebrick/edge/notify"
	"middlebrick/rule"
)

const (
	secret = notify.Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=")
	former = notify.Secret("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDC2FVsBQIhrs=")
)

func at() time.Time { return time.Date(2026, 11, 23, 15, 42, 0, 0, time.UTC) }

func score(n int, grade string) *notify.Standing { return &notify.Standing{Score: &n, Grade: grade} }

func alert() notify.Message {
	done := at().Add(-time.Second)
	return notify.Message{
		Kind: notify.MonitorAlert, At: at(),
		Target:   &notify.Target{Host: "api.acme.example", URL: "https://api.acme.example/v1/users"},
		Monitor:  &notify.Monitor{ID: "mon_01", Name: "users, every 6 hours"},
		Scan:     &notify.Scan{ID: "01JDC7Q4", Status: "completed", CompletedAt: &done},
		Sentence: "Anyone on the network path can read and change this API's traffic.",
		Before:   score(93, "A"), After: score(31, "F"),
		Counts:  &notify.Counts{Critical: 1, High: 1, Low: 1, New: 2},
		Reasons: []notify.Reason{{Cause: notify.NewFindings, Times: 2}, {Cause: notify.ScoreDropped}},
		Findings: []notify.Finding{
			{Rule: "encryption.plainhttp", Severity: rule.Critical, Title: "Plain HTTP serves API data", Where: "http://api.acme.example/v1/users", New: true,
				Link: "https://mb.acme.example/scans/01JDC7Q4#encryption.plainhttp"},
			{Rule: "encryption.tls10", Severity: rule.High, Title: "TLS 1.0 is accepted", New: true},
		},
		Omitted: 1,
		Links: notify.Links{Report: "https://mb.acme.example/scans/01JDC7Q4", Compare: "https://mb.acme.example/compare?a=1&b=2",
			Monitor: "https://mb.acme.example/monitors/mon_01"},
	}
}

// samples has one message of each kind.
func samples() map[notify.Kind]notify.Message {
	leaf := &notify.Certificate{Subject: "CN=api.acme.example", Issuer: "CN=R11,O=Let's Encrypt,C=US", NotAfter: at().AddDate(0, 0, 7), DaysLeft: 7, Fingerprint: "ab12"}
	renewed := *leaf
	renewed.NotAfter, renewed.DaysLeft = at().AddDate(0, 0, 90), 90
	target := &notify.Target{Host: "api.acme.example", URL: "https://api.acme.example/"}
	reminder, cleared := alert(), alert()
	reminder.Kind, reminder.Since = notify.MonitorReminder, at().AddDate(0, 0, -1)
	cleared.Kind, cleared.Since, cleared.Findings, cleared.Omitted = notify.MonitorCleared, at().AddDate(0, 0, -1), nil, 0
	cleared.Before, cleared.After, cleared.Sentence = score(31, "F"), score(96, "A"), ""
	cleared.Counts = &notify.Counts{Low: 1, Fixed: 2}
	return map[notify.Kind]notify.Message{
		notify.ScanCompleted: {Kind: notify.ScanCompleted, At: at(), Target: target, Scan: &notify.Scan{ID: "s1", Status: "completed"},
			After: score(96, "A"), Counts: &notify.Counts{Low: 1}},
		notify.MonitorAlert: alert(), notify.MonitorReminder: reminder, notify.MonitorCleared: cleared,
		notify.CertificateExpiring: {Kind: notify.CertificateExpiring, At: at(), Target: target, Certificate: leaf},
		notify.CertificateRenewed:  {Kind: notify.CertificateRenewed, At: at(), Target: target, Certificate: &renewed, Previous: leaf},
		notify.ScannerOffline:      {Kind: notify.ScannerOffline, At: at(), Affected: 12, Since: at().Add(-time.Hour)},
		notify.Test:                {Kind: notify.Test, At: at(), Links: notify.Links{Settings: "https://mb.acme.example/settings"}},
	}
}

// nasty is what a target may say of itself.
const nasty = "<!channel> <@U1> <https://evil.example|bank> @everyone *bold* _it_ ~x~ `code` ```block``` [a](https://evil.example) " +
	"<script>alert(1)</script> \"'&amp; {{DATE(2017-02-14T06:00Z,SHORT)}} <at>Ana</at> :white_check_mark: \x1b[31m\r\nBcc: x@evil.example\r\n\r\n" +
	"\u202egnp.exe\u2066 a\u200bb\u2028c \xff\xfe https://evil.example/a"

// hostile is an alert in which every text is nasty.
func hostile() notify.Message {
	m := alert()
	m.Target = &notify.Target{Host: nasty, URL: nasty}
	m.Monitor = &notify.Monitor{ID: nasty, Name: nasty}
	m.Scan = &notify.Scan{ID: nasty, Status: nasty, Error: nasty}
	m.Sentence = nasty
	m.Reasons = append(m.Reasons, notify.Reason{Cause: notify.Cause(nasty)})
	m.Findings = []notify.Finding{{Rule: nasty, Severity: nasty, Title: nasty, Where: nasty, Link: "javascript:alert(1)"}}
	m.Certificate = &notify.Certificate{Subject: nasty, Issuer: nasty, NotAfter: at(), Fingerprint: nasty}
	m.Previous = m.Certificate
	m.Links = notify.Links{Report: "javascript:alert(1)", Compare: "https://user:pass@mb.acme.example/", Monitor: "//mb.acme.example/", Settings: nasty}
	return m
}

// anyText is long, short, empty, and of all scripts; escapes are drawn often.
func anyText() *rapid.Generator[string] {
	signs := rapid.StringOfN(rapid.RuneFrom([]rune("<>&*_~`|\\[](){}#@:\"'\x00\u202e\u2028\u200b\u0301😀漢a ")), 0, 600, -1)
	return rapid.OneOf(signs, rapid.StringN(0, 600, -1), rapid.StringOfN(rapid.RuneFrom(nil, unicode.Han, unicode.So), 0, 600, -1),
		rapid.Just(strings.Repeat("&", 5000)), rapid.Just(nasty), rapid.Just(""))
}

func anyMessage(t *rapid.T) notify.Message {
	text := func(name string) string { return anyText().Draw(t, name) }
	n := rapid.IntRange(-1, 100).Draw(t, "score")
	link := func() string {
		return "https://mb.example/" + strings.Repeat("a", rapid.IntRange(0, 1100).Draw(t, "link"))
	}
	m := notify.Message{
		Kind: rapid.SampledFrom(notify.Kinds()).Draw(t, "kind"), At: at(), Since: at(),
		Target:  &notify.Target{Host: text("host"), URL: text("url")},
		Monitor: &notify.Monitor{ID: text("id"), Name: text("name")},
		Scan:    &notify.Scan{ID: text("scan"), Status: rapid.SampledFrom([]string{"completed", "failed"}).Draw(t, "status"), Error: text("error")},
		Before:  score(n, text("grade")), After: &notify.Standing{},
		Sentence: text("sentence"), Omitted: rapid.IntRange(-3, 2000).Draw(t, "omitted"),
		Reasons:     rapid.SliceOfN(rapid.Custom(anyReason), 0, 12).Draw(t, "reasons"),
		Findings:    rapid.SliceOfN(rapid.Custom(anyFinding), 0, 14).Draw(t, "findings"),
		Certificate: &notify.Certificate{Subject: text("subject"), Issuer: text("issuer"), NotAfter: at(), DaysLeft: n, Fingerprint: text("print")},
		Links:       notify.Links{Report: link(), Compare: link(), Monitor: link(), Settings: text("settings")},
	}
	m.Previous = m.Certificate
	return m
}

func anyReason(t *rapid.T) notify.Reason {
	causes := []notify.Cause{notify.NewFindings, notify.ScoreDropped, notify.Unreachable, notify.CertificateWeaker, nasty, ""}
	return notify.Reason{Cause: rapid.SampledFrom(causes).Draw(t, "cause"), Times: rapid.IntRange(-1, 9).Draw(t, "times")}
}

func anyFinding(t *rapid.T) notify.Finding {
	text := func(name string) string { return anyText().Draw(t, name) }
	severities := append(rule.Severities(), "", nasty)
	return notify.Finding{Rule: text("rule"), Severity: rapid.SampledFrom(severities).Draw(t, "severity"), Title: text("title"), Where: text("where"),
		New: rapid.Bool().Draw(t, "new"), Link: text("link")}
}

// longest is an alert in which every text is as long as can be, of one character.
func longest(sign string) notify.Message {
	text := strings.Repeat(sign, 5000)
	m := hostile()
	m.Target, m.Monitor = &notify.Target{Host: text, URL: text}, &notify.Monitor{ID: text, Name: text}
	m.Scan = &notify.Scan{ID: text, Status: text, Error: text}
	m.Sentence, m.Since = text, at()
	m.Certificate = &notify.Certificate{Subject: text, Issuer: text, NotAfter: at(), Fingerprint: text}
	m.Previous, m.Findings = m.Certificate, nil
	link := "https://mb.example/?" + strings.Repeat("&", 970)
	m.Links = notify.Links{Report: link, Compare: link, Monitor: link, Settings: link}
	for range 14 {
		m.Findings = append(m.Findings, notify.Finding{Rule: text, Severity: rule.Critical, Title: text, Where: text, Link: link})
	}
	return m
}
