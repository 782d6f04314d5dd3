// The scenes of mixed content: a page that loads, shows and sends over http.

package scan_test

import "middlebrick/testbed/lab"

var pageScenes = map[string]scenes{
	"mixedactive":  mixedScenes(),
	"mixedpassive": mixedScenes(),
	"mixedform":    mixedScenes(),
}

const mixedPage = `<!doctype html>
<html lang="en"><title>lab</title>
<script src="http://cdn.example.net/app.js"></script>
<img src="http://img.example.net/logo.png" alt="">
<form method="post" action="http://api.example.com/login"><input name="password" type="password"></form>
`

func mixedScenes() scenes {
	routes := "\n\n@app.route('/mixed')\ndef mixed():\n    return '''" + mixedPage + "'''\n"
	files := map[string]string{"mixed.html": mixedPage}
	return scenes{
		"Flask":  {path: "/mixed", serve: onFlask(lab.WSGI{Secure: true, App: lab.FlaskApp{Routes: routes}})},
		"nginx":  {path: "/mixed.html", serve: onNginx(lab.Nginx{Files: files})},
		"Apache": {path: "/mixed.html", serve: onApache(lab.Apache{Files: files})},
	}
}
