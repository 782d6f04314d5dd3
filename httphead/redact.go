// What of a field may be kept: names and attributes, never the secret.

package httphead

import "strings"

// secretWords mark a header whose value is taken for a secret.
var secretWords = []string{"token", "secret", "api-key", "apikey", "session", "auth", "passw", "jwt"}

// openWords mark headers that carry one of secretWords and no secret: challenges
// and HTTP/2's host.
var openWords = map[string]bool{"www-authenticate": true, "proxy-authenticate": true, ":authority": true}

// redactors mask the values whose structure is worth keeping.
var redactors = map[string]func(value string, mark func(string) string) string{
	"authorization":       redactCredentials,
	"proxy-authorization": redactCredentials,
	"cookie":              redactCookie,
	"set-cookie":          redactSetCookie,
	"cookie2":             redactAll,
	"set-cookie2":         redactAll,
}

// Redact returns the field with what is secret in it replaced by mark(secret).
// Scheme words of Authorization, names of cookies and the attributes of
// Set-Cookie stay. Empty secrets stay empty: a cleared cookie is a fact.
func Redact(f Field, mark func(value string) string) Field {
	name := strings.ToLower(f.Name)
	if redact, structured := redactors[name]; structured {
		f.Value = redact(f.Value, mark)
		return f
	}
	if openWords[name] {
		return f
	}
	for _, word := range secretWords {
		if strings.Contains(name, word) {
			f.Value = redactAll(f.Value, mark)
			return f
		}
	}
	return f
}

func redactAll(value string, mark func(string) string) string {
	if value == "" {
		return ""
	}
	return mark(value)
}

// redactCredentials keeps the scheme of "Basic dXNlcg==" where there is one that
// could be one: a short word of letters.
func redactCredentials(value string, mark func(string) string) string {
	scheme, rest, found := strings.Cut(value, " ")
	if !found || len(scheme) > 16 || strings.Trim(strings.ToLower(scheme), "abcdefghijklmnopqrstuvwxyz-") != "" {
		return redactAll(value, mark)
	}
	return scheme + " " + redactAll(rest, mark)
}

// redactCookie masks each value of a request's Cookie field.
func redactCookie(value string, mark func(string) string) string {
	pairs := strings.Split(value, ";")
	for i, pair := range pairs {
		pairs[i] = redactPair(pair, mark)
	}
	return strings.Join(pairs, ";")
}

// redactSetCookie masks the value, and whatever follows that is no attribute: a
// value may have held a ";".
func redactSetCookie(value string, mark func(string) string) string {
	parts := strings.Split(value, ";")
	parts[0] = redactPair(parts[0], mark)
	for i, part := range parts[1:] {
		name, _, _ := strings.Cut(part, "=")
		if _, known := attributes[strings.ToLower(strings.Trim(name, blanks))]; !known {
			parts[i+1] = redactPair(part, mark)
		}
	}
	return strings.Join(parts, ";")
}

// redactPair masks what follows "=", and everything where there is none or where
// the "=" looks like the padding of a nameless base64 value.
func redactPair(pair string, mark func(string) string) string {
	name, value, found := strings.Cut(pair, "=")
	value = strings.Trim(value, blanks)
	padding := strings.Trim(value, "=") == "" && (value != "" || len(name) > maxCookieName)
	if !found || padding {
		text := strings.TrimLeft(pair, blanks)
		return pair[:len(pair)-len(text)] + redactAll(text, mark)
	}
	return name + "=" + redactAll(value, mark)
}

// maxCookieName is longer than names are and shorter than most tokens.
const maxCookieName = 40
