// Signs of Werkzeug and Flask (FLASK.md 1.1 to 1.8).

package stack

import (
	"net/http"
	"regexp"
	"strings"
)

// Error pages: the text is the same since 0.14; since 2.1.2 it stands under
// HTML's own doctype. An application without pages of its own shows them, and
// so does Quart, which uses the same code.
var errorTexts = []string{
	"<title>400 Bad Request</title>\n<h1>Bad Request</h1>\n<p>The browser (or proxy) sent a request that this server could not understand.</p>",
	"<title>403 Forbidden</title>\n<h1>Forbidden</h1>\n<p>You don't have the permission to access the requested resource. It is either read-protected or not readable by the server.</p>",
	"<title>404 Not Found</title>\n<h1>Not Found</h1>\n<p>The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.</p>",
	"<title>405 Method Not Allowed</title>\n<h1>Method Not Allowed</h1>\n<p>The method is not allowed for the requested URL.</p>",
	"<title>429 Too Many Requests</title>\n<h1>Too Many Requests</h1>\n<p>This user has exceeded an allotted request count. Try again later.</p>",
	"<title>500 Internal Server Error</title>\n<h1>Internal Server Error</h1>\n<p>The server encountered an internal error and was unable to complete your request.",
}

const (
	newDoctype = "<!doctype html>\n<html lang=en>\n"
	oldDoctype = "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 3.2 Final//EN\">\n"
)

func doctype(a answer) versions {
	body := string(a.body[:min(len(a.body), 100)])
	switch {
	case strings.HasPrefix(body, newDoctype):
		return versions{since: "2.1.2"}
	case strings.HasPrefix(body, oldDoctype):
		return versions{before: "2.1.2"}
	}
	return versions{}
}

func werkzeugPage(a answer) []claim {
	for _, text := range errorTexts {
		at := strings.Index(string(a.body[:min(len(a.body), 600)]), text)
		if at >= 0 && a.failed() && at <= len(oldDoctype) {
			return []claim{{name: "Werkzeug", sure: high, versions: doctype(a), because: generated}}
		}
	}
	return nil
}

// capitals: Werkzeug before 3.2 writes reason phrases in capitals, and they
// survive nginx, Apache and HAProxy over HTTP/1. "OK" is in capitals everywhere.
func capitals(a answer) []claim {
	phrase := strings.ToUpper(http.StatusText(a.head.Status))
	loud := len(phrase) > len("OK") && a.head.Reason == phrase && a.http1()
	return one(loud, "Werkzeug", high, "the reason phrase "+shown(a.head.Reason)+" is in capitals")
}

// staticTag is the tag of send_file: time of change, size, Adler-32 of the name.
var staticTag = regexp.MustCompile(`^(?:W/)?"\d{9,11}\.\d+-\d+-\d+"$`)

// static: Flask sends files inline under their names; Quart, with the same tag,
// does not.
func static(a answer) []claim {
	if !staticTag.MatchString(a.head.Get("ETag")) {
		return nil
	}
	if strings.HasPrefix(a.head.Get("Content-Disposition"), "inline; filename=") {
		return one(true, "Flask", high, "a static file carries the ETag and the Content-Disposition of its send_file")
	}
	return one(true, "Werkzeug", high, "a static file carries the ETag of its send_file")
}

// slash is the router's answer to a missing slash: 308 (301 before 0.15) and a
// page of its own with an absolute address.
func slash(a answer) []claim {
	location := a.head.Get("Location")
	mends := (a.head.Status == 308 || a.head.Status == 301) && strings.Contains(location, "://") && strings.HasSuffix(location, pathOf(a.url)+"/")
	if !mends || !a.has("<title>Redirecting...</title>\n<h1>Redirecting...</h1>\n<p>You should be redirected automatically to") {
		return nil
	}
	return []claim{
		{name: "Flask", sure: high, because: "a missing slash is mended with its router's own redirect"},
		{name: "Werkzeug", sure: high, versions: doctype(a), because: "the redirect's page is its own"},
	}
}

// Cookies. No other framework measured writes HttpOnly before Path.
var (
	cookieOrder = regexp.MustCompile(`^[^;]*(?:; Domain=[^;]+)?(?:; Expires=[^;]+)?(?:; Max-Age=\d+)?(?:; Secure(?:=\w+)?)?; HttpOnly; Path=[^;]*(?:; SameSite=\w+)?(?:; Partitioned)?$`)
	dashedDate  = regexp.MustCompile(`; Expires=\w{3}, \d\d-\w{3}-\d{4} `)
	spelled     = regexp.MustCompile(`; Secure=(?:True|False|0|1); `)
)

func cookieAttributes(a answer) (all []claim) {
	for _, value := range a.head.Values("Set-Cookie") {
		if !cookieOrder.MatchString(value) {
			continue
		}
		c := claim{name: "Werkzeug", sure: high, because: "cookie attributes stand in its order, HttpOnly before Path"}
		switch {
		case dashedDate.MatchString(value):
			c.versions = versions{before: "2.0"}
		case spelled.MatchString(value):
			c.versions = versions{since: "2.3"}
		case strings.HasSuffix(value, "; Partitioned"):
			c.versions = versions{since: "3.1"}
		}
		all = append(all, c)
	}
	return all
}

// talisman: the odd number of seconds is a year of the sun, and nobody else
// sends it with that policy.
func talisman(a answer) []claim {
	year := a.head.Get("Strict-Transport-Security") == "max-age=31556926; includeSubDomains"
	policy := a.head.Get("Referrer-Policy") == "strict-origin-when-cross-origin" && a.head.Get("X-Frame-Options") == "SAMEORIGIN"
	return one(year && policy, "Flask-Talisman", high, "Strict-Transport-Security, Referrer-Policy and X-Frame-Options are its defaults")
}

// emptyReason: hypercorn over h11 and Tomcat write no reason phrase.
func emptyReason(a answer) []claim {
	silent := a.http1() && a.head.Reason == "" && a.head.Status > 0
	return one(silent && len(werkzeugPage(a)) > 0, "hypercorn", low, "Werkzeug's page comes without a reason phrase")
}

var werkzeugSigns = []sign{werkzeugPage, capitals, static, slash, cookieAttributes, talisman, emptyReason,
	func(a answer) []claim {
		return one(twoDates(a), "Werkzeug", high, "its development server writes a second Date on a static file")
	},
}
