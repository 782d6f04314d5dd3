// Package snidefault finds targets that show the certificate of another host to
// whoever asks without a name.
package snidefault

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"middlebrick/checks/encryption/internal/features"
	"middlebrick/checks/encryption/internal/say"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is encryption.snidefault.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.snidefault",
	Title:    "Without a name, the certificate of another host is shown",
	Severity: rule.Info,
	CWE:      []rule.CWE{200},
	OWASP:    rule.API8,
	Cites:    []rule.Cite{rule.RFC(6066, "3"), rule.RFC(9325, "3.7")},
}, observe.TLSNameless, judge)

// placeholders are the certificates that ingress controllers make for themselves;
// they name no host of their owner.
var placeholders = []string{"Kubernetes Ingress Controller Fake Certificate", "TRAEFIK DEFAULT CERT"}

func judge(seen observe.Nameless) rule.Verdict {
	switch {
	case seen.Absent:
		return rule.NotApplicable("the port does not speak TLS")
	case seen.Literal:
		return rule.NotApplicable("the target is an address, and so no client sends a name")
	case seen.Answer.Refused():
		return rule.Passf("refused a hello without a name: %s", seen.Answer.Detail).Citing(seen.Answer.Ref)
	case !seen.Answer.Accepted() || seen.Certificate == nil:
		return features.Unclear("a hello without a name", seen.Answer)
	case seen.NameMatches || seen.Compared && seen.Same:
		return rule.Passf("shows the same host's certificate without a name").Citing(seen.Answer.Ref)
	case slices.Contains(placeholders, seen.Certificate.CommonName):
		return rule.Passf("shows a placeholder without a name: %s", seen.Certificate.CommonName).Citing(seen.Answer.Ref)
	case !seen.Compared:
		return rule.Inconclusive("it is not known which certificate is sent for the name")
	}
	return other(*seen.Certificate).Citing(seen.Answer.Ref)
}

// other is the failure of a certificate of another host. Names that only the
// owner's own network knows weigh more: no public log has them.
func other(leaf observe.Certificate) rule.Verdict {
	names := slices.Concat(leaf.DNSNames, leaf.Addresses)
	if len(names) == 0 && leaf.CommonName != "" {
		names = []string{leaf.CommonName}
	}
	if len(names) == 0 {
		return rule.Passf("shows a certificate that names nobody, without a name")
	}
	first := names[0]
	if at := slices.IndexFunc(names, internal); at >= 0 {
		first = names[at]
	}
	more := ""
	if len(names) > 1 {
		more = fmt.Sprintf(" and %d more", max(len(names), leaf.Names)-1)
	}
	v := rule.Failf("without a name it shows the certificate of %s%s", say.Quoted(first), more).At("certificate without a name")
	if internal(first) {
		return v.As(rule.Low)
	}
	return v
}

// internal is true for a name that the Internet does not resolve (RFC 6761, RFC
// 6762 appendix G and what companies use), and for a private address.
func internal(name string) bool {
	if address, err := netip.ParseAddr(name); err == nil {
		return address.IsPrivate() || address.IsLoopback() || address.IsLinkLocalUnicast()
	}
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	last := name[strings.LastIndex(name, ".")+1:]
	return !strings.Contains(name, ".") ||
		slices.Contains([]string{"local", "localhost", "localdomain", "internal", "intranet", "lan", "corp", "home", "private"}, last)
}
