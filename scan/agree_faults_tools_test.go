// How the other scanners are asked of known faults, and what their output says.

package scan_test

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"middlebrick/testbed/lab"
	"middlebrick/tlshello"
)

// sslscanOn asks sslscan. What it says of the fallback stands in its text alone; of
// compression Debian's says that it cannot tell.
func sslscanOn(t *testing.T, s *lab.Server) opinion {
	t.Helper()
	file := filepath.Join(t.TempDir(), "sslscan.xml")
	text := output(t, "sslscan", "--xml="+file, "--no-colour", "--sni-name="+host, "--no-ciphersuites", "--no-groups",
		"--no-check-certificate", "--timeout=10", s.TLS)
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("reading sslscan's report: %v", err)
	}
	var doc struct {
		Renegotiation struct {
			Supported int `xml:"supported,attr"`
			Secure    int `xml:"secure,attr"`
		} `xml:"ssltest>renegotiation"`
		Heartbleed []struct {
			Vulnerable int `xml:"vulnerable,attr"`
		} `xml:"ssltest>heartbleed"`
	}
	if err := xml.Unmarshal(raw, &doc); err != nil {
		t.Fatalf("reading sslscan's XML: %v", err)
	}
	o := opinion{}
	for _, seen := range doc.Heartbleed {
		if o["Heartbleed"] != ill {
			o["Heartbleed"] = illIf(seen.Vulnerable == 1)
		}
	}
	if doc.Renegotiation.Supported == 1 {
		o["insecure renegotiation"] = illIf(doc.Renegotiation.Secure == 0)
	}
	switch {
	case bytes.Contains(text, []byte("Server supports TLS Fallback SCSV")):
		o["fallback"] = healthy
	case bytes.Contains(text, []byte("Server does not support TLS Fallback SCSV")):
		o["fallback"] = ill
	}
	return o
}

func illIf(vulnerable bool) string {
	if vulnerable {
		return ill
	}
	return healthy
}

// nmapAilments are ours by the titles under which Nmap's scripts report.
var nmapAilments = map[string]string{
	"The Heartbleed Bug":                                      "Heartbleed",
	"SSL/TLS MITM vulnerability (CCS Injection)":              "CCS",
	"SSL POODLE information leak":                             "POODLE",
	"Transport Layer Security (TLS) Protocol DHE_EXPORT":      "LOGJAM",
	"Diffie-Hellman Key Exchange Insufficient Group Strength": "weak group",
	"SSLv2 DROWN": "DROWN",
}

func nmapOn(t *testing.T, s *lab.Server) opinion {
	t.Helper()
	text := output(t, "nmap", "-Pn", "-n", "-p", port(t, s.TLS), "--script", "+ssl-heartbleed,+ssl-ccs-injection,+ssl-poodle,+sslv2-drown,+ssl-dh-params",
		"--script-args", "vulns.showall,tls.servername="+host, "-oX", "-", "127.0.0.1")
	var doc struct {
		Scripts []struct {
			ID     string `xml:"id,attr"`
			Output string `xml:"output,attr"`
			nmapTable
		} `xml:"host>ports>port>script"`
	}
	if err := xml.Unmarshal(text, &doc); err != nil {
		t.Fatalf("reading Nmap's XML: %v", err)
	}
	o := opinion{}
	for _, script := range doc.Scripts {
		if script.ID == "sslv2-drown" && strings.HasPrefix(script.Output, "ERROR") {
			o["DROWN"] = unclear
		}
		for _, table := range append(script.Tables, script.nmapTable) {
			o.nmap(table)
		}
	}
	return o
}

// nmap takes in one fault's table.
func (o opinion) nmap(table nmapTable) {
	for title, name := range nmapAilments {
		if strings.HasPrefix(table.value("title"), title) {
			o[name] = illIf(strings.Contains(table.value("state"), "VULNERABLE") && table.value("state") != "NOT VULNERABLE")
		}
	}
}

// everyAilment are testssl.sh's options for protocols, certificates and all faults
// that are compared.
var everyAilment = words("-p", "-S", "-H", "-I", "-T", "-BB", "-R", "-C", "-B", "-O", "-Z", "-W", "-F", "-D", "-J", "-A", "-L", "-4")

