// The other scanners: how they are run and what their output claims.

package scan_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"encoding/xml"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"middlebrick/testbed/lab"
	"middlebrick/tlshello"
)

// A judge is another scanner, and the topics on which it speaks.
type judge struct {
	name   string
	topics []string
	ask    func(t *testing.T, m member, s *lab.Server) claims
}

func judges() []judge {
	return []judge{
		{"sslscan", []string{"accepted", "suite", "group", "dh", "certificate"}, askSSLScan},
		{"nmap", []string{"accepted", "suite", "dh", "certificate"}, askNmap},
		{"openssl", []string{"accepted", "certificate"}, askOpenSSL},
	}
}

// output runs a program and gives what it printed; its exit code says only what
// it thinks of the server.
func output(t testing.TB, program string, args ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	command := exec.Command(program, args...)
	command.Stdout = &out
	if err := command.Run(); err != nil && command.ProcessState == nil {
		t.Fatalf("running %s: %v", program, err)
	}
	return out.Bytes()
}

// toolVersions are the names that the tools have for the versions.
var toolVersions = map[string]tlshello.Version{
	"SSLv2": tlshello.SSL2, "SSLv3": tlshello.SSL3, "ssl2": tlshello.SSL2, "ssl3": tlshello.SSL3,
	"TLSv1.0": tlshello.TLS10, "TLSv1.1": tlshello.TLS11, "TLSv1.2": tlshello.TLS12, "TLSv1.3": tlshello.TLS13,
	"tls1.0": tlshello.TLS10, "tls1.1": tlshello.TLS11, "tls1.2": tlshello.TLS12, "tls1.3": tlshello.TLS13,
}

// sslScan is the part of sslscan's XML that is compared.
type sslScan struct {
	Protocols []struct {
		Type    string `xml:"type,attr"`
		Version string `xml:"version,attr"`
		Enabled int    `xml:"enabled,attr"`
	} `xml:"ssltest>protocol"`
	Ciphers []struct {
		Version string `xml:"sslversion,attr"`
		ID      string `xml:"id,attr"`
		DHBits  int    `xml:"dhebits,attr"`
	} `xml:"ssltest>cipher"`
	Groups []struct {
		Version string `xml:"sslversion,attr"`
		ID      string `xml:"id,attr"`
	} `xml:"ssltest>group"`
	Certificates []struct {
		Type string `xml:"type,attr"`
		Blob string `xml:"certificate-blob"`
		Key  struct {
			Type string `xml:"type,attr"`
			Text string `xml:",chardata"`
		} `xml:"pk"`
		From  string `xml:"not-valid-before"`
		Until string `xml:"not-valid-after"`
	} `xml:"ssltest>certificates>certificate"`
}

// opensslTime is how OpenSSL prints a date.
const opensslTime = "Jan _2 15:04:05 2006 MST"

func askSSLScan(t *testing.T, m member, s *lab.Server) claims {
	t.Helper()
	c := claims{}
	if !m.packed {
		c.sslscan(t, s)
		return c
	}
	c.sslscan(t, s, "--no-groups")
	c.sslscan(t, s, "--no-ciphersuites", "--tls13")
	return c
}

func (c claims) sslscan(t *testing.T, s *lab.Server, args ...string) {
	t.Helper()
	args = append(args, "--xml=-", "--sni-name="+host, "--show-certificate", "--no-heartbleed", "--no-compression",
		"--no-renegotiation", "--no-fallback", "--timeout=10", s.TLS)
	var doc sslScan
	if err := xml.Unmarshal(output(t, "sslscan", args...), &doc); err != nil {
		t.Fatalf("reading sslscan's XML: %v", err)
	}
	for _, p := range doc.Protocols {
		if p.Enabled == 1 {
			c.version(toolVersions[p.Type+p.Version])
		}
	}
	for _, cipher := range doc.Ciphers {
		version, suite := toolVersions[cipher.Version], tlshello.Suite(hexNumber(t, cipher.ID)).String()
		c.suite(version, suite)
		if cipher.DHBits > 0 {
			c.dh(version, suite, cipher.DHBits)
		}
	}
	for _, g := range doc.Groups {
		c.group(toolVersions[g.Version], tlshello.Group(hexNumber(t, g.ID)).String())
	}
	for _, seen := range doc.Certificates {
		if seen.Type == "full" {
			c.certificate(fingerprint(t, seen.Blob), seen.Key.Type, keyBits(t, seen.Key.Text), date(t, opensslTime, seen.From), date(t, opensslTime, seen.Until))
		}
	}
}

// An nmapTable is Nmap's structured output: values and tables within tables.
type nmapTable struct {
	Key    string      `xml:"key,attr"`
	Tables []nmapTable `xml:"table"`
	Values []struct {
		Key  string `xml:"key,attr"`
		Text string `xml:",chardata"`
	} `xml:"elem"`
}

func (n nmapTable) value(key string) string {
	for _, v := range n.Values {
		if v.Key == key {
			return v.Text
		}
	}
	return ""
}

func (n nmapTable) table(key string) nmapTable {
	for _, inner := range n.Tables {
		if inner.Key == key {
			return inner
		}
	}
	return nmapTable{}
}

type nmapRun struct {
	Scripts []struct {
		ID string `xml:"id,attr"`
		nmapTable
	} `xml:"host>ports>port>script"`
}

