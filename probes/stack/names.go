// The names: every piece of software that can be recognised, and its role.

package stack

// The roles, from the outside to the inside: the order of a stack's parts.
const (
	proxy     = "proxy"
	server    = "server"
	framework = "framework"
	extension = "extension"
	language  = "language"
	library   = "library"
)

var roleOrder = map[string]int{proxy: 0, server: 1, framework: 2, extension: 3, language: 4, library: 5}

// names are the known parts by role. A name that rules have a heading for is
// spelt as the heading. What is not listed named itself in a Server header and
// counts as a server.
var names = map[string][]string{
	proxy: {
		"nginx", "OpenResty", "Tengine", "Apache", "Caddy", "HAProxy", "Varnish", "Envoy", "Traefik", "lighttpd", "LiteSpeed", "IIS",
		"Cloudflare", "CloudFront", "Fastly", "Akamai", "AWS load balancer", "Google Frontend", "Heroku", "proxy",
	},
	server: {
		"Werkzeug", "gunicorn", "uWSGI", "waitress", "uvicorn", "hypercorn", "daphne", "gevent", "eventlet", "Cheroot", "wsgiref",
		"http.server", "aiohttp", "mod_wsgi", "Puma", "WEBrick", "Kestrel", "Tomcat", "Jetty", "Go net/http", "PHP built-in server",
	},
	framework: {
		"Flask", "Quart", "Django", "Django REST framework", "Starlette", "FastAPI", "Bottle", "Tornado", "Pyramid", "Falcon", "CherryPy",
		"Express", "Koa", "Rails", "Sinatra", "Rack", "Laravel", "CodeIgniter", "WordPress", "Drupal", "Moodle", "Java servlet",
		"Spring Boot", "ASP.NET", "ASP.NET Core", "ASP", "ColdFusion", "Play", "Vaadin",
	},
	extension: {"Flask-Login", "Flask-WTF", "Flask-Session", "Flask-JWT-Extended", "Flask-Talisman"},
	language:  {"Python", "PHP", "Ruby"},
	library:   {"OpenSSL", "itsdangerous"},
}

// roleOf is the role of a part of that name.
func roleOf(name string) string {
	for role, known := range names {
		for _, one := range known {
			if one == name {
				return role
			}
		}
	}
	return server
}

// alsoServers are frameworks with a server of their own, which serves others too.
var alsoServers = []string{"Tornado", "CherryPy"}

// flaskExtensions run on Flask alone, some of them on Quart.
var flaskExtensions = names[extension]
