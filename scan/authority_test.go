// What the authority of a certificate says, end to end: staples that real servers
// send, a real responder and real lists that are asked, and issuers that are
// fetched.

package scan_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"middlebrick/checks"
	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/scan"
	"middlebrick/testbed/ca"
	"middlebrick/testbed/lab"
	"middlebrick/testbed/quirk"
)

// authorityRules are the rules about what stands around a certificate.
func authorityRules(t testing.TB, names ...string) (rules []rule.Rule) {
	t.Helper()
	for _, name := range names {
		r, ok := checks.Find("encryption." + name)
		if !ok {
			t.Fatalf("there is no rule %s", name)
		}
		rules = append(rules, r)
	}
	return rules
}

// outcomesOf are the outcomes of those rules, with the severity of what fails.
func outcomesOf(rec *observe.Recording, rules []rule.Rule) string {
	all := []string{}
	for _, r := range rules {
		v := r.Judge(rec)
		text := r.Name() + " " + string(v.Outcome)
		if v.Outcome == rule.Failed {
			text += " " + string(v.Worst(r.Severity))
		}
		all = append(all, text)
	}
	return strings.Join(all, ", ")
}

func authorityScan(t *testing.T, authority *ca.CA, at string, ask bool, rules []rule.Rule) *observe.Recording {
	t.Helper()
	req := request(t, "https://"+named+":"+portOf(t, at)+"/")
	req.CAFiles, req.Rules, req.AskCA = [][]byte{authority.RootPEM()}, rules, ask
	rec, _ := look(t, req)
	return rec
}

