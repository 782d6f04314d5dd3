// Does the certificate name the server that was asked for? RFC 9525.

package certread

import (
	"fmt"
	"net/netip"
	"strings"
)

// TooWide says why a DNS name of a certificate stands for more than a certificate
// may vouch for, or for nothing at all, and is empty for an ordinary name and an
// ordinary wildcard (RFC 9525 section 6.3). Public suffixes of two labels
// ("*.co.uk") are not known here.
func TooWide(dnsName string) string {
	if !strings.Contains(dnsName, "*") {
		return ""
	}
	labels := strings.Split(strings.TrimSuffix(dnsName, "."), ".")
	switch {
	case len(labels) == 1:
		return "a wildcard alone: clients let it match nothing"
	case strings.Count(dnsName, "*") > 1:
		return "more than one wildcard: clients let it match nothing"
	case labels[0] != "*":
		return "a wildcard that is not the whole first label: clients let it match nothing"
	case len(labels) == 2:
		return "a wildcard over a whole top-level domain"
	}
	return ""
}

// matches says whether the certificate names the host, a name in A-labels or an
// address, and why not. The common name does not count (RFC 9525 section 2), and
// an address is matched by addresses alone (section 6.4).
func (f facts) matches(host string) (ok bool, reason string) {
	if address, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return f.matchesAddress(address.WithZone("").Unmap())
	}
	want := strings.Split(strings.ToLower(strings.TrimSuffix(host, ".")), ".")
	for _, name := range f.dnsNames {
		if matchesName(name, want) {
			return true, ""
		}
	}
	return false, cut(fmt.Sprintf("the certificate is for %s, not for %s", f.named(), cut(plain(host), maxLabel)), maxText)
}

func (f facts) matchesAddress(want netip.Addr) (bool, string) {
	for _, address := range f.addresses {
		if address.Unmap() == want {
			return true, ""
		}
	}
	return false, cut(fmt.Sprintf("the certificate is for %s, not for the address %s", f.named(), want), maxText)
}

// matchesName compares label by label. The wildcard is the whole first label and
// stands for exactly one (RFC 9525 section 6.3).
func matchesName(name string, want []string) bool {
	labels := strings.Split(strings.ToLower(cut(name, maxLabel)), ".")
	if len(labels) != len(want) {
		return false
	}
	for i, label := range labels {
		wild := label == "*" && i == 0 && len(labels) > 1
		if !wild && (label == "" || strings.Contains(label, "*") || label != want[i]) {
			return false
		}
	}
	return true
}

// named lists what the certificate is for: a few names, and how many more.
func (f facts) named() string {
	const few = 3
	var shown []string
	for _, name := range f.dnsNames[:min(few, len(f.dnsNames))] {
		shown = append(shown, spoken(cut(plain(name), 100)))
	}
	for _, address := range f.addresses[:min(few-len(shown), len(f.addresses))] {
		shown = append(shown, address.String())
	}
	switch more := f.names - len(shown); {
	case f.names == 0:
		return "no name at all"
	case len(shown) == 0:
		return fmt.Sprintf("%d names of which none is a host's", f.names)
	case more > 0:
		return fmt.Sprintf("%s and %d more", strings.Join(shown, ", "), more)
	}
	return strings.Join(shown, ", ")
}
