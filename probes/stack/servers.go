// Signs of servers and proxies that name themselves in a header.

package stack

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

// product matches a product token of a Server header (RFC 9110 section 10.2.4);
// its first group is the version.
func product(name string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)(?:^|[\s(])` + name + `(?:/([^\s()]+))?(?:$|[\s();,])`)
}

// products are the tokens that servers write, as measured where the lab has
// them; what is not here is taken by its own word (selfNamed).
var products = []struct {
	name  string
	token *regexp.Regexp
}{
	{"Werkzeug", product(`Werkzeug`)},
	{"gunicorn", product(`gunicorn`)},
	{"uWSGI", product(`uWSGI`)},
	{"waitress", product(`waitress`)},
	{"uvicorn", product(`uvicorn`)},
	{"hypercorn", product(`hypercorn-(?:h11|h2|h3)`)},
	{"daphne", product(`daphne`)},
	{"Cheroot", product(`Cheroot`)},
	{"CherryPy", product(`CherryPy`)},
	{"Tornado", product(`TornadoServer`)},
	{"wsgiref", product(`WSGIServer`)},
	{"http.server", product(`SimpleHTTP`)},
	{"http.server", product(`BaseHTTP`)},
	{"aiohttp", product(`aiohttp`)},
	{"mod_wsgi", product(`mod_wsgi`)},
	{"nginx", product(`nginx`)},
	{"OpenResty", product(`openresty`)},
	{"Tengine", product(`Tengine`)},
	{"Apache", product(`Apache`)},
	{"Caddy", product(`Caddy`)},
	{"Envoy", product(`(?:istio-)?envoy`)},
	{"lighttpd", product(`lighttpd`)},
	{"LiteSpeed", product(`LiteSpeed`)},
	{"IIS", product(`Microsoft-IIS`)},
	{"Kestrel", product(`Kestrel`)},
	{"Tomcat", product(`Apache-Coyote`)},
	{"Jetty", regexp.MustCompile(`(?i)^Jetty\(([^\s()]+)\)`)},
	{"Puma", product(`puma`)},
	{"WEBrick", product(`WEBrick`)},
	{"Cloudflare", product(`cloudflare(?:-nginx)?`)},
	{"CloudFront", product(`CloudFront`)},
	{"Akamai", product(`AkamaiGHost`)},
	{"AWS load balancer", product(`awselb`)},
	{"Google Frontend", product(`Google Frontend`)},
	{"Python", product(`C?Python`)},
	{"PHP", product(`PHP`)},
	{"Ruby", product(`Ruby`)},
	{"OpenSSL", product(`OpenSSL`)},
}

// selfNamed is the first product of a header, whatever it is.
var selfNamed = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9._\-]{1,30})(?:/(\S+))?(?:\s|$)`)

// servers are the claims of all Server headers. A header that names nothing
// known names itself.
func servers(a answer) (all []claim) {
	for _, value := range a.head.Values("Server") {
		found := inServer(value)
		if match := selfNamed.FindStringSubmatch(value); len(found) == 0 && match != nil {
			found = []claim{{name: match[1], versions: exactly(match[2])}}
		}
		for _, c := range found {
			c.sure, c.because = certain, said("Server", value)
			all = append(all, c)
		}
	}
	return all
}

// inServer are the known products of a header, in the order in which they stand.
func inServer(value string) (found []claim) {
	places := map[string]int{}
	for _, p := range products {
		match := p.token.FindStringSubmatchIndex(value)
		if match == nil {
			continue
		}
		c := claim{name: p.name}
		if match[2] >= 0 {
			c.versions = exactly(value[match[2]:match[3]])
		}
		places[p.name] = match[0]
		found = append(found, c)
	}
	slices.SortStableFunc(found, func(a, b claim) int { return cmp.Compare(places[a.name], places[b.name]) })
	return found
}

// passed are proxies that leave a field of their own on what passes through.
var passed = []struct{ name, field, value string }{
	{"Varnish", "Via", "varnish"},
	{"Varnish", "X-Varnish", ""},
	{"Heroku", "Via", "vegur"},
	{"Google Frontend", "Via", "google"},
	{"CloudFront", "Via", "cloudfront"},
	{"CloudFront", "X-Amz-Cf-Id", ""},
	{"Cloudflare", "CF-RAY", ""},
	{"Fastly", "X-Fastly-Request-ID", ""},
	{"Envoy", "X-Envoy-Upstream-Service-Time", ""},
}

// Servers that write their fields in an order, or a spelling, of their own. What
// stands otherwise was written again by something in front of them.
var (
	capital    = []string{"Werkzeug", "gunicorn", "waitress", "nginx", "Apache", "Cheroot", "wsgiref", "Tornado", "lighttpd", "CherryPy", "aiohttp"}
	notApaches = []string{"Werkzeug", "gunicorn", "waitress", "Cheroot", "Tornado", "CherryPy", "aiohttp", "uvicorn", "hypercorn", "lighttpd"}
)

