// What is wrong on the server of each rule, and which servers of today cannot
// be made to go wrong.

package fixes_test

import (
	"maps"
	"testing"

	"middlebrick/checks"
	"middlebrick/testbed/lab"
)

// changes tell what is wrong on a rule's server beyond the weak state that all
// begin in.
var changes = merged(suiteChanges, certificateChanges, transportChanges, hstsChanges, pageChanges, cookieChanges)

func merged(tables ...map[string]func(*bench)) map[string]func(*bench) {
	all := map[string]func(*bench){}
	for _, table := range tables {
		maps.Copy(all, table)
	}
	return all
}

// An RSA key is what suites without forward secrecy need.
func rsa(b *bench) { b.pair = "goodrsa" }

var suiteChanges = map[string]func(*bench){
	"suitenull": rsa, "suiteanonymous": rsa, "suiteexport": rsa, "suiterc4": rsa, "suitedes": rsa, "suite3des": rsa,
	"suitestatickey": rsa,
	"dhweak": func(b *bench) {
		b.pair = "goodrsa"
		b.front.Server = "ssl_protocols TLSv1.2;\nssl_ciphers DHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0;\n" + lab.NginxWeakDH
		b.host += "SSLCertificateFile " + weakDH + "\nSSLCertificateKeyFile " + weakDHKey + "\n"
	},
	"notls12": func(b *bench) {
		b.front.Server = "ssl_protocols TLSv1 TLSv1.1;\nssl_ciphers ALL:@SECLEVEL=0;\n"
		b.host = "SSLProtocol -all +TLSv1 +TLSv1.1\nSSLCipherSuite ALL:@SECLEVEL=0\n"
	},
	"notls13": func(b *bench) {
		b.front.Server = "ssl_protocols TLSv1.2;\n"
		b.host = "SSLProtocol -all +TLSv1.2\n"
		b.badConf = "import ssl\nssl_version = ssl.PROTOCOL_TLSv1_2\n"
	},
}

// holding serves that certificate of the test bed.
func holding(name string) func(*bench) { return func(b *bench) { b.pair = name } }

var certificateChanges = map[string]func(*bench){
	"certexpired": holding("expired"), "certnotyet": holding("notyet"), "certexpiring": holding("expiring"),
	"certname": holding("wronghost"), "certselfsigned": holding("selfsigned"), "certuntrusted": holding("untrustedroot"),
	"certchainincomplete": holding("incomplete"), "certchainorder": holding("misordered"), "certkey": holding("roca"),
	"certsignature": sha1, "certlifetime": holding("longlife"), "certsan": holding("nosan"),
	"certstaple": holding("muststaple"), "certmalformed": holding("negativeserial"), "certadhoc": holding("adhoc"),
}

// sha1 is signed with SHA-1, which Python's servers refuse to load.
func sha1(b *bench) {
	if b.platform == "nginx" || b.platform == "apache" {
		b.pair = "ecdsasha1"
	}
}

// behind puts Flask and gunicorn behind an nginx that tells them the scheme.
func behind(b *bench) { b.serves, b.front.Location = proxied, forwarding }

// blind is an nginx or Apache that does not tell the scheme, and a gunicorn that
// does not believe it.
func blind(b *bench) {
	if b.platform == "flask" || b.platform == "gunicorn" {
		behind(b)
	}
	b.path, b.badConf = "/users/", "forwarded_allow_ips = ''\n"
}

const basicRoute = `

@app.route('/private')
def private():
    return Response('', 401, {'WWW-Authenticate': 'Basic realm="lab"'})
`

var transportChanges = map[string]func(*bench){
	"notls": func(b *bench) { b.serves = mended },
	"plainhttp": func(b *bench) {
		b.serves = mended
		if b.platform == "flask" {
			b.serves = plain
		}
	},
	"redirect": func(b *bench) {
		behind(b)
		if b.platform == "nginx" {
			b.front.Server80 = "return 301 https://other.example$request_uri;"
		}
		b.host80 = "Redirect permanent / https://other.example/"
	},
	"proxyscheme": blind,
	"apilinks":    func(b *bench) { blind(b); b.path = "/" },
	"forgedhost": func(b *bench) {
		behind(b)
		b.front.Location += "proxy_set_header X-Forwarded-Host $http_x_forwarded_host;\n"
	},
	"basicauth": func(b *bench) { b.serves, b.path, b.app.Routes = plain, "/private", basicRoute },
	"debugger":  func(b *bench) { b.serves, b.badRun = plain, "app.run(debug=True, use_reloader=False)" },
	"devserver": func(b *bench) { b.serves, b.development = plain, true },
}

// sending makes the application send that header, where the fix does not.
func sending(value, where string) func(*bench) {
	return func(b *bench) {
		b.badRoutes = "\n\n@app.after_request\ndef weak(response):\n    if " + where + ":\n" +
			"        response.headers['Strict-Transport-Security'] = '" + value + "'\n    return response\n"
	}
}

