// Severities that follow from the paths: the same missing attribute is worth
// little where nobody can use it, and everything where anybody can.

package attack

import (
	"middlebrick/rule"
	"middlebrick/target"
)

func (s scene) severities() map[string]Change {
	changes := map[string]Change{}
	s.cookie(changes)
	f := s.facts
	if f.audience == target.Program && !s.fails("plainhttp") {
		why := "taken for an API called by programs, which do not type addresses: " + f.because
		for _, name := range []string{"hstsmissing", "hstsinvalid", "hstsmaxage"} {
			changes["encryption."+name] = Change{rule.Medium, why}
		}
	}
	if s.fails("proxyscheme") && f.lasting() {
		changes["encryption.proxyscheme"] = Change{rule.Medium, "HSTS takes browsers that came once back to https; other clients follow"}
	}
	for _, name := range unverifiable {
		if s.fails(name) {
			changes["encryption."+name] = Change{rule.Critical, "clients must switch verification off to connect, and then accept anybody's certificate"}
		}
	}
	if f.local {
		changes["encryption.devserver"] = Change{rule.Low, "the target is on this machine"}
	}
	return changes
}

// unverifiable are the certificates that every careful client refuses.
var unverifiable = []string{"certadhoc", "certselfsigned", "certmalformed", "certuntrusted", "certexpired", "certnotyet", "certname"}

// cookie moves encryption.cookiesecure between critical and low.
func (s scene) cookie(changes map[string]Change) {
	f, id := s.facts, "encryption.cookiesecure"
	switch {
	case f.preload.Listed && f.preload.Subdomains:
		changes[id] = Change{rule.Low, "the host and all its subdomains are on the HSTS preload list"}
	case f.lasting():
		changes[id] = Change{rule.Medium, "HSTS keeps browsers that came once from sending it in clear"}
	case f.hstsKnown && (f.plain == "http" || s.fails("notls")):
		changes[id] = Change{rule.Critical, "plain HTTP is open and no HSTS keeps browsers away from it"}
	case f.hstsKnown && f.audience != target.Program:
		changes[id] = Change{rule.Critical, "no HSTS: anyone on the path can make a browser ask for http:// and answer it himself"}
	}
}