func (a answer) servedBy(names []string) bool {
	return slices.ContainsFunc(servers(a), func(c claim) bool { return slices.Contains(names, c.name) })
}

// lowered: HAProxy puts every field name into lower case, as do proxies that
// speak HTTP/2 inside. What came from ASGI was so before.
func lowered(a answer) bool {
	return a.http1() && a.lowerCase() && !slices.Contains(a.named(), "Connection") && a.servedBy(capital)
}

// apacheOrder: mod_proxy passes the Server field on and writes Date and Server
// first, in this order.
func apacheOrder(a answer) bool {
	names := a.named()
	return a.http1() && len(names) > 2 && names[0] == "Date" && names[1] == "Server" && a.servedBy(notApaches)
}

// unnamed: gunicorn writes Server, Date and Connection first, in this order.
func unnamed(a answer) bool {
	names := a.named()
	own := len(names) > 2 && names[0] == "Server" && names[1] == "Date" && names[2] == "Connection"
	return a.http1() && !own && a.servedBy([]string{"gunicorn"})
}

// inFront are the claims about what stands in front of the server that names
// itself: the first that holds.
func inFront(a answer) []claim {
	switch {
	case lowered(a):
		return one(true, "HAProxy", low, "field names are in lower case, which the server behind does not write; HAProxy does")
	case apacheOrder(a):
		return one(true, "Apache", high, "Date and Server stand first, as Apache's proxy writes them and the server that is named does not")
	case unnamed(a) && len(through(a)) == 0 && len(a.head.Values("Server")) == 1:
		return one(true, "proxy", low, "gunicorn writes Connection third, and here it stands elsewhere")
	}
	return nil
}

func through(a answer) (all []claim) {
	for _, p := range passed {
		for _, value := range a.head.Values(p.field) {
			all = append(all, one(strings.Contains(strings.ToLower(value), p.value), p.name, certain, said(p.field, value))...)
		}
	}
	return all
}

var serverSigns = []sign{servers, inFront, through}

// networks deliver for others and speak to the client wherever they stand.
var networks = []string{"CloudFront", "Cloudflare", "Fastly", "Akamai", "Google Frontend", "Heroku"}

// edgeOf is the part that speaks to the client, as far as an answer tells: a
// delivery network, the proxy that names itself, one that shows by what it
// rewrote, the server.
func edgeOf(a answer) string {
	named, front, passing := servers(a), inFront(a), through(a)
	if len(a.head.Values("Server")) > 0 {
		named = slices.DeleteFunc(named, func(c claim) bool { return c.because != said("Server", a.head.Get("Server")) })
	}
	isNetwork := func(c claim) bool { return slices.Contains(networks, c.name) }
	isProxy := func(c claim) bool { return roleOf(c.name) == proxy }
	isServer := func(c claim) bool { return roleOf(c.name) == server || slices.Contains(alsoServers, c.name) }
	for _, from := range []struct {
		claims []claim
		fits   func(claim) bool
	}{{passing, isNetwork}, {named, isProxy}, {front, isProxy}, {passing, isProxy}, {named, isServer}} {
		if at := slices.IndexFunc(from.claims, from.fits); at >= 0 {
			return from.claims[at].name
		}
	}
	return ""
}

const werkzeugServer = "Werkzeug's development server"

// developmentServers were written for one developer's machine; the mark stands
// in their Server header.
var developmentServers = []struct{ mark, name string }{
	{"Werkzeug/", werkzeugServer},
	{"WSGIServer/", "Python's wsgiref server"},
	{"SimpleHTTP/", "Python's http.server"},
	{"BaseHTTP/", "Python's http.server"},
	{"WEBrick/", "Ruby's WEBrick"},
}

// development names a server that was made for development, "" for all others.
func development(a answer) string {
	for _, d := range developmentServers {
		for _, value := range a.head.Values("Server") {
			if strings.Contains(value, d.mark) {
				return d.name
			}
		}
	}
	switch {
	case twoDates(a):
		return werkzeugServer
	case echoesHost(a):
		return "PHP's built-in server"
	}
	return ""
}

// twoDates: Werkzeug's development server writes a Date of its own beside that of
// a static file, whatever Server header the application sets (FLASK.md 1.6).
func twoDates(a answer) bool {
	return len(a.head.Values("Date")) == 2 && staticTag.MatchString(a.head.Get("ETag"))
}

// echoesHost: PHP's built-in server alone sends the Host back as a response
// field.
func echoesHost(a answer) bool {
	return a.head.Get("Host") != "" && len(a.head.Fields) > 1 && a.head.Fields[0].Name == "Host"
}