func askNmap(t *testing.T, _ member, s *lab.Server) claims {
	t.Helper()
	text := output(t, "nmap", "-Pn", "-n", "-p", port(t, s.TLS), "--script", "+ssl-enum-ciphers,+sslv2,+ssl-cert",
		"--script-args", "tls.servername="+host, "-oX", "-", "127.0.0.1")
	var doc nmapRun
	if err := xml.Unmarshal(text, &doc); err != nil {
		t.Fatalf("reading Nmap's XML: %v", err)
	}
	c := claims{}
	for _, script := range doc.Scripts {
		switch script.ID {
		case "ssl-enum-ciphers":
			c.nmapSuites(t, script.nmapTable)
		case "sslv2":
			c.nmapSSL2(script.nmapTable)
		case "ssl-cert":
			key, life := script.table("pubkey"), script.table("validity")
			const layout = "2006-01-02T15:04:05"
			c.certificate(fingerprint(t, script.value("pem")), key.value("type"), decimal(t, key.value("bits")),
				date(t, layout, life.value("notBefore")), date(t, layout, life.value("notAfter")))
		}
	}
	return c
}

func (c claims) nmapSuites(t *testing.T, versions nmapTable) {
	t.Helper()
	for _, list := range versions.Tables {
		version := toolVersions[list.Key]
		c.version(version)
		for _, row := range list.table("ciphers").Tables {
			suite := ianaName(row.value("name"))
			c.suite(version, suite)
			if bits, found := strings.CutPrefix(row.value("kex_info"), "dh "); found {
				c.dh(version, suite, decimal(t, bits))
			}
		}
	}
}

func (c claims) nmapSSL2(script nmapTable) {
	for _, value := range script.Values {
		if value.Text == "SSLv2 supported" {
			c.version(tlshello.SSL2)
		}
	}
	for _, value := range script.table("ciphers").Values {
		c.suite(tlshello.SSL2, strings.Replace(value.Text, "SSL2_", "SSL_CK_", 1))
	}
}

// ianaName is a suite's name as IANA has it.
func ianaName(nmaps string) string {
	return strings.Replace(nmaps, "TLS_AKE_WITH_", "TLS_", 1)
}

// sClient runs OpenSSL's client with every suite that it has, and says whether it
// agreed on keys with the server.
func sClient(t testing.TB, s *lab.Server, args ...string) (text []byte, agreed bool) {
	t.Helper()
	args = append([]string{"s_client", "-connect", s.TLS, "-servername", host, "-cipher", "ALL:COMPLEMENTOFALL:@SECLEVEL=0"}, args...)
	text = output(t, "openssl", args...)
	return text, bytes.Contains(text, []byte("Cipher is")) && !bytes.Contains(text, []byte("Cipher is (NONE)"))
}

func askOpenSSL(t *testing.T, _ member, s *lab.Server) claims {
	t.Helper()
	c := claims{}
	sent := []byte{}
	for _, option := range []struct {
		version tlshello.Version
		name    string
	}{{tlshello.TLS10, "-tls1"}, {tlshello.TLS11, "-tls1_1"}, {tlshello.TLS12, "-tls1_2"}, {tlshello.TLS13, "-tls1_3"}} {
		if text, agreed := sClient(t, s, option.name); agreed {
			c.version(option.version)
			sent = text
		}
	}
	block, _ := pem.Decode(sent)
	if block == nil {
		t.Fatalf("openssl saw no certificate")
	}
	command := exec.Command("openssl", "x509", "-noout", "-fingerprint", "-sha256", "-dates", "-text")
	command.Stdin = bytes.NewReader(pem.EncodeToMemory(block))
	text, err := command.Output()
	if err != nil {
		t.Fatalf("reading a certificate by openssl: %v", err)
	}
	after := func(word string) string {
		_, rest, _ := strings.Cut(string(text), word)
		line, _, _ := strings.Cut(rest, "\n")
		return line
	}
	c.certificate(strings.ToLower(strings.ReplaceAll(after("Fingerprint="), ":", "")), after("Public Key Algorithm: "), keyBits(t, string(text)),
		date(t, opensslTime, after("notBefore=")), date(t, opensslTime, after("notAfter=")))
	return c
}

// keyBits reads "Public-Key: (2048 bit)" out of OpenSSL's print of a key.
func keyBits(t *testing.T, text string) (bits int) {
	t.Helper()
	_, rest, _ := strings.Cut(text, "Public-Key: ")
	if _, err := fmt.Sscanf(rest, "(%d bit)", &bits); err != nil {
		t.Fatalf("reading a key's size: %v", err)
	}
	return bits
}

func fingerprint(t *testing.T, text string) string {
	t.Helper()
	block, _ := pem.Decode([]byte(strings.TrimSpace(text)))
	if block == nil {
		t.Fatalf("no certificate in %q", text)
	}
	sum := sha256.Sum256(block.Bytes)
	return hex.EncodeToString(sum[:])
}

func hexNumber(t *testing.T, text string) uint64 {
	t.Helper()
	n, err := strconv.ParseUint(strings.TrimPrefix(text, "0x"), 16, 32)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func date(t *testing.T, layout, text string) time.Time {
	t.Helper()
	at, err := time.Parse(layout, strings.TrimSpace(text))
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func decimal(t *testing.T, text string) int {
	t.Helper()
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
