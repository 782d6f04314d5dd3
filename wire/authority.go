// The second door: to the authority that issued the target's certificate. Its
// addresses stand in the certificate, which the target wrote, so that this door
// opens only where the user permitted it, and leads nowhere that the target could
// not have reached by itself.

package wire

import (
	"bufio"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"middlebrick/httphead"
	"middlebrick/observe"
)

// Bounds of all that one scan asks of authorities.
const (
	mostConsults    = 12
	consultTime     = 3 * time.Second
	mostConsultData = 24 << 20 // bytes received
)

// A Consultation is one question to an authority. Address is as it stands in the
// certificate; Suffix is put behind it, as a request by GET is (RFC 6960 appendix
// A.1). With a Body it is a POST.
type Consultation struct {
	Address string
	Suffix  string
	Body    []byte
	Media   string // of the body
	Most    int    // bytes of the answer
	About   string
}

// MayConsult is true where the user permitted to ask the certificate's authority.
func (w *Wire) MayConsult() bool { return w.opts.AskCA }

// CTLogs is the list of certificate transparency logs that the user has; nil where
// there is none.
func (w *Wire) CTLogs() []byte { return w.opts.CTLogs }

// Consult asks an authority: over http alone (its answers are signed), once,
// without following redirects, within bounds of bytes and time. What it costs is
// counted apart from what is asked of the target.
func (w *Wire) Consult(ctx context.Context, c Consultation) ([]byte, observe.Ref, *observe.Gap) {
	if !w.opts.AskCA {
		return nil, "", &observe.Gap{Why: observe.Unasked, Detail: "the scan was not permitted to ask the certificate's authority"}
	}
	u, port, refused := w.consultable(c)
	if refused != nil {
		return nil, "", refused
	}
	if spent := w.spendBeyond(); spent != nil {
		return nil, "", spent
	}
	ctx, cancel := context.WithTimeout(ctx, consultTime)
	defer cancel()
	addr, refused := w.authority(ctx, u.Hostname(), port)
	if refused != nil {
		return nil, "", refused
	}
	return w.consult(ctx, c, u, netip.AddrPortFrom(addr, uint16(port)))
}

// consultable holds an address from a certificate to what an authority's is.
func (w *Wire) consultable(c Consultation) (*url.URL, int, *observe.Gap) {
	refuse := func(why string) (*url.URL, int, *observe.Gap) {
		return nil, 0, &observe.Gap{Why: observe.Scope, Detail: "not asked: " + visible(c.Address) + " " + why}
	}
	u, err := url.Parse(c.Address + c.Suffix)
	switch {
	case err != nil || strings.ContainsAny(c.Address+c.Suffix, "\r\n \t") || u.Hostname() == "":
		return refuse("is no address")
	case u.Scheme != "http":
		return refuse("is not an http address")
	case u.User != nil:
		return refuse("holds a user's name")
	}
	port := 80
	if u.Port() != "" {
		port, err = strconv.Atoi(u.Port())
	}
	usual := port == 80 || port >= 8000 && port <= 8999
	if err != nil || port < 1 || port > 65535 || Global(w.address()) && !usual {
		return refuse("is on a port that authorities do not use")
	}
	return u, port, nil
}

// authority resolves the host, and refuses an address by the user's policy, and
// one that is not public where the target is: a certificate must not lead a
// scanner into the network that it stands in.
func (w *Wire) authority(ctx context.Context, host string, port int) (netip.Addr, *observe.Gap) {
	all, failed := w.addressesOf(ctx, host, port)
	if failed != nil {
		return netip.Addr{}, failed
	}
	for _, addr := range all {
		addr = addr.Unmap()
		if w.opts.Permit(netip.AddrPortFrom(addr, uint16(port))) != nil || Global(w.address()) && !Global(addr) {
			continue
		}
		return addr, nil
	}
	return netip.Addr{}, &observe.Gap{Why: observe.Scope, Detail: "not asked: " + visible(host) + " has no address that a certificate may send a scanner to"}
}

func (w *Wire) addressesOf(ctx context.Context, host string, port int) ([]netip.Addr, *observe.Gap) {
	for _, pin := range w.opts.Pins {
		if strings.EqualFold(pin.Host, host) && (pin.Port == 0 || pin.Port == port) {
			return []netip.Addr{pin.Addr}, nil
		}
	}
	if addr, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{addr}, nil
	}
	all, err := w.opts.Resolve(ctx, host)
	if err != nil {
		return nil, gap(err, "resolving "+visible(host))
	}
	return all, nil
}

func (w *Wire) spendBeyond() *observe.Gap {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.cost.Beyond.Requests >= mostConsults || w.cost.Beyond.BytesReceived >= mostConsultData {
		return &observe.Gap{Why: observe.Budget, Detail: "what a scan may ask of authorities is spent"}
	}
	w.cost.Beyond.Requests++
	return nil
}

func (w *Wire) countBeyond(sent, received int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cost.Beyond.Connections++
	w.cost.Beyond.BytesSent += sent
	w.cost.Beyond.BytesReceived += received
}

