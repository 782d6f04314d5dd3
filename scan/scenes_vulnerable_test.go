// The scenes of known faults of TLS software. No server of Debian 12 has any of
// them: the fix must be taken by the server, and leave nothing to ask.

package scan_test

import "middlebrick/testbed/lab"

const (
	noOracle  = "Debian's OpenSSL answers every broken message alike"
	noUpgrade = "Apache 2.4.64 and later have no SSLEngine optional"
)

var vulnerableScenes = map[string]scenes{
	"robot":        offered(noOracle, noOracle, noOracle),
	"poodletls":    offered(noOracle, noOracle, noOracle),
	"zombiepoodle": offered(noOracle, noOracle, noOracle),
	"goldendoodle": offered(noOracle, noOracle, noOracle),
	"zerolength":   offered(noOracle, noOracle, noOracle),
	"luckyminus20": offered(noOracle, noOracle, noOracle),
	"drown":        {"nginx": {serve: weakNginx, sound: noSSL2}, "Apache": {serve: weakApache, sound: noSSL2}},
	"opossum":      {"Apache": {serve: onApache(lab.Apache{Host: lab.ApacheWeakTLS}), sound: noUpgrade}},
}
