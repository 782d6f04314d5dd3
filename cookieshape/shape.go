// Package cookieshape tells what a cookie is by its name and by the form of its
// value: whose session it carries, whether script is meant to read it, and what
// a Flask session says to everybody who holds it.
//
// Everything here is a pure function of the bytes and the time that the caller
// gives. No value, and no part of one, leaves the package, the names of a
// session's keys apart. The formats were measured on the real generators: Flask
// 0.12 to 3.1, Flask-Login, Flask-WTF, Flask-Session, Starlette, Django, PyJWT,
// Express, Bottle, Tornado, Pyramid; the package's tests run those that Debian
// has.
package cookieshape

import (
	"strings"
	"time"
)

// Confidence says how well a shape is told apart from others.
const (
	High   = "high"   // the structure has one known maker
	Medium = "medium" // the structure and the name agree, others could make it
	Low    = "low"    // the name alone
)

// Shape is what a cookie was recognised as.
type Shape struct {
	Kind       string `json:"kind"`       // one of the kinds listed at Classify
	Framework  string `json:"framework"`  // who writes such cookies, "" where nobody in particular
	Session    bool   `json:"session"`    // carries a login or an identity: stealing it is worth while
	CSRF       bool   `json:"csrf"`       // a token that script is meant to read
	Confidence string `json:"confidence"` // High, Medium or Low
	Because    string `json:"because"`    // one sentence, without the value
}

// candidate is one cookie as the recognisers see it.
type candidate struct {
	name  string // as written, without a __Host- or __Secure- prefix
	lower string // the same in lower case
	value string // without the quotes around it
	plain string // value with its %-escapes undone
	now   time.Time

	token  content // of itsdangerous, where signed
	signed bool    // the value is such a token, made before now
}

// recognisers are asked in this order; the first that knows a cookie ends it.
// Structure goes before names, with two exceptions: an empty value and a name
// that says CSRF.
var recognisers = []func(candidate) (Shape, bool){
	empty, wtfToken, csrfByName,
	flaskRemember, jsonWebToken, flaskSession, starletteSession, flaskServerSession, dangerousToken,
	djangoSigned, tornadoSigned, bottleSigned, pyramidSession, pyramidTicket,
	laravel, expressSigned, expressCookieSession, railsOrRack,
	namedSession, measuring, opaqueSession,
}

// Classify says what a cookie is. now is the time the cookie was received; a
// timestamp inside the value counts only up to a day after it.
//
// The kinds are flask-session (Quart writes the same bytes), flask-remember,
// flask-wtf-csrf, flask-session-server (an id of Flask-Session),
// starlette-session, django-session (an id), django-signed (readable, whatever
// its name), jwt, express-cookie-session, express-session, rails-session,
// php-session, tomcat-session, rack-session, bottle, tornado, pyramid,
// opaque-session (a session's name and a random value), csrf and other.
func Classify(name, value string, now time.Time) Shape {
	bare := withoutPrefix(name)
	value = strings.Trim(value, " \t")
	if len(value) >= 2 && value[0] == '"' && value[len(value)-1] == '"' {
		value = value[1 : len(value)-1]
	}
	c := candidate{name: bare, lower: strings.ToLower(bare), value: value, plain: unescape(value), now: now}
	if token, ok := readToken(value); ok && token.plausible(now) {
		c.token, c.signed = token, true
	}
	for _, recognise := range recognisers {
		if shape, ok := recognise(c); ok {
			return shape
		}
	}
	return Shape{Kind: "other", Confidence: Medium, Because: "neither name nor value is that of a session"}
}

// withoutPrefix takes off the cookie name prefixes of 6265bis section 4.1.3.
func withoutPrefix(name string) string {
	for _, prefix := range []string{"__Host-", "__Secure-"} {
		if len(name) > len(prefix) && strings.EqualFold(name[:len(prefix)], prefix) {
			return name[len(prefix):]
		}
	}
	return name
}

func empty(c candidate) (Shape, bool) {
	return Shape{Kind: "other", Confidence: High, Because: "the value is empty: the cookie is being deleted"}, c.value == ""
}
