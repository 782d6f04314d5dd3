// Package forgedhost finds redirects that lead wherever the caller's Host or
// X-Forwarded-Host says.
package forgedhost

import (
	"fmt"
	"strings"

	"middlebrick/checks/encryption/internal/say"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is this detection.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.forgedhost",
	Title:    "Redirects follow a forged host name",
	Severity: rule.High,
	CWE:      []rule.CWE{601, 348},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"6.2.4"},
	Cites:    []rule.Cite{rule.RFC(9110, "7.2"), rule.RFC(7239, "8.1"), rule.Document("HostHeader"), rule.Document("FlaskSecurity")},
}, observe.ForgedHost, judge)

// headers are what a caller can forge; a pass needs an answer to each.
var headers = []string{"Host", "X-Forwarded-Host"}

func judge(seen observe.Forged) rule.Verdict {
	var places say.Places
	answered := map[string]bool{}
	for _, asked := range seen.Asked {
		answered[asked.Header] = answered[asked.Header] || say.Answered(asked.Status)
		if asked.Follows {
			add(&places, asked)
		}
	}
	if failure, failed := places.Failed(); failed {
		return failure
	}
	for _, header := range headers {
		if !answered[header] {
			return rule.Inconclusive("no answer was seen to a forged " + header).BecauseOf(observe.Unasked)
		}
	}
	return rule.Passf("no answer to a forged Host or X-Forwarded-Host leads to the forged name")
}

// overHTTP is how bad it is on the plain http form, by header. There a forged
// Host wins nothing, for whoever can change the request can write the answer; a
// shared cache may remember what another header brought about.
var overHTTP = map[string]rule.Severity{"Host": rule.Info, "X-Forwarded-Host": rule.Low}

func add(places *say.Places, asked observe.ForgedAnswer) {
	where, severity := say.Plain(asked.Header)+" over https", rule.Severity("")
	if strings.HasPrefix(asked.URL, "http://") {
		where, severity = say.Plain(asked.Header)+" over http", overHTTP[asked.Header]
	}
	places.Add(where, fmt.Sprintf("asked for %s with a forged %s, it answered %d with Location %s",
		say.PathOf(asked.URL), say.Plain(asked.Header), asked.Status, say.Quoted(asked.Location)), severity, asked.Ref)
}
