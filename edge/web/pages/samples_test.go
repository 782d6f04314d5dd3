// The views that the tests draw: every page with ordinary content.

package pages_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"middlebrick/edge/web/assets"
	"middlebrick/edge/web/pages"
	"middlebrick/report"
	"middlebrick/report/compare"
	"middlebrick/rule"
	"middlebrick/scan"
)

type fataler interface {
	Helper()
	Fatal(...any)
}

var noon = time.Date(2026, 11, 23, 16, 54, 0, 0, time.UTC)

func ago(d time.Duration) pages.Moment { return pages.Moment{At: noon.Add(-d), Now: noon} }

func grade(letter string, score int) pages.Grade { return pages.Grade{Letter: letter, Score: &score} }

func fixture(t fataler, name string) report.Report {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "report", "render", "testdata", "reports", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var r report.Report
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(name, err)
	}
	return r
}

// shell is what stands around a page at that address.
func shell(path string) pages.Shell {
	s := pages.Shell{Assets: map[string]string{}, Path: path, User: "ana", Tenant: "Acme", Role: pages.Admin, Engine: "middlebrick 1.0.0", Aged: "The HSTS preload list is more than 90 days old."}
	for _, called := range []string{"app.css", "app.js", "chart.css", "chart.js", "live.js", "mark.svg"} {
		s.Assets[called] = assets.Path(called)
	}
	return s
}

// A sample is one page to be drawn.
type sample struct {
	name  string
	shell pages.Shell
	view  pages.View
}

func samples(t fataler) []sample {
	t.Helper()
	all := slices.Concat(reading(t), places(), watching())
	return append(append(all, settings()...), outside()...)
}

func ended(t fataler, name string) pages.Report {
	t.Helper()
	r := fixture(t, name)
	v := pages.Of("01JDC7Q4", r, pages.FindingFilter{})
	v.Target, v.At, v.By = "t1", ago(12*time.Minute), "ana"
	v.Trend = pages.Trend{Before: grade("C", 74), At: ago(7 * 24 * time.Hour), Scan: "01JDB000", Delta: -43, New: 2, Fixed: 1}
	return v
}

func reading(t fataler) []sample {
	t.Helper()
	all := []sample{}
	for _, name := range []string{"demo", "flask", "good", "tls", "unreached", "hostile"} {
		all = append(all, sample{"report-" + name, shell("/scans/01JDC7Q4"), ended(t, name)})
	}
	huge := fixture(t, "flask")
	for i := range 300 {
		f := huge.Findings[i%len(huge.Findings)]
		f.Rule, f.ID, f.New = fmt.Sprintf("%s%d", f.Rule, i), fmt.Sprint(i), i%7 == 0
		huge.Findings = append(huge.Findings, f)
	}
	one, _ := pages.Single(ended(t, "demo"), fixture(t, "demo").Findings[0].Rule)
	one.First, one.Last, one.Scans = ago(11*24*time.Hour), ago(12*time.Minute), 3
	before, after := fixture(t, "good"), fixture(t, "flask")
	after.APIURL, after.Target.Host, after.Engine = before.APIURL, before.Target.Host, before.Engine
	compared := pages.Compared{
		Before:     pages.Side{Scan: "a", Method: "GET", URL: before.APIURL, At: ago(7 * 24 * time.Hour), Grade: grade("A", 96), Engine: "engine 1.0.0", Answer: "no"},
		After:      pages.Side{Scan: "b", Method: "GET", URL: after.APIURL, At: ago(time.Hour), Grade: grade("F", 8), Engine: "engine 1.0.0", Answer: "yes"},
		Target:     "t1",
		Choices:    []pages.Pick{{Scan: "a", Text: "16 Nov 2026, A 96"}, {Scan: "b", Text: "23 Nov 2026, F 8"}},
		Difference: compare.Of(compare.Take(before), compare.Take(after), nil),
	}
	meta, doc, _ := scan.Explain("encryption.tls10")
	return append(all, sample{"report-huge", shell("/scans/01JDC7Q4"), pages.Of("01JDC7Q4", huge, pages.FindingFilter{})},
		sample{"report-narrowed", shell("/scans/01JDC7Q4?severity=high"), pages.Of("01JDC7Q4", fixture(t, "demo"), pages.FindingFilter{Severity: "high"})},
		sample{"finding", shell("/scans/01JDC7Q4/findings/x"), one},
		sample{"compare", shell("/compare"), compared},
		sample{"compliance", shell("/scans/01JDC7Q4/compliance"), pages.Complies("01JDC7Q4", fixture(t, "demo"), scan.Rules())},
		sample{"rule", shell("/rules/encryption.tls10"), pages.Explained(meta, doc)},
		sample{"rules", shell("/rules"), pages.Listed(scan.Rules(), checks(), "")},
	)
}

