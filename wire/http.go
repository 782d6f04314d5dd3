// Asking over HTTP/1.1, on both forms of the target.

package wire

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
	"time"

	"middlebrick/httphead"
	"middlebrick/observe"
	"middlebrick/target"
)

// maxBody is how much of a body is read, in bytes.
const maxBody = 1 << 20

// A Request is one question over HTTP. Method is GET when empty; Host replaces
// the Host header; Fields are sent beside those of every request.
type Request struct {
	Method string
	URL    string
	Host   string
	Fields []httphead.Field
	About  string
}

// A Response is the answer, unredacted: what is kept of it goes through the
// recorder.
type Response struct {
	URL  string
	Head httphead.Head
	Body httphead.Body
	Ref  observe.Ref
}

// Cut is true when the body was not read to its end, or cannot be read as its
// media type says.
func (r *Response) Cut() bool { return r.Body.Truncated || r.Body.Short || !r.Body.Plain() }

// A flight is one request that several probes share.
type flight struct {
	done chan struct{}
	resp *Response
	gap  *observe.Gap
}

// Get asks once: probes that need the same exchange share it. Only GET, HEAD and
// OPTIONS are ever sent, and only to the target's two forms.
func (w *Wire) Get(ctx context.Context, req Request) (*Response, *observe.Gap) {
	if req.Method == "" {
		req.Method = "GET"
	}
	req.URL = w.rec.Reveal(req.URL)
	key := fmt.Sprintf("%s %s %s %v", req.Method, req.URL, req.Host, req.Fields)
	w.mu.Lock()
	f, flying := w.shared[key]
	if !flying {
		f = &flight{done: make(chan struct{})}
		w.shared[key] = f
	}
	w.mu.Unlock()
	if flying {
		<-f.done
		return f.resp, f.gap
	}
	// Whatever breaks below, nobody is left waiting.
	f.gap = &observe.Gap{Why: observe.Fault, Detail: "asking for " + visible(req.URL) + " broke (a fault of middlebrick, please report it)"}
	defer close(f.done)
	resp, failed := w.patient(ctx, req)
	f.resp, f.gap = w.hold(resp), failed
	return resp, failed
}

func (w *Wire) get(ctx context.Context, req Request) (*Response, *observe.Gap) {
	u, port, failed := w.inScope(req)
	if failed != nil {
		return nil, failed
	}
	if tired := w.patience(port); tired != nil {
		return nil, tired
	}
	if u.Scheme == "https" { // it begins with a handshake, and most of the questions are asked there
		ctx = w.Urgent(ctx)
	} else {
		ctx = w.Hurried(ctx)
	}
	l, failed := w.lineFor(ctx, port)
	if failed != nil {
		return nil, failed
	}
	resp, failed, stale := w.askOn(ctx, l, u, req)
	if stale { // the server had closed it meanwhile, as it may (RFC 9112 section 9.3.1)
		w.unspendRequest()
		if l, failed = w.newLine(ctx, port, nil, nil); failed != nil {
			return nil, failed
		}
		resp, failed, _ = w.askOn(ctx, l, u, req)
	}
	return resp, failed
}

// askOn asks on a line, and hands it over or closes it. Stale is true when a line
// that had been used before was closed without a byte, or stood still.
func (w *Wire) askOn(ctx context.Context, l *line, u *url.URL, req Request) (resp *Response, failed *observe.Gap, stale bool) {
	again := l.used > 0
	l.begun = l.opened
	if again {
		l.begun = time.Now()
	}
	w.bound(ctx, l.conn)
	if l.stream == nil {
		stream, err := w.stream(l.conn, u)
		if err != nil {
			w.hangUp(l)
			return nil, w.lost(ctx, l, req, "", fmt.Errorf("TLS handshake: %w", err)), false
		}
		l.stream, l.in = stream, bufio.NewReader(stream)
	}
	l.used++
	fields := w.fields(req, u, l.port)
	head := req.Method + " " + requestTarget(u) + " HTTP/1.1\r\n"
	_, err := io.WriteString(l.stream, head+joined(fields)+"\r\n")
	if err == nil && again {
		_, err = l.in.Peek(1)
	}
	if err != nil {
		w.hangUp(l)
		why := Classify(err)
		if again && why == observe.Timeout {
			w.onlyOnce(l) // it answers the first request of a connection, and no other
		}
		if again && (why == observe.Closed || why == observe.Reset || why == observe.Timeout) {
			return nil, nil, true
		}
		return nil, w.lost(ctx, l, req, w.said(head, fields), err), false
	}
	if resp, failed = w.read(ctx, l, req, head, fields); failed != nil {
		w.hangUp(l)
		return nil, failed, false
	}
	w.handOver(l, req, resp)
	return resp, nil, false
}

