// The answer at the top, by scene: what a well-run site reads, what an API behind
// a closed port 80 reads, and how the same cookie is worth more or less.

package attack

import (
	"strings"
	"testing"
	"time"

	"middlebrick/httphead"
	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/target"
)

// A scene's verdicts: every rule passes but those that are named.
var encryptionRules = map[string]rule.Severity{
	"notls": rule.Critical, "plainhttp": rule.Critical, "basicauth": rule.Critical, "redirect": rule.Medium,
	"hstsmissing": rule.High, "hstsinvalid": rule.High, "hstsmaxage": rule.Medium, "hstssubdomains": rule.Low, "cookiedomain": rule.Low,
	"certadhoc": rule.Critical, "certselfsigned": rule.Critical, "certmalformed": rule.High, "certuntrusted": rule.Critical,
	"certexpired": rule.Critical, "certnotyet": rule.Critical, "certname": rule.Critical, "certchainincomplete": rule.High,
	"certsan": rule.High, "certsignature": rule.High, "certkey": rule.Critical, "certrevoked": rule.Critical,
	"sslv2": rule.Critical, "sslv3": rule.High, "suitenull": rule.Critical, "suiteanonymous": rule.Critical, "suiteexport": rule.Critical,
	"heartbleed": rule.Critical, "robot": rule.High, "poodletls": rule.High, "zerolength": rule.Medium, "compression": rule.High,
	"suiterc4": rule.High, "suitedes": rule.High, "dhweak": rule.Medium, "cookiesecure": rule.High, "cookieonhttp": rule.High,
	"mixedactive": rule.High, "mixedform": rule.High, "proxyscheme": rule.High, "forgedhost": rule.High, "devserver": rule.Medium,
}

type play struct {
	audience target.Audience
	plain    string // what port 80 speaks
	maxAge   int64  // of HSTS; 0: none
	listed   bool   // on the preload list, subdomains included
	fails    string
	light    string // fails at a place that the rule itself calls low
	unknown  string
}

func (p play) of() Assessment {
	rec := observe.NewRecorder(observe.Header{Target: target.Target{Host: "api.example.com"}}, func() time.Time { return time.Unix(0, 0) }, []byte("k"))
	observe.Put(rec, observe.Ports, observe.Services{HTTPS: observe.Service{Speaks: "tls"}, HTTP: observe.Service{Speaks: p.plain}})
	observe.Put(rec, observe.Visitors, observe.Audience{Kind: p.audience, Because: "the test says so"})
	hsts := observe.HSTS{Responses: []observe.HSTSResponse{{Purpose: "target", HSTS: httphead.HSTS{Present: p.maxAge > 0, Valid: p.maxAge > 0, MaxAgeSeconds: p.maxAge}}}}
	observe.Put(rec, observe.SecureHSTS, hsts)
	if p.listed {
		observe.Put(rec, observe.Preloaded, observe.Preload{List: "test", Listed: true, Subdomains: true})
	}
	results := []rule.Result{}
	for name, severity := range encryptionRules {
		r := rule.Result{Meta: rule.Meta{ID: "encryption." + name, Severity: severity}, Verdict: rule.Pass(), Severity: severity}
		if strings.Contains(" "+p.fails+" ", " "+name+" ") {
			r.Verdict = rule.Failf("%s was seen", name)
		}
		if strings.Contains(" "+p.light+" ", " "+name+" ") {
			r.Verdict = rule.Failf("%s was seen", name).As(rule.Low)
		}
		if strings.Contains(" "+p.unknown+" ", " "+name+" ") {
			r.Verdict = rule.Inconclusive("no answer")
		}
		results = append(results, r)
	}
	a := Of(rec.Finish(false, observe.Cost{}), results)
	for _, r := range a.Apply(results) {
		a.Severities[r.Meta.ID] = Change{To: r.Severity}
	}
	return a
}

const year = 365 * 24 * 3600

