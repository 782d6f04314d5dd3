// The scenes of the way from http to https, of foreign hosts and of doors that
// should not stand open.

package scan_test

import "middlebrick/testbed/lab"

// tellsScheme is the line by which nginx tells the application that it is on
// https.
const tellsScheme = "proxy_set_header X-Forwarded-Proto $scheme;\n"

var httpScenes = map[string]scenes{
	"plainhttp": {
		"Flask":    {serve: onFlask(lab.WSGI{})},
		"gunicorn": {serve: func(s stage) { s.gunicorn(lab.WSGI{Secure: s.mended()}) }},
		"nginx":    {serve: onNginx(lab.Nginx{})},
		"Apache":   {serve: onApache(lab.Apache{})},
	},
	"notls": {
		"Flask":    {serve: func(s stage) { s.flask(lab.WSGI{Secure: s.mended()}) }},
		"gunicorn": {serve: func(s stage) { s.gunicorn(lab.WSGI{Secure: s.mended()}) }},
		"nginx":    {serve: func(s stage) { s.nginx(lab.Nginx{TLS: s.elsewhere()}) }},
		"Apache":   {serve: func(s stage) { s.apache(lab.Apache{TLS: s.elsewhere()}) }},
	},
	"redirect": {
		"Flask":  {serve: redirectedByFlask},
		"nginx":  {serve: onNginx(lab.Nginx{Server80: "return 302 https://$host$request_uri;"})},
		"Apache": {serve: onApache(lab.Apache{Host80: "Redirect / https://api.example.com/\n"})},
	},
	"forgedhost": {
		"Flask": {serve: underNginx(lab.WSGI{}, lab.Nginx{Location: tellsScheme, Server80: "return 403;"})},
		"nginx": {serve: underNginx(
			lab.WSGI{App: lab.FlaskApp{Config: "from werkzeug.middleware.proxy_fix import ProxyFix\napp.wsgi_app = ProxyFix(app.wsgi_app, x_host=1)\n"}},
			lab.Nginx{Location: tellsScheme, Server80: "return 403;"})},
		"Apache": {serve: underApache(lab.WSGI{},
			lab.Apache{Host: "RequestHeader set X-Forwarded-Proto https\n", Host80: "Redirect 403 /\n"})},
	},
	"proxyscheme": blindScenes(),
	"apilinks":    blindScenes(),
	"basicauth": {
		"Flask":  {path: "/private", serve: onFlask(lab.WSGI{App: lab.FlaskApp{Routes: asksForPassword}})},
		"nginx":  {serve: onNginx(lab.Nginx{Server80: "location / { root www; auth_basic api; auth_basic_user_file nobody; }"})},
		"Apache": {serve: onApache(lab.Apache{Host80: "Header always set WWW-Authenticate \"Basic realm=api\"\nRedirect 401 /\n"})},
	},
	"debugger": {
		"Flask": {serve: onFlask(lab.WSGI{App: lab.FlaskApp{Run: "app.run(debug=True, use_reloader=False)"}})},
	},
	"devserver": {
		"gunicorn": {serve: developmentServer},
	},
}

// elsewhere is the port of TLS: on the weak server not the one that clients try.
func (s stage) elsewhere() int {
	if s.mended() {
		return 443
	}
	return 8443
}

// Talisman redirects by 302 unless told that it is for good.
func redirectedByFlask(s stage) {
	s.Helper()
	weak := s.before("from flask_talisman import Talisman\nTalisman(app)\n")
	app := s.upstream(lab.WSGI{App: lab.FlaskApp{Config: weak}})
	pass := "location / { proxy_pass http://" + app + "; proxy_set_header Host $http_host; " + tellsScheme + "}"
	s.nginx(lab.Nginx{Upstream: app, Location: tellsScheme, Server80: pass})
}

// blindScenes are proxies that do not tell the scheme, and applications that do
// not believe those that do.
func blindScenes() scenes {
	distant := lab.WSGI{Conf: "forwarded_allow_ips = '192.0.2.1'\n"}
	return scenes{
		"Flask": {serve: func(s stage) {
			app := lab.StartWaitress(s.TB, s.app(lab.WSGI{}))
			s.nginx(lab.Nginx{Upstream: app.Plain, Location: tellsScheme})
		}},
		"gunicorn": {serve: underNginx(distant, lab.Nginx{Location: tellsScheme})},
		"nginx":    {serve: underNginx(lab.WSGI{}, lab.Nginx{})},
		"Apache":   {serve: underApache(lab.WSGI{}, lab.Apache{})},
	}
}

const asksForPassword = `

@app.route('/private')
def private():
    if not request.authorization:
        return Response('who are you?', 401, {'WWW-Authenticate': 'Basic realm="api"'})
    return 'hello'
`

// The fix is to start the same application under gunicorn.
func developmentServer(s stage) {
	s.Helper()
	if s.mended() {
		s.gunicorn(lab.WSGI{})
		return
	}
	s.flask(lab.WSGI{})
}
