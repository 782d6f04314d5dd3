// The agreement with other scanners on known faults: what our rules say of the
// fleet's servers, and of quirks that have a fault and their twins that do not,
// sslscan, Nmap and testssl.sh say as well, and where not, the table knows why.
//
// A run of testssl.sh takes a minute or two. It is asked of the three servers of
// slowly, and of all with AGREE_ALL=1 in the environment (forty minutes).

package scan_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"middlebrick/observe"
	"middlebrick/report"
	"middlebrick/testbed/lab"
	"middlebrick/testbed/quirk"
)

// What is said of one fault.
const (
	ill     = "vulnerable"
	healthy = "healthy"
	unclear = "no clear answer"
)

// An ailment is a fault that other scanners speak of, and how our rules tell it.
type ailment struct {
	name  string
	rules []string
	where []string // the failure stands at a place with one of these in it; none: anywhere
}

var ailments = []ailment{
	{name: "Heartbleed", rules: words("heartbleed")},
	{name: "CCS", rules: words("ccsinjection")},
	{name: "Ticketbleed", rules: words("ticketbleed")},
	{name: "ROBOT", rules: words("robot")},
	{name: "insecure renegotiation", rules: words("renegotiationinsecure")},
	{name: "client renegotiation", rules: words("renegotiationclient")},
	{name: "CRIME", rules: words("compression")},
	{name: "BREACH", rules: words("bodycompression")},
	{name: "POODLE", rules: words("suitecbc"), where: words("SSLv3")},
	{name: "fallback", rules: words("fallbackscsv")},
	{name: "SWEET32", rules: words("suite3des", "suitedes", "suiteold")},
	{name: "FREAK", rules: words("suiteexport"), where: words("FREAK")},
	{name: "DROWN", rules: words("drown")},
	{name: "LOGJAM", rules: words("suiteexport"), where: words("LOGJAM")},
	{name: "common prime", rules: words("dhcommon")},
	{name: "weak group", rules: words("dhweak")},
	{name: "BEAST", rules: words("suitecbc"), where: words("SSLv3", "TLS 1.0")},
	{name: "LUCKY13", rules: words("suitecbc")},
	{name: "RC4", rules: words("suiterc4")},
}

// in is what a report says of the ailment.
func (a ailment) in(r report.Report) string {
	said := healthy
	for _, name := range a.rules {
		id := "encryption." + name
		for _, f := range r.Findings {
			at := len(a.where) == 0 || slices.ContainsFunc(a.where, func(w string) bool { return strings.Contains(f.Where, w) })
			if f.Rule == id && at {
				return ill
			}
		}
		if slices.ContainsFunc(r.NotTested, func(n report.NotTested) bool { return n.Rule == id }) {
			said = unclear
		}
	}
	return said
}

// An opinion is what one scanner says of each ailment that it speaks of.
type opinion map[string]string

// A consultation is one server with what everybody said of it.
type consultation struct {
	witnesses
	leaf     string // the SHA-256 of the certificate
	ours     opinion
	opinions map[string]opinion // by tool
}

// slowly are the servers of which testssl.sh is asked by default.
var slowly = []string{"nginx intermediate", "Java legacy", "Node 0.10"}

func askedSlowly(name string) bool {
	return os.Getenv("AGREE_ALL") != "" || slices.Contains(slowly, name)
}

func TestWeAgreeOnFaults(t *testing.T) {
	lab.Needs(t, "sslscan", "nmap", "testssl", "openssl", "gnutls-serv")
	app := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(app.Close)
	two := make(chan struct{}, 2)
	members := fleet(app.Listener.Addr().String())
	for _, row := range disputes {
		for _, name := range row.on {
			known := slices.ContainsFunc(members, func(m member) bool { return m.name == name }) || slices.Contains(quirkNames(), name)
			if !known {
				t.Errorf("a dispute is settled on %q, which is not asked", name)
			}
		}
	}
	slices.SortStableFunc(members, func(a, b member) int { return slices.Index(slowly, b.name) - slices.Index(slowly, a.name) })
	for _, m := range members {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			two <- struct{}{}
			defer func() { <-two }()
			c := consult(t, m)
			c.opinions["sslscan"], c.opinions["nmap"] = sslscanOn(t, c.server), nmapOn(t, c.server)
			if askedSlowly(m.name) {
				var theirs claims
				c.opinions["testssl"], theirs = testsslOn(t, c.server, c.leaf, everyAilment...)
				topics, ours := []string{"accepted", "certificate"}, toTheMinute(c.witnesses.ours)
				explain(t, &c.witnesses, "testssl", false, ours.without(theirs, topics))
				explain(t, &c.witnesses, "testssl", true, theirs.without(ours, topics))
			}
			c.settle(t, everyTool...)
		})
	}
}

var everyTool = words("sslscan", "nmap", "testssl")

