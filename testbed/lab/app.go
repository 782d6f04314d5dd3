// The text of a small real Flask API, with places for a rule's fix.

package lab

import (
	"regexp"
	"strings"
)

// FlaskApp is the source of a Flask application in the state in which Flask
// ships: no cookie setting, no proxy setting, no header.
type FlaskApp struct {
	Before string // lines before app = Flask(__name__)
	Config string // lines after it
	Routes string // lines after the routes
	Run    string // replaces app.run(); used by the development server alone
}

const flaskHead = `import os
from flask import Flask, Response, abort, jsonify, make_response, redirect, render_template_string, request, session, url_for
`

const flaskRoutes = `

if not app.config.get('SECRET_KEY'):
    app.config['SECRET_KEY'] = os.environ['SECRET_KEY']


@app.route('/')
def index():
    return jsonify(name='lab', links=[url_for('users', _external=True)])


@app.route('/login', methods=['GET', 'POST'])
def login():
    session['user'] = 'alice'
    return jsonify(user='alice')


@app.route('/logout')
def logout():
    session.clear()
    return jsonify(user=None)


@app.route('/users/')
def users():
    return jsonify(users=['alice', 'bob'])


@app.route('/page')
def page():
    return '''<!doctype html>
<html lang="en"><head><title>lab</title><script src="/static/x.js"></script></head>
<body><a href="%s">users</a></body></html>
''' % url_for('users', _external=True)


@app.route('/cookie')
def cookie():
    answer = jsonify(cookie='set')
    answer.set_cookie('preference', 'dark')
    return answer


@app.route('/old')
def old():
    return redirect('/users/')


@app.route('/error')
def error():
    abort(500)
`

const flaskRun = "app.run()"

var makesApp = regexp.MustCompile(`(?m)^app\s*=\s*Flask\(.*\)[^\n]*\n?`)

// Source is the text of app.py. A Config that is a whole example, with its
// own "app = Flask(__name__)", is taken for what stands around that line.
func (a FlaskApp) Source() string {
	before, config := a.Before, a.Config
	if at := makesApp.FindStringIndex(config); at != nil {
		before, config = before+"\n"+config[:at[0]], config[at[1]:]
	}
	run := a.Run
	if run == "" {
		run = flaskRun
	}
	var b strings.Builder
	b.WriteString(flaskHead + before + "\napp = Flask(__name__)\n" + config + flaskRoutes + a.Routes)
	b.WriteString("\n\nif __name__ == '__main__':\n")
	for line := range strings.Lines(run) {
		b.WriteString("    " + line)
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}
