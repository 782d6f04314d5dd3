// The scenes of Strict-Transport-Security: servers that send it wrongly, or not
// at all.

package scan_test

import "middlebrick/testbed/lab"

const year = "max-age=31536000"

var hstsScenes = map[string]scenes{
	"hstsmissing":    saying(""),
	"hstsmaxage":     saying("max-age=300"),
	"hstssubdomains": saying(year),
	"hstspreload":    saying(year),
	"hstsinvalid":    saying(year + ", includeSubDomains"),
	"hstspartial": {
		"Flask":  {serve: onFlask(lab.WSGI{Secure: true, App: says(year, "response.status_code == 200")})},
		"nginx":  {serve: onNginx(lab.Nginx{Server: "add_header Strict-Transport-Security \"" + year + "\";\n"})},
		"Apache": {serve: onApache(lab.Apache{Host: "Header set Strict-Transport-Security \"" + year + "\"\n"})},
	},
	"hstsonhttp": {
		"Flask":  {serve: onFlask(lab.WSGI{App: says(year, "True")})},
		"nginx":  {serve: underNginx(lab.WSGI{App: says(year, "True")}, lab.Nginx{})},
		"Apache": {serve: onApache(lab.Apache{Server: "Header always set Strict-Transport-Security \"" + year + "\"\n"})},
	},
}

// saying are servers that all say that: the application, and the one before it
// once more.
func saying(value string) scenes {
	if value == "" {
		return scenes{
			"Flask":  {serve: onFlask(lab.WSGI{Secure: true})},
			"nginx":  {serve: underNginx(lab.WSGI{}, lab.Nginx{})},
			"Apache": {serve: underApache(lab.WSGI{}, lab.Apache{})},
		}
	}
	app := says(value, "True")
	return scenes{
		"Flask":  {serve: onFlask(lab.WSGI{Secure: true, App: app})},
		"nginx":  {serve: underNginx(lab.WSGI{App: app}, lab.Nginx{Server: "add_header Strict-Transport-Security \"" + value + "\";\n"})},
		"Apache": {serve: underApache(lab.WSGI{App: app}, lab.Apache{Host: "Header set Strict-Transport-Security \"" + value + "\"\n"})},
	}
}

// says is an application that sends the header where the condition holds. Flask
// calls what was registered last first, so that a fix has the last word.
func says(value, condition string) lab.FlaskApp {
	return lab.FlaskApp{Routes: `

@app.after_request
def says(response):
    if ` + condition + `:
        response.headers['Strict-Transport-Security'] = '` + value + `'
    return response
`}
}
