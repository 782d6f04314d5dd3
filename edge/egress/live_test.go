// The policy that holds is the one of this moment, and one that breaks holds
// everything back.

package egress

import (
	"net/netip"
	"net/url"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"middlebrick/observe"
	"middlebrick/scan"
)

func TestChangeHoldsFromTheNextDialOfARunningScan(t *testing.T) {
	v, at := serve(t, "127.0.0.2:0", nothing)
	l := live(t, opened())
	var before, after, refused atomic.Int64
	rec := scanned(t, scan.Request{Parallel: 1, Permit: func(to netip.AddrPort) error {
		if before.Add(1) == 4 { // the first asks for the name's address, the others for a dial each
			if err := l.Set(Policy{Mode: Public}); err != nil {
				t.Error(err)
			}
		}
		err := l.Permit(to)
		if before.Load() >= 4 {
			after.Add(1)
		}
		if err != nil {
			refused.Add(1)
		}
		return err
	}}, "http://"+at.String()+"/")
	if after.Load() == 0 || after.Load() != refused.Load() || v.visits.Load() > 3 {
		t.Errorf("%d dials after the change, %d refused; the target saw %d connections", after.Load(), refused.Load(), v.visits.Load())
	}
	if Stopped(rec) || !hasGap(rec, observe.Scope) {
		t.Error("what was refused in the middle is no gap of that kind")
	}
}

func hasGap(rec *observe.Recording, why observe.Why) bool {
	for _, entry := range rec.Entries {
		if entry.Gap != nil && entry.Gap.Why == why {
			return true
		}
	}
	return false
}

func TestChangeHoldsForAClientThatWasMadeBefore(t *testing.T) {
	v, at := serve(t, "127.0.0.2:0", nothing)
	l := live(t, opened())
	client := l.Outbound().Client()
	answer, err := client.Get("http://" + at.String() + "/")
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if err := l.Own(at); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Get("http://" + at.String() + "/"); reasonOf(t, err) != Self || v.visits.Load() != 1 {
		t.Errorf("%v, %d connections", err, v.visits.Load())
	}
}

func TestSettingsLeaveWhatIsTheProcesss(t *testing.T) {
	proxy := &url.URL{Scheme: "http", Host: "proxy:3128"}
	l := live(t, Policy{Mode: Public, Proxy: proxy})
	if err := l.Own(netip.MustParseAddrPort("127.0.0.1:8443")); err != nil {
		t.Fatal(err)
	}
	if err := l.Set(Policy{Mode: Anything, Ports: []Ports{{22, 22}}}); err != nil {
		t.Fatal(err)
	}
	if err := l.Set(Policy{Mode: "wide open"}); err == nil {
		t.Error("a mode that is none was set")
	}
	want := Policy{Mode: Anything, Ports: []Ports{{22, 22}}, Self: []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:8443")}, Proxy: proxy}
	if diff := cmp.Diff(want, l.Policy(), cmpopts.EquateComparable(netip.AddrPort{})); diff != "" {
		t.Errorf("policy (-want +got):\n%s", diff)
	}
}

func TestPolicyThatBreaksOrIsNotThereRefuses(t *testing.T) {
	l := live(t, Policy{Mode: Anything, Self: []netip.AddrPort{netip.MustParseAddrPort("0.0.0.0:443")}})
	l.own = func() ([]netip.Addr, error) { panic("broken") }
	if got := reasonOf(t, l.Permit(netip.MustParseAddrPort("8.8.8.8:443"))); got != ByPolicy {
		t.Errorf("%q", got)
	}
	if got := reasonOf(t, new(Live).Permit(netip.MustParseAddrPort("8.8.8.8:443"))); got != ByPolicy {
		t.Errorf("without a policy: %q", got)
	}
	if got := reasonOf(t, new(Live).Permit(netip.AddrPort{})); got != ByPolicy {
		t.Errorf("no address: %q", got)
	}
}

func TestMailHasItsOwnPortsAndNothingElse(t *testing.T) {
	permit := live(t, Policy{Mode: Public}).Also(465, 587)
	for to, want := range map[string]Reason{"8.8.8.8:587": "", "8.8.8.8:465": "", "8.8.8.8:443": "", "8.8.8.8:22": Port, "10.0.0.1:587": ByPolicy, "169.254.169.254:587": Metadata} {
		if got := reasonOf(t, permit(netip.MustParseAddrPort(to))); got != want {
			t.Errorf("%s: %q, want %q", to, got, want)
		}
	}
}

func TestOperatorReachesWhateverIsNotRefusedAlways(t *testing.T) {
	l := live(t, Policy{Mode: Public, Self: []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:25")}})
	for to, want := range map[string]Reason{"127.0.0.1:25": "", "10.0.0.1:2525": "", "169.254.169.254:25": Metadata, "169.254.1.1:25": ByPolicy, "[::1%lo]:25": Zone} {
		if got := reasonOf(t, l.Operator(netip.MustParseAddrPort(to))); got != want {
			t.Errorf("%s: %q, want %q", to, got, want)
		}
	}
}

func TestThisMachinesAddressesAreKnown(t *testing.T) {
	all, err := machine()
	if err != nil {
		t.Fatal(err)
	}
	for _, addr := range all {
		if addr.Is4In6() || addr.Zone() != "" || !addr.IsValid() {
			t.Errorf("%s is not as it is dialled", addr)
		}
	}
	if len(all) == 0 {
		t.Error("this machine has no address, not even of loopback")
	}
}