// consult scans one server by ourselves, with every rule.
func consult(t *testing.T, m member) *consultation {
	t.Helper()
	server := m.start(t)
	req := of(t, server, "/")
	req.Timeout = 5 * time.Minute // other scanners keep the machine busy
	rec, r := look(t, req)
	c := &consultation{ours: opinion{}, opinions: map[string]opinion{}}
	c.witnesses = witnesses{member: m, server: server, theirs: map[string]claims{}}
	if _, _, gap := observe.Get(rec, observe.TLSSuites); gap == nil && !strings.HasPrefix(m.name, "quirk ") {
		c.witnesses.ours = ours(t, rec)
	}
	chain, _, _ := observe.Get(rec, observe.Certificates)
	if leaf, sent := chain.Leaf(); sent {
		c.leaf = leaf.SHA256
	}
	for _, a := range ailments {
		c.ours[a.name] = a.in(r)
	}
	return c
}

// settle fails for every difference of opinion that no row of the table settles, and
// for every row that settles none.
func (c *consultation) settle(t *testing.T, tools ...string) {
	t.Helper()
	agreed := 0
	for _, tool := range tools {
		for name, theirs := range c.opinions[tool] {
			ours := c.ours[name]
			row := disputes.about(tool, name, c.name)
			switch {
			case ours == theirs && row == nil:
				agreed++
			case ours == theirs:
				t.Errorf("%s: %s agrees that it is %s, though %s", name, tool, ours, row.why)
			case row == nil:
				t.Errorf("%s: ours %s, %s %s", name, ours, tool, theirs)
			case row.ours != ours || row.theirs != theirs:
				t.Errorf("%s: ours %s, %s %s; not as where %s", name, ours, tool, theirs, row.why)
			case !row.proof(t, c):
				t.Errorf("%s: not proven that %s", name, row.why)
			}
		}
	}
	found := []string{}
	for _, a := range ailments {
		if c.ours[a.name] != healthy {
			found = append(found, a.name+" "+c.ours[a.name])
		}
	}
	fmt.Printf("%-18s %d verdicts agreed; ours: %s\n", c.name, agreed, strings.Join(found, ", "))
}

// faulty are quirks with what they have, and twins that have nothing. Each is put to
// the tools that can tell. Ticketbleed is not among them: testssl.sh wants to see memory
// that changes, and what the quirk gives away is always the same letter.
var faulty = []struct {
	quirk, ailment string
	tools          []string
	flag           string // testssl.sh's, for this ailment alone
}{
	{"heartbleed", "Heartbleed", everyTool, "-H"},
	{"heartbeat", "Heartbleed", everyTool, "-H"},
	{"ccs-injection", "CCS", words("nmap", "testssl"), "-I"},
	{"ccs-refused", "CCS", words("nmap", "testssl"), "-I"},
	{"robot", "ROBOT", words("testssl"), "-BB"},
	{"robot-weak", "ROBOT", words("testssl"), "-BB"},
	{"robot-refused", "ROBOT", words("testssl"), "-BB"},
	{"insecure-renegotiation", "insecure renegotiation", words("testssl"), "-R"}, // sslscan's OpenSSL does not connect
	{"compression", "CRIME", words("testssl"), "-C"},
	{"drown", "DROWN", words("testssl"), "-D"},
}

// chained is one suite in CBC mode.
var chained = []uint16{0x002f}

func quirkNames() (names []string) {
	for _, row := range faulty {
		names = append(names, "quirk "+row.quirk)
	}
	return names
}

func TestWeAgreeOnQuirks(t *testing.T) {
	lab.Needs(t, "sslscan", "nmap", "testssl", "openssl")
	two := make(chan struct{}, 2)
	for _, row := range faulty {
		t.Run(row.quirk, func(t *testing.T) {
			t.Parallel()
			two <- struct{}{}
			defer func() { <-two }()
			suites := transport
			if row.ailment != "ROBOT" {
				suites = chained // all that testssl.sh and sslscan offer when they ask for these
			}
			c := consult(t, member{name: "quirk " + row.quirk, start: func(t testing.TB) *lab.Server {
				return &lab.Server{TLS: quirk.Start(t, row.quirk, quirk.Options{Suites: suites, Pair: pair}).Addr}
			}})
			ask := map[string]func() opinion{
				"sslscan": func() opinion { return sslscanOn(t, c.server) },
				"nmap":    func() opinion { return nmapOn(t, c.server) },
				"testssl": func() opinion { o, _ := testsslOn(t, c.server, c.leaf, row.flag); return o },
			}
			for _, tool := range row.tools {
				said, told := ask[tool]()[row.ailment]
				if !told {
					t.Errorf("%s says nothing of %s", tool, row.ailment)
				}
				c.opinions[tool] = opinion{row.ailment: said}
			}
			c.settle(t, row.tools...)
		})
	}
}