// inScope holds every request to the target's host and its two ports.
func (w *Wire) inScope(req Request) (*url.URL, int, *observe.Gap) {
	t := w.opts.Target
	outside := &observe.Gap{Why: observe.Scope, Detail: "outside this scan: " + visible(req.URL)}
	safe := req.Method == "GET" || req.Method == "HEAD" || req.Method == "OPTIONS"
	u, err := url.Parse(req.URL)
	if err != nil || !safe || strings.ContainsAny(req.Host+req.URL, "\r\n") {
		return nil, 0, outside
	}
	ports := map[string]int{"https": t.HTTPSPort, "http": t.HTTPPort}
	port, known := ports[u.Scheme]
	if !known || !strings.EqualFold(strings.TrimSuffix(u.Hostname(), "."), t.Host) {
		return nil, 0, outside
	}
	named := u.Port()
	if named == "" {
		named = map[string]string{"https": "443", "http": "80"}[u.Scheme]
	}
	if named != strconv.Itoa(port) {
		return nil, 0, outside
	}
	return u, port, nil
}

func requestTarget(u *url.URL) string {
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	if u.RawQuery != "" {
		path += "?" + u.RawQuery
	}
	return path
}

// fields are the header of a request. The caller's own go to the form that the
// caller named and to no other: a credential given for https:// is never sent in
// clear.
func (w *Wire) fields(req Request, u *url.URL, port int) []httphead.Field {
	t := w.opts.Target
	host := req.Host
	if host == "" {
		host = target.Authority(u.Scheme, t.Host, port)
	}
	fields := []httphead.Field{{Name: "Host", Value: host}, {Name: "User-Agent", Value: w.opts.UserAgent}, {Name: "Accept", Value: "*/*"}}
	fields = append(fields, req.Fields...)
	if u.Scheme == t.Scheme && req.Host == "" {
		fields = append(fields, w.opts.Headers...)
	}
	return append(fields, w.keeping(req)...)
}

func joined(fields []httphead.Field) string {
	var out strings.Builder
	for _, f := range fields {
		out.WriteString(f.Name + ": " + f.Value + "\r\n")
	}
	return out.String()
}

func (w *Wire) read(ctx context.Context, l *line, req Request, first string, sent []httphead.Field) (*Response, *observe.Gap) {
	resp := &Response{URL: req.URL}
	var err error
	resp.Head, err = httphead.ReadHead(l.in)
	if err != nil {
		// What a head would have said after the cut is not known, so that nothing
		// in it counts.
		return nil, w.lost(ctx, l, req, w.said(first, sent), err)
	}
	w.heard("")
	w.pulse(time.Since(l.begun))
	w.polite(resp.Head)
	w.bound(ctx, l.conn)
	if resp.Head.Status != 101 {
		resp.Body, err = httphead.ReadBody(l.in, resp.Head, req.Method, maxBody)
	}
	ended := "answered"
	if err != nil {
		ended = string(Classify(err))
	}
	w.stalled(l.port, ended == string(observe.Timeout))
	resp.Ref = w.keepHTTP(l, req, first, sent, resp, ended)
	return resp, nil
}

// Servers that handle one connection at a time (FLASK.md 1.12): all their other
// users wait for ours.
var oneAtATime = []string{"Werkzeug/", "WSGIServer/", "SimpleHTTP/", "BaseHTTP/"}

func (w *Wire) polite(h httphead.Head) {
	for _, name := range oneAtATime {
		if strings.Contains(h.Get("Server"), name) {
			w.OneAtATime()
		}
	}
}

func (w *Wire) keepHTTP(l *line, req Request, first string, sent []httphead.Field, resp *Response, ended string) observe.Ref {
	for _, value := range resp.Head.Values("Set-Cookie") {
		w.rec.CookieValue(httphead.ParseSetCookie(value).Value)
	}
	received := fmt.Sprintf("%s %d %s\r\n", resp.Head.Proto, resp.Head.Status, resp.Head.Reason) + joined(w.rec.Redact(resp.Head.Fields)) + "\r\n"
	body := resp.Body.Bytes
	if len(body) > kept {
		body = body[:kept]
	}
	received += string(body)
	if len(resp.Body.Bytes) > len(body) {
		received += fmt.Sprintf(" … %d bytes more", len(resp.Body.Bytes)-len(body))
	}
	return w.rec.Exchange("http", observe.Exchange{
		At: l.begun.UTC(), TookMS: time.Since(l.begun).Milliseconds(), Address: l.to,
		About: aboutRequest(req) + odd(resp.Head), Sent: w.said(first, sent),
		Received: visible(plainLines(received)), Ended: ended, Reproduce: w.curl(req),
	})
}

