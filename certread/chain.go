// The whole chain at once: what the probe writes down.

package certread

import (
	"net/netip"
	"strings"
	"time"

	"middlebrick/observe"
)

// maxChain is how many certificates of a chain are read; the rest is counted.
const maxChain = 16

// Chain reads the certificates that a target sent, first to last, and judges them
// for the name or address that was asked for, against each store, at that
// moment. What only the probe knows (Bytes, Stapled, StapleAsked, Ref) is left
// for it to fill in.
//
// A store's Trusted says whether the chain leads to one of its roots, whatever
// the dates of what was sent and the hashes of its signatures; its Reason says
// what a strict verifier objected to.
func Chain(raw [][]byte, name string, stores []*Store, at time.Time) observe.Chain {
	at = at.UTC()
	if at.IsZero() {
		at = time.Unix(0, 0).UTC() // a zero moment would send crypto/x509 to the clock
	}
	all := openAll(raw[:min(len(raw), maxChain)])
	seen := observe.Chain{
		ServerName:   serverName(name),
		AskedFor:     name,
		At:           at,
		Certificates: make([]observe.Certificate, 0, len(all)),
		Sent:         len(raw),
		Trust:        make([]observe.Store, 0, len(stores)),
		Order:        order(all),
	}
	for _, c := range all {
		seen.Certificates = append(seen.Certificates, c.observed())
	}
	if len(all) == 0 {
		seen.NameReason = "no certificate was sent"
		return seen
	}
	seen.Certificates[0].Raw = all[0].der[:min(len(all[0].der), maxRaw)]
	if by := signer(all, stores); by != nil && len(by.Raw) <= maxRaw {
		seen.IssuerRaw = by.Raw
	}
	seen.NameMatches, seen.NameReason = all[0].matches(name)
	for _, store := range stores {
		seen.Trust = append(seen.Trust, store.verify(all, at))
	}
	if !seen.Trusted() {
		seen.Missing, seen.Incomplete = missing(all, stores)
	}
	return seen
}

// serverName is what goes into SNI: never an address (RFC 6066 section 3).
func serverName(host string) string {
	if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return ""
	}
	return strings.TrimSuffix(host, ".")
}

// Names of stores that mean something: the roots of browsers, and those that the
// user brought.
const (
	Mozilla = "mozilla"
	CAFile  = "ca-file"
)

// missing names the issuer at which the path breaks off: it was not sent and is
// no root. The chain counts as incomplete when it is the first certificate's own
// issuer and something says that the issuer is no root: the certificate tells
// where to fetch it, as those of public authorities do (Baseline Requirements
// section 7.1.2.7.7), or the user told us the private roots and this is none of
// them. Without such a hint it is as likely a root that nobody here knows.
func missing(all []certificate, stores []*Store) (issuer string, incomplete bool) {
	steps := path(all)
	end := all[steps[len(steps)-1]]
	if end.selfIssued() || len(end.issuer.raw) == 0 {
		return "", false
	}
	hinted := len(end.issuerURLs) > 0
	for _, store := range stores {
		if store.has(end.issuer.raw) {
			return "", false
		}
		hinted = hinted || store.name == CAFile
	}
	return end.issuer.text, len(steps) == 1 && hinted
}
