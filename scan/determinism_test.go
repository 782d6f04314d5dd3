// One recording has one report, whatever the order of rules and of the lines in
// its file; and a scan for one rule finds what the whole scan finds.

package scan_test

import (
	"bytes"
	"context"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"middlebrick/checks"
	"middlebrick/observe"
	"middlebrick/probe"
	"middlebrick/probes"
	"middlebrick/rule"
	"middlebrick/scan"
	"middlebrick/testbed/quirk"
)

// richTargets are targets of which much is to be told, and one that was not read
// to the end.
var richTargets = []trouble{
	{quirk: "redirect-downgrade", options: quirk.Options{Secure: true}, plain: "echo-headers"},
	{quirk: "throttled", options: quirk.Options{Secure: true, Count: 15}},
}

func (s trouble) recorded(t *testing.T, rules []rule.Rule) (rec *observe.Recording) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		req := request(t, "https://"+host+"/")
		req.Dial, req.Rules = s.dial(t), rules
		got, err := scan.Run(context.Background(), req, func(scan.Event) {})
		if err != nil {
			t.Fatal(err)
		}
		rec = got
	})
	return rec
}

func TestOrderChangesNoReport(t *testing.T) {
	for _, s := range richTargets {
		rec := s.recorded(t, nil)
		var file bytes.Buffer
		if err := rec.Write(&file); err != nil {
			t.Fatal(err)
		}
		want := marshal(t, scan.Judge(rec, nil))
		lines := bytes.SplitAfter(bytes.TrimSpace(file.Bytes()), []byte("\n"))
		rapid.Check(t, func(r *rapid.T) {
			seed := rapid.Uint64().Draw(r, "seed")
			got := marshal(t, scan.Judge(shuffled(t, lines, seed), shuffledRules(seed)))
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				r.Fatalf("%s (-in order +shuffled):\n%s", s.quirk, diff)
			}
		})
	}
}

// shuffled is the recording of a file whose lines after the first are in another
// order.
func shuffled(t *testing.T, lines [][]byte, seed uint64) *observe.Recording {
	t.Helper()
	rest := slices.Clone(lines[1:])
	rand.New(rand.NewPCG(seed, 1)).Shuffle(len(rest), func(i, j int) { rest[i], rest[j] = rest[j], rest[i] })
	file := bytes.TrimSpace(lines[0])
	for _, line := range rest {
		file = append(append(file, '\n'), bytes.TrimSpace(line)...)
	}
	rec, err := observe.Read(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

func shuffledRules(seed uint64) []rule.Rule {
	rules := checks.Rules()
	rand.New(rand.NewPCG(seed, 2)).Shuffle(len(rules), func(i, j int) { rules[i], rules[j] = rules[j], rules[i] })
	return rules
}

// told is what one rule says, without what depends on others: its severity.
type told struct {
	Outcome rule.Outcome
	Says    string
	Places  []string
}

func toldBy(r rule.Rule, rec *observe.Recording) told {
	v := r.Judge(rec)
	said := told{Outcome: v.Outcome, Says: v.Says}
	for _, p := range v.Places {
		said.Places = append(said.Places, p.Where+": "+p.Saw)
	}
	return said
}

func TestOneRuleAloneSaysWhatItSaysAmongAll(t *testing.T) {
	scene := trouble{quirk: "redirect-downgrade", options: quirk.Options{Secure: true}, plain: "echo-headers"}
	whole := scene.recorded(t, nil)
	for _, r := range checks.Rules() {
		alone := scene.recorded(t, []rule.Rule{r})
		if diff := cmp.Diff(toldBy(r, whole), toldBy(r, alone)); diff != "" {
			t.Errorf("%s (-among all +alone):\n%s", r.ID, diff)
		}
		if diff := cmp.Diff(needed(r), slices.Sorted(slices.Values(alone.Header.Plan))); diff != "" {
			t.Errorf("%s is planned for (-needed +planned):\n%s", r.ID, diff)
		}
	}
}

// needed are the probes that a rule, or any report at all, rests on.
func needed(r rule.Rule) []string {
	keys := slices.Concat(r.Needs, []string{
		observe.Addresses.Name(), observe.Ports.Name(), observe.Recognised.Name(), observe.Visitors.Name(), observe.SecureHSTS.Name(),
	})
	found := map[string]bool{}
	for i := 0; i < len(keys); i++ {
		at := slices.IndexFunc(probes.All(), func(p probe.Probe) bool { return slices.Contains(p.Fills, keys[i]) })
		if at < 0 || found[probes.All()[at].Name] {
			continue
		}
		p := probes.All()[at]
		found[p.Name] = true
		keys = slices.Concat(keys, p.Needs, p.After)
	}
	names := []string{}
	for name := range found {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
