// Tests of the document on a catalogue made up here.

package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"middlebrick/checks"
	"middlebrick/rule"
)

func sample() []checks.Check {
	meta := rule.Meta{
		ID: "encryption.sample", Title: "a sample is served", Severity: rule.High,
		CWE: []rule.CWE{319}, OWASP: rule.API8, PCI: []rule.PCI{"4.2.1"},
		Cites: []rule.Cite{rule.RFC(8996, "4")}, Cap: rule.Band{Low: 40, High: 60, From: rule.High},
		Formerly: []string{"encryption.example"},
	}
	return []checks.Check{
		{Folder: "ssrf", Key: "ssrf", Name: "SSRF"},
		{Folder: "encryption", Key: "encryption", Name: "Encryption", Weight: 15, Implemented: true, Rules: []rule.Rule{{Meta: meta}}},
	}
}

func prose(string) (rule.Doc, bool) {
	doc, err := rule.ParseDoc("It serves a sample.\n\n## Why\n\nBecause.\n\n## Flask\n\nF.\n\n## gunicorn\n\nG.\n\n## nginx\n\nN.\n\n## Apache\n\nA.\n\n## Elsewhere\n\nE.\n")
	return doc, err == nil
}

func TestSectionHoldsAllThatIsKnownOfARule(t *testing.T) {
	text, err := render(sample(), prose)
	if err != nil {
		t.Fatal(err)
	}
	_, got, _ := strings.Cut(text, "### ")
	want := `encryption.sample

**a sample is served** — high

It serves a sample.

- [CWE-319](https://cwe.mitre.org/data/definitions/319.html): Cleartext Transmission of Sensitive Information
- OWASP API8:2023: Security Misconfiguration
- PCI DSS 4.0.1 requirement 4.2.1: Strong cryptography and security protocols safeguard PAN during transmission over open, public networks
- [RFC 8996 section 4 (Deprecating TLS 1.0 and TLS 1.1)](https://www.rfc-editor.org/rfc/rfc8996#section-4)
- A finding of severity high or worse caps the check's score at 40 to 60.
- Formerly ` + "`encryption.example`" + `.

#### Why

Because.

#### Flask

F.

#### gunicorn

G.

#### nginx

N.

#### Apache

A.

#### Elsewhere

E.
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("section (-want +got):\n%s", diff)
	}
}

func TestCheckWithoutRulesReadsAsNotImplemented(t *testing.T) {
	text, err := render(sample(), prose)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(text, "\n## SSRF\n\nNot implemented yet: nothing is looked at, so nothing passes") {
		t.Errorf("the document does not say that SSRF is not implemented:\n%s", text)
	}
}

func TestContentsLinkToTheSections(t *testing.T) {
	text, err := render(sample(), prose)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(text, "| [encryption.sample](#encryptionsample) | high | a sample is served |") {
		t.Errorf("the contents lack the rule:\n%s", text)
	}
}

func TestRuleWithoutProseIsAnError(t *testing.T) {
	_, err := render(sample(), func(string) (rule.Doc, bool) { return rule.Doc{}, false })
	if err == nil || !strings.Contains(err.Error(), "encryption.sample") {
		t.Errorf("error is %v; it must name the rule", err)
	}
}
