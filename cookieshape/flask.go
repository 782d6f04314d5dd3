// Flask's session and its neighbours: Flask-Login, Flask-Session, Starlette.

package cookieshape

import (
	"errors"
	"slices"
	"strings"
	"time"
)

// ErrNotFlask says that a value has not the form of a Flask session.
var ErrNotFlask = errors.New("not a Flask session")

// FlaskSession is what a Flask session tells everybody who holds it, without the
// key: the signature keeps it from being changed, not from being read.
type FlaskSession struct {
	Keys       []string  `json:"keys"` // names of the outermost object, sorted; never values
	Issued     time.Time `json:"issued"`
	Compressed bool      `json:"compressed"`
	Tags       []string  `json:"tags"`     // Flask's type tags in it, as " t" for a tuple
	LoggedIn   bool      `json:"loggedIn"` // a key is there that logins leave behind
	Flashes    bool      `json:"flashes"`  // messages wait for the next page
}

// DecodeFlask reads a session cookie of Flask or Quart: base64url without
// padding of compact JSON, zlib before it where a dot leads, an issue time and
// an HMAC-SHA1, which is not verified here. The only error is ErrNotFlask.
func DecodeFlask(value string) (FlaskSession, error) {
	token, ok := readToken(value)
	if !ok || !token.isFlask() {
		return FlaskSession{}, ErrNotFlask
	}
	f := FlaskSession{
		Keys: append([]string{}, token.keys...), Tags: append([]string{}, token.tags...),
		Issued: token.issued, Compressed: token.compressed,
	}
	for _, key := range f.Keys {
		f.LoggedIn = f.LoggedIn || loginKeys[strings.ToLower(key)]
		f.Flashes = f.Flashes || key == "_flashes"
	}
	return f, nil
}

// isFlask says that the payload is an object in compact JSON.
func (t content) isFlask() bool { return t.kind == '{' && t.blanks == 0 }

// loginKeys are left in a session by a login: by Flask-Login ("_user_id",
// "user_id" before 0.5), Flask-Principal ("identity.id"), Flask-Dance and
// Authlib, and by hand in tutorials.
var loginKeys = map[string]bool{
	"_user_id": true, "user_id": true, "userid": true, "user": true, "username": true, "user_name": true, "uid": true,
	"identity.id": true, "email": true, "logged_in": true, "loggedin": true, "login": true, "is_logged_in": true,
	"authenticated": true, "is_authenticated": true, "account": true, "account_id": true, "member_id": true, "customer_id": true,
	"is_admin": true, "admin": true, "role": true, "profile": true, "google_id": true, "github_oauth_token": true,
	"google_oauth_token": true, "oauth_token": true, "access_token": true, "jwt": true, "current_user": true,
}

// flaskKeys are written by Flask and its extensions and by nobody else that
// signs with itsdangerous.
var flaskKeys = map[string]bool{
	"_flashes": true, "_permanent": true, "_user_id": true, "_fresh": true, "_id": true, "_remember": true, "csrf_token": true,
	"identity.id": true, "identity.auth_type": true,
}

// flaskSession knows the structure; name and keys tell it from a token of
// URLSafeTimedSerializer, which is the same byte for byte.
func flaskSession(c candidate) (Shape, bool) {
	if !c.signed || !c.token.isFlask() || len(c.token.keys) == 0 {
		return Shape{}, false
	}
	s := Shape{Kind: "flask-session", Framework: "Flask", Session: true, Confidence: High}
	switch {
	case c.lower == "session":
		s.Because = "a signed compact JSON object with an issue time, under Flask's default name"
	case c.token.hasFlaskKey():
		s.Because = "a signed compact JSON object with keys that only Flask writes"
	case likeOnce(c.lower), strings.Contains(c.lower, "token"):
		return Shape{}, false
	case likeSession(c.lower):
		s.Because = "a signed compact JSON object with an issue time, under a session's name"
	default:
		s.Confidence, s.Because = Medium, "a signed compact JSON object with an issue time; other itsdangerous tokens look the same"
	}
	return s, true
}

func (t content) hasFlaskKey() bool {
	return len(t.tags) > 0 || slices.ContainsFunc(t.keys, func(key string) bool { return flaskKeys[key] })
}

// flaskRemember knows Flask-Login's "id|HMAC-SHA512", which is the same at every
// login and good alone.
func flaskRemember(c candidate) (Shape, bool) {
	at := strings.LastIndexByte(c.plain, '|')
	if at < 1 || len(c.plain)-at-1 != 128 || !isHex(c.plain[at+1:]) || strings.ContainsAny(c.plain[at+1:], "ABCDEF") {
		return Shape{}, false
	}
	s := Shape{Kind: "flask-remember", Framework: "Flask-Login", Session: true, Confidence: High,
		Because: "an identity and 128 hexadecimal digits, under Flask-Login's default name"}
	if c.lower != "remember_token" {
		s.Confidence, s.Because = Medium, "an identity and 128 hexadecimal digits, as Flask-Login writes"
	}
	return s, true
}

// starletteSession knows SessionMiddleware, whose cookie has Flask's name and
// Flask's fields: standard base64 with padding, of JSON with blanks in it.
func starletteSession(c candidate) (Shape, bool) {
	t, ok := splitToken(c.plain)
	if !ok || !t.plausible(c.now) || strings.HasPrefix(t.text, ".") {
		return Shape{}, false
	}
	data, ok := decode(paddedStd, t.text)
	if !ok {
		return Shape{}, false
	}
	doc, ok := scanJSON(data)
	return Shape{Kind: "starlette-session", Framework: "Starlette", Session: true, Confidence: High,
		Because: "a signed base64 JSON object with blanks after its commas and colons"}, ok && doc.kind == '{' && doc.blanks > 0
}

// flaskServerSession knows the ids of Flask-Session: a UUID, from 0.6 on 43
// characters, either of them signed on demand.
func flaskServerSession(c candidate) (Shape, bool) {
	s := Shape{Kind: "flask-session-server", Framework: "Flask-Session", Session: true, Confidence: Medium}
	id, sig, signed := strings.Cut(c.value, ".")
	isID := isUUID(id) || len(id) == 43 && isURLSafe(id)
	switch {
	case !isID || signed && len(sig) != 27:
		return Shape{}, false
	case signed:
		_, ok := decode(rawURL, sig)
		s.Confidence, s.Because = High, "a random id and an HMAC-SHA1 of itsdangerous"
		return s, ok && (c.lower == "session" || likeSession(c.lower))
	}
	s.Because = "a random id of Flask-Session's form, under Flask's default name"
	return s, c.lower == "session"
}
