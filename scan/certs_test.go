// Certificates end to end: every one of the testbed's set, sent by real TLS
// servers, and the exact rules that fail on it.

package scan_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"middlebrick/checks"
	"middlebrick/observe"
	"middlebrick/report"
	"middlebrick/rule"
	"middlebrick/scan"
	"middlebrick/testbed/ca"
	"middlebrick/testbed/lab"
	"middlebrick/testbed/quirk"
)

// named is the host of the certificates. With one label less, the set's wildcard
// would be one over a whole top-level domain.
const named = "www.app.test"

// noon is when the chains are judged: a day on which every limit is in force.
var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// certificateRules are the rules over the chain alone.
func certificateRules() []rule.Rule {
	needs := []string{observe.Certificates.Name()}
	return slices.DeleteFunc(checks.Rules(), func(r rule.Rule) bool { return !slices.Equal(r.Needs, needs) })
}

// A chainSeen is what a scan came to, as far as certificates go.
type chainSeen struct {
	Fails   string // the rules with their severities here
	Contact string // whether the way in "on every contact" is open
	Pages   string // "answered", or why the https form was not
}

func chainOf(rec *observe.Recording, r report.Report) chainSeen {
	seen, failing := chainSeen{Pages: "answered"}, []string{}
	for _, f := range r.Findings {
		failing = append(failing, strings.TrimPrefix(f.Rule, "encryption.")+":"+string(f.Severity))
	}
	slices.Sort(failing)
	seen.Fails = strings.Join(slices.Compact(failing), " ")
	for _, p := range r.Attack.Paths {
		if p.Name == "on every contact" {
			seen.Contact = p.Holds
		}
	}
	if _, _, gap := observe.Get(rec, observe.SecurePages); gap != nil {
		seen.Pages = string(gap.Why)
	}
	return seen
}

// chains is what each certificate of the set comes to. What crypto/x509 cannot
// parse is judged all the same; the https form is not known there, because
// crypto/tls, over which the scan asks HTTP, gives the handshake up.
var chains = map[string]chainSeen{
	"good":                {"", "no", "answered"},
	"goodp384":            {"", "no", "answered"},
	"goodrsa":             {"", "no", "answered"},
	"ipsan":               {"", "no", "answered"},
	"emptysubject":        {"", "no", "answered"},
	"expired":             {"certexpired:critical", "yes", "answered"},
	"notyet":              {"certnotyet:critical", "yes", "answered"},
	"expiring":            {"certexpiring:low", "no", "answered"},
	"longlife":            {"certlifetime:info", "no", "answered"},
	"year2050":            {"certlifetime:info", "no", "answered"},
	"wronghost":           {"certname:critical", "yes", "answered"},
	"nosan":               {"certsan:high", "yes", "answered"},
	"ipasdns":             {"certname:critical", "yes", "answered"},
	"wildcard":            {"", "no", "answered"},
	"star":                {"certname:critical", "yes", "answered"},
	"names1000":           {"", "no", "answered"},
	"names10000":          {"", "no", "answered"},
	"nulname":             {"certname:critical", "yes", "answered"},
	"selfsigned":          {"certselfsigned:critical", "yes", "answered"},
	"untrustedroot":       {"certuntrusted:critical", "yes", "answered"},
	"incomplete":          {"certchainincomplete:high", "yes", "answered"},
	"misordered":          {"certchainorder:low", "no", "answered"},
	"extraroot":           {"", "no", "answered"},
	"twice":               {"certchainorder:low", "no", "answered"},
	"unrelated":           {"certchainorder:info", "no", "answered"},
	"intermediateexpired": {"certexpired:critical", "yes", "answered"},
	"caleaf":              {"", "no", "answered"},
	"clientauth":          {"certuntrusted:critical", "yes", "answered"},
	"rsa1024":             {"certkey:high", "no", "answered"},
	"rsa512":              {"certkey:critical", "yes", "answered"},
	"p224":                {"certkey:low", "no", "answered"},
	"roca":                {"certkey:critical", "yes", "answered"},
	"sha1":                {"certsignature:high", "yes", "answered"},
	"md5":                 {"certsignature:high", "yes", "answered"},
	"ecdsasha1":           {"certsignature:high", "yes", "answered"},
	"muststaple":          {"certstaple:medium", "no", "answered"},
	"negativeserial":      {"certmalformed:critical", "yes", "garbled"},
	"zeroserial":          {"", "no", "answered"},
	"longserial":          {"", "no", "answered"},
	"duplicateextension":  {"certmalformed:critical", "yes", "garbled"},
	"controlcn":           {"", "no", "answered"},
	"version9":            {"certmalformed:critical", "yes", "garbled"},
	"version1":            {"certsan:high", "yes", "answered"},
	"badsan":              {"certmalformed:critical", "yes", "garbled"},
	"garbage":             {"certmalformed:critical", "yes", "garbled"},
	"adhoc":               {"certadhoc:critical", "yes", "answered"},
}