// said is a request as it may be kept.
func (w *Wire) said(line string, fields []httphead.Field) string {
	return visible(plainLines(line + joined(w.rec.Redact(fields))))
}

func aboutRequest(req Request) string {
	if req.About != "" {
		return req.About
	}
	return req.Method + " " + req.URL
}

// odd is what is wrong with a head that was read all the same.
func odd(h httphead.Head) string {
	if len(h.Malformed) == 0 {
		return ""
	}
	return " (the answer is malformed: " + visible(strings.Join(h.Malformed[:min(3, len(h.Malformed))], "; ")) + ")"
}

func plainLines(text string) string { return strings.ReplaceAll(text, "\r\n", "\n") }

// lost is the gap of a request without an answer, kept as an exchange of its own.
func (w *Wire) lost(ctx context.Context, l *line, req Request, sent string, err error) *observe.Gap {
	failed := gap(err, req.Method+" "+visible(req.URL))
	if ctx.Err() != nil {
		failed = ended(ctx, req.Method+" "+visible(req.URL))
	}
	var not *httphead.NotHTTPError
	if errors.As(err, &not) {
		failed = &observe.Gap{Why: observe.Garbled, Detail: fmt.Sprintf("the answer is not HTTP: %q", not.First)}
		if isRecord(not.First) {
			failed.Detail = SpeaksTLS
		}
	}
	if strings.Contains(err.Error(), "certificate required") { // alert 116, RFC 8446 section 6.2
		failed = &observe.Gap{Why: observe.Refused, Detail: req.Method + " " + visible(req.URL) + ": the server wants a certificate of the client"}
	}
	w.heard(failed.Why)
	w.stalled(l.port, failed.Why == observe.Timeout)
	w.rec.Exchange("http", observe.Exchange{
		At: l.begun.UTC(), TookMS: time.Since(l.begun).Milliseconds(), Address: l.to, About: aboutRequest(req),
		Sent: sent, Received: "", Ended: string(failed.Why), Reproduce: w.curl(req),
	})
	return failed
}

// SpeaksTLS is the detail of the gap of a plain request that was answered with a
// TLS record.
const SpeaksTLS = "the port speaks TLS"

// isRecord is true for the first bytes of an alert or handshake record (RFC 8446
// section 5.1).
func isRecord(first []byte) bool {
	return len(first) >= 3 && (first[0] == 0x15 || first[0] == 0x16) && first[1] == 3 && first[2] <= 4
}

// curl is a command that asks the same. -k because the scan does not verify
// either: trust is judged apart.
func (w *Wire) curl(req Request) string {
	args := []string{"curl", "-sS", "-i"}
	if strings.HasPrefix(req.URL, "https:") {
		args = append(args, "-k")
	}
	if req.Method != "GET" {
		args = append(args, "-X", req.Method)
	}
	if strings.ContainsAny(req.URL, "{}[]") {
		args = append(args, "-g") // no pattern, but the address itself
	}
	if len(w.opts.Pins) > 0 {
		t, port := w.opts.Target, w.opts.Target.HTTPPort
		if strings.HasPrefix(req.URL, "https:") {
			port = t.HTTPSPort
		}
		args = append(args, "--resolve", fmt.Sprintf("%s:%d:%s", bracketed(t.Host), port, bracketed(w.address().String())))
	}
	if req.Host != "" {
		args = append(args, "-H", quote("Host: "+req.Host))
	}
	for _, f := range req.Fields {
		args = append(args, "-H", quote(f.Name+": "+f.Value))
	}
	return strings.Join(append(args, quote(req.URL)), " ")
}

// quote makes one shell word of a text that a target may have chosen.
func quote(text string) string { return "'" + strings.ReplaceAll(visible(text), "'", `'\''`) + "'" }

// bracketed is a host as it stands before a colon and a port.
func bracketed(host string) string {
	if strings.Contains(host, ":") {
		return "[" + host + "]"
	}
	return host
}