var plays = []struct {
	name   string
	play   play
	answer Holds
	paths  map[string]Holds // those that are not "no"
}{
	{"well-run site", play{audience: target.Browser, plain: "http", maxAge: year}, No, map[string]Holds{"on first contact": Residual}},
	{"well-run site on the preload list", play{audience: target.Browser, plain: "http", maxAge: year, listed: true}, No, nil},
	{"API behind a closed port without HSTS", play{audience: target.Program, plain: "closed", fails: "hstsmissing"}, No, nil},
	{"site behind a closed port without HSTS", play{audience: target.Browser, plain: "closed", fails: "hstsmissing"}, Yes,
		map[string]Holds{"on first contact": Residual, "on later visits": Yes}},
	{"content over http", play{audience: target.Program, plain: "http", fails: "plainhttp hstsmissing"}, Yes, map[string]Holds{"on first contact": Yes}},
	{"no TLS", play{audience: target.Program, plain: "http", fails: "notls plainhttp"}, Yes,
		map[string]Holds{"on first contact": Yes, "on later visits": Yes}},
	{"HSTS for an hour", play{audience: target.Browser, plain: "http", maxAge: 3600, fails: "hstsmaxage"}, Yes,
		map[string]Holds{"on first contact": Residual, "on later visits": Yes}},
	{"ad-hoc certificate", play{audience: target.Program, plain: "closed", fails: "certadhoc"}, Yes, map[string]Holds{"on every contact": Yes}},
	{"certificate without a name that clients read", play{audience: target.Program, plain: "closed", fails: "certsan"}, Yes,
		map[string]Holds{"on every contact": Yes}},
	{"certificate signed with SHA-1", play{audience: target.Program, plain: "closed", fails: "certsignature"}, Yes, map[string]Holds{"on every contact": Yes}},
	{"certificate whose private key can be computed", play{audience: target.Program, plain: "closed", fails: "certkey"}, Yes,
		map[string]Holds{"on every contact": Yes}},
	{"certificate whose key was stolen", play{audience: target.Program, plain: "closed", fails: "certrevoked"}, Yes,
		map[string]Holds{"on every contact": Yes}},
	{"revocation that nobody was asked about", play{audience: target.Program, plain: "closed", unknown: "certrevoked"}, No, nil},
	{"wildcard that is too wide, and a key that is only old", play{audience: target.Program, plain: "closed", light: "certsan certkey"}, No, nil},
	{"RC4", play{audience: target.Program, plain: "closed", fails: "suiterc4"}, Yes, map[string]Holds{"by downgrade": Yes}},
	{"DH of 1,536 bits", play{audience: target.Program, plain: "closed", fails: "dhweak"}, No, map[string]Holds{"by downgrade": Residual}},
	{"Heartbleed, and an oracle for RSA", play{audience: target.Program, plain: "closed", fails: "heartbleed robot"}, Yes,
		map[string]Holds{"by breaking the encryption": Yes}},
	{"an oracle so weak that it is called low", play{audience: target.Program, plain: "closed", light: "robot"}, No,
		map[string]Holds{"by breaking the encryption": Residual}},
	{"empty records are told apart", play{audience: target.Program, plain: "closed", fails: "zerolength"}, No,
		map[string]Holds{"by breaking the encryption": Residual}},
	{"padding not known", play{audience: target.Program, plain: "closed", unknown: "poodletls", fails: "zerolength"}, Unknown,
		map[string]Holds{"by breaking the encryption": Unknown}},
	{"padding not known where it matters little", play{audience: target.Program, plain: "closed", unknown: "zerolength"}, No, nil},
	{"compression, and padding not known", play{audience: target.Program, plain: "closed", unknown: "poodletls", fails: "compression"}, Yes,
		map[string]Holds{"by breaking the encryption": Yes}},
	{"cookie without Secure under HSTS", play{audience: target.Browser, plain: "http", maxAge: year, fails: "cookiesecure"}, No,
		map[string]Holds{"on first contact": Residual, "by the session cookie": Residual}},
	{"cookie without Secure and without HSTS", play{audience: target.Browser, plain: "http", fails: "cookiesecure hstsmissing"}, Yes,
		map[string]Holds{"on first contact": Residual, "on later visits": Yes, "by the session cookie": Yes}},
	{"form that posts over http", play{audience: target.Browser, plain: "http", maxAge: year, listed: true, fails: "mixedform"}, Yes,
		map[string]Holds{"by injected content": Yes}},
	{"proxy that hides the scheme, under HSTS", play{audience: target.Browser, plain: "http", maxAge: year, listed: true, fails: "proxyscheme"}, No,
		map[string]Holds{"by a forged Host or scheme": Residual}},
	{"redirect follows a forged Host over http, which harms nobody", play{audience: target.Browser, plain: "http", maxAge: year, light: "forgedhost"}, No,
		map[string]Holds{"on first contact": Residual}},
	{"preference cookie without Secure", play{audience: target.Browser, plain: "http", maxAge: year, listed: true, light: "cookiesecure"}, No, nil},
	{"suites not known", play{audience: target.Program, plain: "closed", unknown: "suitenull"}, Unknown, map[string]Holds{"by downgrade": Unknown}},
	{"suites not known, and a bad certificate", play{audience: target.Program, plain: "closed", unknown: "suitenull", fails: "certexpired"}, Yes,
		map[string]Holds{"by downgrade": Unknown, "on every contact": Yes}},
}

