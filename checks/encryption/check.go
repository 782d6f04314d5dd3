// Package encryption asks whether somebody on the path could read or change
// the traffic, and what ends it: protocol versions, suites, certificates,
// plain HTTP, HSTS, cookies and mixed content (OWASP API8:2023).
package encryption
