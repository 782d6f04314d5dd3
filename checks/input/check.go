// Package input asks what the API does with input that it should refuse:
// injection, broken types, oversized and malformed bodies (OWASP API8:2023).
package input
