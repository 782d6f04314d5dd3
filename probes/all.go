// Package probes holds all probes: which there are. What a probe is, package
// probe says.
package probes

import (
	"middlebrick/probe"
	"middlebrick/probes/audience"
	"middlebrick/probes/certchain"
	"middlebrick/probes/cookies"
	"middlebrick/probes/debugger"
	"middlebrick/probes/exchange"
	"middlebrick/probes/forgedhost"
	"middlebrick/probes/hsts"
	"middlebrick/probes/links"
	"middlebrick/probes/loads"
	"middlebrick/probes/ownscheme"
	"middlebrick/probes/ports"
	"middlebrick/probes/redirects"
	"middlebrick/probes/resolve"
	"middlebrick/probes/stack"
	"middlebrick/probes/tlsgroups"
	"middlebrick/probes/tlssuites"
	"middlebrick/probes/tlsversions"
)

// All is every probe, in the order of their names.
func All() []probe.Probe {
	return []probe.Probe{
		audience.Probe, certchain.Probe, cookies.Probe, debugger.Probe, exchange.Probe, forgedhost.Probe,
		hsts.Plain, hsts.Probe, links.Probe, loads.Probe, ownscheme.Probe, ports.Probe, redirects.Probe,
		resolve.Probe, stack.Probe, tlsgroups.Probe, tlssuites.Probe, tlsversions.Probe,
	}
}
