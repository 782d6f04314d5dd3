// Cookies end to end on real Flask: every setting that decides about them, and
// the exact verdicts, over https and over http.

package scan_test

import (
	_ "embed"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"middlebrick/checks"
	"middlebrick/observe"
	"middlebrick/report"
	"middlebrick/rule"
	"middlebrick/testbed/ca"
	"middlebrick/testbed/lab"
)

//go:embed testdata/cookies.py
var cookieApps string

// cookieRules are the rules over cookies and sessions. The one about early data
// needs them too, and is about something else.
func cookieRules() []rule.Rule {
	return slices.DeleteFunc(checks.Rules(), func(r rule.Rule) bool {
		return r.Name() == "earlydata" || !slices.Contains(r.Needs, observe.SetCookies.Name())
	})
}

// worth is every rule's verdict in one line, the passes left out: "cookiesecure
// critical" is a failure, "-cookielifetime" does not apply.
func worth(r report.Report) string {
	words := []string{}
	for _, f := range r.Findings {
		words = append(words, strings.TrimPrefix(f.Rule, "encryption.")+" "+string(f.Severity))
	}
	for _, id := range r.NotApplicable {
		words = append(words, "-"+strings.TrimPrefix(id, "encryption."))
	}
	for _, n := range r.NotTested {
		words = append(words, "?"+strings.TrimPrefix(n.Rule, "encryption."))
	}
	slices.Sort(words)
	return strings.Join(words, "; ")
}

// nothing is what is said where no session was set.
const nothing = "-cookiecache; -cookiedomain; -cookiehttponly; -cookielifetime; -cookieprefix; -cookiesamesite; -cookiesecure; -secretkey; -sessionreadable"

