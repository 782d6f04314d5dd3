// JSON Web Tokens.

package cookieshape

import (
	"encoding/json"
	"strings"
)

// jwtHeader is the part of a JOSE header that matters here.
type jwtHeader struct {
	Alg string `json:"alg"`
	Enc string `json:"enc"`
}

// jsonWebToken knows JWS with three parts and JWE with five (RFC 7515 section
// 7.1, RFC 7516 section 7.1).
func jsonWebToken(c candidate) (Shape, bool) {
	header, ok := readJWTHeader(c.value)
	if !ok {
		return Shape{}, false
	}
	s := Shape{Kind: "jwt", Session: true, Confidence: High, Because: "a JSON Web Token with a readable payload"}
	switch {
	case header.Enc != "":
		s.Because = "an encrypted JSON Web Token"
	case strings.EqualFold(header.Alg, "none"):
		s.Because = "a JSON Web Token without a signature"
	}
	switch {
	case c.lower == "access_token_cookie" || c.lower == "refresh_token_cookie":
		s.Framework = "Flask-JWT-Extended"
	case strings.Contains(c.lower, "next-auth.") || strings.Contains(c.lower, "authjs."):
		s.Framework = "Auth.js"
	case likeOnce(c.lower):
		s.Session = false
	}
	return s, true
}

// readJWTHeader decodes the first part, whose "alg" every JOSE header has.
func readJWTHeader(value string) (jwtHeader, bool) {
	parts := strings.Split(value, ".")
	if len(parts) != 3 && len(parts) != 5 || len(parts[0]) > 4096 {
		return jwtHeader{}, false
	}
	for _, part := range parts[1:] {
		if part != "" && !isURLSafe(part) {
			return jwtHeader{}, false
		}
	}
	raw, ok := decode(rawURL, parts[0])
	if !ok {
		return jwtHeader{}, false
	}
	if doc, ok := scanJSON(raw); !ok || doc.kind != '{' {
		return jwtHeader{}, false
	}
	var h jwtHeader
	if err := json.Unmarshal(raw, &h); err != nil || h.Alg == "" || (h.Enc != "") != (len(parts) == 5) {
		return jwtHeader{}, false
	}
	return h, true
}
