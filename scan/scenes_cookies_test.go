// The scenes of cookies and sessions: Flask with Flask-Login as they ship, or set
// weaker than that.

package scan_test

import "middlebrick/testbed/lab"

var cookieScenes = map[string]scenes{
	"cookiesecure":   visiting("/member", ""),
	"cookiesamesite": visiting("/member", ""),
	"cookielifetime": visiting("/member", "").only("Flask"),
	"cookiehttponly": visiting("/member", "app.config.update(SESSION_COOKIE_HTTPONLY=False, REMEMBER_COOKIE_HTTPONLY=False)\n"),
	"cookiedomain":   visiting("/member", "app.config.update(SERVER_NAME='api.example.com', REMEMBER_COOKIE_DOMAIN='example.com')\n").only("Flask", "Apache"),
	"cookieprefix":   visiting("/member", "app.config.update(SESSION_COOKIE_SECURE=True, REMEMBER_COOKIE_SECURE=True)\n").only("Flask"),
	"cookiecache":    visiting("/token", ""),
	"cookieonhttp": {
		"Flask":    {path: "/login", serve: onFlask(lab.WSGI{})},
		"gunicorn": {path: "/login", serve: func(s stage) { s.gunicorn(lab.WSGI{Secure: s.mended()}) }},
		"nginx":    {path: "/login", serve: underNginx(lab.WSGI{}, lab.Nginx{Location: tellsScheme})},
		"Apache":   {path: "/login", serve: underApache(lab.WSGI{}, lab.Apache{})},
	},
	"secretkey":       visiting("/login", "app.config['SECRET_KEY'] = 'dev'\n").only("Flask"),
	"sessionreadable": visiting("/login", "").only("Flask"),
}

// visiting are servers of an application with those settings, of which that page
// is looked at.
func visiting(path, config string) scenes {
	app := lab.WSGI{App: lab.FlaskApp{Config: withLogin + config, Routes: members}}
	facing := app
	facing.Secure = true
	return scenes{
		"Flask":  {path: path, serve: onFlask(facing)},
		"nginx":  {path: path, serve: underNginx(app, lab.Nginx{Location: tellsScheme})},
		"Apache": {path: path, serve: underApache(app, lab.Apache{Host: "RequestHeader set X-Forwarded-Proto https\n"})},
	}
}

const withLogin = `
from flask_login import LoginManager, UserMixin, login_user

LoginManager(app).user_loader(lambda name: UserMixin())
`

// members logs a member in and remembers who it is; token sets a cookie past
// Flask's session, so that nobody adds Vary: Cookie.
const members = `

@app.route('/member')
def member():
    user = UserMixin()
    user.id = '42'
    session.permanent = True
    login_user(user, remember=True)
    return jsonify(user=user.id)


@app.route('/token')
def token():
    answer = jsonify(token='set')
    answer.set_cookie('session_id', '5f0c7e0d9b3a4f6e8d1c2b3a49586776')
    return answer
`
