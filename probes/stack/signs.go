// The signs, one function each: what in an answer gives software away.

package stack

import (
	"bytes"
	"regexp"
	"strings"

	"middlebrick/httphead"
	"middlebrick/observe"
)

// An answer is one page with what is not kept of it.
type answer struct {
	observe.Page
	head httphead.Head
	body []byte
}

// A sign tells one part from one answer.
type sign func(answer) (observe.Part, bool)

var signs = []sign{
	server("Werkzeug", "server", `Werkzeug/([\w.\-]+)`),
	server("Python", "language", `(?:C?Python)/([\w.\-+]+)`),
	server("gunicorn", "server", `gunicorn/?([\w.\-]*)`),
	server("waitress", "server", `^waitress`),
	server("uvicorn", "server", `^uvicorn`),
	server("hypercorn", "server", `^hypercorn`),
	server("Cheroot", "server", `Cheroot/([\w.]+)`),
	server("Tornado", "server", `TornadoServer/([\w.]+)`),
	server("wsgiref", "server", `WSGIServer/([\w.]+)`),
	server("nginx", "proxy", `^nginx/?([\w.]*)`),
	server("Apache", "proxy", `^Apache/?([\w.]*)`),
	server("mod_wsgi", "server", `mod_wsgi/([\w.]+)`),
	server("Caddy", "proxy", `^Caddy`),
	server("IIS", "proxy", `Microsoft-IIS/([\w.]+)`),
	server("Kestrel", "server", `^Kestrel`),
	server("Cloudflare", "proxy", `^cloudflare`),
	server("Jetty", "server", `Jetty\(([\w.\-]+)\)`),
	header("Express", "framework", "X-Powered-By", `^Express`),
	header("PHP", "language", "X-Powered-By", `^PHP/([\w.]+)`),
	header("ASP.NET", "framework", "X-AspNet-Version", `([\w.]+)`),
	header("Rails", "framework", "X-Runtime", `^\d+\.\d+$`),
	body("Flask", "framework", "high", "the error page is Werkzeug's own, word for word", werkzeugErrors...),
	body("nginx", "proxy", "certain", "the error page is nginx's own", "<hr><center>nginx"),
	body("Apache", "proxy", "high", "the error page is Apache's own", "<address>Apache/", "You're speaking plain HTTP to an SSL-enabled server port"),
	body("gunicorn", "server", "certain", "the error page is gunicorn's own", "<h1><p>Bad Request</p></h1>"),
	body("Express", "framework", "high", "the error page is Express's own", "<pre>Cannot GET "),
	body("FastAPI", "framework", "high", "the error is FastAPI's own", `{"detail":"Not Found"}`),
	body("Tomcat", "server", "high", "the error page is Tomcat's own", "<title>HTTP Status 404", "Apache Tomcat/"),
	body("Spring Boot", "framework", "high", "the error page is Spring Boot's own", "Whitelabel Error Page"),
	body("Flask-WTF", "extension", "high", "a form carries Flask-WTF's token", `<input id="csrf_token" name="csrf_token" type="hidden" value="Ij`, `<input id="csrf_token" name="csrf_token" type="hidden" value="Im`),
	slashRedirect, upperCaseReason, staticTag, cookieOrder, uwsgi, django,
}

var werkzeugErrors = []string{
	"<title>404 Not Found</title>\n<h1>Not Found</h1>\n<p>The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.</p>",
	"<title>405 Method Not Allowed</title>\n<h1>Method Not Allowed</h1>\n<p>The method is not allowed for the requested URL.</p>",
	"<title>500 Internal Server Error</title>\n<h1>Internal Server Error</h1>\n<p>The server encountered an internal error and was unable to complete your request.",
}

func server(name, role, pattern string) sign { return header(name, role, "Server", pattern) }

// header is a header whose value matches; its first group is the version.
func header(name, role, field, pattern string) sign {
	expression := regexp.MustCompile(pattern)
	return func(a answer) (observe.Part, bool) {
		for _, value := range a.head.Values(field) {
			match := expression.FindStringSubmatch(value)
			if match == nil {
				continue
			}
			part := observe.Part{Name: name, Role: role, Confidence: "certain", Because: field + ": " + value}
			if len(match) > 1 {
				part.Version = match[1]
			}
			return part, true
		}
		return observe.Part{}, false
	}
}

