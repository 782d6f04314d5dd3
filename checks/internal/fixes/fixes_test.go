// The test: for each rule and platform, the server before the fix fails and the
// server after it passes.

package fixes_test

import (
	"context"
	"flag"
	"net/netip"
	"os"
	"regexp"
	"strings"
	"testing"

	"middlebrick/checks"
	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/scan"
	"middlebrick/target"
	"middlebrick/testbed/lab"
)

var update = flag.Bool("update", false, "keep what was seen as the rules' fixed-<platform>.jsonl")

// host is the name that printed fixes use.
const host = "api.example.com"

// updating tells the process inside of the namespace, which sees the environment
// and not the flags.
const updating = "FIXES_UPDATE"

func TestMain(m *testing.M) {
	flag.Parse()
	if *update {
		os.Setenv(updating, "1")
	}
	os.Exit(m.Run())
}

func TestFlaskFixesMend(t *testing.T)    { mend(t, "Flask") }
func TestGunicornFixesMend(t *testing.T) { mend(t, "gunicorn") }
func TestNginxFixesMend(t *testing.T)    { mend(t, "nginx") }
func TestApacheFixesMend(t *testing.T)   { mend(t, "Apache") }

// mend tries every fix of a platform, in a namespace of its own for the sake of
// ports 80 and 443.
func mend(t *testing.T, heading string) {
	t.Helper()
	if testing.Short() {
		t.Skip("starts some hundred servers")
	}
	t.Parallel()
	if !lab.InNamespace(t) {
		return
	}
	lab.Needs(t, "nginx", "apache2", "gunicorn", "flask", "flask_talisman", "cryptography", "openssl")
	only := regexp.MustCompile(os.Getenv("FIXES"))
	shop := newWorkshop(t)
	platform := strings.ToLower(heading)
	for _, r := range checks.Rules() {
		doc, _ := checks.Doc(r.ID)
		if name := r.Name() + "/" + platform; len(doc.Fix(heading)) > 0 && only.MatchString(name) {
			t.Run(r.Name(), func(t *testing.T) { shop.try(t, r, doc, heading) })
		}
	}
}

// try looks at the server before and after the fix.
func (w workshop) try(t *testing.T, r rule.Rule, doc rule.Doc, heading string) {
	platform := strings.ToLower(heading)
	bench := newBench(r.Name(), platform)
	lab.Needs(t, bench.needs...)
	t.Run("before", func(t *testing.T) {
		v := r.Judge(w.look(t, bench, nil, r))
		if v.Outcome != rule.Failed && sound[r.Name()+"/"+platform] == "" {
			t.Errorf("the server does not fail before the fix, so that the fix proves nothing: %s %s", v.Outcome, v.Says)
		}
		if v.Outcome == rule.Failed && sound[r.Name()+"/"+platform] != "" {
			t.Errorf("the server fails before the fix; take it out of the list of those that cannot: %v", v.Places)
		}
	})
	t.Run("after", func(t *testing.T) {
		rec := w.look(t, bench, doc.Fix(heading), r)
		v := r.Judge(rec)
		if v.Outcome != rule.Passed {
			t.Fatalf("with the printed fix in place the rule says %s: %s %v", v.Outcome, v.Says, v.Places)
		}
		if os.Getenv(updating) != "" {
			keep(t, cut(rec, r, doc.FixID(heading)), "../../"+r.Check()+"/"+r.Name()+"/testdata/fixed-"+platform+".jsonl")
		}
	})
}

// look starts the server, with the fixes where there are some, and records what
// the rule needs to see.
func (w workshop) look(t *testing.T, b bench, snippets []rule.Snippet, r rule.Rule) *observe.Recording {
	t.Helper()
	var fixes []lab.Snippet
	for _, s := range snippets {
		fixes = append(fixes, lab.Snippet{Platform: s.Platform, Place: s.Place, Text: s.Text})
	}
	address := b.start(t, w, fixes)
	parsed, err := target.Parse(address + b.path)
	if err != nil {
		t.Fatal(err)
	}
	rec, err := scan.Run(context.Background(), scan.Request{
		Target: parsed, Rules: []rule.Rule{r}, CAFiles: [][]byte{w.authority.RootPEM()},
		Pins: []scan.Pin{{Host: host, Addr: netip.MustParseAddr("127.0.0.1")}},
	}, func(scan.Event) {})
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

// mostExchanges bounds how many exchanges of each observation are kept.
const mostExchanges = 6

// cut leaves what the rule needs and a few of the exchanges that this rests on.
// The recording's id tells with which text of the fix it was made.
func cut(rec *observe.Recording, r rule.Rule, id string) *observe.Recording {
	kept := &observe.Recording{Header: rec.Header, Exchanges: map[observe.Ref]observe.Exchange{}, Entries: map[string]observe.Entry{}, End: rec.End}
	kept.Header.ID = id
	for _, key := range r.Needs {
		entry := rec.Entries[key]
		entry.From = entry.From[:min(len(entry.From), mostExchanges)]
		kept.Entries[key] = entry
		for _, ref := range entry.From {
			kept.Exchanges[ref] = rec.Exchanges[ref]
		}
	}
	return kept
}

func keep(t *testing.T, rec *observe.Recording, path string) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := rec.Write(file); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
}
