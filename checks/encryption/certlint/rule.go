// Package certlint finds certificates whose form breaks the standards that
// certificates are held to.
package certlint

import (
	"fmt"

	"middlebrick/checks/encryption/internal/say"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is encryption.certlint.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.certlint",
	Title:    "The certificate breaks the standard for certificates",
	Severity: rule.Low,
	CWE:      []rule.CWE{295},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.RFC(5280, "4"), rule.Document("BaselineReq"), rule.Document("ZLint")},
}, observe.CertLint, judge)

// others are the lints whose cause another rule finds: one cause, one finding.
var others = map[string]string{
	"e_rsa_mod_less_than_2048_bits": "certkey", "e_old_sub_cert_rsa_mod_less_than_1024_bits": "certkey", "e_rsa_exp_negative": "certkey",
	"e_rsa_public_exponent_not_odd": "certkey", "e_rsa_public_exponent_too_small": "certkey", "e_rsa_fermat_factorization": "certkey",
	"e_ec_improper_curves": "certkey", "e_dsa_shorter_than_2048_bits": "certkey", "e_br_prohibit_dsa_usage": "certkey",
	"e_prohibit_dsa_usage": "certkey", "e_dsa_improper_modulus_or_divisor_size": "certkey",
	"e_sub_cert_or_sub_ca_using_sha1": "certsignature", "e_signature_algorithm_not_supported": "certsignature",
	"e_tls_server_cert_valid_time_longer_than_398_days": "certlifetime", "e_server_cert_valid_time_longer_than_200_days": "certlifetime",
	"e_server_cert_valid_time_longer_than_100_days": "certlifetime", "e_server_cert_valid_time_longer_than_47_days": "certlifetime",
	"e_sub_cert_valid_time_longer_than_825_days": "certlifetime", "e_sub_cert_valid_time_longer_than_39_months": "certlifetime",
	"e_validity_time_not_positive": "certexpired",
	"e_ext_san_missing":            "certsan", "e_san_shall_be_present": "certsan", "e_san_bare_wildcard": "certsan", "e_ext_san_no_entries": "certsan",
	"e_subject_empty_without_san": "certsan", "e_cert_extensions_version_not_3": "certmalformed", "e_invalid_certificate_version": "certmalformed",
	"e_ext_duplicate_extension": "certmalformed",
}

func judge(seen observe.Lint) rule.Verdict {
	switch {
	case seen.Absent:
		return rule.NotApplicable("there is no TLS, and so no certificate: " + seen.Detail)
	case seen.Private != "":
		return rule.NotApplicable("no authority issued the certificate: " + seen.Private)
	case seen.Unread != "":
		return rule.Inconclusive("the certificate was not linted: " + seen.Unread)
	case seen.Ran == 0:
		return rule.Inconclusive("no lint was run")
	}
	verdicts := []rule.Verdict{rule.Passf("%d lints of %s apply, and none that is not another rule's business is broken", seen.Ran, seen.Version)}
	for _, found := range seen.Found {
		if others[found.Name] == "" {
			verdicts = append(verdicts, fail(found).Citing(seen.Ref))
		}
	}
	return rule.All(verdicts...)
}

func fail(found observe.LintFinding) rule.Verdict {
	text := fmt.Sprintf("%s (%s)", say.Plain(found.Text), say.Plain(found.Source))
	if found.Citation != "" {
		text = fmt.Sprintf("%s (%s)", say.Plain(found.Text), say.Plain(found.Citation))
	}
	if found.Details != "" {
		text += ": " + say.Quoted(found.Details)
	}
	v := rule.Failf("%s", text).At(found.Name)
	if found.Status == "fatal" {
		v = v.As(rule.Medium)
	}
	return v
}