func checks() (all []pages.RuleCheck) {
	for _, c := range scan.Categories() {
		all = append(all, pages.RuleCheck{Key: c.Folder, Name: c.Name})
	}
	return all
}

func scores(from ...int) (s pages.Spark) {
	for i, n := range from {
		p := pages.Point{At: noon.Add(time.Duration(i-len(from)) * 24 * time.Hour), Turn: i == len(from)/2}
		if n >= 0 {
			p.Grade = grade([]string{"F", "F", "F", "F", "F", "F", "D", "C", "B", "A", "A"}[n/10], n)
		}
		s = append(s, p)
	}
	return s
}

const users, pay, auth = "https://api.acme.example/v1/users", "https://pay.acme.example/charge", "https://auth.acme.example/token"

func places() []sample {
	some := pages.Tally{rule.Critical: 2, rule.High: 2, rule.Medium: 1}
	home := pages.Home{
		All: 14, Demo: true, Command: "middlebrick scan https://api.example.com/",
		Attention: []pages.Attention{
			{Grade: grade("F", 31), Target: users, Why: "Plain HTTP serves data: new since the scan before", When: ago(12 * time.Minute), To: "/scans/01JDC7Q4", Text: "Open"},
			{Grade: grade("C", 66), Target: pay, Why: "The certificate expires in 6 days", When: ago(time.Hour), To: "/scans/01JDC7Q5", Text: "Open"},
			{Target: "https://beta.acme.example/", Why: "Unreachable for 3 scans", When: ago(3 * time.Hour), To: "/monitors/m3", Text: "Open"},
		},
		Targets: []pages.Target{
			{ID: "t1", Method: "GET", URL: users, Grade: grade("F", 31), Scores: scores(74, 74, 75, 74, -1, 74, 31), Open: some, Last: ago(12 * time.Minute), Scan: "01JDC7Q4"},
			{ID: "t2", Method: "OPTIONS", URL: pay, Grade: grade("C", 66), Scores: scores(66, 66, 66, 70, 66), Open: pages.Tally{rule.High: 1, rule.Low: 3}, Last: ago(time.Hour), Scan: "01JDC7Q5", Running: true},
			{ID: "t3", Method: "GET", URL: auth, Grade: grade("A", 96), Scores: scores(96), Open: pages.Tally{rule.Info: 1}, Last: ago(time.Hour), Scan: "01JDC7Q6"},
			{ID: "t4", Method: "GET", URL: "https://beta.acme.example/", Last: ago(26 * time.Hour), Scan: "01JDC7Q7", Failed: "The connection was refused."},
		},
		Paging: pages.Paging{From: 1, To: 4, Total: 14, After: "/?page=2"},
	}
	rows := []pages.Scan{
		{ID: "01JDC7Q4", Method: "GET", URL: users, Status: "completed", Grade: grade("F", 31), Open: some, Created: ago(12 * time.Minute), Took: "6.8 s", By: "ana"},
		{ID: "01JDC7Q8", Method: "HEAD", URL: pay, Status: "processing", Created: ago(time.Minute), By: "monitor"},
		{ID: "01JDC7Q7", Method: "GET", URL: auth, Status: "failed", Created: ago(25 * time.Hour), Took: "3.0 s", By: "key ci-gate", Error: "The connection was refused."},
	}
	live := pages.Live{ID: "01JDC7Q8", Method: "GET", URL: users, Status: "processing", Since: ago(4 * time.Second), Done: 31, Planned: 48, Says: "31 of 48 checks, about 3 s left",
		Now: "TLS versions, trying TLS 1.1 on 203.0.113.20:443", Found: []pages.Early{{Rule: "encryption.plainhttp", Severity: "critical", Title: "Plain HTTP serves API data"}}}
	for i, c := range scan.Categories() {
		sign, says := "·", "waiting"
		if i < 7 {
			sign, says = "✓", "done"
		}
		live.Checks = append(live.Checks, pages.Doing{Key: c.Folder, Name: c.Name, Sign: sign, Says: says})
	}
	history := pages.History{ID: "t1", Method: "GET", URL: users, Range: "30d", Latest: "01JDC7Q4", Monitored: "m1"}
	for i, n := range []int{31, 74, -1, 74, 75, 62, 62} {
		p := pages.Past{Scan: fmt.Sprint("s", i), At: ago(time.Duration(i*5*24+1) * time.Hour), Engine: "engine 1.0.0, model 1", Status: "completed", Open: some, Turn: i == 4}
		if n >= 0 {
			p.Grade = scores(n)[0].Grade
		}
		history.Rows = append(history.Rows, p)
	}
	wrong := pages.Form{Values: map[string]string{"url": "ftp://x"}, Wrong: map[string]string{"": "Nothing was saved.", "url": "An address begins with http:// or https://.", "cron": "Five fields are needed."}}
	refused := pages.Home{Ask: pages.Ask{Form: pages.Form{Values: map[string]string{"url": "http://169.254.169.254/"}, Wrong: map[string]string{"": "This server refuses to connect there.", "url": "The address is not a public one."}}}, Demo: true, Command: "middlebrick scan https://api.example.com/"}
	flashed := shell("/")
	flashed.Flashes = []pages.Flash{{Tone: "good", Text: "The monitor was saved."}, {Tone: "bad", Text: "The mail could not be sent."}}
	viewer := shell("/")
	viewer.Role = pages.Viewer
	return []sample{
		{"home", flashed, home}, {"home-empty", shell("/"), refused}, {"home-viewer", viewer, home},
		{"scans", shell("/scans"), pages.Scans{Rows: rows, Paging: pages.Paging{From: 1, To: 3, Total: 90, Before: "/scans?page=1", After: "/scans?page=3"}}}, {"scans-none", shell("/scans"), pages.Scans{Status: "failed"}},
		{"live", shell("/scans/01JDC7Q8"), live}, {"history", shell("/targets/t1"), history},
		{"monitor-new", shell("/monitors/new"), pages.MonitorForm{Form: wrong}},
	}
}

