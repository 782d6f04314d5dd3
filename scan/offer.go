// What the engine hands to those who ask it for a part: one rule alone, or public
// addresses alone.

package scan

import (
	"net/netip"

	"middlebrick/checks"
	"middlebrick/rule"
	"middlebrick/wire"
)

// Find is the rule of that id, to be scanned for and judged alone.
func Find(id string) (rule.Rule, bool) { return checks.Find(id) }

// Public is the policy, for Request.Permit, that permits addresses of the public
// Internet alone. Without it a scan reaches what this machine reaches, except for
// cloud metadata.
func Public(to netip.AddrPort) error { return wire.PermitPublic(to) }