func stapleFile(t *testing.T, staple []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "staple.der")
	if err := os.WriteFile(file, staple, 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

func portOf(t *testing.T, at string) string {
	t.Helper()
	return at[strings.LastIndex(at, ":")+1:]
}

// TestStaplesOfRealServersAreHeldToTheirCertificate: nginx staples what its file
// holds, whatever that says.
func TestStaplesOfRealServersAreHeldToTheirCertificate(t *testing.T) {
	lab.Needs(t, "nginx", "openssl")
	authority := ca.New()
	rules := authorityRules(t, "certrevoked", "certstaple")
	pair := authority.WithAddresses(ca.Addresses{OCSP: "http://127.0.0.1:9/"}, named)
	for name, row := range map[string]struct {
		answer ca.Answer
		about  ca.Pair
		want   string
	}{
		"good":      {ca.Answer{Status: ca.StatusGood}, pair, "certrevoked pass, certstaple pass"},
		"revoked":   {ca.Answer{Status: ca.StatusRevoked}, pair, "certrevoked fail critical, certstaple pass"},
		"delegated": {ca.Answer{Status: ca.StatusRevoked, By: ca.ByDelegate}, pair, "certrevoked fail critical, certstaple pass"},
		"unknown":   {ca.Answer{Status: ca.StatusUnknown}, pair, "certrevoked inconclusive, certstaple fail low"},
		"expired":   {ca.Answer{Status: ca.StatusGood, Age: 8 * 24 * time.Hour}, pair, "certrevoked inconclusive, certstaple fail low"},
		"stranger":  {ca.Answer{Status: ca.StatusGood, By: ca.ByStranger}, pair, "certrevoked inconclusive, certstaple fail low"},
		"forged":    {ca.Answer{Status: ca.StatusRevoked, By: ca.ByNobody}, pair, "certrevoked inconclusive, certstaple fail low"},
		"other":     {ca.Answer{Status: ca.StatusRevoked}, authority.Good("other.example"), "certrevoked inconclusive, certstaple fail low"},
	} {
		t.Run(name, func(t *testing.T) {
			staple, err := authority.Answer(row.about, row.answer)
			if err != nil {
				t.Fatal(err)
			}
			nginx := lab.StartNginx(t, lab.Nginx{Pair: pair, Server: lab.NginxStaple, Beside: map[string]string{"staple.der": string(staple)}})
			server := lab.StartOpenSSL(t, lab.OpenSSL{Pair: pair, Args: []string{"-status_file", stapleFile(t, staple)}})
			for _, at := range []string{nginx.TLS, server.TLS} {
				if got := outcomesOf(authorityScan(t, authority, at, false, rules), rules); got != row.want {
					t.Errorf("%s, want %s", got, row.want)
				}
			}
		})
	}
}

func TestRealResponderIsAskedWhereThatIsPermitted(t *testing.T) {
	lab.Needs(t, "nginx", "openssl")
	authority := ca.New()
	rules := authorityRules(t, "certrevoked", "certstaple")
	for _, by := range []string{ca.ByIssuer, ca.ByDelegate, ca.ByOther} {
		port := lab.FreePort(t)
		at := "http://127.0.0.1:" + strconv.Itoa(port)
		good := authority.WithAddresses(ca.Addresses{OCSP: at}, named)
		revoked := authority.WithAddresses(ca.Addresses{OCSP: at + "/"}, named)
		unknown := authority.WithAddresses(ca.Addresses{OCSP: at + "/#"}, named)
		responder := lab.StartOCSP(t, lab.OCSP{CA: authority, Port: port, Good: []ca.Pair{good}, Revoked: []ca.Pair{revoked}, By: by})
		for _, row := range []struct {
			pair ca.Pair
			ask  bool
			want string
		}{
			{good, true, "certrevoked pass"}, {revoked, true, "certrevoked fail critical"}, {unknown, true, "certrevoked inconclusive"},
			{good, false, "certrevoked inconclusive"}, {revoked, false, "certrevoked inconclusive"},
		} {
			if by == ca.ByOther {
				row.want = "certrevoked inconclusive"
			}
			nginx := lab.StartNginx(t, lab.Nginx{Pair: row.pair})
			rec := authorityScan(t, authority, nginx.TLS, row.ask, rules)
			if got := outcomesOf(rec, rules); got != row.want+", certstaple pass" {
				seen, _, _ := observe.Get(rec, observe.CertRevocation)
				t.Errorf("signed by %q, ask %v: %s, want %s: %+v\n%s", by, row.ask, got, row.want, seen, responder.Log())
			}
			if cost := rec.End.Cost.Beyond; (cost.Requests > 0) != row.ask {
				t.Errorf("ask %v cost %+v", row.ask, cost)
			}
		}
	}
}

// TestListsAreReadWhereNobodyAnswers: the responder is a closed port, and the list
// lies on a real web server.
func TestListsAreReadWhereNobodyAnswers(t *testing.T) {
	lab.Needs(t, "nginx")
	authority := ca.New()
	rules := authorityRules(t, "certrevoked")
	port := lab.FreePort(t)
	at := "http://127.0.0.1:" + strconv.Itoa(port) + "/"
	closed := "http://127.0.0.1:" + strconv.Itoa(lab.FreePort(t)) + "/"
	revoked := authority.WithAddresses(ca.Addresses{OCSP: closed, CRL: at + "whole.crl"}, named)
	good := authority.WithAddresses(ca.Addresses{CRL: at + "whole.crl"}, named)
	files := map[string]string{}
	for name, part := range map[string]ca.Part{"whole": {}, "part": {Address: at + "part.crl"}, "wrong": {Address: at + "part.crl"}, "old": {Age: 9 * 24 * time.Hour}, "forged": {Forged: true}} {
		list, err := authority.PartCRL(part, revoked)
		if err != nil {
			t.Fatal(err)
		}
		files[name+".crl"] = string(list)
	}
	files["garbage.crl"] = "<html>moved</html>"
	lab.StartNginx(t, lab.Nginx{Plain: port, Files: files, Server80: "root www;"})
	for _, row := range []struct {
		pair ca.Pair
		want string
	}{
		{revoked, "certrevoked fail critical"},
		{good, "certrevoked pass"},
		{authority.WithAddresses(ca.Addresses{CRL: at + "part.crl"}, named), "certrevoked pass"},
		{authority.WithAddresses(ca.Addresses{CRL: at + "wrong.crl"}, named), "certrevoked inconclusive"},
		{authority.WithAddresses(ca.Addresses{CRL: at + "old.crl"}, named), "certrevoked inconclusive"},
		{authority.WithAddresses(ca.Addresses{CRL: at + "forged.crl"}, named), "certrevoked inconclusive"},
		{authority.WithAddresses(ca.Addresses{CRL: at + "garbage.crl"}, named), "certrevoked inconclusive"},
		{authority.WithAddresses(ca.Addresses{CRL: at + "missing.crl"}, named), "certrevoked inconclusive"},
		{authority.WithAddresses(ca.Addresses{CRL: "http://169.254.169.254/x.crl"}, named), "certrevoked inconclusive"},
		{authority.Good(named), "certrevoked not-applicable"},
	} {
		nginx := lab.StartNginx(t, lab.Nginx{Pair: row.pair})
		rec := authorityScan(t, authority, nginx.TLS, true, rules)
		if got := outcomesOf(rec, rules); got != row.want {
			seen, _, _ := observe.Get(rec, observe.CertRevocation)
			t.Errorf("%s, want %s: %+v", got, row.want, seen)
		}
	}
}

// TestMissingIssuerIsFetchedWhereThatIsPermitted, in each of the forms in which
// authorities hand it out.
func TestMissingIssuerIsFetchedWhereThatIsPermitted(t *testing.T) {
	lab.Needs(t, "nginx")
	authority := ca.New()
	rules := authorityRules(t, "certchainincomplete")
	port := lab.FreePort(t)
	at := "http://127.0.0.1:" + strconv.Itoa(port) + "/"
	pem, _ := ca.Pair{Chain: [][]byte{authority.Intermediate}, Key: authority.Good(named).Key}.PEM()
	lab.StartNginx(t, lab.Nginx{Plain: port, Server80: "root www;", Files: map[string]string{
		"i.der": string(authority.Intermediate), "i.pem": string(pem), "i.p7c": string(ca.CertsOnly(authority.Intermediate)), "other.der": string(authority.OtherRoot),
	}})
	for file, mended := range map[string]bool{"i.der": true, "i.pem": true, "i.p7c": true, "other.der": false, "missing.der": false} {
		nginx := lab.StartNginx(t, lab.Nginx{Pair: authority.WithAIA(at+file, named)})
		rec := authorityScan(t, authority, nginx.TLS, true, rules)
		chain, _, gap := observe.Get(rec, observe.Certificates)
		if gap != nil || chain.Completed == nil || chain.Completed.Mended != mended || chain.Trusted() || !chain.Incomplete {
			t.Errorf("%s: %v, %+v", file, gap, chain.Completed)
		}
		if got := outcomesOf(rec, rules); got != "certchainincomplete fail high" {
			t.Errorf("%s: %s", file, got)
		}
	}
}

// TestLintsAndTimestampsOfTheSet holds the rules to each certificate of the set:
// of a private authority, whose certificates belong into no log, and who is held
// to the standard alone.
func TestLintsAndTimestampsOfTheSet(t *testing.T) {
	authority := ca.At(noon)
	rules := authorityRules(t, "certlint", "certct", "certrevoked", "certcaa")
	quiet := "certlint pass, certct not-applicable, certrevoked not-applicable, certcaa not-applicable"
	lints := map[string]string{
		"longserial": "fail low", "zeroserial": "fail low", "controlcn": "fail low", "version1": "fail low", "badsan": "inconclusive", "garbage": "inconclusive",
		"negativeserial": "fail low", "selfsigned": "not-applicable", "adhoc": "not-applicable", "names10000": "inconclusive",
	}
	for _, one := range authority.Set(named) {
		var rec *observe.Recording
		synctest.Test(t, func(t *testing.T) {
			begun := time.Now()
			_, dial := quirk.Pipe(t, "none", quirk.Options{Secure: true, Pair: one.Pair})
			req := request(t, "https://"+named+"/")
			req.Dial, req.Rules, req.CAFiles = dial, rules, [][]byte{authority.RootPEM()}
			req.Now = func() time.Time { return noon.Add(time.Since(begun)) }
			rec, _ = look(t, req)
		})
		want := quiet
		if other := lints[one.Name]; other != "" {
			want = strings.Replace(quiet, "certlint pass", "certlint "+other, 1)
		}
		if one.Name == "garbage" {
			want = strings.Replace(want, "certrevoked not-applicable", "certrevoked inconclusive", 1)
		}
		if diff := cmp.Diff(want, outcomesOf(rec, rules)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", one.Name, diff)
		}
	}
}

// TestTimestampsOfAHandshakeAreRead: in the certificate, in the extension, and in
// the staple, of a server of Go.
func TestTimestampsOfAHandshakeAreRead(t *testing.T) {
	authority := ca.New()
	argon, xenon := ca.NewLog("argon", "One"), ca.NewLog("xenon", "Two")
	pair := authority.Logged([]ca.Log{argon}, named)
	served := pair.TLS()
	now := time.Now()
	served.SignedCertificateTimestamps = [][]byte{xenon.Final(pair.Chain[0], now.Add(-time.Hour)), []byte("no timestamp")}
	staple, err := authority.Answer(pair, ca.Answer{Status: ca.StatusGood, Timestamps: [][]byte{argon.Final(pair.Chain[0], now.Add(-time.Hour))}})
	if err != nil {
		t.Fatal(err)
	}
	served.OCSPStaple = staple
	for list, want := range map[string]string{
		string(ca.LogList(now, argon, xenon)): "[certificate valid tls valid tls malformed staple valid]",
		string(ca.LogList(now, xenon)):        "[certificate unknown tls valid tls malformed staple unknown]",
		"":                                    "[certificate unverified tls unverified tls malformed staple unverified]",
	} {
		server := quirk.Start(t, "none", quirk.Options{Secure: true, Pair: pair, Config: &tls.Config{Certificates: []tls.Certificate{served}}})
		req := request(t, "https://"+named+":"+portOf(t, server.Addr)+"/")
		req.CAFiles, req.Rules = [][]byte{authority.RootPEM()}, authorityRules(t, "certct")
		if list != "" {
			req.CTLogs = []byte(list)
		}
		rec, _ := look(t, req)
		seen, _, gap := observe.Get(rec, observe.CertTimestamps)
		words := []string{}
		for _, one := range seen.Seen {
			words = append(words, one.Source+" "+one.Result)
		}
		if got := fmt.Sprint(words); got != want || gap != nil {
			t.Errorf("%s, %v, want %s", got, gap, want)
		}
	}
}

func TestListOfLogsIsRefusedWhereItIsNone(t *testing.T) {
	list, name, err := scan.ReadCTLogs(strings.NewReader(string(ca.LogList(noon, ca.NewLog("argon", "One")))))
	if err != nil || name != "log list 1.0 of 2026-11-24" || !slices.Equal(list, ca.LogList(noon, ca.NewLog("argon", "One"))) {
		t.Errorf("%s, %v", name, err)
	}
	for _, text := range []string{"", "{}", "[", strings.Repeat(" ", 9<<20)} {
		if _, _, err := scan.ReadCTLogs(strings.NewReader(text)); err == nil || !strings.HasPrefix(err.Error(), "reading log list: ") {
			t.Errorf("%.10q: %v", text, err)
		}
	}
}

// TestKnownPlaceLeavesOtherNamesToTheResolver: a target of a list is located once,
// and its authority and its CAA records are asked for all the same.
func TestKnownPlaceLeavesOtherNamesToTheResolver(t *testing.T) {
	asked := []string{}
	req := request(t, "https://api.middlebrick.com/")
	req.Pins, req.Rules = nil, authorityRules(t, "certcaa")
	req.Resolve = func(_ context.Context, name string) ([]netip.Addr, error) {
		asked = append(asked, name)
		return nil, errors.New("not to be asked")
	}
	req.Dial = func(context.Context, string, string) (net.Conn, error) { return nil, syscall.ECONNREFUSED }
	req.Nameservers = []string{resolver(t, "long")}
	rec, _ := look(t, req.At(scan.Place{Found: []netip.Addr{netip.MustParseAddr("192.0.2.1")}}))
	caa, _, gap := observe.Get(rec, observe.NameCAA)
	found, _, _ := observe.Get(rec, observe.Addresses)
	if gap != nil || len(caa.Records) == 0 || found.Pinned != "192.0.2.1" || len(asked) > 0 {
		t.Errorf("%v, %d records, at %s, resolved %v", gap, len(caa.Records), found.Pinned, asked)
	}
}
