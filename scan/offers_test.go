// What real servers offer, rule by rule: the weak ones fail exactly where they are
// weak, the good ones nowhere.

package scan_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"middlebrick/checks"
	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/testbed/lab"
)

// offerRules are the rules over what is offered and not broken outright.
func offerRules(t *testing.T) (rules []rule.Rule) {
	t.Helper()
	for _, name := range []string{"aeadmissing", "dhcommon", "groupnopq", "groupweak", "serverpreference", "signaturesha1", "suitecbc", "suiteccm8", "suiteold"} {
		r, ok := checks.Find("encryption." + name)
		if !ok {
			t.Fatalf("there is no rule %s", name)
		}
		rules = append(rules, r)
	}
	return rules
}

func TestRealServersFailExactlyWhereTheyOfferWhatIsWeak(t *testing.T) {
	lab.Needs(t, "nginx", "openssl", "gnutls-serv")
	app := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(app.Close)
	two := make(chan struct{}, 2)
	for _, m := range fleet(app.Listener.Addr().String()) {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			two <- struct{}{}
			defer func() { <-two }()
			req := of(t, m.start(t), "/")
			req.Rules = offerRules(t)
			rec, _ := look(t, req)
			fails, doubts := offersSeen(req.Rules, rec)
			if want, known := offersOf[m.name]; !known || fails != want {
				t.Errorf("fails\n\t%s\nwant\n\t%s", fails, want)
			}
			if len(doubts) > 0 {
				t.Errorf("could not tell\n\t%s", strings.Join(doubts, "\n\t"))
			}
		})
	}
}

// offersSeen is one word a rule that fails, with the versions, and the rules that
// could not tell.
func offersSeen(rules []rule.Rule, rec *observe.Recording) (fails string, doubts []string) {
	var words []string
	for _, r := range rules {
		v := r.Judge(rec)
		word := r.Name()
		for _, place := range v.Places {
			word += " " + strings.NewReplacer("TLS ", "", "SSLv", "SSL").Replace(place.Where)
		}
		switch v.Outcome {
		case rule.Failed:
			words = append(words, word)
		case rule.Inconcluded:
			doubts = append(doubts, r.Name()+": "+v.Says)
		}
	}
	return strings.Join(words, "; "), doubts
}

// offersOf is what each server of the fleet fails. Node of 2014 is the real server
// with IDEA and SEED; s_server takes a prime of RFC 2409 for its anonymous suites, and
// Java one of its own for all.
var offersOf = map[string]string{
	"nginx modern":       "groupnopq 1.3",
	"nginx ECDSA":        "serverpreference 1.2; suitecbc 1.2; suiteccm8 1.2",
	"nginx intermediate": "groupnopq 1.3",
	"nginx client":       "groupnopq 1.3",
	"nginx old":          "groupnopq 1.3; signaturesha1 1.2; suitecbc 1.0 1.1 1.2",
	"nginx weak":         "groupnopq 1.3; serverpreference 1.0 1.1 1.2; signaturesha1 1.2; suitecbc 1.0 1.1 1.2; suiteccm8 1.2",
	"Apache":             "groupnopq 1.3; serverpreference 1.0 1.1 1.2; signaturesha1 1.2; suitecbc 1.0 1.1 1.2; suiteccm8 1.2",
	"s_server":           "dhcommon 1.0 1.1 1.2; groupnopq 1.3; serverpreference 1.0 1.1 1.2; signaturesha1 1.2; suitecbc 1.0 1.1 1.2; suiteccm8 1.2",
	"s_server PSK DSA":   "dhcommon 1.0 1.1 1.2; groupnopq 1.3; serverpreference 1.0 1.1 1.2; signaturesha1 1.2; suitecbc 1.0 1.1 1.2; suiteccm8 1.2",
	"Java legacy":        "dhcommon SSL3 1.0 1.1 1.2; groupnopq 1.3; signaturesha1 1.2; suitecbc SSL3 1.0 1.1 1.2",
	"NSS":                "groupnopq 1.3; signaturesha1 1.2; suitecbc 1.0 1.1 1.2",
	"GnuTLS":             "groupnopq 1.3; serverpreference 1.0 1.1 1.2; signaturesha1 1.2; suitecbc 1.0 1.1 1.2",
	"GnuTLS legacy":      "groupnopq 1.3; serverpreference 1.0 1.1 1.2; signaturesha1 1.2; suitecbc 1.0 1.1 1.2",
	"GnuTLS weak":        "serverpreference 1.0 1.1 1.2; signaturesha1 1.2; suitecbc 1.0 1.1 1.2",
	"HAProxy":            "groupnopq 1.3; signaturesha1 1.2; suitecbc 1.0 1.1 1.2; suiteccm8 1.2",
	"stunnel":            "groupnopq 1.3; serverpreference 1.0 1.1 1.2; signaturesha1 1.2; suitecbc 1.0 1.1 1.2; suiteccm8 1.2",
	"Node 0.10":          "suitecbc SSL3 1.0 1.1 1.2; suiteold SSL3 1.0 1.1 1.2",
	"Node 0.8":           "suitecbc SSL3 1.0",
	"gunicorn":           "groupnopq 1.3; suitecbc 1.2",
	"Flask":              "groupnopq 1.3; suitecbc 1.2",
	"Go":                 "suitecbc 1.2",
	"Go legacy":          "suitecbc 1.0 1.1 1.2",
}