// What each application of testdata/cookies.py comes to: asked over https with
// port 80 closed, and over http alone. An application whose session Flask 2.2
// refuses to write (a bogus SameSite, no key) answers 500 and sets nothing.
var cookieTable = []struct{ name, https, http string }{
	{"default",
		"-cookieprefix; cookiesamesite low; cookiesecure critical; sessionreadable info",
		"-cookieprefix; -cookiesecure; cookieonhttp high; cookiesamesite low; sessionreadable info"},
	{"permanent",
		"-cookieprefix; cookielifetime low; cookiesamesite low; cookiesecure critical; sessionreadable info",
		"-cookieprefix; -cookiesecure; cookielifetime low; cookieonhttp high; cookiesamesite low; sessionreadable info"},
	{"cleared",
		nothing,
		nothing},
	{"untouched",
		nothing,
		nothing},
	{"secure",
		"cookieprefix info; cookiesamesite low; sessionreadable info",
		"-cookieprefix; -cookiesecure; cookieonhttp low; cookiesamesite low; sessionreadable info"},
	{"securetext",
		"cookieprefix info; cookiesamesite low; sessionreadable info",
		"-cookieprefix; -cookiesecure; cookieonhttp low; cookiesamesite low; sessionreadable info"},
	{"secureone",
		"cookieprefix info; cookiesamesite low; sessionreadable info",
		"-cookieprefix; -cookiesecure; cookieonhttp low; cookiesamesite low; sessionreadable info"},
	{"securezero",
		"-cookieprefix; cookiesamesite low; cookiesecure critical; sessionreadable info",
		"-cookieprefix; -cookiesecure; cookieonhttp high; cookiesamesite low; sessionreadable info"},
	{"secureliteral",
		"cookiecache medium; cookieprefix info; cookiesamesite low; cookiesecure low; sessionreadable info",
		"-cookieprefix; -cookiesecure; cookiecache medium; cookieonhttp low; cookiesamesite low; sessionreadable info"},
	{"secureliteraltrue",
		"cookiecache medium; cookieprefix info; cookiesamesite low; cookiesecure low; sessionreadable info",
		"-cookieprefix; -cookiesecure; cookiecache medium; cookieonhttp low; cookiesamesite low; sessionreadable info"},
	{"scriptable",
		"-cookieprefix; cookiehttponly medium; cookiesamesite low; cookiesecure critical; sessionreadable info",
		"-cookieprefix; -cookiesecure; cookiehttponly medium; cookieonhttp high; cookiesamesite low; sessionreadable info"},
	{"samesitenone",
		"-cookieprefix; cookiesamesite medium; cookiesecure critical; sessionreadable info",
		"-cookieprefix; -cookiesecure; cookieonhttp high; cookiesamesite medium; sessionreadable info"},
	{"samesitelax",
		"-cookieprefix; cookiesecure critical; sessionreadable info",
		"-cookieprefix; -cookiesecure; cookieonhttp high; sessionreadable info"},
	{"samesitestrict",
		"cookieprefix info; sessionreadable info",
		"-cookieprefix; -cookiesecure; cookieonhttp low; sessionreadable info"},
	{"samesitecross",
		"cookieprefix info; cookiesamesite info; sessionreadable info",
		"-cookieprefix; -cookiesecure; cookieonhttp low; cookiesamesite info; sessionreadable info"},
	{"samesitebogus",
		nothing,
		nothing},
	{"samesitetrue",
		nothing,
		nothing},
	{"samesitefalse",
		nothing,
		nothing},
	{"partitioned",
		"-cookieprefix; cookiesamesite low; cookiesecure critical; sessionreadable info",
		"-cookieprefix; -cookiesecure; cookieonhttp high; cookiesamesite low; sessionreadable info"},
	{"partitionedliteral",
		"cookiecache medium; cookieprefix info; cookiesamesite low; sessionreadable info",
		"-cookieprefix; -cookiesecure; cookiecache medium; cookieonhttp low; cookiesamesite low; sessionreadable info"},
	{"hostprefix",
		"cookiesamesite low; sessionreadable info",
		"-cookiesecure; cookieonhttp low; cookiesamesite low; sessionreadable info"},
	{"hostprefixbare",
		"cookieprefix medium; cookiesamesite low; cookiesecure critical; sessionreadable info",
		"-cookiesecure; cookieonhttp high; cookieprefix medium; cookiesamesite low; sessionreadable info"},
	{"hostprefixwide",
		"cookiedomain medium; cookieprefix medium; cookiesamesite low; sessionreadable info",
		"-cookiesecure; cookiedomain medium; cookieonhttp low; cookieprefix medium; cookiesamesite low; sessionreadable info"},
	{"domain",
		"-cookieprefix; cookiedomain medium; cookiesamesite low; cookiesecure critical; sessionreadable info",
		"-cookieprefix; -cookiesecure; cookiedomain medium; cookieonhttp high; cookiesamesite low; sessionreadable info"},
	{"servername",
		"-cookieprefix; cookiedomain low; cookiesamesite low; cookiesecure critical; sessionreadable info",
		"-cookieprefix; -cookiesecure; cookiedomain low; cookieonhttp high; cookiesamesite low; sessionreadable info"},
	{"path",
		"-cookieprefix; cookiesamesite low; cookiesecure critical; sessionreadable info",
		"-cookieprefix; -cookiesecure; cookieonhttp high; cookiesamesite low; sessionreadable info"},
	{"applicationroot",
		"-cookieprefix; cookiesamesite low; cookiesecure critical; sessionreadable info",
		"-cookieprefix; -cookiesecure; cookieonhttp high; cookiesamesite low; sessionreadable info"},
	{"djangohsts",
		"-cookieprefix; cookiesamesite low; cookiesecure critical; sessionreadable info",
		"-cookieprefix; -cookiesecure; cookieonhttp high; cookiesamesite low; sessionreadable info"},
	{"preferred",
		"-cookieprefix; cookiesamesite low; cookiesecure critical; sessionreadable info",
		"-cookieprefix; -cookiesecure; cookieonhttp high; cookiesamesite low; sessionreadable info"},
	{"nokey",
		nothing,
		nothing},
	{"fallbackkey",
		"-cookieprefix; cookiesamesite low; cookiesecure critical; secretkey critical; sessionreadable info",
		"-cookieprefix; -cookiesecure; cookieonhttp high; cookiesamesite low; secretkey critical; sessionreadable info"},
	{"telling",
		"-cookieprefix; cookiesamesite low; cookiesecure critical; sessionreadable medium",
		"-cookieprefix; -cookiesecure; cookieonhttp high; cookiesamesite low; sessionreadable medium"},
	{"remember",
		"-cookieprefix; cookielifetime low; cookiesamesite low; cookiesamesite low; cookiesecure critical; cookiesecure critical; sessionreadable info",
		"-cookieprefix; -cookiesecure; cookielifetime low; cookieonhttp high; cookieonhttp high; cookiesamesite low; cookiesamesite low; sessionreadable info"},
	{"remembersecure",
		"cookielifetime low; cookieprefix info; cookieprefix info; cookiesamesite low; sessionreadable info",
		"-cookieprefix; -cookiesecure; cookielifetime low; cookieonhttp low; cookieonhttp low; cookiesamesite low; sessionreadable info"},
	{"stored",
		"-cookieprefix; -secretkey; cookiecache medium; cookielifetime low; cookiesamesite low; cookiesecure critical",
		"-cookieprefix; -cookiesecure; -secretkey; cookiecache medium; cookielifetime low; cookieonhttp high; cookiesamesite low"},
	{"form",
		"-cookieprefix; cookiesamesite low; cookiesecure critical; sessionreadable info",
		"-cookieprefix; -cookiesecure; cookieonhttp high; cookiesamesite low; sessionreadable info"},
	{"jwt",
		"-cookieprefix; -secretkey; cookiecache medium; cookiesamesite low; cookiesecure critical; sessionreadable info",
		"-cookieprefix; -cookiesecure; -secretkey; cookiecache medium; cookieonhttp high; cookiesamesite low; sessionreadable info"},
	{"plain",
		"-cookiecache; -cookiedomain; -cookiehttponly; -cookieprefix; -cookiesamesite; -secretkey; -sessionreadable; cookiesecure low",
		"-cookiecache; -cookiedomain; -cookiehttponly; -cookieprefix; -cookiesamesite; -cookiesecure; -secretkey; -sessionreadable"},
}