func TestAnswerByScene(t *testing.T) {
	for _, row := range plays {
		a := row.play.of()
		if a.Answer != row.answer {
			t.Errorf("%s: %s, want %s (%s)", row.name, a.Answer, row.answer, a.Sentence)
		}
		for _, p := range a.Paths {
			want, named := row.paths[p.Name]
			if !named {
				want = No
			}
			if p.Holds != want || p.Because == "" {
				t.Errorf("%s: %s: %s, want %s (%s)", row.name, p.Name, p.Holds, want, p.Because)
			}
		}
	}
}

func TestSameCookieIsWorthWhatItsPathIsWorth(t *testing.T) {
	for _, row := range []struct {
		name string
		play play
		want rule.Severity
	}{
		{"port 80 open, no HSTS", play{audience: target.Browser, plain: "http", fails: "cookiesecure hstsmissing"}, rule.Critical},
		{"port 80 closed, no HSTS, people", play{audience: target.Browser, plain: "closed", fails: "cookiesecure hstsmissing"}, rule.Critical},
		{"port 80 closed, no HSTS, programs", play{audience: target.Program, plain: "closed", fails: "cookiesecure hstsmissing"}, rule.High},
		{"HSTS of a year", play{audience: target.Browser, plain: "http", maxAge: year, fails: "cookiesecure"}, rule.Medium},
		{"preloaded with all subdomains", play{audience: target.Browser, plain: "http", maxAge: year, listed: true, fails: "cookiesecure"}, rule.Low},
	} {
		if got := row.play.of().Severities["encryption.cookiesecure"].To; got != row.want {
			t.Errorf("%s: %s, want %s", row.name, got, row.want)
		}
	}
}

func TestPlaceKeepsTheSeverityThatItsRuleGave(t *testing.T) {
	r := rule.Result{Meta: rule.Meta{ID: "encryption.cookiesecure", Severity: rule.High},
		Verdict: rule.All(rule.Failf("a preference").As(rule.Low), rule.Failf("the session"))}
	a := Assessment{Severities: map[string]Change{"encryption.cookiesecure": {rule.Critical, "open"}}}
	got := a.Apply([]rule.Result{r})[0]
	if got.Severity != rule.Critical || got.Verdict.Places[0].Severity != rule.Low || got.Verdict.Places[1].Severity != rule.Critical {
		t.Errorf("%+v", got)
	}
}

func TestPathsMakeLightOfEveryPlace(t *testing.T) {
	r := rule.Result{Meta: rule.Meta{ID: "encryption.hstsmaxage", Severity: rule.High}, Verdict: rule.Failf("max-age=0").As(rule.High)}
	a := Assessment{Severities: map[string]Change{"encryption.hstsmaxage": {rule.Medium, "programs"}}}
	if got := a.Apply([]rule.Result{r})[0]; got.Severity != rule.Medium || got.Verdict.Places[0].Severity != rule.Medium {
		t.Errorf("%+v", got)
	}
}
