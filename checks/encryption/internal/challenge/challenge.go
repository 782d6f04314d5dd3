// Package challenge reads WWW-Authenticate: which ways of proving who one is a
// server offers (RFC 9110 section 11.6.1).
package challenge

import "strings"

// Schemes are the authentication schemes that the values of one answer's
// WWW-Authenticate fields offer, in lower case and in order. A field may hold
// several challenges, and a challenge's parameters are parted by the same comma
// that parts challenges; what begins with "token =" is a parameter, anything
// else a challenge.
func Schemes(values []string) []string {
	schemes := []string{}
	for _, value := range values {
		for _, item := range items(value) {
			if scheme, ok := begins(item); ok {
				schemes = append(schemes, strings.ToLower(scheme))
			}
		}
	}
	return schemes
}

// Offers is true when one of the values offers that scheme.
func Offers(values []string, scheme string) bool {
	for _, offered := range Schemes(values) {
		if strings.EqualFold(offered, scheme) {
			return true
		}
	}
	return false
}

// items parts a value at the commas that stand outside quoted strings.
func items(value string) []string {
	parts := []string{}
	start, quoted := 0, false
	for i := 0; i < len(value); i++ {
		switch {
		case quoted && value[i] == '\\':
			i++
		case value[i] == '"':
			quoted = !quoted
		case value[i] == ',' && !quoted:
			parts = append(parts, value[start:i])
			start = i + 1
		}
	}
	return append(parts, value[start:])
}

// begins is the scheme with which an item begins a challenge.
func begins(item string) (scheme string, ok bool) {
	item = strings.Trim(item, " \t")
	end := 0
	for end < len(item) && token(item[end]) {
		end++
	}
	rest := strings.TrimLeft(item[end:], " \t")
	if end == 0 || strings.HasPrefix(rest, "=") {
		return "", false
	}
	if end < len(item) && item[end] != ' ' && item[end] != '\t' {
		return "", false
	}
	return item[:end], true
}

// token is true for the bytes of a token (RFC 9110 section 5.6.2).
func token(c byte) bool {
	letter := c|0x20 >= 'a' && c|0x20 <= 'z'
	return letter || c >= '0' && c <= '9' || strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0
}
