// The cookies of Express, Laravel, Rails and Rack, and whatever has no maker.

package cookieshape

import (
	"slices"
	"strings"
)

// expressSigned knows cookie-signature, "s:" value "." HMAC-SHA256 in base64
// without padding, which express-session and cookie-parser write, and the .sig
// cookie of keygrip that stands beside a cookie-session.
func expressSigned(c candidate) (Shape, bool) {
	if strings.HasSuffix(c.lower, ".sig") && (len(c.value) == 27 || len(c.value) == 43) && isURLSafe(c.value) {
		return Shape{Kind: "express-cookie-session", Framework: "Express", Confidence: High,
			Because: "the signature of the cookie of the same name without .sig; it carries no identity itself"}, true
	}
	signed, ok := strings.CutPrefix(c.plain, "s:")
	at := strings.LastIndexByte(signed, '.')
	if !ok || at < 0 || len(signed)-at-1 != 43 {
		return Shape{}, false
	}
	if _, ok := decode(rawStd, signed[at+1:]); !ok {
		return Shape{}, false
	}
	s := Shape{Kind: "express-session", Framework: "Express", Session: true, Confidence: High, Because: "a random id signed by cookie-signature"}
	if id := signed[:at]; c.lower == "connect.sid" || len(id) == 32 && isURLSafe(id) || likeSession(c.lower) {
		return s, true
	}
	s.Kind, s.Session, s.Because = "other", false, "a value signed by cookie-parser under a name that is no session's"
	return s, true
}

// expressCookieSession knows cookie-session: base64 of a compact JSON object,
// readable and, without its .sig neighbour, not even signed.
func expressCookieSession(c candidate) (Shape, bool) {
	data, ok := decodeStd(c.plain)
	if !ok {
		return Shape{}, false
	}
	doc, ok := scanJSON(data)
	if !ok || doc.kind != '{' || doc.blanks > 0 {
		return Shape{}, false
	}
	s := Shape{Kind: "express-cookie-session", Framework: "Express", Session: true, Confidence: Medium,
		Because: "base64 of a compact JSON object under a session's name"}
	passport := slices.Contains(doc.keys, "passport")
	switch {
	case passport || c.lower == "express:sess" || c.lower == "koa.sess":
		s.Confidence, s.Because = High, "base64 of a compact JSON object as Express keeps its session"
		return s, true
	case likeSession(c.lower) || c.lower == "session":
		return s, true
	}
	return Shape{Kind: "other", Confidence: Medium, Because: "base64 of a JSON object under a name that is no session's"}, true
}

// laravel knows Illuminate\Encryption: base64 of {"iv","value","mac"}.
func laravel(c candidate) (Shape, bool) {
	data, ok := decodeStd(c.plain)
	if !ok {
		return Shape{}, false
	}
	doc, ok := scanJSON(data)
	if !ok || doc.kind != '{' {
		return Shape{}, false
	}
	for _, key := range []string{"iv", "value", "mac"} {
		if !slices.Contains(doc.keys, key) {
			return Shape{}, false
		}
	}
	s := Shape{Kind: "other", Framework: "Laravel", Confidence: High, Because: "encrypted by Laravel"}
	if likeSession(c.lower) {
		s.Kind, s.Session = "opaque-session", true
	}
	return s, true
}

// railsOrRack knows the "--" of ActiveSupport and Rack: ciphertext, nonce and
// tag; or a payload and its HMAC in hexadecimal.
func railsOrRack(c candidate) (Shape, bool) {
	parts := strings.Split(c.plain, "--")
	last := parts[len(parts)-1]
	data, ok := decodeStd(parts[0])
	if !ok {
		return Shape{}, false
	}
	switch {
	case len(parts) == 3 && len(last) == 24 && len(parts[1]) == 16:
		_, okNonce := decodeStd(parts[1])
		_, okTag := decodeStd(last)
		if c.lower == "rack.session" {
			return rack("ciphertext, nonce and tag as Rack::Protection encrypts cookies"), okNonce && okTag
		}
		return rails(c, "ciphertext, nonce and tag as Rails encrypts cookies"), okNonce && okTag
	case len(parts) != 2 || len(last) != 40 && len(last) != 64 && len(last) != 128 || !isHex(last):
		return Shape{}, false
	}
	marshal := len(data) > 2 && data[0] == 4 && data[1] == 8 // Ruby's Marshal 4.8
	if c.lower == "rack.session" || marshal && !strings.HasSuffix(c.lower, "_session") {
		return rack("a payload and its HMAC as Rack::Session::Cookie writes them"), true
	}
	return rails(c, "a payload and its HMAC as Rails signs cookies"), true
}

func rack(because string) Shape {
	return Shape{Kind: "rack-session", Framework: "Rack", Session: true, Confidence: High, Because: because}
}

func rails(c candidate, because string) Shape {
	s := Shape{Kind: "rails-session", Framework: "Rails", Session: true, Confidence: High, Because: because}
	switch {
	case strings.Contains(c.lower, "session"):
	case likeSession(c.lower):
		s.Kind = "opaque-session"
	default:
		s.Kind, s.Session = "other", false
	}
	return s
}

// opaqueSession is the last resort: a name that people give to sessions and a
// value that nobody can guess.
func opaqueSession(c candidate) (Shape, bool) {
	s := Shape{Kind: "opaque-session", Session: true, Confidence: Medium, Because: "a session's name and a random value"}
	return s, likeSession(c.lower) && !likeOnce(c.lower) && looksRandom(c.plain)
}
