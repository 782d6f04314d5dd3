// The upgrade of plain HTTP, by the one server in Debian that still does it.

package probes_test

import (
	"testing"

	"middlebrick/observe"
	"middlebrick/testbed/lab"
)

// CUPS goes on with TLS when plain HTTP asks for it, also where DefaultEncryption is
// Never; it does not where the request says close, too. From loopback it answers to
// no name but its address.
func TestUpgradeOfARealServerIsSeen(t *testing.T) {
	v := visitReal(t, "opossum", "http://"+lab.StartCUPS(t, lab.CUPS{}).Plain+"/")
	got := seen(t, v, observe.PlainTLS)
	if !got.Switched || got.Status != 101 || got.Upgrade != "TLS/1.2,TLS/1.1,TLS/1.0" {
		t.Errorf("%+v", got)
	}
}

func TestServerWithoutTheUpgradeGoesOnInPlainHTTP(t *testing.T) {
	v := visitReal(t, "opossum", "http://"+lab.StartNginx(t, lab.Nginx{}).Plain+"/")
	if got := seen(t, v, observe.PlainTLS); got.Switched || got.Status != 200 {
		t.Errorf("%+v", got)
	}
}