var hstsChanges = map[string]func(*bench){
	"hstsmaxage":     sending("max-age=300", "True"),
	"hstsinvalid":    sending("includeSubDomains", "True"),
	"hstssubdomains": sending("max-age=31536000", "True"),
	"hstspreload":    sending("max-age=31536000; includeSubDomains", "True"),
	"hstspartial":    sending("max-age=31536000; includeSubDomains", "response.status_code == 200"),
	"hstsonhttp": func(b *bench) {
		sending("max-age=31536000; includeSubDomains", "True")(b)
		b.serves = plain
	},
}

const mixedRoute = `

@app.route('/mixed')
def mixed():
    return '''<!doctype html>
<html lang="en"><head><title>lab</title><script src="http://api.example.com/x.js"></script></head>
<body><img src="http://api.example.com/x.png" alt=""><form action="http://api.example.com/login" method="post">
<input type="password" name="p"></form></body></html>
'''
`

func mixedPage(b *bench) { b.path, b.app.Routes = "/mixed", mixedRoute }

var pageChanges = map[string]func(*bench){"mixedactive": mixedPage, "mixedpassive": mixedPage, "mixedform": mixedPage}

// login configures the application that sets its session cookie at /login.
func login(config string) func(*bench) {
	return func(b *bench) { b.path, b.app.Config = "/login", config }
}

const permanentSession = `

@app.before_request
def permanent():
    session.permanent = True
`

const tokenRoute = `

@app.route('/token')
def token():
    answer = jsonify(token='set')
    answer.set_cookie('session_id', os.urandom(16).hex())
    return answer
`

var cookieChanges = map[string]func(*bench){
	"cookiesecure":    login(""),
	"cookiesamesite":  login(""),
	"cookiehttponly":  login("app.config['SESSION_COOKIE_HTTPONLY'] = False\n"),
	"cookiedomain":    login("app.config['SESSION_COOKIE_DOMAIN'] = 'example.com'\n"),
	"cookieprefix":    login("app.config['SESSION_COOKIE_SECURE'] = True\n"),
	"cookielifetime":  func(b *bench) { b.path, b.app.Routes = "/login", permanentSession },
	"cookiecache":     func(b *bench) { b.path, b.app.Routes = "/token", tokenRoute },
	"sessionreadable": func(b *bench) { b.path, b.needs = "/login", []string{"flask_session"} },
	"secretkey":       login("app.config['SECRET_KEY'] = 'fallback-secret-key'\n"),
	"cookieonhttp": func(b *bench) {
		b.path, b.serves = "/login", mended
		if b.platform == "flask" {
			b.serves = plain
		}
	},
}

const (
	noOldSSL   = "OpenSSL 3 has neither SSLv2 nor SSLv3"
	noOldSuite = "Debian's OpenSSL is built without these suites"
	noOldTLS   = "Python's ssl module begins at TLS 1.2"
	noSuchList = "mod_ssl adds !aNULL:!eNULL:!EXP to every list"
	noSHA1     = "OpenSSL at its usual security level refuses to load a certificate signed with SHA-1"
	noOwnTLS   = "the laboratory's server always holds a certificate"
)

// sound are the servers that cannot show the fault, with the reason: there the
// fix is proven to be accepted and harmless, and the rule to pass.
var sound = map[string]string{
	"sslv2/nginx": noOldSSL, "sslv2/apache": noOldSSL, "sslv3/nginx": noOldSSL, "sslv3/apache": noOldSSL,
	"tls10/gunicorn": noOldTLS, "tls11/gunicorn": noOldTLS, "notls12/gunicorn": noOldTLS,
	"suitenull/apache": noSuchList, "suiteanonymous/apache": noSuchList,
	"suitenull/gunicorn": noOldTLS, "suiteanonymous/gunicorn": noOldTLS,
	"suiteexport/nginx": noOldSuite, "suiteexport/apache": noOldSuite, "suiteexport/gunicorn": noOldSuite,
	"suiterc4/nginx": noOldSuite, "suiterc4/apache": noOldSuite, "suiterc4/gunicorn": noOldSuite,
	"suitedes/nginx": noOldSuite, "suitedes/apache": noOldSuite, "suitedes/gunicorn": noOldSuite,
	"suite3des/nginx": noOldSuite, "suite3des/apache": noOldSuite, "suite3des/gunicorn": noOldSuite,
	"certsignature/flask": noSHA1, "certsignature/gunicorn": noSHA1,
	"redirect/flask": "Flask alone redirects nothing, which encryption.plainhttp tells",
	"notls/nginx":    noOwnTLS, "notls/apache": noOwnTLS,
}

func TestEveryEntryBelongsToARule(t *testing.T) {
	for name := range changes {
		if _, ok := checks.Find("encryption." + name); !ok {
			t.Errorf("there is a server for %s, which is no rule", name)
		}
	}
}
