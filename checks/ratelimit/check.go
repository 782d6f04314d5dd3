// Package ratelimit asks whether anything bounds how often, and how much, one
// caller may ask: unrestricted resource consumption (OWASP API4:2023).
package ratelimit
