// Which lists a report names, and when it calls one old.

package scan_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"middlebrick/report"
	"middlebrick/scan"
)

const chromium = `// Copyright 2012
{
  // "http" in a comment
  "pinsets": [],
  "entries": [
    { "name": "a.test", "policy": "bulk-1-year", "mode": "force-https", "include_subdomains": true },
    { "name": "B.test", "mode": "force-https" },
    { "name": "pins.test", "pins": "x", "include_subdomains": true }
  ]
}
`

func packed(t *testing.T, text string) string {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestPreloadListIsReadInEachForm(t *testing.T) {
	text := "# hosts\na.test 1\nb.test\n"
	want := ""
	for _, form := range []string{text, packed(t, text), chromium, packed(t, chromium)} {
		list, err := scan.ReadPreloadList("list", strings.NewReader(form))
		if err != nil {
			t.Errorf("%.20q: %v", form, err)
			continue
		}
		var out bytes.Buffer
		if err := list.Write(&out); err != nil {
			t.Error(err)
		}
		if want == "" {
			want = out.String()
		}
		if out.String() != want || list.Count() != 2 {
			t.Errorf("%.20q: read as another list, of %d names", form, list.Count())
		}
	}
	for _, form := range []string{"", "# nothing\n", "<html>", "a.test 1 2\n", "a.test yes\n", chromium[:len(chromium)/2], chromium + "{}", packed(t, text)[:20],
		`{"entries":[{"name":"<script>","mode":"force-https"}]}`, `{"entries":[]}`} {
		if list, err := scan.ReadPreloadList("list", strings.NewReader(form)); err == nil {
			t.Errorf("%q was read as a list of %d", form, list.Count())
		}
	}
}

func TestReportNamesItsLists(t *testing.T) {
	none := func(kind, name string) report.List {
		return report.List{Kind: kind, State: "missing", Says: "no " + name + " is installed; middlebrick update fetches it"}
	}
	logs := none("ct-logs", "list of certificate logs")
	for _, c := range []struct {
		age  int // days; -1: no list
		want report.List
	}{
		{-1, none("hsts-preload", "HSTS preload list")},
		{90, report.List{Kind: "hsts-preload", State: "current", Entries: 1, Says: "the HSTS preload list of "}},
		{91, report.List{Kind: "hsts-preload", State: "old", Entries: 1, Says: "the HSTS preload list of "}},
	} {
		synctest.Test(t, func(t *testing.T) {
			req := request(t, "http://"+host+"/")
			req.Dial = plainOnly
			if c.age >= 0 {
				day := time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, -c.age)
				if err := req.Take("hsts-preload", day, 1, []byte("a.test 1\n")); err != nil {
					t.Fatal(err)
				}
				c.want.Date = day.Format(time.DateOnly)
				c.want.Says += c.want.Date
			}
			if c.want.State == "old" {
				c.want.Says += " is more than 90 days old; middlebrick update fetches a newer one"
			}
			rec, err := scan.Run(context.Background(), req, func(scan.Event) {})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]report.List{c.want, logs}, scan.Judge(rec, nil).Data); diff != "" {
				t.Errorf("%d days (-want +got):\n%s", c.age, diff)
			}
		})
	}
}

func TestOwnListComesBeforeTheInstalledOne(t *testing.T) {
	req := request(t, "http://"+host+"/")
	own, err := scan.ReadPreloadList("mine-2026-06-01.txt", strings.NewReader("a.test 1\nb.test\n"))
	if err != nil {
		t.Fatal(err)
	}
	req.Preload, req.Dial = own, plainOnly
	if err := req.Take("hsts-preload", time.Now(), 1, []byte("c.test 1\n")); err != nil {
		t.Fatal(err)
	}
	rec, err := scan.Run(t.Context(), req, func(scan.Event) {})
	if err != nil {
		t.Fatal(err)
	}
	first := scan.Judge(rec, nil).Data[0]
	if got := fmt.Sprintf("%s %d", first.Date, first.Entries); got != "2026-06-01 2" {
		t.Errorf("%s: %+v", got, first)
	}
}
