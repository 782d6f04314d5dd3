// The embedded lists that a rule's citations are held to.

package rule

import (
	"fmt"
	"strconv"
)

// CWE is a weakness by its number in the Common Weakness Enumeration.
type CWE int

// OWASP is a risk of the OWASP API Security Top 10, 2023.
type OWASP string

// PCI is a requirement of PCI DSS 4.0.1.
type PCI string

// The ten risks.
const (
	API1  OWASP = "API1:2023"
	API2  OWASP = "API2:2023"
	API3  OWASP = "API3:2023"
	API4  OWASP = "API4:2023"
	API5  OWASP = "API5:2023"
	API6  OWASP = "API6:2023"
	API7  OWASP = "API7:2023"
	API8  OWASP = "API8:2023"
	API9  OWASP = "API9:2023"
	API10 OWASP = "API10:2023"
)

var owaspTitles = map[OWASP]string{
	API1:  "Broken Object Level Authorization",
	API2:  "Broken Authentication",
	API3:  "Broken Object Property Level Authorization",
	API4:  "Unrestricted Resource Consumption",
	API5:  "Broken Function Level Authorization",
	API6:  "Unrestricted Access to Sensitive Business Flows",
	API7:  "Server Side Request Forgery",
	API8:  "Security Misconfiguration",
	API9:  "Improper Inventory Management",
	API10: "Unsafe Consumption of APIs",
}

var cweTitles = map[CWE]string{
	125:  "Out-of-bounds Read",
	200:  "Exposure of Sensitive Information to an Unauthorized Actor",
	203:  "Observable Discrepancy",
	208:  "Observable Timing Discrepancy",
	215:  "Insertion of Sensitive Information Into Debugging Code",
	287:  "Improper Authentication",
	290:  "Authentication Bypass by Spoofing",
	294:  "Authentication Bypass by Capture-replay",
	295:  "Improper Certificate Validation",
	296:  "Improper Following of a Certificate's Chain of Trust",
	297:  "Improper Validation of Certificate with Host Mismatch",
	298:  "Improper Validation of Certificate Expiration",
	299:  "Improper Check for Certificate Revocation",
	300:  "Channel Accessible by Non-Endpoint",
	310:  "Cryptographic Issues",
	311:  "Missing Encryption of Sensitive Data",
	315:  "Cleartext Storage of Sensitive Information in a Cookie",
	319:  "Cleartext Transmission of Sensitive Information",
	321:  "Use of Hard-coded Cryptographic Key",
	322:  "Key Exchange without Entity Authentication",
	324:  "Use of a Key Past its Expiration Date",
	326:  "Inadequate Encryption Strength",
	327:  "Use of a Broken or Risky Cryptographic Algorithm",
	328:  "Use of Weak Hash",
	346:  "Origin Validation Error",
	348:  "Use of Less Trusted Source",
	354:  "Improper Validation of Integrity Check Value",
	400:  "Uncontrolled Resource Consumption",
	489:  "Active Debug Code",
	522:  "Insufficiently Protected Credentials",
	523:  "Unprotected Transport of Credentials",
	524:  "Use of Cache Containing Sensitive Information",
	525:  "Use of Web Browser Cache Containing Sensitive Information",
	539:  "Use of Persistent Cookies Containing Sensitive Information",
	565:  "Reliance on Cookies without Validation and Integrity Checking",
	601:  "URL Redirection to Untrusted Site",
	614:  "Sensitive Cookie in HTTPS Session Without 'Secure' Attribute",
	644:  "Improper Neutralization of HTTP Headers for Scripting Syntax",
	693:  "Protection Mechanism Failure",
	757:  "Selection of Less-Secure Algorithm During Negotiation",
	784:  "Reliance on Cookies without Validation and Integrity Checking in a Security Decision",
	798:  "Use of Hard-coded Credentials",
	829:  "Inclusion of Functionality from Untrusted Control Sphere",
	1004: "Sensitive Cookie Without 'HttpOnly' Flag",
	1275: "Sensitive Cookie with Improper SameSite Attribute",
	1295: "Debug Messages Revealing Unnecessary Information",
	1392: "Use of Default Credentials",
	1395: "Dependency on Vulnerable Third-Party Component",
}

var pciTitles = map[PCI]string{
	"2.2.6":   "System security parameters are configured to prevent misuse",
	"2.2.7":   "All non-console administrative access is encrypted using strong cryptography",
	"4.2.1":   "Strong cryptography and security protocols safeguard PAN during transmission over open, public networks",
	"4.2.1.1": "An inventory of trusted keys and certificates is maintained",
	"6.2.4":   "Software engineering techniques prevent common software attacks",
	"6.3.1":   "Security vulnerabilities are identified and managed",
	"6.3.3":   "All system components are protected from known vulnerabilities by installing applicable security updates",
	"6.4.1":   "Public-facing web applications are protected against attacks",
	"6.5.6":   "Test data and test accounts are removed before production",
	"8.3.2":   "Strong cryptography renders all authentication factors unreadable during transmission and storage",
	"8.6.2":   "Passwords for application and system accounts are not hard coded",
	"12.3.3":  "Cryptographic cipher suites and protocols in use are documented and reviewed",
}

