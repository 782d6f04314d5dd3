// What each mode opens, and what none does (UX.md section 6; FAULTS.tsv, group G).

package egress

import (
	"encoding/json"
	"errors"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func prefixes(texts ...string) (all []netip.Prefix) {
	for _, text := range texts {
		all = append(all, netip.MustParsePrefix(text))
	}
	return all
}

func live(t *testing.T, p Policy) *Live {
	t.Helper()
	l, err := Start(p)
	if err != nil {
		t.Fatal(err)
	}
	l.own = func() ([]netip.Addr, error) { return []netip.Addr{netip.MustParseAddr("10.20.0.9")}, nil }
	return l
}

// reasonOf is "" where it is permitted.
func reasonOf(t *testing.T, err error) Reason {
	t.Helper()
	var blocked Blocked
	if err != nil && !errors.As(err, &blocked) {
		t.Fatalf("%v is no Blocked", err)
	}
	return blocked.Reason
}

// The rows of UX.md's table of addresses and of group G, each with our answer in
// every mode. A reason stands for all three where there is but one; + is permitted.
// The ranges are 10.20.0.0/16, 127.0.0.0/8, ::1, fd12::/32 and both of NAT64.
func TestEachAddressHasItsAnswerInEachMode(t *testing.T) {
	const policy, meta, self, zone = string(ByPolicy), string(Metadata), string(Self), string(Zone)
	opened := []string{policy, policy, "+"}
	listed := []string{policy, "+", "+"}
	for _, row := range []struct {
		addresses string
		answers   []string // public, private-ranges, anything
	}{
		{"1.1.1.1 8.8.8.8 ::ffff:1.1.1.1 2606:4700::1111 2606:4700::5efe:1.1.1.1", []string{"+"}},
		{"127.0.0.1 127.5.5.5 ::1 ::ffff:127.0.0.1", listed},
		{"10.20.3.4 ::ffff:10.20.3.4 fd12::1", listed},
		{"10.0.0.1 172.16.0.1 192.168.1.1 fc00::1 fd13::1 ::ffff:10.0.0.1", opened},
		{"169.254.169.254 169.254.170.2 fd00:ec2::254 fd20:ce::254 100.100.100.200 192.0.0.192 168.63.129.16", []string{meta}},
		{"::ffff:169.254.169.254 64:ff9b::a9fe:a9fe 64:ff9b:1::a9fe:a9fe 2002:a9fe:a9fe:: ::169.254.169.254 2606:4700::5efe:169.254.169.254", []string{meta}},
		{"169.254.1.1 fe80::1 0.1.2.3 0.0.0.0 :: 224.0.0.1 ff02::1 255.255.255.255 ::ffff:0.0.0.0", []string{policy}},
		{"100.64.0.1 198.18.0.1 240.0.0.1 192.0.2.1 198.51.100.1 203.0.113.1 192.88.99.1", opened},
		{"2002:7f00:1:: 2001::1 ::127.0.0.1 ::ffff:0:127.0.0.1 2606:4700::5efe:127.0.0.1 2002:808:808:: ::8.8.8.8", opened},
		{"64:ff9b::10.20.3.4 64:ff9b::127.0.0.1 64:ff9b::8.8.8.8", listed},
		{"64:ff9b::10.0.0.1 64:ff9b::169.254.1.1 64:ff9b:1::7f00:1", opened},
		{"2001:db8::1 2001:2::1 100::1 100:0:0:1::1 3fff::1 5f00::1 fec0::1 4000::1", opened},
		{"::1%lo fe80::1%lo 2606:4700::1%eth0 fd12::1%x", []string{zone}},
		{"10.20.0.10 ::ffff:10.20.0.10 64:ff9b::10.20.0.10 2002:0a14:000a::1", []string{self}},
	} {
		for i, mode := range []Mode{Public, Ranges, Anything} {
			l := live(t, Policy{Mode: mode, Ranges: prefixes("10.20.0.0/16", "127.0.0.0/8", "::1/128", "fd12::/32", "64:ff9b::/96", "64:ff9b:1::/48"),
				Self: []netip.AddrPort{netip.MustParseAddrPort("10.20.0.10:443")}})
			answersAll(t, l, mode, row.addresses, Reason(strings.TrimPrefix(row.answers[min(i, len(row.answers)-1)], "+")))
		}
	}
}

func answersAll(t *testing.T, l *Live, mode Mode, addresses string, want Reason) {
	t.Helper()
	for address := range strings.FieldsSeq(addresses) {
		if got := reasonOf(t, l.Permit(netip.AddrPortFrom(netip.MustParseAddr(address), 443))); got != want {
			t.Errorf("%s, %s: %q, want %q", mode, address, got, want)
		}
	}
}

func TestPortsAreThoseOfHTTPAndTheDeclaredOnes(t *testing.T) {
	for _, mode := range []Mode{Public, Ranges, Anything} {
		l := live(t, Policy{Mode: mode, Ranges: prefixes("10.0.0.0/8"), Ports: []Ports{{9443, 9443}, {2000, 2002}}})
		for port, open := range map[uint16]bool{80: true, 443: true, 5000: true, 8000: true, 8999: true, 9443: true, 2000: true, 2002: true,
			0: false, 1: false, 22: false, 25: false, 3306: false, 5432: false, 6379: false, 7999: false, 9000: false, 11211: false, 1999: false, 2003: false, 65535: false} {
			err := l.Permit(netip.AddrPortFrom(netip.MustParseAddr("8.8.8.8"), port))
			if want := map[bool]Reason{true: "", false: Port}[open]; port != 0 && reasonOf(t, err) != want || port == 0 && err == nil {
				t.Errorf("%s, port %d: %v", mode, port, err)
			}
		}
	}
}

func TestServerNeverReachesItself(t *testing.T) {
	everything := []Ports{{1, 65535}}
	for _, c := range []struct {
		self, to string
		reached  bool
	}{
		{"127.0.0.1:8443", "127.0.0.1:8443", false},
		{"127.0.0.1:8443", "[::ffff:127.0.0.1]:8443", false},
		{"127.0.0.1:8443", "[64:ff9b::127.0.0.1]:8443", false},
		{"127.0.0.1:8443", "127.0.0.1:8444", true},
		{"127.0.0.1:8443", "127.0.0.2:8443", true},
		{"0.0.0.0:8443", "127.0.0.1:8443", false},
		{"0.0.0.0:8443", "127.9.9.9:8443", false},
		{"0.0.0.0:8443", "[::1]:8443", false},
		{"0.0.0.0:8443", "10.20.0.9:8443", false}, // of an interface
		{"0.0.0.0:8443", "10.20.0.8:8443", true},
		{"0.0.0.0:8443", "10.20.0.9:8444", true},
		{"[::]:8443", "10.20.0.9:8443", false},
		{"[::]:8443", "127.0.0.1:8443", false},
		{"[::ffff:0.0.0.0]:8443", "127.0.0.1:8443", false},
		{"10.30.0.1:5432", "10.30.0.1:5432", false},      // the database
		{"198.41.0.4:0", "198.41.0.4:443", false},        // every port
		{"[fd12::1%eth0]:8443", "[fd12::1]:8443", false}, // as a listener names itself
	} {
		l := live(t, Policy{Mode: Anything, Ports: everything, Self: []netip.AddrPort{netip.MustParseAddrPort(c.self)}})
		want := Self
		if c.reached {
			want = ""
		}
		if got := reasonOf(t, l.Permit(netip.MustParseAddrPort(c.to))); got != want {
			t.Errorf("listening at %s, dialling %s: %q, want %q", c.self, c.to, got, want)
		}
	}
}

func TestWhereOwnAddressesCannotBeReadAllAreOwn(t *testing.T) {
	l := live(t, Policy{Mode: Anything, Self: []netip.AddrPort{netip.MustParseAddrPort("0.0.0.0:443")}})
	l.own = func() ([]netip.Addr, error) { return nil, errors.New("no") }
	if got := reasonOf(t, l.Permit(netip.MustParseAddrPort("8.8.8.8:443"))); got != Self {
		t.Errorf("%q", got)
	}
	if err := l.Permit(netip.MustParseAddrPort("8.8.8.8:80")); err != nil {
		t.Errorf("another port: %v", err)
	}
}

func TestPolicyIsStoredAndReadAgain(t *testing.T) {
	p := Policy{Mode: Ranges, Ranges: prefixes("10.20.0.0/16", "fd12::/32"), Ports: []Ports{{9443, 9443}, {9000, 9100}},
		Self: []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:8443")}, Proxy: &url.URL{Scheme: "http", Host: "proxy:3128", User: url.UserPassword("me", "pw")}}
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"mode":"private-ranges","ranges":["10.20.0.0/16","fd12::/32"],"ports":["9443","9000-9100"]}`; string(text) != want {
		t.Errorf("stored as %s, want %s", text, want)
	}
	got, err := ParsePolicy(text)
	if err != nil {
		t.Fatal(err)
	}
	p.Self, p.Proxy = nil, nil
	if diff := cmp.Diff(p, got, cmpopts.EquateComparable(netip.Prefix{})); diff != "" {
		t.Errorf("read again (-want +got):\n%s", diff)
	}
	text, err = json.Marshal(Policy{Mode: Public})
	if want := `{"mode":"public","ranges":[],"ports":[]}`; string(text) != want || err != nil {
		t.Errorf("stored as %s %v, want %s", text, err, want)
	}
}

func TestPolicyThatCannotHoldIsRefusedWithTheMend(t *testing.T) {
	for text, mend := range map[string]string{
		`{"mode":"off"}`:            `use "public"`,
		`{}`:                        `use "public"`,
		`{"mode":"private-ranges"}`: "10.20.0.0/16",
		`{"mode":"private-ranges","ranges":["10.20.0.1/16"]}`:                 "write 10.20.0.0/16",
		`{"mode":"private-ranges","ranges":["10.20.0.0"]}`:                    "10.20.0.0",
		`{"mode":"private-ranges","ranges":["::ffff:10.0.0.0/104"]}`:          "write 10.20.0.0/16",
		`{"mode":"private-ranges","ranges":["169.254.169.0/24"]}`:             "refused always",
		`{"mode":"private-ranges","ranges":["fe80::/64"]}`:                    "refused always",
		`{"mode":"public","ports":["99999"]}`:                                 "write 8443",
		`{"mode":"public","ports":["9-8"]}`:                                   "write 8443",
		`{"mode":"public","ports":["0"]}`:                                     "write 8443",
		`{"mode":"public","ports":["http"]}`:                                  "write 8443",
		`{"mode":"public","ports":[` + strings.Repeat(`"1",`, most) + `"1"]}`: "wider",
		`[]`: "policy",
	} {
		if _, err := ParsePolicy([]byte(text)); err == nil || !strings.Contains(err.Error(), mend) {
			t.Errorf("%.60s: %v, want an error that contains %q", text, err, mend)
		}
	}
	if _, err := Start(Policy{Mode: Public, Proxy: &url.URL{Scheme: "socks5", Host: "x"}}); err == nil {
		t.Error("a proxy of another kind is taken")
	}
}

// A wide range is listed at the operator's word; what is refused always stays so.
func TestRangeOfEverythingOpensNothingThatIsRefusedAlways(t *testing.T) {
	l := live(t, Policy{Mode: Ranges, Ranges: prefixes("0.0.0.0/0", "::/0"), Ports: []Ports{{1, 65535}}})
	for _, address := range []string{"169.254.169.254", "169.254.1.1", "0.0.0.0", "224.0.0.1", "fe80::1", "fd00:ec2::254", "64:ff9b::169.254.169.254", "64:ff9b::169.254.1.1", "168.63.129.16"} {
		if err := l.Permit(netip.AddrPortFrom(netip.MustParseAddr(address), 80)); err == nil {
			t.Errorf("%s is permitted", address)
		}
	}
	if err := l.Permit(netip.MustParseAddrPort("10.0.0.1:22")); err != nil {
		t.Errorf("10.0.0.1:22: %v", err)
	}
}
