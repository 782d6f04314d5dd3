// Known faults of TLS software: each quirk fails exactly the rules that it has the
// fault of, its twin fails none, and silence is no verdict.

package scan_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"middlebrick/report"
	"middlebrick/testbed/quirk"
)

// faultRules are the rules over known faults, without their check.
var faultRules = []string{"ccsinjection", "drown", "goldendoodle", "heartbleed", "luckyminus20", "opossum", "poodletls", "robot", "zerolength", "zombiepoodle"}

// A verdicts is which of them failed and which could not be told.
type faultVerdicts struct{ Failed, Doubtful []string }

func faultsOf(r report.Report) (v faultVerdicts) {
	for _, name := range faultRules {
		switch said := verdict(r, "encryption."+name); {
		case said == "fail":
			v.Failed = append(v.Failed, name)
		case strings.HasPrefix(said, "unknown"):
			v.Doubtful = append(v.Doubtful, name)
		}
	}
	return v
}

var vulnerable = []struct {
	quirk, plain string
	options      quirk.Options
	want         faultVerdicts
}{
	{quirk: "heartbleed", want: faultVerdicts{Failed: words("heartbleed")}},
	{quirk: "heartbeat"},
	{quirk: "heartbeat-silent"},
	{quirk: "ccs-injection", want: faultVerdicts{Failed: words("ccsinjection")}},
	{quirk: "ccs-refused"},
	{quirk: "robot", want: faultVerdicts{Failed: words("robot")}},
	{quirk: "robot-weak", want: faultVerdicts{Failed: words("robot")}},
	{quirk: "robot-silent", want: faultVerdicts{Failed: words("robot")}},
	{quirk: "robot-refused"},
	{quirk: "robot-wavers", want: faultVerdicts{Doubtful: words("robot")}},
	{quirk: "drown", want: faultVerdicts{Failed: words("drown")}},
	{quirk: "special-drown", want: faultVerdicts{Failed: words("drown")}},
	{quirk: "drown-other-key"},
	{quirk: "poodle-tls", want: faultVerdicts{Failed: words("poodletls")}},
	{quirk: "zombie-poodle", want: faultVerdicts{Failed: words("zombiepoodle")}},
	{quirk: "golden-doodle", want: faultVerdicts{Failed: words("goldendoodle")}},
	{quirk: "padding-alert", want: faultVerdicts{Failed: words("goldendoodle")}},
	{quirk: "zero-length", want: faultVerdicts{Failed: words("zerolength")}},
	{quirk: "lucky-minus-20", want: faultVerdicts{Failed: words("luckyminus20")}},
	{quirk: "cbc"},
	// Data that comes whatever is asked is no answer to it.
	{quirk: "h2-garbage", want: faultVerdicts{Doubtful: words("goldendoodle", "luckyminus20", "poodletls", "zerolength", "zombiepoodle")}},
	{quirk: "none", plain: "upgrade-tls", options: quirk.Options{Secure: true}, want: faultVerdicts{Failed: words("opossum")}},
	{quirk: "none", plain: "none", options: quirk.Options{Secure: true}},
}

func words(all ...string) []string { return all }

// Suites of which the faults of CBC say nothing: with ephemeral keys, and with RSA
// key exchange.
var aead, transport = []uint16{0xc02f, 0x009e}, []uint16{0x009c, 0x009d}

func suitesOf(quirk string) []uint16 {
	if strings.HasPrefix(quirk, "robot") {
		return transport
	}
	return aead
}

func TestVulnerableServersFailExactlyTheirRules(t *testing.T) {
	for _, row := range vulnerable {
		t.Run(strings.TrimSpace(row.quirk+" "+row.plain), func(t *testing.T) {
			o := row.options
			o.Suites = suitesOf(row.quirk)
			trouble{quirk: row.quirk, plain: row.plain, options: o}.shows(func(t *testing.T, s seen) {
				got := faultsOf(s.report)
				if diff := cmp.Diff(row.want, got, cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
					whyFaults(t, s.report)
				}
			})(t)
		})
	}
}

// A server that falls silent after its flight has answered nothing, whatever it was
// asked: no fault, and no pass.
func TestSilenceIsNoVerdictOnFaults(t *testing.T) {
	o := quirk.Options{Suites: []uint16{0x002f}}
	trouble{quirk: "mute-after-flight", options: o, within: 40 * time.Second}.shows(func(t *testing.T, s seen) {
		want := faultVerdicts{Doubtful: append(words("ccsinjection", "goldendoodle", "heartbleed", "luckyminus20", "poodletls"), words("robot", "zerolength", "zombiepoodle")...)}
		if diff := cmp.Diff(want, faultsOf(s.report)); diff != "" {
			t.Errorf("after %v (-want +got):\n%s", s.took, diff)
			whyFaults(t, s.report)
		}
		for ref, exchange := range s.rec.Exchanges {
			if exchange.TookMS > 5000 {
				t.Errorf("%s (%s) took %d ms", ref, exchange.About, exchange.TookMS)
			}
		}
		if s.report.Overall != nil {
			t.Errorf("a grade of %d was given", *s.report.Overall)
		}
	})(t)
}

// What a server with Heartbleed sends of its memory, which here is of the letter H,
// is neither kept nor read.
func TestHeartbleedIsFoundWithoutReadingMemory(t *testing.T) {
	trouble{quirk: "heartbleed", options: quirk.Options{Suites: aead}}.shows(func(t *testing.T, s seen) {
		for ref, exchange := range s.rec.Exchanges {
			if strings.Contains(exchange.Received, "4848") {
				t.Errorf("%s (%s) holds what was leaked: %s", ref, exchange.About, exchange.Received)
			}
		}
	})(t)
}

// Who found out about a fault must be able to show it: a failure cites the bytes.
func TestFaultsShowTheirBytes(t *testing.T) {
	for _, name := range words("heartbleed", "ccs-injection", "robot-weak", "golden-doodle", "special-drown") {
		trouble{quirk: name, options: quirk.Options{Suites: suitesOf(name)}}.shows(func(t *testing.T, s seen) {
			found := false
			for _, f := range s.report.Findings {
				if !slices.Contains(faultRules, strings.TrimPrefix(f.Rule, "encryption.")) {
					continue
				}
				found = true
				if len(f.Evidence) == 0 || f.Evidence[0].Sent == "" || f.Evidence[0].Received == "" {
					t.Errorf("%s: %s shows no bytes: %+v", name, f.Rule, f.Evidence)
				}
			}
			if !found {
				t.Errorf("%s: nothing was found", name)
			}
		})(t)
	}
}

// whyFaults logs what the rules over faults say.
func whyFaults(t *testing.T, r report.Report) {
	t.Helper()
	for _, f := range r.Findings {
		if slices.Contains(faultRules, strings.TrimPrefix(f.Rule, "encryption.")) {
			t.Logf("%s %s: %s", f.Rule, f.Severity, f.Description)
		}
	}
	for _, n := range r.NotTested {
		if slices.Contains(faultRules, strings.TrimPrefix(n.Rule, "encryption.")) {
			t.Logf("%s: %s: %s", n.Rule, n.Reason, n.Detail)
		}
	}
}
