// What TestCatalogue asks of a rule's cases: recordings with the outcome in
// their name.

package checks_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"middlebrick/checks"
	"middlebrick/observe"
	"middlebrick/rule"
)

// A caseFile is testdata/<kind>-<word>.jsonl.
type caseFile struct {
	kind, word string
	rec        *observe.Recording
}

func (c caseFile) String() string { return c.kind + "-" + c.word }

// outcomes are what the kinds of cases must be judged as.
var outcomes = map[string]rule.Outcome{
	"fail":         rule.Failed,
	"pass":         rule.Passed,
	"inconclusive": rule.Inconcluded,
	"na":           rule.NotApplies,
	"fixed":        rule.Passed,
}

var caseName = regexp.MustCompile(`^(fail|pass|inconclusive|na|fixed)-([a-z0-9]+)\.jsonl$`)

// sourcePlace is a reference into source code, which no exchange stands behind.
var sourcePlace = regexp.MustCompile(`^[^:]+\.[a-z0-9]+:[0-9]+$`)

func readCases(t *testing.T, folder string) []caseFile {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(folder, "testdata"))
	if err != nil {
		t.Fatalf("reading the cases: %v", err)
	}
	var cases []caseFile
	for _, entry := range entries {
		parts := caseName.FindStringSubmatch(entry.Name())
		if parts == nil {
			t.Errorf("testdata/%s is not named <fail|pass|inconclusive|na|fixed>-<word>.jsonl", entry.Name())
			continue
		}
		text := readFile(t, filepath.Join(folder, "testdata", entry.Name()))
		if strings.Contains(text, scaffold) {
			t.Errorf("testdata/%s still holds scaffold text", entry.Name())
		}
		rec, err := observe.Read(strings.NewReader(text))
		if err != nil {
			t.Fatalf("testdata/%s: %v", entry.Name(), err)
		}
		if rec.End == nil {
			t.Errorf("testdata/%s has no line of kind \"end\"", entry.Name())
		}
		cases = append(cases, caseFile{parts[1], parts[2], rec})
	}
	return cases
}

func holdCases(t *testing.T, r rule.Rule, cases []caseFile) {
	t.Helper()
	for _, kind := range []string{"fail", "pass", "inconclusive"} {
		if !slices.ContainsFunc(cases, func(c caseFile) bool { return c.kind == kind }) {
			t.Errorf("there is no testdata/%s-….jsonl", kind)
		}
	}
	for _, c := range cases {
		v := r.Judge(c.rec)
		if v.Outcome != outcomes[c.kind] {
			t.Errorf("%s is judged %s: %s %v", c, v.Outcome, v.Says, v.Places)
		}
		holdVerdict(t, c, v)
		holdCut(t, r, c)
		holdHonesty(t, r, c)
		holdOrder(t, c)
	}
}

// holdVerdict: a failure says what was seen, where, and by which exchange; all
// else says why.
func holdVerdict(t *testing.T, c caseFile, v rule.Verdict) {
	t.Helper()
	if v.Outcome != rule.Failed && v.Outcome != rule.Passed && v.Says == "" {
		t.Errorf("%s: the verdict %s does not say why", c, v.Outcome)
	}
	if v.Outcome == rule.Failed && len(v.Places) == 0 {
		t.Errorf("%s: the failure names no place", c)
	}
	where := map[string]bool{}
	for _, place := range v.Places {
		if place.Saw == "" || place.Where == "" || len(place.Refs) == 0 {
			t.Errorf("%s: a failing place needs what was seen, where, and an exchange: %+v", c, place)
		}
		if where[place.Where] {
			t.Errorf("%s: two failing places are both called %q, so that their findings are one", c, place.Where)
		}
		where[place.Where] = true
		if place.Severity != "" && !place.Severity.Known() {
			t.Errorf("%s: severity %q is not known", c, place.Severity)
		}
		for _, ref := range place.Refs {
			if _, ok := c.rec.Exchanges[ref]; !ok && !sourcePlace.MatchString(string(ref)) {
				t.Errorf("%s: the failure cites %q, which is not in the file", c, ref)
			}
		}
	}
}

// holdCut: a case is cut to the observations that the rule needs.
func holdCut(t *testing.T, r rule.Rule, c caseFile) {
	t.Helper()
	for _, key := range c.rec.Keys() {
		if !slices.Contains(r.Needs, key) {
			t.Errorf("%s holds %s, which the rule does not need", c, key)
		}
	}
	for _, key := range r.Needs {
		if _, ok := c.rec.Entries[key]; !ok {
			t.Errorf("%s lacks %s; write the value, or the gap that stands for it", c, key)
		}
	}
}

// holdHonesty: what was not looked at never passes, and never fails either.
func holdHonesty(t *testing.T, r rule.Rule, c caseFile) {
	t.Helper()
	if c.kind == "inconclusive" {
		return
	}
	blank := c.rec
	for _, key := range r.Needs {
		blank = replaced(blank, observe.Entry{Key: key, Value: json.RawMessage("{}"), From: []observe.Ref{}})
		if v := r.Judge(c.rec.Without(key)); v.Outcome != rule.Inconcluded {
			t.Errorf("%s without %s is judged %s", c, key, v.Outcome)
		}
		gap := observe.Gap{Why: observe.Timeout, Detail: "no answer within 10 s"}
		v := r.Judge(replaced(c.rec, observe.Entry{Key: key, Gap: &gap, From: []observe.Ref{}}))
		if v.Outcome != rule.Inconcluded || v.Why != gap.Why {
			t.Errorf("%s with a gap for %s is judged %s because of %q", c, key, v.Outcome, v.Why)
		}
	}
	if v := r.Judge(blank); v.Outcome == rule.Passed || v.Outcome == rule.Failed || v.Why == observe.Fault {
		t.Errorf("%s with nothing in its observations is judged %s: %s %v", c, v.Outcome, v.Says, v.Places)
	}
}

func replaced(rec *observe.Recording, entry observe.Entry) *observe.Recording {
	changed := rec.Without(entry.Key)
	changed.Entries[entry.Key] = entry
	return changed
}

// holdOrder: judging again, or the rules in another order, changes neither a
// verdict nor the recording.
func holdOrder(t *testing.T, c caseFile) {
	t.Helper()
	before := written(t, c.rec)
	rules := checks.Rules()
	forward := verdicts(rules, c.rec)
	slices.Reverse(rules)
	if diff := cmp.Diff(forward, verdicts(rules, c.rec)); diff != "" {
		t.Errorf("%s: judging in another order differs (-first +second):\n%s", c, diff)
	}
	if diff := cmp.Diff(before, written(t, c.rec)); diff != "" {
		t.Errorf("%s: judging changed the recording (-before +after):\n%s", c, diff)
	}
}

func verdicts(rules []rule.Rule, rec *observe.Recording) map[string]rule.Verdict {
	all := map[string]rule.Verdict{}
	for _, r := range rules {
		all[r.ID] = r.Judge(rec)
	}
	return all
}

func written(t *testing.T, rec *observe.Recording) string {
	t.Helper()
	var out bytes.Buffer
	if err := rec.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}