// testsslAilments are ours by the names in testssl.sh's report.
var testsslAilments = map[string]string{
	"heartbleed": "Heartbleed", "CCS": "CCS", "ticketbleed": "Ticketbleed", "ROBOT": "ROBOT", "secure_renego": "insecure renegotiation",
	"secure_client_renego": "client renegotiation", "CRIME_TLS": "CRIME", "BREACH": "BREACH", "POODLE_SSL": "POODLE", "fallback_SCSV": "fallback",
	"SWEET32": "SWEET32", "FREAK": "FREAK", "DROWN": "DROWN", "LOGJAM": "LOGJAM", "LOGJAM-common_primes": "common prime",
	"BEAST": "BEAST", "LUCKY13": "LUCKY13", "RC4": "RC4",
}

var testsslVersions = map[string]tlshello.Version{
	"SSLv2": tlshello.SSL2, "SSLv3": tlshello.SSL3, "TLS1": tlshello.TLS10, "TLS1_1": tlshello.TLS11, "TLS1_2": tlshello.TLS12, "TLS1_3": tlshello.TLS13,
}

// testsslWithin bounds one run of testssl.sh, which takes a minute or two where
// nothing else runs.
const testsslWithin = 8 * time.Minute

// A testsslLine is one line of its report.
type testsslLine struct {
	ID       string `json:"id"`
	Severity string `json:"severity"`
	Finding  string `json:"finding"`
}

func testsslOn(t *testing.T, s *lab.Server, leaf string, options ...string) (opinion, claims) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), testsslWithin)
	defer cancel()
	file := filepath.Join(t.TempDir(), "testssl.json")
	args := append([]string{"--quiet", "--warnings", "off", "--color", "0", "--nodns", "min", "--ip", "127.0.0.1", "--jsonfile", file}, options...)
	command := exec.CommandContext(ctx, "testssl", append(args, host+":"+port(t, s.TLS))...)
	said, _ := command.CombinedOutput() // its exit code counts what it found
	if ctx.Err() != nil {
		t.Fatalf("testssl.sh took more than %v", testsslWithin)
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("reading testssl.sh's report: %v\n%s", err, said)
	}
	var lines []testsslLine
	if err := json.Unmarshal(raw, &lines); err != nil {
		t.Fatalf("reading testssl.sh's JSON: %v\n%s", err, said)
	}
	o, c := opinion{}, claims{}
	for _, line := range lines {
		if name, compared := testsslAilments[line.ID]; compared {
			o[name] = line.says()
		}
		if version, named := testsslVersions[line.ID]; named && line.offered() {
			c.version(version)
		}
	}
	c.testsslCertificate(t, lines, leaf)
	return o, c
}

func (l testsslLine) says() string {
	switch l.Severity {
	case "OK", "INFO":
		return healthy
	case "WARN":
		return unclear
	}
	return ill
}

// offered is true of a version that is. SSLv2's line counts its ciphers.
func (l testsslLine) offered() bool {
	return strings.HasPrefix(l.Finding, "offered") || strings.HasPrefix(l.Finding, "vulnerable")
}

// testsslCertificate claims the certificate with that hash, or what else was shown if
// it was not: testssl.sh asks for those of every kind of key, and puts the number of
// the certificate behind each fact's name.
func (c claims) testsslCertificate(t *testing.T, lines []testsslLine, leaf string) {
	t.Helper()
	facts := map[string]map[string]string{}
	for _, line := range lines {
		name, number, _ := strings.Cut(line.ID, " ")
		if facts[number] == nil {
			facts[number] = map[string]string{}
		}
		facts[number][name] = line.Finding
	}
	shown := map[string]map[string]string{}
	for _, seen := range facts {
		if hash := strings.ToLower(seen["cert_fingerprintSHA256"]); hash != "" {
			shown[hash] = seen
		}
	}
	if ours, found := shown[leaf]; found {
		shown = map[string]map[string]string{leaf: ours}
	}
	for hash, seen := range shown {
		key := strings.Fields(seen["cert_keySize"]) // "RSA 2048 bits"
		if len(key) < 2 {
			t.Fatalf("testssl.sh's key is %q", seen["cert_keySize"])
		}
		const layout = "2006-01-02 15:04"
		c.certificate(hash, key[0], decimal(t, key[1]), date(t, layout, seen["cert_notBefore"]), date(t, layout, seen["cert_notAfter"]))
	}
}

// toTheMinute are claims with what testssl.sh prints of a time.
func toTheMinute(c claims) claims {
	short := claims{}
	for claim := range c {
		words := strings.Fields(claim)
		last := words[len(words)-1]
		if at, err := time.Parse(time.RFC3339, last); err == nil {
			claim = strings.TrimSuffix(claim, last) + at.Truncate(time.Minute).Format(time.RFC3339)
		}
		short[claim] = true
	}
	return short
}
