// Package certlint says what zlint objects to in a certificate: where its form
// breaks the standards that certificates are held to, and for those of public
// authorities the rules that these have promised to keep.
package certlint

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/zmap/zcrypto/x509"
	"github.com/zmap/zlint/v3"
	"github.com/zmap/zlint/v3/lint"

	"middlebrick/observe"
)

// version is that of the lints; a test holds it to go.mod.
const version = "zlint v3.7.3"

const (
	maxDER    = 64 << 10 // bytes of a certificate that is linted
	maxFound  = 40
	maxDetail = 300 // bytes
)

// standards are the sources that hold for every certificate, whoever issued it.
// The others are rules that public authorities keep among themselves.
var standards = lint.SourceList{lint.RFC3279, lint.RFC5280, lint.RFC5480, lint.RFC5891, lint.RFC6962, lint.RFC8813}

// registries hold the lints of each kind; they are made once, when first wanted.
var registries = sync.OnceValue(func() map[bool]lint.Registry {
	all := lint.GlobalRegistry()
	some, err := all.Filter(lint.FilterOptions{IncludeSources: standards})
	if err != nil {
		panic("certlint: choosing lints: " + err.Error())
	}
	return map[bool]lint.Registry{true: all, false: some}
})

// Lint holds the certificate to the standards, and where public is true to the
// rules of public authorities too. It never fails: Unread says why nothing was
// linted.
func Lint(der []byte, public bool) (seen observe.Lint) {
	seen = observe.Lint{Public: public, Version: version, Found: []observe.LintFinding{}}
	if len(der) > maxDER {
		seen.Unread = fmt.Sprintf("it is larger than %d bytes", maxDER)
		return seen
	}
	defer func() {
		if fault := recover(); fault != nil {
			seen.Ran, seen.Found = 0, []observe.LintFinding{}
			seen.Unread = short(fmt.Sprintf("zlint broke on it: %v", fault))
		}
	}()
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		seen.Unread = short("zlint cannot read it: " + err.Error())
		return seen
	}
	lints := registries()[public]
	results := zlint.LintCertificateEx(parsed, lints)
	for name, result := range results.Results {
		if result.Status != lint.NA && result.Status != lint.NE {
			seen.Ran++
		}
		if result.Status == lint.Error || result.Status == lint.Fatal {
			seen.Found = append(seen.Found, finding(name, result, lints))
		}
	}
	slices.SortFunc(seen.Found, func(a, b observe.LintFinding) int { return strings.Compare(a.Name, b.Name) })
	seen.Found = seen.Found[:min(len(seen.Found), maxFound)]
	return seen
}

func finding(name string, result *lint.LintResult, lints lint.Registry) observe.LintFinding {
	found := observe.LintFinding{Name: name, Status: result.Status.String(), Details: short(result.Details)}
	if known := lints.CertificateLints().ByName(name); known != nil {
		found.Source, found.Text, found.Citation = string(known.Source), short(known.Description), short(known.Citation)
	}
	return found
}

// short is a text as a recording may hold it: valid, in one line, and bounded.
func short(text string) string {
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "\uFFFD")), " ")
	if len(text) <= maxDetail {
		return text
	}
	end := maxDetail
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}
