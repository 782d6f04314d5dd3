// The ways in, one function each, in the order of the report.

package attack

import (
	"strings"

	"middlebrick/rule"
	"middlebrick/target"
)

var paths = []struct {
	name string
	ask  func(scene) Path
}{
	{"on first contact", firstContact},
	{"on later visits", laterVisits},
	{"on every contact", everyContact},
	{"by downgrade", byDowngrade},
	{"by breaking the encryption", byBreaking},
	{"by the session cookie", byCookie},
	{"by injected content", byContent},
	{"by a forged Host or scheme", byHost},
}

// scene is what a path looks at.
type scene struct {
	verdicts map[string]*rule.Result
	facts    facts
}

func (s scene) outcome(name string) rule.Outcome {
	r, ok := s.verdicts["encryption."+name]
	if !ok {
		return rule.Inconcluded
	}
	return r.Verdict.Outcome
}

func (s scene) fails(name string) bool { return s.outcome(name) == rule.Failed }

// failing are those of the rules that failed, by id; doubtful the inconclusive.
func (s scene) failing(names ...string) (ids []string) {
	for _, name := range names {
		if s.fails(name) {
			ids = append(ids, "encryption."+name)
		}
	}
	return ids
}

func (s scene) doubtful(names ...string) (ids []string) {
	for _, name := range names {
		if s.outcome(name) == rule.Inconcluded {
			ids = append(ids, "encryption."+name)
		}
	}
	return ids
}

// saw is what the first of the failing rules saw, in its own words.
func (s scene) saw(ids []string) string {
	if len(ids) == 0 {
		return ""
	}
	return s.verdicts[ids[0]].Verdict.Places[0].Saw
}

// decide is the common shape: yes for a failing rule, unknown for a doubtful
// one, no otherwise.
func (s scene) decide(no string, names ...string) Path {
	if failing := s.failing(names...); len(failing) > 0 {
		return Path{Holds: Yes, Because: s.saw(failing), Rules: failing}
	}
	if doubtful := s.doubtful(names...); len(doubtful) > 0 {
		return Path{Holds: Unknown, Because: s.doubt(doubtful), Rules: doubtful}
	}
	return Path{Holds: No, Because: no}
}

func (s scene) doubt(ids []string) string {
	r, ok := s.verdicts[ids[0]]
	if !ok {
		return "this was not judged"
	}
	return r.Verdict.Says
}

func firstContact(s scene) Path {
	p := s.decide("", "notls", "plainhttp", "basicauth")
	if p.Holds != No {
		return p
	}
	if s.fails("redirect") && s.worst("redirect").AtLeast(rule.Medium) {
		return Path{Holds: Yes, Because: s.saw([]string{"encryption.redirect"}), Rules: []string{"encryption.redirect"}}
	}
	switch {
	case s.facts.preload.Listed:
		p.Because = "the host is on the HSTS preload list (" + s.facts.preload.List + ")"
	case s.facts.audience == target.Program:
		p.Because = "programs are told https:// and plain HTTP hands out nothing"
	default:
		p.Holds = Residual
		p.Because = "a browser's very first visit still begins at http://, which only the HSTS preload list prevents"
	}
	return p
}

// worst is the worst severity that the rule itself gave its failing places, its
// base where it gave none.
func (s scene) worst(name string) rule.Severity {
	r, ok := s.verdicts["encryption."+name]
	if !ok {
		return ""
	}
	return r.Verdict.Worst(r.Meta.Severity)
}

// serious leaves out the rules of which every place was made light of.
func (s scene) serious(names ...string) (kept []string) {
	for _, name := range names {
		if !s.fails(name) || s.worst(name).AtLeast(rule.Medium) {
			kept = append(kept, name)
		}
	}
	return kept
}

