// Waiting asks where the scan will, and nowhere that the scan would not.

package cli

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"middlebrick/scan"
	"middlebrick/target"
)

func waitingFor(t *testing.T, raw string, pins ...scan.Pin) error {
	t.Helper()
	parsed, err := target.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return answers(t.Context(), scan.Request{Target: parsed, Pins: pins}, "test")
}

func TestWaitingAsksThePinnedAddressByTheTargetsName(t *testing.T) {
	var host, agent string
	server := httptest.NewTLSServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { host, agent = r.Host, r.UserAgent() }))
	defer server.Close()
	at := netip.MustParseAddrPort(server.Listener.Addr().String())
	name := target.Authority("https", "app.test", int(at.Port()))
	err := waitingFor(t, "https://"+name+"/v1", scan.Pin{Host: "app.test", Port: int(at.Port()), Addr: at.Addr()})
	if err != nil || host != name || agent != "middlebrick/test" {
		t.Errorf("%v, asked for %q by %q", err, host, agent)
	}
}

func TestWaitingDoesNotAskCloudMetadata(t *testing.T) {
	for _, raw := range []string{"http://169.254.169.254/", "http://[64:ff9b::169.254.169.254]/"} {
		if err := waitingFor(t, raw); !errors.Is(err, scan.ErrBlocked) {
			t.Errorf("%s: %v", raw, err)
		}
	}
}

func TestServiceThatIsNotUpBehindItsProxyIsWaitedFor(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }))
	defer server.Close()
	if err := waitingFor(t, server.URL+"/"); err == nil || err.Error() != "it answers 502" {
		t.Errorf("%v", err)
	}
}
