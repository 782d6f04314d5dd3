// Tests of messages: their JSON, what is kept of texts, and that they come back
// as they went.

package notify_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"middlebrick/edge/notify"
	"middlebrick/rule"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares a text with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", "golden", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// indented makes JSON readable, and proves that it is JSON.
func indented(t *testing.T, text string) string {
	t.Helper()
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatalf("not JSON: %v\n%s", err, text)
	}
	var out strings.Builder
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func post(t *testing.T, kind notify.ChannelKind, m notify.Message) string {
	t.Helper()
	text, err := notify.Posted(kind, m)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestEveryKindHasItsBody(t *testing.T) {
	all := samples()
	if len(all) != len(notify.Kinds()) {
		t.Fatalf("%d samples for %d kinds", len(all), len(notify.Kinds()))
	}
	for kind, m := range all {
		golden(t, string(kind)+".webhook.json", indented(t, post(t, notify.Webhook, m)))
	}
}

func TestServicesGetTheirShape(t *testing.T) {
	for name, m := range map[string]notify.Message{"alert": alert(), "hostile": hostile()} {
		for _, kind := range []notify.ChannelKind{notify.Slack, notify.Teams, notify.Discord} {
			golden(t, name+"."+string(kind)+".json", indented(t, post(t, kind, m)))
		}
	}
	golden(t, "hostile.webhook.json", indented(t, post(t, notify.Webhook, hostile())))
}

// A later attempt is made from what was kept, and must send the same bytes.
func TestMessageComesBackAsItWent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := anyMessage(t)
		first, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		var back notify.Message
		if err := json.Unmarshal(first, &back); err != nil {
			t.Fatal(err)
		}
		for _, kind := range []notify.ChannelKind{notify.Webhook, notify.Slack, notify.Discord} {
			before, _ := notify.Posted(kind, m)
			after, _ := notify.Posted(kind, back)
			if before != after {
				t.Fatalf("%s changed on the way through its JSON: %s", kind, cmp.Diff(before, after))
			}
		}
	})
}

func TestCleaningTwiceChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		once := anyMessage(t).Cleaned()
		if diff := cmp.Diff(once, once.Cleaned(), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("cleaned again (-once +twice):\n%s", diff)
		}
	})
}

func TestBodyIsAtMostTwentyKibibytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := anyMessage(t)
		text, err := notify.Posted(notify.Webhook, m)
		if err != nil || len(text) > 20<<10 {
			t.Fatalf("%d bytes, %v", len(text), err)
		}
		var got struct {
			Data struct {
				Findings []any
				Omitted  int `json:"findingsOmitted"`
			}
		}
		if err := json.Unmarshal([]byte(text), &got); err != nil {
			t.Fatal(err)
		}
		if told := len(got.Data.Findings) + got.Data.Omitted; told != len(m.Findings)+max(0, m.Omitted) {
			t.Fatalf("tells of %d findings, and there are %d and %d", told, len(m.Findings), m.Omitted)
		}
	})
}

func TestListsAreNeverNull(t *testing.T) {
	if text := post(t, notify.Webhook, notify.Message{Kind: notify.Test}); strings.Contains(text, "null") {
		t.Error(text)
	}
}

func TestWithheldGradeIsNoScore(t *testing.T) {
	m := alert()
	m.After = &notify.Standing{}
	text := post(t, notify.Webhook, m)
	if !strings.Contains(text, `"after":{"score":null,"grade":""}`) || !strings.Contains(text, "score from 93 (A) to no grade") {
		t.Error(text)
	}
}

func TestHeadlinesReadAsSentences(t *testing.T) {
	type reasons = []notify.Reason
	for _, c := range []struct {
		m    notify.Message
		want string
	}{
		{notify.Message{Kind: notify.MonitorAlert, Reasons: reasons{{Cause: notify.NewFindings, Times: 1}}}, "1 new finding"},
		{notify.Message{Kind: notify.MonitorAlert, Reasons: reasons{{Cause: notify.Unreachable, Times: 3}}}, "Unreachable 3 times in a row"},
		{notify.Message{Kind: notify.MonitorAlert, Reasons: reasons{{Cause: notify.ScoreDropped}}}, "Lower score"},
		{notify.Message{Kind: notify.MonitorAlert}, "Something changed"},
		{notify.Message{Kind: notify.MonitorCleared, Reasons: reasons{{Cause: notify.Unreachable}}}, "Cleared: unreachable"},
		{notify.Message{Kind: notify.MonitorReminder, Reasons: reasons{{Cause: notify.CertificateWeaker}}}, "Still so: certificate replaced by a weaker one"},
		{notify.Message{Kind: notify.CertificateExpiring, Certificate: &notify.Certificate{DaysLeft: 1}}, "Certificate expires in 1 day"},
		{notify.Message{Kind: notify.CertificateExpiring, Certificate: &notify.Certificate{}}, "Certificate expires within a day"},
		{notify.Message{Kind: notify.CertificateExpiring, Certificate: &notify.Certificate{DaysLeft: -2}}, "Certificate expired 2 days ago"},
		{notify.Message{Kind: notify.ScannerOffline, Affected: 1}, "The scanner has no network: 1 monitor waits"},
		{notify.Message{Kind: notify.ScanCompleted, Scan: &notify.Scan{Status: "failed"}}, "Scan failed: nothing was judged"},
	} {
		var got struct{ Data struct{ Summary string } }
		if err := json.Unmarshal([]byte(post(t, notify.Webhook, c.m)), &got); err != nil || got.Data.Summary != c.want {
			t.Errorf("%q, want %q (%v)", got.Data.Summary, c.want, err)
		}
	}
}

func FuzzCleanTextHidesNothing(f *testing.F) {
	for _, text := range []string{nasty, "", " ", strings.Repeat("漢", 300), "e\u0301\u0301\u0301\u0301\u0301\u0301\u0301", "\u3164", "😀"} {
		f.Add(text, 20)
	}
	f.Fuzz(func(t *testing.T, text string, most int) {
		most = 1 + int(uint(most)%300)
		got := notify.Clean(text, most)
		if notify.Units(got) > most {
			t.Errorf("%d units of %d", notify.Units(got), most)
		}
		if strings.ContainsFunc(got, func(r rune) bool { return r != ' ' && !unicode.IsGraphic(r) }) || got != strings.TrimSpace(got) {
			t.Errorf("%q", got)
		}
		if again := notify.Clean(got, most); again != got {
			t.Errorf("%q becomes %q", got, again)
		}
	})
}

func TestColoursAreThoseOfThePalette(t *testing.T) {
	want := map[string]string{"pass": "#01a377"}
	for i, c := range []string{"#6f0b89", "#9c261e", "#b2890b", "#154ff4", "#454a54"} {
		want[string(rule.Severities()[i])] = c
	}
	if diff := cmp.Diff(want, notify.Colours()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
