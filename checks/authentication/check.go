// Package authentication asks whether the API knows who is calling: endpoints
// that answer without credentials, tokens that are accepted when they should
// not be, and logins that can be guessed (OWASP API2:2023).
package authentication
