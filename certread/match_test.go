// Names of certificates against names of hosts.

package certread

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
)

func TestNamesMatchAsRFC9525Says(t *testing.T) {
	for _, row := range []struct {
		host, names string // names of the certificate, addresses among them
		want        bool
	}{
		{"api.example.com", "api.example.com", true},
		{"API.example.com", "api.EXAMPLE.com", true},
		{"api.example.com.", "api.example.com", true},
		{"api.example.com", "www.example.com api.example.com", true},
		{"api.example.com", "example.com", false},
		{"api.example.com", "api.example.com.", false},
		{"api.example.com", "*.example.com", true},
		{"example.com", "*.example.com", false},
		{"a.b.example.com", "*.example.com", false},
		{"api.example.com", "api.*.com", false},
		{"api.example.com", "a*.example.com", false},
		{"api.example.com", "*pi.example.com", false},
		{"api.example.com", "*.*.com", false},
		{"api.example.com", "*", false},
		{"localhost", "*", false},
		{"localhost", "localhost", true},
		{"example.com", "*.com", true}, // a rule of its own complains
		{"xn--bcher-kva.example", "*.example", true},
		{"api.example.com", "api.example.com\x00.evil.example", false},
		{"api.example.com", "", false},
		{"api..com", "api..com", false},
		{"192.0.2.1", "192.0.2.1", true},
		{"192.0.2.1", "192.0.2.2", false},
		{"192.0.2.1", "dns:192.0.2.1", false},
		{"::ffff:192.0.2.1", "192.0.2.1", true},
		{"[2001:db8::1]", "2001:db8:0::1", true},
		{"fe80::1%eth0", "fe80::1", true},
		{"2001:db8::1", "dns:2001:db8::1", false},
	} {
		var f facts
		for _, name := range strings.Fields(row.names) {
			f.names++
			if address, err := netip.ParseAddr(name); err == nil {
				f.addresses = append(f.addresses, address)
				continue
			}
			f.dnsNames = append(f.dnsNames, strings.TrimPrefix(name, "dns:"))
		}
		got, reason := f.matches(row.host)
		if got != row.want || (reason == "") != got {
			t.Errorf("%s with %q: %v, because %q", row.host, row.names, got, reason)
		}
	}
}

func TestReasonsStayShort(t *testing.T) {
	long := strings.Repeat("a", 5000)
	f := facts{dnsNames: []string{long, long, long, long}, names: 400}
	if _, reason := f.matches(long); len(reason) > 1100 || !strings.Contains(reason, "and 397 more") {
		t.Errorf("%d bytes: %s", len(reason), reason)
	}
	for _, row := range []struct {
		f    facts
		want string
	}{
		{facts{}, "the certificate is for no name at all, not for a.test"},
		{facts{names: 2}, "the certificate is for 2 names of which none is a host's, not for a.test"},
		{facts{names: 2, dnsNames: []string{"b.test", "c.test"}}, "the certificate is for b.test, c.test, not for a.test"},
	} {
		if _, reason := row.f.matches("a.test"); reason != row.want {
			t.Errorf("%q, want %q", reason, row.want)
		}
	}
}

func TestWideNamesAreKnown(t *testing.T) {
	for name, wide := range map[string]bool{
		"api.example.com": false, "*.example.com": false, "*.a.b.example": false, "": false, "com": false,
		"*": true, "*.*": true, "*.com": true, "*.*.example.com": true, "a*.example.com": true,
		"api.*.com": true, "*.": true, "**.example.com": true, "*.com.": true,
	} {
		if got := TooWide(name); (got != "") != wide {
			t.Errorf("%q: %q", name, got)
		}
	}
}

// Ten thousand names are gone through once and each is looked at once.
func BenchmarkTenThousandNames(b *testing.B) {
	var f facts
	for i := range 10_000 {
		f.dnsNames = append(f.dnsNames, fmt.Sprintf("host-%d.example.com", i))
	}
	for b.Loop() {
		f.matches("nowhere.example.org")
	}
}
