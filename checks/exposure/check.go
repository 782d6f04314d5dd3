// Package exposure asks what the API tells that nobody asked for: stack
// traces, keys, files, internal addresses and version banners (OWASP
// API8:2023).
package exposure
