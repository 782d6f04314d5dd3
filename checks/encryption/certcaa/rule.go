// Package certcaa finds names for which any authority may issue certificates.
package certcaa

import (
	"fmt"
	"strings"

	"middlebrick/checks/encryption/internal/say"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is encryption.certcaa.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.certcaa",
	Title:    "The DNS does not say who may issue certificates",
	Severity: rule.Info,
	CWE:      []rule.CWE{295},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.RFC(8659, "3"), rule.RFC(8659, "4.2"), rule.Document("BaselineReq")},
}, observe.NameCAA, judge)

// known are the properties that authorities understand (RFC 8659 section 4, RFC
// 9495, and those that the registry of properties has besides).
var known = map[string]bool{"issue": true, "issuewild": true, "iodef": true, "issuemail": true, "issuevmc": true, "contactemail": true, "contactphone": true}

func judge(seen observe.CAA) rule.Verdict {
	switch {
	case seen.Absent != "":
		return rule.NotApplicable(seen.Absent)
	case seen.Name == "":
		return rule.Inconclusive("no name was asked for")
	case len(seen.Records) == 0:
		return rule.Failf("neither %s nor a name above it has a CAA record, so that every public authority may issue for it", say.Plain(seen.Name)).At("DNS")
	}
	issuers := []string{}
	restricts := false
	for _, record := range seen.Records {
		switch {
		case record.Critical && !known[record.Tag]:
			return rule.Failf("the CAA record %s at %s is critical and no authority knows it, so that none may issue: the next renewal fails", say.Quoted(record.Tag), say.Plain(seen.At)).At("DNS").As(rule.Low)
		case record.Tag != "issue":
			continue
		}
		restricts = true
		issuer, _, _ := strings.Cut(record.Value, ";")
		if issuer = strings.TrimSpace(issuer); issuer != "" {
			issuers = append(issuers, issuer)
		}
	}
	return named(seen, issuers, restricts)
}

func named(seen observe.CAA, issuers []string, restricts bool) rule.Verdict {
	for _, issuer := range issuers {
		if !isName(issuer) {
			return rule.Failf("the CAA record at %s names %s, which is no authority's name: authorities take it for a ban on all of them", say.Plain(seen.At), say.Quoted(issuer)).At("DNS").As(rule.Low)
		}
	}
	switch {
	case !restricts:
		return rule.Failf("the CAA records at %s restrict nobody: none of them is an issue record", say.Plain(seen.At)).At("DNS")
	case len(issuers) == 0:
		return rule.Passf("the CAA records at %s forbid every authority to issue", say.Plain(seen.At))
	}
	return rule.Passf("by the CAA records at %s %s may issue and nobody else", say.Plain(seen.At), say.Plain(list(issuers)))
}

func list(issuers []string) string {
	const most = 5
	if len(issuers) <= most {
		return strings.Join(issuers, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(issuers[:most], ", "), len(issuers)-most)
}

// isName is true for labels of letters, digits and hyphens with dots between them
// (RFC 8659 section 4.2).
func isName(text string) bool {
	for label := range strings.SplitSeq(text, ".") {
		if label == "" || strings.Trim(strings.ToLower(label), "abcdefghijklmnopqrstuvwxyz0123456789-") != "" || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
	}
	return true
}