func watching() []sample {
	sent := []pages.Delivery{{At: ago(time.Hour), Channel: "ops-hook", Event: "finding.new", Status: "sent", Says: "204 in 180 ms", Attempt: 1}, {At: ago(2 * time.Hour), Channel: "ops mail", Event: "finding.new", Status: "failed", Says: "550 no such mailbox", Attempt: 3}}
	alerts := []pages.Alert{
		{At: ago(time.Hour), Status: "sent", Kind: "New finding", Text: "Plain HTTP serves API data", Method: "GET", URL: users, Monitor: "m1", Scan: "01JDC7Q4", Sent: sent},
		{At: ago(3 * time.Hour), Status: "held", Kind: "Unreachable", Text: "2 of 3 scans in a row", URL: "https://beta.acme.example/"},
	}
	monitors := pages.Monitors{Rows: []pages.Monitor{
		{ID: "m1", Method: "GET", URL: users, Status: "alert", Every: "6 hours", Next: ago(-time.Hour), AlertWhen: "new critical or high, below 70", Last: ago(time.Hour), Grade: grade("F", 31), Scan: "01JDC7Q4"},
		{ID: "m2", Method: "GET", URL: auth, Status: "ok", Every: "1 day", Next: ago(-5 * time.Hour), AlertWhen: "score drops by 10", Last: ago(time.Hour), Grade: grade("A", 96), Scan: "01JDC7Q6"},
		{ID: "m3", Method: "GET", URL: "https://beta.acme.example/", Status: "nodata", Every: "1 day", Next: ago(-time.Minute), AlertWhen: "new high", Note: "3 of 3 failures in a row"},
		{ID: "m4", Method: "HEAD", URL: "https://old.acme.example/", Status: "paused", Every: "1 week", AlertWhen: "new high", Note: "paused by ana, 2 Nov"},
	}}
	form := pages.Form{Values: map[string]string{"url": users, "every": "6h", "drop": "10", "below": "70", "expiry": "30, 14, 7, 1", "fire": "2", "clear": "2", "quietFrom": "22:00", "quietTo": "07:00", "remind": "24"}}
	boxes := []pages.Box{{Value: "c1", Text: "ops-hook", Note: "webhook, signed; last 204 in 180 ms", On: true}, {Value: "c2", Text: "ops mail", Note: "e-mail"}}
	return []sample{
		{"monitors", shell("/monitors"), monitors}, {"monitors-none", shell("/monitors"), pages.Monitors{}},
		{"monitor", shell("/monitors/m1"), pages.MonitorForm{ID: "m1", URL: users, Status: "alert", Form: form, Channels: boxes, Log: alerts}},
		{"alerts", shell("/alerts"), pages.Alerts{Rows: alerts}},
	}
}

