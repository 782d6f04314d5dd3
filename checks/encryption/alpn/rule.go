// Package alpn finds targets that agree to an application protocol which they
// cannot know.
package alpn

import (
	"strings"

	"middlebrick/checks/encryption/internal/features"
	"middlebrick/checks/encryption/internal/say"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is encryption.alpn.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.alpn",
	Title:    "An unknown application protocol is agreed to",
	Severity: rule.Low,
	CWE:      []rule.CWE{693},
	OWASP:    rule.API8,
	Cites:    []rule.Cite{rule.RFC(7301, "3.2"), rule.RFC(9325, "3.8"), rule.Document("ALPACA")},
}, observe.TLSProtocols, judge)

func judge(seen observe.Protocols) rule.Verdict {
	unknown := seen.Unknown
	switch {
	case seen.Absent:
		return rule.NotApplicable("the port does not speak TLS")
	case unknown.Answer.Accepted() && unknown.Chosen == unknown.Protocol && unknown.Chosen != "":
		return rule.Failf("agreed to %s, which no server has", say.Quoted(unknown.Chosen)).At("unknown protocol").Citing(unknown.Answer.Ref)
	case unknown.Answer.Accepted() && unknown.Chosen != "":
		// Apache answers so. It agrees to nothing unknown, and clients break off.
		return rule.Passf("%s; named its own, %s, when it was offered one that does not exist", agreed(seen), say.Quoted(unknown.Chosen)).
			Citing(unknown.Answer.Ref)
	case unknown.Answer.Accepted():
		return rule.Passf("%s; went on without when it was offered one that does not exist", agreed(seen)).Citing(unknown.Answer.Ref)
	case unknown.Answer.Refused():
		return rule.Passf("%s; refused one that does not exist", agreed(seen)).Citing(unknown.Answer.Ref)
	}
	return features.Unclear("a hello that offers an unknown application protocol", unknown.Answer)
}

// agreed says which protocols the target takes.
func agreed(seen observe.Protocols) string {
	var taken []string
	for _, asked := range seen.Asked {
		if accepts, known := seen.Accepts(asked.Protocol); accepts && known {
			taken = append(taken, asked.Protocol)
		}
	}
	if len(taken) == 0 {
		return "agreed to no application protocol"
	}
	return "agreed to " + strings.Join(taken, " and ")
}