func laterVisits(s scene) Path {
	switch {
	case s.fails("notls"):
		return Path{Holds: Yes, Because: "there is no https form to come back to", Rules: []string{"encryption.notls"}}
	case s.facts.preload.Listed:
		return Path{Holds: No, Because: "the host is on the HSTS preload list (" + s.facts.preload.List + ")"}
	case s.facts.audience == target.Program:
		return Path{Holds: No, Because: "taken for an API called by programs: " + s.facts.because}
	case s.facts.literal:
		return Path{Holds: Residual, Because: "HSTS does not apply to an address (RFC 6797 section 8.1.1); give the API a name"}
	}
	p := s.decide("browsers that came once keep to https", s.serious("hstsmissing", "hstsinvalid", "hstsmaxage")...)
	if p.Holds == No && s.fails("hstssubdomains") && s.fails("cookiedomain") {
		ids := []string{"encryption.hstssubdomains", "encryption.cookiedomain"}
		return Path{Holds: Yes, Because: "a cookie is shared with subdomains that HSTS leaves out", Rules: ids}
	}
	return p
}

// grave are the rules over the certificate that open a way in only where what
// they saw is as bad as that: no name that a client reads, a hash with which
// clients refuse it, a key whose private half can be computed, a revocation because
// the key was stolen. Whether it was revoked need not be known.
var grave = []struct {
	name  string
	least rule.Severity
}{{"certsan", rule.High}, {"certsignature", rule.High}, {"certkey", rule.Critical}, {"certrevoked", rule.Critical}}

func everyContact(s scene) Path {
	names := append([]string{"certchainincomplete"}, unverifiable...)
	for _, u := range grave {
		if s.fails(u.name) && s.worst(u.name).AtLeast(u.least) {
			names = append(names, u.name)
		}
	}
	if s.allApart(names...) {
		return Path{Holds: No, Because: "there is no certificate to verify"}
	}
	return s.decide("the certificate chain is valid for this name", names...)
}

// allApart is true when none of the rules applies.
func (s scene) allApart(names ...string) bool {
	for _, name := range names {
		if s.outcome(name) != rule.NotApplies {
			return false
		}
	}
	return true
}

func byDowngrade(s scene) Path {
	p := s.decide("no protocol, suite or group that can be broken or forced is accepted",
		"sslv2", "sslv3", "suitenull", "suiteanonymous", "suiteexport", "suiterc4", "suitedes")
	if p.Holds == Yes || !s.fails("dhweak") && s.outcome("dhweak") != rule.Inconcluded {
		return p
	}
	weak := s.decide(p.Because, "dhweak")
	if p.Holds == Unknown || weak.Holds == Unknown {
		return p.or(weak)
	}
	if !s.worst("dhweak").AtLeast(rule.High) {
		weak.Holds = Residual
	}
	return weak
}

func (p Path) or(other Path) Path {
	if p.Holds == Unknown {
		return p
	}
	return other
}

func byCookie(s scene) Path {
	if plain := s.failing(s.serious("cookieonhttp")...); len(plain) > 0 {
		return Path{Holds: Yes, Because: s.saw(plain), Rules: plain}
	}
	p := s.decide("no session cookie was seen that could be sent in clear", s.serious("cookiesecure", "cookieonhttp")...)
	if p.Holds != Yes {
		return p
	}
	if s.facts.lasting() {
		p.Holds = Residual
		p.Because += "; HSTS keeps browsers that came once from sending it in clear"
	}
	return p
}

func byContent(s scene) Path {
	return s.decide("pages load nothing and post nothing over http", s.serious("mixedactive", "mixedform")...)
}

func byHost(s scene) Path {
	p := s.decide("redirects stay on this host and on https", s.serious("proxyscheme", "forgedhost")...)
	if p.Holds != Yes || len(s.failing(s.serious("forgedhost")...)) > 0 || !s.facts.lasting() {
		return p
	}
	p.Holds = Residual
	p.Because = strings.TrimSuffix(p.Because, ".") + "; HSTS takes browsers that came once back to https"
	return p
}
