// The rules of this house: who may import whom, with the reason as the answer.
// The other house_*_test.go files hold what may be called, what may be kept in
// package variables, how long things may be, and what each dependency is for.

package middlebrick_test

import (
	"path"
	"strings"
	"testing"
)

// A room is a row of the import table. Folders and imports are patterns of
// path.Match, one element a star; a pattern that ends in "/..." takes in all
// that lies below. The first row that fits a folder counts.
type room struct {
	folder string
	may    []string
	reason string
}

// parsers are the pure packages that turn bytes into meaning. They know nothing
// of this house, so that everyone may know them.
var parsers = []string{"tlshello", "weburl", "httphead", "cookieshape", "webpage", "pysrc"}

var table = []room{
	{"target", nil, "what the user asked for depends on nothing that we found out"},
	{"tlshello", nil, "a parser is bytes in, bytes out"},
	{"strategy", []string{"tlshello", "observe"}, "what to ask next has no socket"},
	{"tlsclient", []string{"tlshello"}, "a client is bytes in, bytes out, over any connection"},
	{"weburl", nil, "a parser is text in, parts out"},
	{"httphead", []string{"weburl"}, "a parser is bytes in, bytes out; a redirect leads to an address"},
	{"cookieshape", nil, "a parser is bytes in, bytes out"},
	{"webpage", []string{"weburl", "httphead"}, "a parser is bytes in, bytes out; a page brings its headers and leads to addresses"},
	{"pysrc", nil, "a parser is text in, trees out"},
	{"observe", join(parsers, "target"), "what can be known must be readable without anything that asks or judges"},
	{"certread", join(parsers, "observe"), "a certificate's facts are an observation's types, and nothing else"},
	{"certlint", []string{"observe"}, "what a certificate breaks is an observation's type, and nothing else"},
	{"rule", []string{"observe"}, "a rule is a pure function of observations"},
	{"checks", []string{"rule", "checks/*/*"}, "the catalogue holds rules and explains nothing itself"},
	{"checks/internal/...", []string{"rule", "checks"}, "generators read the catalogue and write it down"},
	{"checks/*", nil, "a check is a folder of rules; the generated catalogue alone imports them"},
	{"checks/*/internal/...", join(parsers, "rule", "observe", "target", "certread", "checks/*/internal/..."),
		"a helper of rules is as pure as they are"},
	{"checks/*/*", join(parsers, "rule", "observe", "target", "certread", "checks/*/internal/..."),
		"a rule sees observations alone: no other rule, no probe, no network"},
	{"score", []string{"rule", "observe"}, "a score is arithmetic over verdicts"},
	{"ssllabs", []string{"rule", "observe", "tlshello"}, "the letter is arithmetic over observations and verdicts"},
	{"policy", []string{"observe", "tlshello"}, "a policy is held against observations alone"},
	{"clients", []string{"observe", "tlshello"}, "what a client would get follows from observations alone"},
	{"attack", []string{"rule", "observe", "target"}, "an attack path is derived from verdicts and observations"},
	{"wire", join(parsers, "target", "observe"), "the door to the network holds no opinion"},
	{"probe", join(parsers, "wire", "observe", "target"), "a probe looks and does not judge"},
	{"probes", join(parsers, "probe", "probes/*"), "the list of probes is a list"},
	{"probes/internal/...", join(parsers, "tlsclient", "probe", "wire", "observe", "target", "certread", "probes/internal/..."),
		"a helper of probes looks and does not judge"},
	{"probes/*", join(parsers, "strategy", "tlsclient", "probe", "wire", "observe", "target", "certread", "certlint", "probes/internal/..."),
		"a probe looks and does not judge, and does not know another probe"},
	{"report", join(parsers, "ssllabs", "policy", "clients", "attack", "score", "rule", "observe", "target"), "a report is written from what was judged"},
	{"report/compare", []string{"report", "rule", "observe", "tlshello"}, "two reports are compared by what they say"},
	{"report/standing", []string{"report", "target"}, "what was known of a report is held against the report alone"},
	{"report/render/...", join(parsers, "report/...", "ssllabs", "policy", "clients", "attack", "score", "rule", "observe", "target"), "a renderer writes and does not judge"},
	{"scan/...", join(parsers, "scan/...", "checks", "probes", "probe", "wire", "certread", "report", "policy", "clients", "attack", "score", "rule", "observe", "target"),
		"the engine serves every face and knows none of them"},
	{"edge/job/...", []string{"edge/job/..."}, "the queue carries jobs and does not know what is in them"},
	{"edge/store/...", []string{"edge/store/...", "report/...", "target", "observe"}, "the store keeps recordings and reports"},
	{"edge/config/...", []string{"report/standing", "target"}, "the configuration file is read for every face, and asks nothing"},
	{"edge/demo/...", nil, "the demonstration is something to look at, and stands alone"},
	{"edge/ci/...", []string{"edge/ci/...", "report", "report/render/..."}, "what a build service is told follows from the report alone"},
	{"edge/web/assets/...", []string{"edge/web/assets/..."}, "what browsers are sent is built and served alone"},
	{"edge/web/pages", []string{"report/...", "rule"}, "a page is drawn from what it is handed"},
	{"edge/egress", []string{"scan", "observe", "target"}, "what may be connected to is the engine's to ask and the operator's to say"},
	{"edge/work", []string{"scan", "report/...", "target", "observe", "httphead", "edge/egress", "edge/job", "edge/store"},
		"a job looks, judges and keeps; it serves nobody"},
	{"edge/web/api", []string{"scan", "report/...", "target", "httphead", "edge/store"}, "the API tells what the store keeps, and looks at nothing"},
	{"edge/server", []string{"scan", "report/...", "observe", "edge/egress", "edge/job", "edge/store", "edge/web/...", "edge/work"},
		"the server wires its parts together"},
	// The engine hands out recordings and rules' descriptions, so that a face may
	// name their types; it may not look, nor judge.
	{"edge/*/...", join(parsers, "scan/...", "report/...", "policy", "rule", "observe", "target", "edge/job/...", "edge/store/...", "edge/config/...", "edge/demo/...", "edge/ci/..."),
		"a face asks the engine; it looks at nothing itself and does not know another face"},
	{"cmd/newrule", nil, "the scaffold must work while nothing else does"},
	{"cmd/...", []string{"edge/..."}, "the binary wires the faces together"},
	{"testbed/...", join(parsers, "testbed/...", "target"), "the test bed is what is looked at, not who looks"},
	{"scripts/...", nil, "a script must work while nothing else does"},
	{".", nil, "the root holds no code"},
}