// Title is what the weakness is called; ok is false when it is not in the list.
func (c CWE) Title() (title string, ok bool) { title, ok = cweTitles[c]; return title, ok }

// Title is what the risk is called.
func (o OWASP) Title() (title string, ok bool) { title, ok = owaspTitles[o]; return title, ok }

// Title is what the requirement says, shortened.
func (p PCI) Title() (title string, ok bool) { title, ok = pciTitles[p]; return title, ok }

// A Cite is one place in a published document.
type Cite struct {
	Text string `json:"text"`
	URL  string `json:"url"`
}

// RFC cites a section of an RFC ("4.1", or "F.1.1.1" in an appendix); section
// may be empty. An RFC that is not in the embedded list is a Cite without text,
// which the catalogue's test refuses.
func RFC(number int, section string) Cite {
	title, ok := rfcTitles[number]
	if !ok {
		return Cite{}
	}
	text, url := "RFC "+strconv.Itoa(number), fmt.Sprintf("https://www.rfc-editor.org/rfc/rfc%d", number)
	switch {
	case section == "":
	case section[0] >= 'A' && section[0] <= 'Z':
		text, url = text+" appendix "+section, url+"#appendix-"+section
	default:
		text, url = text+" section "+section, url+"#section-"+section
	}
	return Cite{text + " (" + title + ")", url}
}

