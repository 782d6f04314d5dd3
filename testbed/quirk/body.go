// Quirks of a response's body, and of where it sends its reader.

package quirk

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
)

var bodyQuirks = map[string]quirk{
	"endless-body":    endless("sends a body without end or length", ok+"Content-Type: text/html\r\nConnection: close\r\n\r\n", "<p>and so on</p>\n"),
	"endless-chunks":  endless("sends chunks without end", ok+"Transfer-Encoding: chunked\r\n\r\n", "10\r\n0123456789abcdef\r\n"),
	"huge-length":     stalled("announces 10^15 bytes, sends ten and falls silent", ok+"Content-Length: 1000000000000000\r\n\r\n0123456789"),
	"short-body":      raw("announces 100 bytes, sends ten and closes", ok+"Content-Length: 100\r\nStrict-Transport-Security: max-age=31536000\r\n\r\n0123456789"),
	"chunk-extension": endless("wraps every byte in 3 KB of chunk extension", ok+"Transfer-Encoding: chunked\r\n\r\n", "1;"+strings.Repeat("x", 3000)+"\r\na\r\n"),
	"chunk-length":    raw("announces a chunk of 2^64 bytes", ok+"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n{}"),
	"no-goodbye": {"ends a body without length by closing, in TLS without the close_notify of RFC 8446, section 6.1", func(c *conn) {
		c.http(func(w io.Writer, _ *http.Request) {
			io.WriteString(w, ok+"Content-Type: application/json\r\n\r\n{\"cut\":")
			c.Close()
		})
	}},
	"gzip-bomb": {"sends 200 KB of gzip that are 200 MB", func(c *conn) {
		c.gzipped("gzip", bomb())
	}},
	"gzip-stacked": {"claims twenty layers of gzip and sends five", func(c *conn) {
		c.gzipped(strings.TrimSuffix(strings.Repeat("gzip, ", 20), ", "), stacked())
	}},
	"gzip-false": {"claims gzip and sends plain text", func(c *conn) {
		c.gzipped("gzip", []byte(`{"compressed":false}`))
	}},
	"deep-json": {"sends JSON nested a million deep", func(c *conn) {
		c.answer(func(*http.Request) string {
			return reply("200 OK", "Content-Type: application/json\r\n", strings.Repeat("[", 1<<20)+strings.Repeat("]", 1<<20))
		})
	}},
	"deep-html": {"sends HTML nested two hundred thousand deep", func(c *conn) {
		c.answer(func(*http.Request) string {
			return reply("200 OK", "Content-Type: text/html\r\n", strings.Repeat("<div><svg>", 100000))
		})
	}},
}

// gzipped answers with the body under the content encoding.
func (c *conn) gzipped(encoding string, body []byte) {
	c.answer(func(*http.Request) string {
		return reply("200 OK", "Content-Type: text/html\r\nContent-Encoding: "+encoding+"\r\n", string(body))
	})
}

// bomb is 200 MiB of zeros after gzip: about 200 KiB.
var bomb = sync.OnceValue(func() []byte {
	var out bytes.Buffer
	packed := gzip.NewWriter(&out)
	for range 200 {
		packed.Write(make([]byte, 1<<20))
	}
	packed.Close()
	return out.Bytes()
})

// stacked is a megabyte of zeros, five times through gzip.
var stacked = sync.OnceValue(func() []byte {
	body := make([]byte, 1<<20)
	for range 5 {
		var out bytes.Buffer
		packed := gzip.NewWriter(&out)
		packed.Write(body)
		packed.Close()
		body = out.Bytes()
	}
	return body
})

// to redirects every request to the place, or to the options' Location.
func to(note, status string, location func(r *http.Request, hop int) string) quirk {
	return quirk{note, func(c *conn) {
		c.answer(func(r *http.Request) string {
			where := c.options.Location
			if where == "" {
				hop := 0
				fmt.Sscanf(r.URL.Path, "/hop/%d", &hop)
				where = location(r, hop)
			}
			return reply(status, "Location: "+where+"\r\n", "")
		})
	}}
}

// fixed redirects to one place.
func fixed(note, where string) quirk {
	return to(note, "302 Found", func(*http.Request, int) string { return where })
}

var redirectQuirks = map[string]quirk{
	"redirect-loop":       to("redirects every path to itself", "302 Found", func(r *http.Request, _ int) string { return r.URL.Path }),
	"redirect-chain":      to("redirects /hop/n to /hop/n+1, without end", "302 Found", func(_ *http.Request, hop int) string { return fmt.Sprintf("/hop/%d", hop+1) }),
	"redirect-file":       fixed("redirects to a file", "file:///etc/passwd"),
	"redirect-gopher":     fixed("redirects to gopher", "gopher://127.0.0.1:11211/_stats"),
	"redirect-script":     fixed("redirects to javascript", "javascript:alert(document.domain)"),
	"redirect-metadata":   fixed("redirects to a cloud's metadata", "http://169.254.169.254/latest/meta-data/iam/security-credentials/"),
	"redirect-loopback":   fixed("redirects to another port of loopback", "http://127.0.0.1:1/admin"),
	"redirect-elsewhere":  fixed("redirects to another host", "https://elsewhere.example/"),
	"redirect-bad":        fixed("redirects to what is no URL", "http://[::1:80/%zz"),
	"redirect-empty":      fixed("redirects to an empty place", ""),
	"redirect-control":    fixed("redirects to a place with a terminal escape in it", "/a\x1b[2Jb"),
	"redirect-no-place":   raw("redirects without a Location", reply("302 Found", "", "")),
	"redirect-downgrade":  to("redirects to http on the same host", "302 Found", func(r *http.Request, _ int) string { return "http://" + r.Host + r.URL.Path }),
	"redirect-https":      to("redirects to https on the same host, as it should", "301 Moved Permanently", func(r *http.Request, _ int) string { return "https://" + r.Host + r.URL.Path }),
	"redirect-forwarded":  to("redirects to the host that X-Forwarded-Host names", "302 Found", forwarded),
	"redirect-everything": fixed("answers every path as a captive portal does", "http://portal.example/login"),
}

func forwarded(r *http.Request, _ int) string {
	host := r.Header.Get("X-Forwarded-Host")
	if host == "" {
		host = r.Host
	}
	return "https://" + host + r.URL.Path
}