func join(some []string, more ...string) []string {
	return append(append([]string{}, some...), more...)
}

// fits matches a folder against a pattern of the table.
func fits(pattern, folder string) bool {
	prefix, deep := strings.CutSuffix(pattern, "/...")
	if !deep {
		ok, err := path.Match(pattern, folder)
		return ok && err == nil
	}
	elements := strings.Split(folder, "/")
	depth := strings.Count(prefix, "/") + 1
	return len(elements) >= depth && fits(prefix, strings.Join(elements[:depth], "/"))
}

func roomOf(folder string) (room, bool) {
	for _, r := range table {
		if fits(r.folder, folder) {
			return r, true
		}
	}
	return room{}, false
}

func (r room) mayImport(from, imported string) bool {
	if own, isInternal := strings.CutSuffix(from, "/internal"); isInternal && within(imported, own) {
		return true
	}
	for _, pattern := range r.may {
		if fits(pattern, imported) && !foreignCheck(from, imported) {
			return true
		}
	}
	return false
}

// foreignCheck: helpers belong to one check, though the table has one row for
// all twelve.
func foreignCheck(from, imported string) bool {
	own, other := strings.Split(from, "/"), strings.Split(imported, "/")
	return len(own) > 2 && len(other) > 2 && own[0] == "checks" && other[0] == "checks" && own[1] != other[1]
}

func TestEveryFolderImportsOnlyWhatItMay(t *testing.T) {
	for _, s := range product(t) {
		r, ok := roomOf(s.folder)
		if !ok {
			t.Errorf("%s: the folder has no row in the import table of house_test.go", s.path)
			continue
		}
		for _, imported := range s.imports {
			ours, ok := strings.CutPrefix(imported, module+"/")
			if ok && !r.mayImport(s.folder, ours) {
				t.Errorf("%s imports %s: %s", s.path, ours, r.reason)
			}
		}
	}
}

// The table itself can go wrong without anyone noticing; these rows cannot.
func TestImportTableForbidsWhatTheHouseForbids(t *testing.T) {
	for _, c := range []struct {
		from, to string
		may      bool
	}{
		{"checks/encryption/tls10", "rule", true},
		{"checks/encryption/tls10", "checks/encryption/internal/offered", true},
		{"checks/encryption/tls10", "checks/exposure/internal/offered", false},
		{"checks/encryption/tls10", "checks/encryption/tls11", false},
		{"checks/encryption/tls10", "probe", false},
		{"checks/encryption/internal/offered", "wire", false},
		{"checks", "checks/encryption/tls10", true},
		{"checks/internal/rulebook", "checks", true},
		{"probes/tlsversions", "rule", false},
		{"probes/tlsversions", "probes/tlssuites", false},
		{"probes/tlsversions", "tlshello", true},
		{"wire", "rule", false},
		{"rule", "target", false},
		{"observe", "rule", false},
		{"tlshello", "observe", false},
		{"report", "scan", false},
		{"scan", "edge/cli", false},
		{"edge/cli", "checks", false},
		{"edge/cli", "wire", false},
		{"edge/cli", "edge/web", false},
		{"edge/cli", "edge/store", true},
		{"edge/web", "scan", true},
		{"edge/web", "probes/cookies", false},
		{"edge/cli", "edge/demo", true},
		{"cmd/middlebrick", "edge/cli", true},
		{"cmd/middlebrick", "scan", false},
		{"cmd/newrule", "edge/cli", false},
		{"score", "report", false},
		{"testbed/lab", "scan", false},
	} {
		r, ok := roomOf(c.from)
		if !ok || r.mayImport(c.from, c.to) != c.may {
			t.Errorf("%s may import %s: %v, want %v", c.from, c.to, !c.may, c.may)
		}
	}
}

func TestOnlyTestsImportTheTestBed(t *testing.T) {
	for _, s := range product(t) {
		if within(s.folder, "testbed") {
			continue
		}
		for _, imported := range s.imports {
			if within(imported, module+"/testbed", "testing") {
				t.Errorf("%s imports %s, which is for tests alone", s.path, imported)
			}
		}
	}
}