var documents = map[string]Cite{
	"RFC6265bis":          {"RFC 6265bis (cookies)", "https://datatracker.ietf.org/doc/draft-ietf-httpbis-rfc6265bis/"},
	"MixedContent":        {"W3C Mixed Content Level 2", "https://www.w3.org/TR/mixed-content/"},
	"SecureContexts":      {"W3C Secure Contexts", "https://www.w3.org/TR/secure-contexts/"},
	"UpgradeInsecure":     {"W3C Upgrade Insecure Requests", "https://www.w3.org/TR/upgrade-insecure-requests/"},
	"HSTSPreload":         {"HSTS preload list submission requirements", "https://hstspreload.org/"},
	"BaselineReq":         {"CA/Browser Forum Baseline Requirements", "https://cabforum.org/working-groups/server/baseline-requirements/documents/"},
	"ChromeCT":            {"Chrome certificate transparency policy", "https://googlechrome.github.io/CertificateTransparency/ct_policy.html"},
	"ZLint":               {"ZLint: X.509 certificate linter", "https://github.com/zmap/zlint"},
	"SP80052":             {"NIST SP 800-52 Rev. 2", "https://csrc.nist.gov/pubs/sp/800/52/r2/final"},
	"SP80057":             {"NIST SP 800-57 Part 1 Rev. 5", "https://csrc.nist.gov/pubs/sp/800/57/pt1/r5/final"},
	"SP800131A":           {"NIST SP 800-131A Rev. 2", "https://csrc.nist.gov/pubs/sp/800/131/a/r2/final"},
	"FIPS203":             {"FIPS 203 (ML-KEM)", "https://csrc.nist.gov/pubs/fips/203/final"},
	"HybridKeys":          {"Post-quantum hybrid ECDHE-MLKEM key agreement for TLS 1.3", "https://datatracker.ietf.org/doc/draft-ietf-tls-ecdhe-mlkem/"},
	"DROWN":               {"CVE-2016-0800 (DROWN)", "https://nvd.nist.gov/vuln/detail/CVE-2016-0800"},
	"POODLE":              {"CVE-2014-3566 (POODLE)", "https://nvd.nist.gov/vuln/detail/CVE-2014-3566"},
	"FREAK":               {"CVE-2015-0204 (FREAK)", "https://nvd.nist.gov/vuln/detail/CVE-2015-0204"},
	"LOGJAM":              {"CVE-2015-4000 (LOGJAM)", "https://nvd.nist.gov/vuln/detail/CVE-2015-4000"},
	"CRIME":               {"CVE-2012-4929 (CRIME)", "https://nvd.nist.gov/vuln/detail/CVE-2012-4929"},
	"BREACH":              {"CVE-2013-3587 (BREACH)", "https://nvd.nist.gov/vuln/detail/CVE-2013-3587"},
	"Renegotiation":       {"CVE-2009-3555 (TLS renegotiation)", "https://nvd.nist.gov/vuln/detail/CVE-2009-3555"},
	"ALPACA":              {"ALPACA: application layer protocol confusion", "https://alpaca-attack.com/"},
	"SWEET32":             {"CVE-2016-2183 (SWEET32)", "https://nvd.nist.gov/vuln/detail/CVE-2016-2183"},
	"LUCKY13":             {"CVE-2013-0169 (Lucky Thirteen)", "https://nvd.nist.gov/vuln/detail/CVE-2013-0169"},
	"BEAST":               {"CVE-2011-3389 (BEAST)", "https://nvd.nist.gov/vuln/detail/CVE-2011-3389"},
	"SLOTH":               {"CVE-2015-7575 (SLOTH)", "https://nvd.nist.gov/vuln/detail/CVE-2015-7575"},
	"RC4NOMORE":           {"CVE-2015-2808 (RC4)", "https://nvd.nist.gov/vuln/detail/CVE-2015-2808"},
	"FlaskCache":          {"CVE-2023-30861 (Flask session caching)", "https://nvd.nist.gov/vuln/detail/CVE-2023-30861"},
	"FlaskConfig":         {"Flask: configuration handling", "https://flask.palletsprojects.com/en/stable/config/"},
	"FlaskSecurity":       {"Flask: security considerations", "https://flask.palletsprojects.com/en/stable/web-security/"},
	"FlaskProxy":          {"Flask: tell Flask it is behind a proxy", "https://flask.palletsprojects.com/en/stable/deploying/proxy_fix/"},
	"FlaskDeploy":         {"Flask: deploying to production", "https://flask.palletsprojects.com/en/stable/deploying/"},
	"WerkzeugServing":     {"Werkzeug: serving WSGI applications", "https://werkzeug.palletsprojects.com/en/stable/serving/"},
	"WerkzeugDebug":       {"Werkzeug: debugging applications", "https://werkzeug.palletsprojects.com/en/stable/debug/"},
	"WerkzeugProxyFix":    {"Werkzeug: X-Forwarded-For proxy fix", "https://werkzeug.palletsprojects.com/en/stable/middleware/proxy_fix/"},
	"MozillaTLS":          {"Mozilla: server side TLS", "https://wiki.mozilla.org/Security/Server_Side_TLS"},
	"IANATLS":             {"IANA: TLS parameters", "https://www.iana.org/assignments/tls-parameters/tls-parameters.xhtml"},
	"ItsDangerous":        {"ItsDangerous: signing", "https://itsdangerous.palletsprojects.com/"},
	"OWASPSessions":       {"OWASP session management cheat sheet", "https://cheatsheetseries.owasp.org/cheatsheets/Session_Management_Cheat_Sheet.html"},
	"OWASPTransport":      {"OWASP transport layer security cheat sheet", "https://cheatsheetseries.owasp.org/cheatsheets/Transport_Layer_Security_Cheat_Sheet.html"},
	"HostHeader":          {"Practical HTTP Host header attacks", "https://portswigger.net/web-security/host-header"},
	"DebianWeakKeys":      {"CVE-2008-0166 (Debian OpenSSL keys)", "https://nvd.nist.gov/vuln/detail/CVE-2008-0166"},
	"Fermat":              {"CVE-2022-26320 (primes too close together)", "https://nvd.nist.gov/vuln/detail/CVE-2022-26320"},
	"ROCA":                {"CVE-2017-15361 (ROCA)", "https://nvd.nist.gov/vuln/detail/CVE-2017-15361"},
	"Ticketbleed":         {"CVE-2016-9244 (Ticketbleed)", "https://nvd.nist.gov/vuln/detail/CVE-2016-9244"},
	"ClientRenegotiation": {"CVE-2011-1473 (client-initiated renegotiation)", "https://nvd.nist.gov/vuln/detail/CVE-2011-1473"},
	"Heartbleed":          {"CVE-2014-0160 (Heartbleed)", "https://nvd.nist.gov/vuln/detail/CVE-2014-0160"},
	"CCSInjection":        {"CVE-2014-0224 (CCS injection)", "https://nvd.nist.gov/vuln/detail/CVE-2014-0224"},
	"SpecialDROWN":        {"CVE-2016-0703 (special DROWN)", "https://nvd.nist.gov/vuln/detail/CVE-2016-0703"},
	"POODLETLS":           {"CVE-2014-8730 (POODLE over TLS)", "https://nvd.nist.gov/vuln/detail/CVE-2014-8730"},
	"ZombiePOODLE":        {"CVE-2019-6593 (Zombie POODLE)", "https://nvd.nist.gov/vuln/detail/CVE-2019-6593"},
	"GOLDENDOODLE":        {"CVE-2019-6485 (GOLDENDOODLE)", "https://nvd.nist.gov/vuln/detail/CVE-2019-6485"},
	"ZeroLength":          {"CVE-2019-1559 (0-byte record padding oracle)", "https://nvd.nist.gov/vuln/detail/CVE-2019-1559"},
	"LuckyMinus20":        {"CVE-2016-2107 (LuckyMinus20)", "https://nvd.nist.gov/vuln/detail/CVE-2016-2107"},
	"Opossum":             {"CVE-2025-49812 (Opossum)", "https://nvd.nist.gov/vuln/detail/CVE-2025-49812"},
	"ROBOT":               {"Return Of Bleichenbacher's Oracle Threat (ROBOT)", "https://robotattack.org/"},
}

// Document cites a document of the embedded list by its short name; an unknown
// name is a Cite without text, which the catalogue's test refuses.
func Document(name string) Cite { return documents[name] }