func (w *Wire) consult(ctx context.Context, c Consultation, u *url.URL, to netip.AddrPort) ([]byte, observe.Ref, *observe.Gap) {
	begun := time.Now()
	head := requestHead(c, u, w.opts.UserAgent)
	e := observe.Exchange{At: begun.UTC(), Address: to.String(), About: c.About, Sent: visible(plainLines(head)) + hex.EncodeToString(c.Body), Reproduce: consultCommand(c, u)}
	body, received, failed := w.converseBeyond(ctx, c, to, head)
	e.TookMS, e.Received, e.Ended = time.Since(begun).Milliseconds(), received, "answered"
	if failed != nil {
		e.Ended = string(failed.Why)
	}
	return body, w.rec.Exchange("ca", e), failed
}

// converseBeyond is the connection from dial to close. What was received is kept
// in words: the head, and the first bytes of the body.
func (w *Wire) converseBeyond(ctx context.Context, c Consultation, to netip.AddrPort, head string) (body []byte, kept string, failed *observe.Gap) {
	doing := "asking " + visible(c.Address)
	raw, err := w.opts.Dial(ctx, "tcp", to.String())
	if err != nil {
		return nil, "", gap(err, doing)
	}
	defer raw.Close()
	tape := &counted{Conn: raw}
	defer func() { w.countBeyond(tape.sent, tape.received) }()
	if deadline, ok := ctx.Deadline(); ok {
		_ = raw.SetDeadline(deadline)
	}
	stop := context.AfterFunc(ctx, func() { _ = raw.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	if _, err := io.WriteString(tape, head+string(c.Body)); err != nil {
		return nil, "", gap(err, doing)
	}
	in := bufio.NewReader(tape)
	answer, err := httphead.ReadHead(in)
	if err != nil {
		return nil, "", gap(err, doing)
	}
	kept = fmt.Sprintf("%s %d %s\n", answer.Proto, answer.Status, answer.Reason) + plainLines(joined(w.rec.Redact(answer.Fields))) + "\n"
	kept = visible(kept)
	if answer.Status != 200 {
		return nil, kept, &observe.Gap{Why: observe.Garbled, Detail: fmt.Sprintf("%s: the answer has status %d", doing, answer.Status)}
	}
	body, err = largeBody(in, answer, c.Most)
	kept += firstBytes(body)
	switch {
	case errors.Is(err, errLarge):
		return nil, kept, &observe.Gap{Why: observe.Budget, Detail: fmt.Sprintf("%s: the answer is larger than %d bytes", doing, c.Most)}
	case err != nil:
		return nil, kept, gap(err, doing)
	}
	return body, kept, nil
}

// errLarge is a body that is larger than was asked for.
var errLarge = errors.New("larger than may be read")

// largeBody reads a body of at most so many bytes. A list of revoked
// certificates is larger than any page, and is sent plain to a request of HTTP/1.0;
// a server that cuts it into chunks all the same is read as pages are.
func largeBody(in *bufio.Reader, head httphead.Head, most int) ([]byte, error) {
	if head.Get("Transfer-Encoding") != "" {
		body, err := httphead.ReadBody(in, head, "GET", most+1)
		if err == nil && (body.Short || body.Truncated) {
			err = io.ErrUnexpectedEOF
		}
		return body.Bytes, err
	}
	promised, err := strconv.Atoi(strings.TrimSpace(head.Get("Content-Length")))
	known := err == nil && promised >= 0
	if known && promised > most {
		return nil, errLarge
	}
	body, err := io.ReadAll(io.LimitReader(in, int64(most)+1))
	switch {
	case err != nil:
		return body, err
	case known && len(body) < promised:
		return body, io.ErrUnexpectedEOF
	case known:
		return body[:promised], nil
	case len(body) > most:
		return body[:most], errLarge
	}
	return body, nil
}

func requestHead(c Consultation, u *url.URL, agent string) string {
	method, fields := "GET", "Host: "+u.Host+"\r\nUser-Agent: "+agent+"\r\nAccept: */*\r\nConnection: close\r\n"
	if c.Body != nil {
		method = "POST"
		fields += fmt.Sprintf("Content-Type: %s\r\nContent-Length: %d\r\n", c.Media, len(c.Body))
	}
	return method + " " + requestTarget(u) + " HTTP/1.0\r\n" + fields + "\r\n"
}

// consultCommand asks the same; a body is handed over in hex.
func consultCommand(c Consultation, u *url.URL) string {
	if c.Body == nil {
		return "curl -sS --max-time 3 -o answer " + quote(u.String())
	}
	return "echo " + hex.EncodeToString(c.Body) + " | xxd -r -p | curl -sS --max-time 3 -o answer --data-binary @- -H " +
		quote("Content-Type: "+c.Media) + " " + quote(u.String())
}

func firstBytes(body []byte) string {
	t := tape{}
	t.add(body)
	return t.hex()
}
