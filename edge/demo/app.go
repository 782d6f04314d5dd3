// The application: its answers, byte for byte in Werkzeug's manner.

package demo

import (
	"bufio"
	"bytes"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // itsdangerous signs with it
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"
)

// software is what Debian 13's Werkzeug calls itself.
const software = "Werkzeug/3.1.3 Python/3.13.5"

// publishedKey is the secret key of countless snippets; who knows it can log in
// as anybody.
const publishedKey = "fallback-secret-key"

// patience bounds one connection: a development server that waits for ever would
// outlive the scan.
const patience = 10 * time.Second

// app answers requests. It holds nothing but the time at which it was started,
// for the timestamps of its cookies.
type app struct{ now time.Time }

type response struct {
	status string // code and reason, upper case as Werkzeug writes it
	media  string
	fields []string
	body   string
}

// serve answers one request and closes, as the development server does.
func (a app) serve(conn net.Conn, scheme string) {
	defer conn.Close()
	_ = conn.SetDeadline(a.deadline())
	req, err := http.ReadRequest(bufio.NewReader(conn))
	if err != nil {
		return
	}
	resp := a.answer(req, scheme)
	var out bytes.Buffer
	fmt.Fprintf(&out, "HTTP/1.1 %s\r\nServer: %s\r\nDate: %s\r\nContent-Type: %s\r\n", resp.status, software, a.now.UTC().Format(http.TimeFormat), resp.media)
	for _, field := range resp.fields {
		out.WriteString(field + "\r\n")
	}
	fmt.Fprintf(&out, "Content-Length: %d\r\nConnection: close\r\n\r\n", len(resp.body))
	if req.Method != http.MethodHead {
		out.WriteString(resp.body)
	}
	_, _ = conn.Write(out.Bytes())
}

func (a app) deadline() time.Time { return time.Now().Add(patience) }

const html = "text/html; charset=utf-8"

func (a app) answer(req *http.Request, scheme string) response {
	switch {
	case req.Method == http.MethodOptions:
		return response{"200 OK", html, []string{"Allow: GET, HEAD, OPTIONS"}, ""}
	case req.Method != http.MethodGet && req.Method != http.MethodHead:
		return response{"405 METHOD NOT ALLOWED", html, []string{"Allow: GET, HEAD, OPTIONS"}, notAllowed}
	}
	switch req.URL.Path {
	case "/":
		return response{"200 OK", html, a.session(), page(req.Host)}
	case "/login":
		return response{"200 OK", html, a.session(), login(req.Host)}
	case "/static/app.js":
		return response{"200 OK", "text/javascript; charset=utf-8", []string{"Cache-Control: no-cache"}, "document.title = 'Users';\n"}
	case Path:
		return response{"200 OK", "application/json", a.session(), users(req.Host)}
	case strings.TrimSuffix(Path, "/"):
		// The proxy before it says nothing of https, so that the router's own
		// redirect leads out of it.
		return moved("http://" + req.Host + Path)
	}
	return response{"404 NOT FOUND", html, nil, notFound}
}

func moved(to string) response {
	body := "<!doctype html>\n<html lang=en>\n<title>Redirecting...</title>\n<h1>Redirecting...</h1>\n" +
		"<p>You should be redirected automatically to the target URL: <a href=\"" + to + "\">" + to + "</a>. If not, click the link.\n"
	return response{"308 PERMANENT REDIRECT", html, []string{"Location: " + to}, body}
}

// session is a Flask session cookie without Secure, signed with a published key.
func (a app) session() []string {
	return []string{"Vary: Cookie", "Set-Cookie: session=" + sign(`{"role":"user","user":"alice"}`, a.now) + "; HttpOnly; Path=/"}
}

// sign is itsdangerous' URLSafeTimedSerializer as Flask sets it up: HMAC-SHA1
// with a key derived from the secret key and the salt "cookie-session".
func sign(payload string, at time.Time) string {
	text := base64.RawURLEncoding.EncodeToString([]byte(payload))
	var stamp [4]byte
	binary.BigEndian.PutUint32(stamp[:], uint32(at.Unix()))
	text += "." + base64.RawURLEncoding.EncodeToString(stamp[:])
	derived := mac([]byte(publishedKey), "cookie-session")
	return text + "." + base64.RawURLEncoding.EncodeToString(mac(derived, text))
}

func mac(key []byte, message string) []byte {
	h := hmac.New(sha1.New, key)
	h.Write([]byte(message))
	return h.Sum(nil)
}

func page(host string) string {
	return strings.ReplaceAll(`<!doctype html>
<html lang=en>
<title>Users</title>
<script src="http://cdn.demo.test/jquery.js"></script>
<script src="/static/app.js"></script>
<img src="http://HOST/static/logo.png" alt="">
<h1>Users</h1>
<p><a href="/v1/users/">The API</a>, <a href="/login">log in</a></p>
`, "HOST", host)
}

func login(host string) string {
	return strings.ReplaceAll(`<!doctype html>
<html lang=en>
<title>Log in</title>
<form method=post action="http://HOST/login">
<input name=user> <input name=password type=password> <button>Log in</button>
</form>
`, "HOST", host)
}

func users(host string) string {
	return `{"users":[{"id":1,"name":"alice"},{"id":2,"name":"bob"}],"next":"http://` + host + `/v1/users/?page=2"}` + "\n"
}

const notFound = `<!doctype html>
<html lang=en>
<title>404 Not Found</title>
<h1>Not Found</h1>
<p>The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.</p>
`

const notAllowed = `<!doctype html>
<html lang=en>
<title>405 Method Not Allowed</title>
<h1>Method Not Allowed</h1>
<p>The method is not allowed for the requested URL.</p>
`