// Go's server has no signature for these two keys, and ends the handshake that
// HTTP would need.
var unsigned = map[string]chainSeen{
	"rsa512": {"certkey:critical", "yes", "garbled"},
	"p224":   {"certkey:low", "no", "garbled"},
}

// OpenSSL does not serve what it cannot parse, or has no signature for, and the
// scan's HTTP client asks for none by MD5 or over P-224: anonymous suites are all
// that is left to the first two, which then hold no certificate.
var served = map[string]chainSeen{
	"badsan":             {"", "no", "garbled"},
	"duplicateextension": {"", "no", "garbled"},
	"md5":                {"certsignature:high", "yes", "garbled"},
	"p224":               unsigned["p224"],
}

func TestEveryCertificateOfTheSetIsToldApart(t *testing.T) {
	authority, got := ca.At(noon), map[string]chainSeen{}
	for _, one := range authority.Set(named) {
		synctest.Test(t, func(t *testing.T) {
			begun := time.Now()
			_, dial := quirk.Pipe(t, "none", quirk.Options{Secure: true, Pair: one.Pair})
			req := request(t, "https://"+named+"/")
			req.Dial, req.Rules, req.CAFiles = dial, certificateRules(), [][]byte{authority.RootPEM()}
			req.Now = func() time.Time { return noon.Add(time.Since(begun)) }
			rec, err := scan.Run(context.Background(), req, func(scan.Event) {})
			if err != nil {
				t.Fatal(err)
			}
			got[one.Name] = chainOf(rec, scan.Judge(rec, req.Rules))
		})
	}
	if diff := cmp.Diff(with(chains, unsigned), got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func with(all, changed map[string]chainSeen) map[string]chainSeen {
	merged := map[string]chainSeen{}
	for name, seen := range all {
		merged[name] = seen
		if other, ok := changed[name]; ok {
			merged[name] = other
		}
	}
	return merged
}

// TestRealServerSendsTheSameSet asks one nginx that serves each of the set on a
// port of its own; it will not start with the one that is no certificate.
func TestRealServerSendsTheSameSet(t *testing.T) {
	lab.Needs(t, "nginx")
	authority := ca.New()
	set := slices.DeleteFunc(authority.Set(named), func(one ca.Case) bool { return one.Name == "garbage" })
	var blocks strings.Builder
	ports, beside := map[string]int{}, map[string]string{}
	for _, one := range set {
		chain, key := one.PEM()
		ports[one.Name] = lab.FreePort(t)
		beside[one.Name+".pem"], beside[one.Name+".key"] = string(chain), string(key)
		fmt.Fprintf(&blocks, "server { listen 127.0.0.1:%d ssl; ssl_certificate %s.pem; ssl_certificate_key %s.key; ssl_ciphers ALL:@SECLEVEL=0; log_not_found off; root www; }\n",
			ports[one.Name], one.Name, one.Name)
	}
	lab.StartNginx(t, lab.Nginx{HTTP: blocks.String(), Beside: beside})
	want, got := with(chains, served), map[string]chainSeen{}
	delete(want, "garbage")
	for _, one := range set {
		req := request(t, "https://"+named+":"+strconv.Itoa(ports[one.Name])+"/")
		req.Rules, req.CAFiles = certificateRules(), [][]byte{authority.RootPEM()}
		got[one.Name] = chainOf(look(t, req))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
