// Quirks of a response's head.

package quirk

import (
	"fmt"
	"io"
	"net/http"
	"strings"
)

// raw is a quirk that answers a request with these bytes.
func raw(note string, text string) quirk {
	return quirk{note, func(c *conn) { c.http(func(w io.Writer, _ *http.Request) { io.WriteString(w, text) }) }}
}

// endless writes the head, then the part without end (up to a bound), and
// ends when the client leaves.
func endless(note, head, part string) quirk {
	return quirk{note, func(c *conn) {
		c.http(func(w io.Writer, _ *http.Request) {
			io.WriteString(w, head)
			pour(w, part)
		})
	}}
}

// pour writes the text again and again, 64 MiB at most.
func pour(w io.Writer, text string) {
	block := strings.Repeat(text, 1+8192/len(text))
	for sent := 0; sent < 64<<20; sent += len(block) {
		if _, err := io.WriteString(w, block); err != nil {
			return
		}
	}
}

// stalled writes the text and then nothing, without closing.
func stalled(note, text string) quirk {
	return quirk{note, func(c *conn) {
		c.http(func(w io.Writer, _ *http.Request) {
			io.WriteString(w, text)
			c.hold()
		})
	}}
}

const ok = "HTTP/1.1 200 OK\r\n"

var headQuirks = map[string]quirk{
	"http-silent":     stalled("reads a request and never answers", ""),
	"endless-headers": endless("sends header lines without end", ok, "X-Filler: 0123456789abcdef\r\n"),
	"endless-line":    endless("sends one header line without end", ok+"X-Filler: ", "0123456789abcdef"),
	"endless-status":  endless("sends a status line without end", "HTTP/1.1 200 ", "OK and "),
	"interim-flood":   endless("sends 103 responses without end", "", "HTTP/1.1 103 Early Hints\r\nLink: </x.css>; rel=preload\r\n\r\n"),
	"interim-once":    raw("sends one 103 response before the real one", "HTTP/1.1 103 Early Hints\r\nLink: </x.css>; rel=preload\r\n\r\n"+reply("200 OK", "", "{}")),
	"drip-head": {"sends its answer one byte a tick, head and body", func(c *conn) {
		c.http(func(w io.Writer, _ *http.Request) {
			c.slow = true
			io.WriteString(w, reply("200 OK", "Strict-Transport-Security: max-age=31536000\r\n", "{}"))
		})
	}},
	"nul-header":     raw("has a NUL byte in one header value", reply("200 OK", "X-Odd: a\x00b\r\nStrict-Transport-Security: max-age=31536000\r\n", "{}")),
	"escape-header":  raw("has a terminal escape in one header value", reply("200 OK", "X-Odd: \x1b]0;owned\x07\x1b[2J\r\nStrict-Transport-Security: max-age=31536000\r\n", "{}")),
	"latin1-header":  raw("has bytes that are no UTF-8 in one header value", reply("200 OK", "X-Odd: \xff\xfe\xe9\r\nStrict-Transport-Security: max-age=31536000\r\n", "{}")),
	"folded-header":  raw("folds its HSTS header over two lines (RFC 9112, section 5.2)", reply("200 OK", "Strict-Transport-Security: max-age=31536000;\r\n  includeSubDomains\r\n", "{}")),
	"blank-in-name":  raw("has a blank between a header's name and its colon", reply("200 OK", "X-A : 1\r\nStrict-Transport-Security : max-age=31536000\r\n", "{}")),
	"no-colon":       raw("has a header line without a colon", reply("200 OK", "this is no header\r\nX-After: 1\r\n", "{}")),
	"bare-lf":        raw("ends its lines with LF alone", strings.ReplaceAll(reply("200 OK", "X-After: 1\r\n", "{}"), "\r\n", "\n")),
	"http09":         raw("answers with a body and no head", "<html>hello</html>"),
	"status-999":     raw("answers with status 999", reply("999 Request denied", "", "")),
	"status-odd":     raw("answers with a status of two digits", "HTTP/1.1 20 OK\r\n\r\n"),
	"no-reason":      raw("has no reason phrase, and no blank for it", "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\n{}"),
	"switching":      stalled("switches protocols unasked and falls silent", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: odd\r\nConnection: Upgrade\r\n\r\n"),
	"half-head":      raw("closes in the middle of its head", ok+"Content-Type: text/pl"),
	"empty-answer":   raw("closes without a byte after a request", ""),
	"two-lengths":    raw("sends two different lengths", ok+"Content-Length: 2\r\nContent-Length: 5\r\n\r\n{}   "),
	"length-chunked": raw("sends a length and chunks (request smuggling)", ok+"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"),
	"cookies-5000":   raw("sets 5,000 cookies", reply("200 OK", cookies(5000), "{}")),
	"cookie-1mb":     raw("sets a cookie of 1 MiB", reply("200 OK", "Set-Cookie: big="+strings.Repeat("x", 1<<20)+"\r\n", "{}")),
	"bad-hsts": raw("sends HSTS headers that are all invalid", reply("200 OK", "Strict-Transport-Security: max-age=9223372036854775808; max-age=1\r\n"+
		"Strict-Transport-Security: max-age=-1\r\n", "{}")),
	"too-many": raw("answers 429 with a Retry-After of eleven days", reply("429 Too Many Requests", "Retry-After: 999999\r\n", "slow down")),
	"unavailable": {"answers 503 with Retry-After to the first Count connections, then works", func(c *conn) {
		if c.number > c.options.Count {
			c.work()
			return
		}
		c.answer(func(*http.Request) string { return reply("503 Service Unavailable", "Retry-After: 1\r\n", "later") })
	}},
	"by-agent": {"has one answer for browsers and another for programs", func(c *conn) {
		c.answer(func(r *http.Request) string {
			if strings.HasPrefix(r.UserAgent(), "Mozilla/") {
				return reply("200 OK", "Strict-Transport-Security: max-age=31536000\r\nContent-Type: text/html\r\n", "<title>hello</title>")
			}
			return reply("403 Forbidden", "", "no programs")
		})
	}},
	"challenge": raw("answers every path with a page that only a browser passes", reply("200 OK", "Server: cloudflare\r\nContent-Type: text/html\r\n",
		"<title>Just a moment...</title><script>window._cf_chl_opt={}</script>")),
	"blocked": raw("answers as a web application firewall that blocks", reply("403 Forbidden", "Server: cloudflare\r\nContent-Type: text/html\r\n", "<title>Attention Required!</title>Sorry, you have been blocked")),
	"echo-headers": {"sends the request's headers back in its body, secrets too", func(c *conn) {
		c.answer(func(r *http.Request) string {
			var b strings.Builder
			r.Header.Write(&b)
			return reply("200 OK", "Content-Type: text/plain\r\n", b.String())
		})
	}},
}

// cookies is n Set-Cookie lines.
func cookies(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "Set-Cookie: c%d=v; Path=/\r\n", i)
	}
	return b.String()
}