// The second of one severity is another cookie's: Flask-Login's token stands
// beside the session.
func TestEveryCookieSettingOfFlaskIsJudged(t *testing.T) {
	lab.Needs(t, "gunicorn", "flask", "flask_login", "flask_session", "flask_wtf")
	app := lab.FlaskApp{Routes: cookieApps}
	plain := lab.StartGunicorn(t, lab.WSGI{App: app, Env: secretKey})
	secure := lab.StartGunicorn(t, lab.WSGI{App: app, Env: secretKey, Secure: true, Pair: ca.New().Good("*.app.test")})
	for _, row := range cookieTable {
		name := row.name + ".app.test:"
		got := row
		overTLS := cookiesOf(t, "https://"+name+port(t, secure.TLS)+"/login", 1)
		got.https = worth(overTLS)
		got.http = worth(cookiesOf(t, "http://"+name+port(t, plain.Plain)+"/login", 1))
		if diff := cmp.Diff(row, got, cmp.AllowUnexported(row)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", row.name, diff)
		}
		for _, f := range overTLS.Findings {
			if strings.Contains(f.Where, "csrf") {
				t.Errorf("%s: a token that script must read is complained of: %s", row.name, f.Description)
			}
		}
	}
	both := cookiesOf(t, "https://secureliteral.app.test:"+port(t, secure.TLS)+"/login", number(t, plain.Plain))
	if got, want := worth(both), "cookiecache medium; cookieonhttp low; cookieprefix info; cookiesamesite low; cookiesecure low; sessionreadable info"; got != want {
		t.Errorf("on both forms: %s, want %s", got, want)
	}
	for _, f := range both.Findings {
		if f.Rule == "encryption.cookiesecure" && !strings.Contains(f.Description, "Secure=False") {
			t.Errorf("the literal Secure=False is not named: %s", f.Description)
		}
	}
}

// cookiesOf scans by the cookie rules alone, with the other form on that port.
func cookiesOf(t *testing.T, address string, other int) report.Report {
	t.Helper()
	req := request(t, address)
	req.Rules = cookieRules()
	if req.Target.Scheme == "https" {
		req.Target.HTTPPort = other
	} else {
		req.Target.HTTPSPort = other
	}
	_, r := look(t, req)
	return r
}

func number(t *testing.T, address string) int {
	t.Helper()
	n, err := strconv.Atoi(port(t, address))
	if err != nil {
		t.Fatal(err)
	}
	return n
}
