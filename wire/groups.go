// Which key exchange groups a hello offers.

package wire

import (
	"slices"

	"middlebrick/tlshello"
)

// willing are the groups of a full hello: those of browsers first, then every
// other that the version knows, so that a server with one odd curve, in its
// certificate or as its only group, is not taken for one that refuses the
// version. Up to TLS 1.2 these are curves alone: a finite-field group that is
// offered there takes the place of the server's own (RFC 7919 section 4), which is
// what must be seen.
func willing(version tlshello.Version) []tlshello.Group {
	groups := slices.Clone(tlshello.Modern("").Groups)
	for _, g := range tlshello.Groups() {
		info, _ := g.Info()
		if !slices.Contains(groups, g) && (version == tlshello.TLS13 || info.Kind == "EC") {
			groups = append(groups, g)
		}
	}
	return groups
}
