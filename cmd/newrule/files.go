// The scaffold itself. Each file holds the word SCAFFOLD, by which
// TestCatalogue knows that nobody has written it yet.

package main

import "strings"

const ruleGo = `// Package NAME finds SCAFFOLD: say in plain words what it finds.
package NAME

import (
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is CHECK.NAME.
var Rule = rule.On(rule.Meta{
	ID:       "CHECK.NAME",
	Title:    "SCAFFOLD: the failure as a statement",
	Severity: rule.Medium,
	CWE:      []rule.CWE{},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{},
	Cites:    []rule.Cite{},
}, observe.Ports, judge)

func judge(seen observe.Services) rule.Verdict {
	return rule.Inconclusive("SCAFFOLD: nothing is judged yet")
}
`

const ruleMd = `SCAFFOLD: one sentence that says what the target does.

## Why

SCAFFOLD: what somebody on the path can do with it.

## Flask

SCAFFOLD: what to type, or "Not here: …".

## gunicorn

SCAFFOLD

## nginx

SCAFFOLD

## Apache

SCAFFOLD

## Elsewhere

SCAFFOLD
`

// A case is a recording cut to what the rule needs.
const caseFile = `{"kind":"recording","recording":{"format":"middlebrick.recording/1","id":"case","engine":"SCAFFOLD","target":{"url":"https://api.example.com/","scheme":"https","host":"api.example.com","port":443,"httpsPort":443,"httpPort":80,"path":"/","method":"GET"},"started":"2026-01-01T00:00:00Z","plan":[]}}
{"kind":"exchange","exchange":{"ref":"tls/0001","at":"2026-01-01T00:00:00Z","tookMs":1,"address":"192.0.2.10:443","about":"SCAFFOLD","sent":"","received":"","ended":"answered"}}
{"kind":"entry","entry":{"key":"ports.services","at":"2026-01-01T00:00:00Z","gap":{"why":"unasked","detail":"SCAFFOLD"},"from":["tls/0001"]}}
{"kind":"end","end":{"finished":"2026-01-01T00:00:00Z","interrupted":false,"cost":{"connections":1,"requests":0,"bytesSent":0,"bytesReceived":0,"durationMs":1}}}
`

// files are the folder's files by their path in it.
func files(check, name string) map[string]string {
	fill := strings.NewReplacer("CHECK", check, "NAME", name)
	return map[string]string{
		"rule.go":                           fill.Replace(ruleGo),
		"rule.md":                           ruleMd,
		"testdata/fail-word.jsonl":          caseFile,
		"testdata/pass-word.jsonl":          caseFile,
		"testdata/inconclusive-asked.jsonl": caseFile,
	}
}
