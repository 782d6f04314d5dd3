// The scenes of what finished handshakes bring to light: early data and tickets.

package scan_test

import "middlebrick/testbed/lab"

// eightDays is a day more than TLS 1.3 allows a ticket.
const eightDays = "691200"

var sessionScenes = map[string]scenes{
	"earlydata": {"nginx": {serve: onNginx(lab.Nginx{Server: "ssl_protocols TLSv1.2 TLSv1.3;\nssl_early_data on;\n"})}},
	"ticketlifetime": {
		"nginx":  {serve: onNginx(lab.Nginx{Server: "ssl_protocols TLSv1.2 TLSv1.3;\nssl_session_timeout 8d;\n"})},
		"Apache": {serve: onApache(lab.Apache{Host: "SSLSessionCacheTimeout " + eightDays + "\n"})},
	},
}