// body is an answer without success that holds one of those texts.
func body(name, role, sure, because string, texts ...string) sign {
	return func(a answer) (observe.Part, bool) {
		for _, text := range texts {
			if bytes.Contains(a.body, []byte(text)) && (a.Status >= 400 || role == "extension") {
				return observe.Part{Name: name, Role: role, Confidence: sure, Because: because}, true
			}
		}
		return observe.Part{}, false
	}
}

// slashRedirect is the router's answer to a missing slash: 308 and a page of its
// own, with an absolute address.
func slashRedirect(a answer) (observe.Part, bool) {
	if a.Status != 308 && a.Status != 301 || !bytes.Contains(a.body, []byte("<title>Redirecting...</title>")) {
		return observe.Part{}, false
	}
	return observe.Part{Name: "Flask", Role: "framework", Confidence: "high", Because: "redirects a missing slash as Werkzeug's router does"}, true
}

// upperCaseReason: Werkzeug before 3.2 writes reason phrases in capitals, and
// they survive nginx and Apache over HTTP/1.1.
func upperCaseReason(a answer) (observe.Part, bool) {
	plain := strings.ReplaceAll(a.Reason, " ", "")
	if len(plain) < 4 || plain != strings.ToUpper(plain) || strings.ToLower(plain) == plain {
		return observe.Part{}, false
	}
	return observe.Part{Name: "Flask", Role: "framework", Confidence: "low", Because: "the reason phrase " + a.Reason + " is in capitals, as Werkzeug writes it"}, true
}

var werkzeugTag = regexp.MustCompile(`^(W/)?"\d+\.\d+-\d+-\d+"$`)

func staticTag(a answer) (observe.Part, bool) {
	if !werkzeugTag.MatchString(a.head.Get("ETag")) || !strings.HasPrefix(a.head.Get("Content-Disposition"), "inline; filename=") {
		return observe.Part{}, false
	}
	return observe.Part{Name: "Flask", Role: "framework", Confidence: "high", Because: "static files carry Werkzeug's ETag"}, true
}

// cookieOrder: Werkzeug alone writes HttpOnly before Path.
func cookieOrder(a answer) (observe.Part, bool) {
	for _, value := range a.head.Values("Set-Cookie") {
		if i := strings.Index(value, "; HttpOnly; Path="); i > 0 {
			return observe.Part{Name: "Flask", Role: "framework", Confidence: "high", Because: "cookie attributes stand in Werkzeug's order"}, true
		}
	}
	return observe.Part{}, false
}

// uwsgi sends neither Server nor Date; so do few others.
func uwsgi(a answer) (observe.Part, bool) {
	if a.Status == 0 || len(a.head.Values("Server")) > 0 || len(a.head.Values("Date")) > 0 || !strings.HasPrefix(a.head.Proto, "HTTP/1") {
		return observe.Part{}, false
	}
	return observe.Part{Name: "uWSGI", Role: "server", Confidence: "low", Because: "neither a Server nor a Date header"}, true
}

// django: its default headers together with its own error page.
func django(a answer) (observe.Part, bool) {
	short := a.Status == 404 && bytes.Contains(a.body, []byte("<h1>Not Found</h1><p>The requested resource was not found on this server.</p>"))
	if !short {
		return observe.Part{}, false
	}
	return observe.Part{Name: "Django", Role: "framework", Confidence: "high", Because: "the error page is Django's own"}, true
}

var developmentServers = []struct{ mark, name string }{
	{"Werkzeug/", "Werkzeug's development server"},
	{"WSGIServer/", "Python's wsgiref server"},
	{"SimpleHTTP/", "Python's http.server"},
	{"BaseHTTP/", "Python's http.server"},
}

// development names a server that was written for one developer's machine.
func development(a answer) string {
	for _, d := range developmentServers {
		for _, value := range a.head.Values("Server") {
			if strings.Contains(value, d.mark) {
				return d.name
			}
		}
	}
	return ""
}
