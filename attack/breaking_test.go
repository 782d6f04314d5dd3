// The way in through faults of TLS software.

package attack

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/target"
)

// judgedOf is the assessment from those verdicts alone.
func judgedOf(verdicts map[string]rule.Verdict) Assessment {
	rec := observe.NewRecorder(observe.Header{Target: target.Target{Host: "api.example.com"}}, func() time.Time { return time.Unix(0, 0) }, []byte("k"))
	results := []rule.Result{}
	for name, v := range verdicts {
		results = append(results, rule.Result{Meta: rule.Meta{ID: "encryption." + name, Severity: rule.High}, Verdict: v})
	}
	return Of(rec.Finish(false, observe.Cost{}), results)
}

func breakingOf(a Assessment) (Path, bool) {
	i := slices.IndexFunc(a.Paths, func(p Path) bool { return p.Name == "by breaking the encryption" })
	if i < 0 {
		return Path{}, false
	}
	return a.Paths[i], true
}

func TestFaultsThatNobodyLookedForAreNoPath(t *testing.T) {
	if p, there := breakingOf(judgedOf(map[string]rule.Verdict{"sslv3": rule.Pass()})); there {
		t.Errorf("without a rule the report says %s: %s", p.Holds, p.Because)
	}
	p, there := breakingOf(judgedOf(map[string]rule.Verdict{"robot": rule.Pass()}))
	if !there || p.Holds != No || len(p.Rules) != 0 {
		t.Errorf("with one rule that passed the report says %v %+v", there, p)
	}
}

func TestGravestFaultSpeaksForThePathAndAllAreNamed(t *testing.T) {
	p, _ := breakingOf(judgedOf(map[string]rule.Verdict{
		"robot": rule.Failf("told wrong paddings apart"), "heartbleed": rule.Failf("answered with 4 bytes more than it was sent"),
		"zerolength": rule.Failf("told empty records apart").As(rule.Medium), "compression": rule.Inconclusive("no answer"),
	}))
	want := Path{
		Name: "by breaking the encryption", Holds: Yes,
		Because: "answered with 4 bytes more than it was sent: whoever asks is given pieces of the server's memory, its keys and sessions among them",
		Rules:   []string{"encryption.heartbleed", "encryption.robot"},
	}
	if diff := cmp.Diff(want, p); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTargetWithoutTLSHasNoEncryptionToBreak(t *testing.T) {
	p, _ := breakingOf(judgedOf(map[string]rule.Verdict{"notls": rule.Failf("no TLS"), "robot": rule.NotApplicable("no TLS")}))
	if p.Holds != No || p.Because != "there is no encryption to break" {
		t.Errorf("%+v", p)
	}
}