func settings() []sample {
	keys := pages.Keys{Made: "mb_8Kx2aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaf3Qa", Name: "ci-gate", Rows: []pages.Key{
		{ID: "k1", Name: "ci-gate", Shown: "mb_8Kx2…f3Qa", Scope: "scan:write", Created: ago(21 * 24 * time.Hour), Used: ago(12 * time.Minute), From: "10.0.3.4", Expires: ago(-70 * 24 * time.Hour), Status: "active", By: "ana"},
		{ID: "k2", Name: "grafana", Shown: "mb_Pq07…9dTz", Scope: "scan:read", Created: ago(45 * 24 * time.Hour), Status: "revoked"},
	}}
	people := pages.Members{Invite: "https://mb.acme.internal/welcome/3fa9c1d2", Rows: []pages.Person{
		{ID: "u1", Name: "Ana", Email: "ana@acme.example", Role: pages.Admin, Status: "active", Seen: ago(0), Self: true},
		{ID: "u2", Name: "Bo", Email: "bo@acme.example", Role: pages.Viewer, Status: "invited"},
	}}
	sent := []pages.Delivery{{At: ago(time.Hour), Channel: "ops-hook", Event: "finding.new", Status: "sent", Says: "204 in 180 ms", Attempt: 1}}
	rows := []struct {
		name string
		view pages.View
	}{
		{"keys", keys}, {"members", people},
		{"account", pages.Account{Name: "Ana", Email: "ana@acme.example", Sessions: []pages.Session{{ID: "s", Agent: "Firefox on Linux", From: "10.0.3.9", Begun: ago(time.Hour), Seen: ago(0), Here: true}}}},
		{"policy", pages.ScanPolicy{Private: []string{"10.20.0.0/16"}, Ports: "all", Refused: []string{"this server itself", "cloud metadata", "link-local", "multicast"}, Asked: true, Answer: "169.254.169.254 is cloud metadata."}},
		{"authorities", pages.Authorities{Rows: []pages.Authority{{ID: "a1", Subject: "CN=Acme Internal Root", SHA256: "9c1f3a77d0419c1f3a77d0419c1f3a77d0419c1f3a77d0419c1f3a77d0419c1f", Until: ago(-900 * 24 * time.Hour), Added: ago(24 * time.Hour), By: "ana"}}}},
		{"channels", pages.Channels{Secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", Rows: []pages.Channel{{ID: "c1", Name: "ops-hook", Kind: "Webhook", To: "https://ops.acme.example/…", Status: "ok", Last: "204 in 180 ms", At: ago(time.Hour)}, {ID: "c2", Name: "ops mail", Kind: "E-mail", To: "ops@acme.example", Status: "new"}}, Log: sent}},
		{"hosts", pages.Hosts{Rows: []pages.Host{{ID: "h1", Name: "api.acme.example", Status: "verified", Until: ago(-60 * 24 * time.Hour)}, {ID: "h2", Name: "pay.acme.example", Token: "middlebrick-verify=3fa9c1d23fa9c1d2", Status: "pending", Says: "no TXT record"}}}},
		{"audit", pages.Audit{Rows: []pages.Act{{At: ago(time.Hour), Who: "ana", What: "created key", Whom: "ci-gate", From: "10.0.3.9"}}}},
		{"backup", pages.Backup{Database: "SQLite", Size: "41 MB", Last: ago(13 * time.Hour), Says: "restored and read back", Command: "middlebrick backup --data /var/lib/middlebrick backup.db", Restore: "middlebrick restore --data /var/lib/middlebrick backup.db", Keep: "Scans for 365 days"}},
		{"about", pages.About{Facts: []pages.Fact{{Name: "Version", Says: "1.0.0"}, {Name: "Go", Says: "go1.26"}}, Lists: []pages.Fact{{Name: "HSTS preload", Says: "of 2026-10-30"}}}},
	}
	var all []sample
	for _, r := range rows {
		all = append(all, sample{"settings-" + r.name, shell("/settings/" + r.name), r.view})
	}
	return all
}

func outside() []sample {
	alone := pages.Shell{Assets: shell("/").Assets, Engine: "middlebrick 1.0.0", Path: "/sign-in"}
	all := []sample{
		{"signin", alone, pages.SignIn{Next: "/scans", Form: pages.Form{Wrong: map[string]string{"": "E-mail and password do not belong together."}}}},
		{"welcome", alone, pages.Welcome{Token: "3fa9c1d2", Form: pages.Form{Wrong: map[string]string{"new": "It needs at least 15 characters."}}}},
		{"welcome-invited", alone, pages.Welcome{Token: "3fa9c1d2", Email: "bo@acme.example", Role: pages.Viewer}},
	}
	for _, code := range []int{403, 404, 422, 429, 500} {
		all = append(all, sample{fmt.Sprint("oops-", code), shell("/x"), pages.Sorry(code, "")})
	}
	return all
}
