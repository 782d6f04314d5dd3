// What TestCatalogue asks of a rule.md and of the fixes that it prints.

package checks_test

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"middlebrick/checks"
	"middlebrick/rule"
)

// fences are the info strings that a fenced block may have under a heading.
var fences = map[string][]string{
	"Flask":     {"python app", "python run", "sh", "text"},
	"gunicorn":  {"python gunicorn.conf.py", "python app", "sh", "text"},
	"nginx":     {"nginx http", "nginx server", "nginx server80", "nginx location", "sh", "text"},
	"Apache":    {"apache server", "apache vhost", "apache vhost80", "sh", "text"},
	"Elsewhere": {"sh", "text"},
}

// untrue is what fixes in the field get wrong; none of it may stand in a block
// that a reader would copy.
var untrue = []struct {
	platform string
	text     *regexp.Regexp
	without  string // it is untrue only where this is absent
	because  string
}{
	{"Flask", regexp.MustCompile(`SECURE_HSTS_`), "", "these are Django's names; Flask ignores them"},
	{"Flask", regexp.MustCompile(`SECRET_KEY.*(environ\.get|getenv|\bor\b)`), "", "a fallback key is a published key"},
	{"Flask", regexp.MustCompile(`Talisman\(`), "session_cookie_samesite", "Talisman overwrites SESSION_COOKIE_SAMESITE unless told"},
	{"Flask", regexp.MustCompile(`debug\s*=\s*True`), "", "debug mode is itself a finding"},
	{"nginx", regexp.MustCompile(`ssl_protocols.*(SSLv|TLSv1[ ;]|TLSv1\.1)`), "", "RFC 8996 retired them"},
	{"nginx", regexp.MustCompile(`add_header Strict-Transport-Security`), "always", "without always, errors go out without it"},
	{"Apache", regexp.MustCompile(`Header (set|append|add) "?Strict-Transport-Security`), "", "without always, errors go out without it"},
	{"Apache", regexp.MustCompile(`SSLProtocol\s+(all|ALL)`), "-TLSv1 -TLSv1.1", "all holds TLS 1.0 and 1.1"},
}

// unfixable are the rules that no configuration can mend, with the reason.
var unfixable = map[string]string{
	"encryption.certcaa":               "the record stands in the DNS, which no server's configuration reaches",
	"encryption.certct":                "the authority writes the timestamps into the certificate",
	"encryption.certrevoked":           "no setting takes a revocation back: the authority issues a new certificate for a new key",
	"encryption.renegotiationinsecure": "RFC 5746 comes with the TLS library; no setting brings it",
	"encryption.downgradesentinel":     "the mark comes with the TLS library; no setting brings it",
	"encryption.fallbackscsv":          "the answer to the signal comes with the TLS library; no setting brings it",
	"encryption.versionintolerance":    "software that breaks on hellos must be replaced",
	"encryption.extensionintolerance":  "software that breaks on hellos must be replaced",
	"encryption.longhello":             "software that breaks on hellos must be replaced",
	"encryption.alpn":                  "no server with a list of protocols in its configuration does this",
	"encryption.heartbleed":            "the fault is in the TLS library, and no setting switches heartbeats off",
	"encryption.ccsinjection":          "the fault is in the TLS library, and no setting avoids it",
	"encryption.ticketbleed":           "the fault is in the device's firmware, and what switches tickets off there is not one of these servers'",
	"encryption.renegotiationclient":   "the servers of the printed fixes refuse it, and have no setting that lets them",
	"encryption.groupnopq":             "the groups come with OpenSSL 3.5, which Debian 12 has not",
}

func holdProse(t *testing.T, id, folder string) rule.Doc {
	t.Helper()
	text := readFile(t, filepath.Join(folder, "rule.md"))
	doc, err := rule.ParseDoc(text)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := checks.Doc(id); !ok {
		t.Error("the catalogue does not hand out this rule.md")
	}
	if strings.Contains(text, scaffold) || regexp.MustCompile(`\b(TODO|FIXME|XXX)\b`).MatchString(text) {
		t.Error("rule.md still holds scaffold text")
	}
	if !strings.HasSuffix(doc.Opening, ".") || strings.Contains(doc.Opening, ". ") {
		t.Errorf("rule.md opens with %q; it must be one sentence", doc.Opening)
	}
	if strings.Count(text, "```")%2 != 0 {
		t.Error("rule.md has a fenced block that is not closed")
	}
	for _, platform := range rule.Platforms() {
		for _, snippet := range doc.Snippets(platform) {
			holdSnippet(t, snippet)
		}
	}
	return doc
}

func holdSnippet(t *testing.T, s rule.Snippet) {
	t.Helper()
	info := strings.TrimSpace(s.Language + " " + s.Place)
	if !slices.Contains(fences[s.Platform], info) {
		t.Errorf("a block under %s is marked %q; it may be one of %q", s.Platform, info, fences[s.Platform])
	}
	if strings.TrimSpace(s.Text) == "" {
		t.Errorf("a block marked %q under %s is empty", info, s.Platform)
	}
	if !s.Executable() {
		return
	}
	for _, wrong := range untrue {
		if wrong.platform != s.Platform && !(wrong.platform == "Flask" && s.Platform == "gunicorn") {
			continue
		}
		for line := range strings.Lines(s.Text) {
			if wrong.text.MatchString(line) && (wrong.without == "" || !strings.Contains(line, wrong.without)) {
				t.Errorf("under %s, %q: %s", s.Platform, strings.TrimSpace(line), wrong.because)
			}
		}
	}
}

// holdFixes: each platform that a fix can be typed on has a case that was
// recorded with the fix in place.
func holdFixes(t *testing.T, id string, doc rule.Doc, cases []caseFile) {
	t.Helper()
	printed := false
	for _, platform := range rule.Platforms() {
		executable := len(doc.Fix(platform)) > 0
		printed = printed || executable
		word := strings.ToLower(platform)
		at := slices.IndexFunc(cases, func(c caseFile) bool { return c.kind == "fixed" && c.word == word })
		recorded := at >= 0
		if executable && !recorded {
			t.Errorf("%s prints a fix that nobody has executed: testdata/fixed-%s.jsonl is missing; run\n\tgo test ./scan -run 'TestPrintedFixes/%s/%s' -update",
				platform, word, id, platform)
		}
		if recorded && !executable {
			t.Errorf("testdata/fixed-%s.jsonl shows a fix that rule.md does not print", word)
		}
		if recorded && cases[at].rec.Header.ID != doc.FixID(platform) {
			t.Errorf("testdata/fixed-%s.jsonl was recorded with another text than rule.md prints now; run\n\tgo test ./scan -run 'TestPrintedFixes/%s/%s' -update",
				word, id, platform)
		}
	}
	_, listed := unfixable[id]
	if !printed && !listed {
		t.Error("no platform prints a fix that can be executed; if there is none, list the rule in unfixable and say why")
	}
	if printed && listed {
		t.Error("the rule is listed in unfixable and prints a fix")
	}
}

func TestUnfixableRulesExist(t *testing.T) {
	for id, reason := range unfixable {
		if _, ok := checks.Find(id); !ok || reason == "" {
			t.Errorf("unfixable names %s (%q), which is no rule or has no reason", id, reason)
		}
	}
}
