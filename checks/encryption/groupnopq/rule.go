// Package groupnopq finds targets of TLS 1.3 that offer no key exchange which withstands a
// quantum computer.
package groupnopq

import (
	"fmt"
	"strings"

	"middlebrick/checks/encryption/internal/offered"
	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/tlshello"
)

// Rule is encryption.groupnopq.
var Rule = rule.On2(rule.Meta{
	ID:       "encryption.groupnopq",
	Title:    "No post-quantum key exchange is offered",
	Severity: rule.Info,
	CWE:      []rule.CWE{326},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"12.3.3"},
	Cites:    []rule.Cite{rule.Document("FIPS203"), rule.Document("HybridKeys")},
}, observe.TLSVersions, observe.TLSGroups, judge)

func judge(seen observe.Versions, groups observe.Groups) rule.Verdict {
	var refs []observe.Ref
	for _, one := range groups.Versions[tlshello.TLS13].Groups {
		if strings.Contains(one.Group.String(), "MLKEM") {
			return rule.Passf("accepted %s at TLS 1.3", one.Group).Citing(one.Ref)
		}
		refs = append(refs, one.Ref)
	}
	list, instead, known := offered.GroupsAt(tlshello.TLS13, seen, groups)
	switch {
	case known:
		return rule.Failf("accepted %d groups at TLS 1.3, none of them with ML-KEM%s", len(refs), draft(list)).
			At(tlshello.TLS13.String()).Citing(refs...)
	case instead.Outcome == rule.Passed:
		return rule.NotApplicable("TLS 1.3 is not accepted, and no older version has post-quantum groups")
	}
	return instead
}

// draft names the forerunner of ML-KEM, which clients have dropped.
func draft(list observe.GroupList) string {
	for _, one := range list.Groups {
		if info, _ := one.Group.Info(); info.Kind == "hybrid" {
			return fmt.Sprintf("; %s was a draft, which clients have dropped", one.Group)
		}
	}
	return ""
}
