// A weaker offer never grades higher, whatever it is added to.

package ssllabs

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"middlebrick/httphead"
	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/tlshello"
)

// weakenings each make an offer weaker and change nothing else for the better.
var weakenings = []struct {
	name string
	to   func(*rapid.T, *Facts)
}{
	{"SSLv2", func(_ *rapid.T, f *Facts) { accept(tlshello.SSL2, 0x010080, 0x020080)(f) }},
	{"an old version", func(t *rapid.T, f *Facts) {
		v := rapid.SampledFrom([]tlshello.Version{tlshello.SSL3, tlshello.TLS10, tlshello.TLS11}).Draw(t, "version")
		if !f.accepts(v) {
			accept(v, triple)(f)
		}
	}},
	{"a weak suite", func(t *rapid.T, f *Facts) {
		s := rapid.SampledFrom([]tlshello.Suite{rc4, triple, des, export, nothing, anyone}).Draw(t, "suite")
		if f.accepts(tlshello.TLS12) {
			add(tlshello.TLS12, s)(f)
		}
	}},
	{"a short Diffie-Hellman group", func(t *rapid.T, f *Facts) { dh(rapid.SampledFrom([]int{512, 768, 1024, 1536}).Draw(t, "bits"))(f) }},
	{"a weak curve", func(_ *rapid.T, f *Facts) {
		if f.accepts(tlshello.TLS12) {
			list := f.Groups.Value.Versions[tlshello.TLS12]
			list.Groups = append(slices.Clip(list.Groups), observe.GroupSeen{Group: 1})
			f.Groups.Value.Versions[tlshello.TLS12] = list
		}
	}},
	{"a shorter key", func(_ *rapid.T, f *Facts) { key("RSA", f.Chain.Value.Certificates[0].KeyBits/2)(f) }},
	{"no HSTS", func(_ *rapid.T, f *Facts) { hsts(httphead.HSTS{})(f) }},
	{"an untrusted chain", func(_ *rapid.T, f *Facts) { untrusted(f) }},
	{"another name", func(_ *rapid.T, f *Facts) { f.Chain.Value.NameMatches = false }},
	{"a fault", func(t *rapid.T, f *Facts) {
		judged(rapid.SampledFrom(faults).Draw(t, "fault").name, rule.Failf("vulnerable"))(f)
	}},
	{"compression", func(_ *rapid.T, f *Facts) {
		if f.accepts(tlshello.TLS12) {
			feature(tlshello.TLS12, func(h *observe.HelloFeatures) { h.Compression = 1 })(f)
		}
	}},
	{"insecure renegotiation", func(_ *rapid.T, f *Facts) {
		if f.accepts(tlshello.TLS12) {
			feature(tlshello.TLS12, noRenegotiation)(f)
			judged("renegotiationclient", rule.Failf("accepted"))(f)
		}
	}},
}

// start is a sound configuration of some kind.
func start(t *rapid.T) Facts {
	f := good()
	key("RSA", rapid.SampledFrom([]int{2048, 3072, 4096, 8192}).Draw(t, "key"))(&f)
	switch rapid.SampledFrom([]string{"both", "1.2", "1.3"}).Draw(t, "versions") {
	case "1.2":
		refuse(tlshello.TLS13)(&f)
	case "1.3":
		refuse(tlshello.TLS12)(&f)
	}
	return f
}

func TestWeakerOfferNeverGradesHigher(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := start(t)
		before := Of(f)
		for range rapid.IntRange(1, 8).Draw(t, "steps") {
			w := rapid.SampledFrom(weakenings).Draw(t, "weakening")
			w.to(t, &f)
			after := Of(f)
			if rank(after.Grade) < rank(before.Grade) || rank(after.IfTrusted) < rank(before.IfTrusted) || *after.Total > *before.Total {
				t.Fatalf("%s raises %s to %s", w.name, said(before), said(after))
			}
			before = after
		}
	})
}

func TestMissingFactNeverGradesHigher(t *testing.T) {
	gap := &observe.Gap{Why: observe.Timeout, Detail: "nothing came"}
	losses := []func(*Facts){
		func(f *Facts) { f.Versions.Gap = gap }, func(f *Facts) { f.Suites.Gap = gap }, func(f *Facts) { f.Groups.Gap = gap },
		func(f *Facts) { f.DH.Gap = gap }, func(f *Facts) { f.Features.Gap = gap }, func(f *Facts) { f.Chain.Gap = gap },
		func(f *Facts) { f.HSTS.Gap = gap },
	}
	for i, lose := range losses {
		f := good()
		lose(&f)
		l := Of(f)
		if l.Grade != "" || l.Withheld == "" || len(l.Unknown) == 0 {
			t.Errorf("loss %d: grade %q, withheld %q, unknown %q", i, l.Grade, l.Withheld, l.Unknown)
		}
	}
}
