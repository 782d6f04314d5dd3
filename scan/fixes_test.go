// Every fix that a rule.md prints is executed: a real server fails the rule, the
// text is put where it says it goes, and the server passes, and fails no other
// rule for it. What was seen then is kept as testdata/fixed-<platform>.jsonl.
//
//	go test ./scan -run TestPrintedFixes                          every fix
//	go test ./scan -run TestPrintedFixes/encryption.tls10/nginx   one
//	go test ./scan -run TestPrintedFixes -update                  and keep what is new

package scan_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"middlebrick/checks"
	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/testbed/lab"
)

// updating hands the flag on to the process inside of a namespace, which is
// given the environment and no flags of ours.
const updating = "SCAN_UPDATE"

var update = flag.Bool("update", os.Getenv(updating) != "", "keep what printed fixes were seen to do as the rules' fixed-<platform>.jsonl")

// Each fix has a network namespace of its own, and so the ports and the host
// that it names. They run in parallel, as many as -parallel allows.
func TestPrintedFixesMendRealServers(t *testing.T) {
	if testing.Short() {
		t.Skip("starts some four hundred servers")
	}
	if *update {
		t.Setenv(updating, "1")
	}
	for _, r := range checks.Rules() {
		doc, ok := checks.Doc(r.ID)
		if !ok {
			t.Errorf("%s has no rule.md", r.ID)
		}
		for _, platform := range rule.Platforms() {
			if len(doc.Fix(platform)) == 0 {
				continue
			}
			t.Run(r.ID+"/"+platform, func(t *testing.T) {
				t.Parallel()
				mends(t, r, doc, platform)
			})
		}
	}
}

// mends plays the scene twice, before the fix and after it.
func mends(t *testing.T, r rule.Rule, doc rule.Doc, platform string) {
	s, ok := fixScenes[r.Name()][platform]
	if !ok {
		t.Fatalf("rule.md prints a fix for %s that no server has tried; add a scene to scan/scenes_*_test.go", platform)
	}
	lab.Needs(t, "nginx", "apache2", "gunicorn", "flask", "waitress", "openssl",
		"flask_talisman", "flask_login", "flask_session", "cryptography")
	if !lab.InNamespace(t) {
		return
	}
	var weak *observe.Recording
	t.Run("before", func(t *testing.T) {
		weak = s.play(t, platform, nil)
		switch v := r.Judge(weak); {
		case v.Outcome == rule.Failed && s.sound != "":
			t.Errorf("the server fails after all, by %+v: the scene need not say that %s", v.Places, s.sound)
		case v.Outcome != rule.Failed && s.sound == "":
			t.Errorf("the server does not fail, so that the fix proves nothing: %s, %s", v.Outcome, v.Says)
		}
	})
	if weak == nil {
		return
	}
	t.Run("after", func(t *testing.T) {
		mended := s.play(t, platform, doc.Fix(platform))
		if v := r.Judge(mended); v.Outcome != rule.Passed {
			t.Fatalf("with the printed fix the rule says %s: %s %+v", v.Outcome, v.Says, v.Places)
		}
		harmless(t, weak, mended)
		if *update {
			keep(t, r, doc.FixID(platform), platform, mended)
		}
	})
}

// harmless: what was right before the fix is right after it, and https clients
// are served the pages that they were served. A server that the fix gives its
// first https form is another one, with which nothing can be compared.
func harmless(t *testing.T, weak, mended *observe.Recording) {
	t.Helper()
	before, _, gap := observe.Get(weak, observe.SecurePages)
	if before.Absent != "" {
		return
	}
	for _, other := range checks.Rules() {
		if other.Judge(weak).Outcome != rule.Passed {
			continue
		}
		if v := other.Judge(mended); v.Outcome == rule.Failed {
			t.Errorf("the fix makes %s fail, which passed without it: %+v", other.ID, v.Places)
		}
	}
	after, _, _ := observe.Get(mended, observe.SecurePages)
	if diff := cmp.Diff(handedOut(before), handedOut(after)); gap == nil && diff != "" {
		t.Errorf("the fix changes what https clients are served (-before +after):\n%s", diff)
	}
}

// handedOut are the pages that a client is given, or led to.
func handedOut(pages observe.Pages) []string {
	var urls []string
	for _, page := range pages.Pages {
		if page.Status < 400 {
			urls = append(urls, page.URL)
		}
	}
	return urls
}

// No scene may outlive the fix that it tries.
func TestEverySceneTriesAPrintedFix(t *testing.T) {
	for name, platforms := range fixScenes {
		doc, _ := checks.Doc("encryption." + name)
		for platform := range platforms {
			if len(doc.Fix(platform)) == 0 {
				t.Errorf("there is a scene for %s on %s, for which rule.md prints nothing to execute", name, platform)
			}
		}
	}
}

// keep writes the recording down, unless one is there that this very text was
// seen to earn: what did not change makes no difference to read.
func keep(t *testing.T, r rule.Rule, fixID, platform string, rec *observe.Recording) {
	t.Helper()
	path := filepath.Join("../checks", r.Check(), r.Name(), "testdata", "fixed-"+strings.ToLower(platform)+".jsonl")
	if old, err := os.ReadFile(path); err == nil && stillHolds(r, fixID, old) {
		return
	}
	var text bytes.Buffer
	if err := cut(rec, r, fixID).Write(&text); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

func stillHolds(r rule.Rule, fixID string, text []byte) bool {
	old, err := observe.Read(bytes.NewReader(text))
	return err == nil && old.Header.ID == fixID && old.End != nil && r.Judge(old).Outcome == rule.Passed &&
		slices.Equal(old.Keys(), slices.Sorted(slices.Values(r.Needs)))
}

// cut leaves of a recording what the rule needs and the exchanges that this
// rests on. Its name is that of the fix: TestCatalogue holds it against the text
// that is printed today.
func cut(rec *observe.Recording, r rule.Rule, fixID string) *observe.Recording {
	kept := &observe.Recording{
		Header:    rec.Header,
		Exchanges: map[observe.Ref]observe.Exchange{},
		Entries:   map[string]observe.Entry{},
		End:       &observe.End{Finished: rec.End.Finished},
	}
	kept.Header.ID, kept.Header.Plan = fixID, []string{}
	for _, key := range r.Needs {
		kept.Entries[key] = rec.Entries[key]
		for _, ref := range rec.Entries[key].From {
			kept.Exchanges[ref] = rec.Exchanges[ref]
		}
	}
	return kept
}
