// Package bodycompression finds targets that compress what they send over https
// (BREACH).
package bodycompression

import (
	"strings"

	"middlebrick/checks/encryption/internal/say"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is encryption.bodycompression.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.bodycompression",
	Title:    "Answers are compressed",
	Severity: rule.Info,
	CWE:      []rule.CWE{200},
	OWASP:    rule.API8,
	Cites:    []rule.Cite{rule.RFC(7457, "2.6"), rule.RFC(9325, "3.3"), rule.Document("BREACH")},
}, observe.Compressed, judge)

func judge(seen observe.Compression) rule.Verdict {
	encodings := strings.Split(strings.ReplaceAll(seen.Encoding, " ", ""), ",")
	switch {
	case seen.Absent != "":
		return rule.NotApplicable("there is no https form: " + seen.Absent)
	case seen.Status == 0:
		return rule.Inconclusive("no page was asked for").BecauseOf(observe.Unasked)
	case seen.Encoding != "" && !only(encodings, "identity"):
		return rule.Failf("answered %s with %s, when asked with Accept-Encoding: %s", say.PathOf(seen.URL), say.Quoted(seen.Encoding), seen.Asked).
			At("https answers").Citing(seen.Ref)
	case seen.Bytes == 0:
		return rule.NotApplicable("no answer had a body that could be compressed")
	}
	return rule.Passf("%s came as it is, when asked with Accept-Encoding: %s", say.PathOf(seen.URL), seen.Asked).Citing(seen.Ref)
}

func only(all []string, word string) bool {
	for _, one := range all {
		if one != word {
			return false
		}
	}
	return true
}
