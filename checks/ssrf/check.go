// Package ssrf asks whether the API can be made to fetch what its caller
// names: server side request forgery (OWASP API7:2023).
package ssrf
