// What this program sends to others than a target: webhooks, mail, the question
// whether somebody owns a host. One guarded way out for all of it.

package wire

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"middlebrick/target"
)

// Bounds of an Outbound that names none.
const (
	outboundTime = 30 * time.Second
	outboundMost = 1 << 20 // bytes received over one connection
)

// An Outbound is a way out that decides on the address it dials, at the moment when
// it dials it. It has no proxy but the one that stands here, whatever the
// environment says, keeps no connection and no cookie, and unpacks nothing.
type Outbound struct {
	Permit    func(netip.AddrPort) error                                   // asked at every dial; nil: PermitPublic
	Resolve   func(ctx context.Context, host string) ([]netip.Addr, error) // nil: the system's resolvers
	Proxy     *url.URL                                                     // http or https; it resolves names, and so its policy holds for them
	UserAgent string
	Timeout   time.Duration // from dialling to the last byte, however it drips; 0: half a minute
	Most      int64         // bytes received over one connection, TLS and heads among them; 0: 1 MiB
	Redirects int           // how many are followed, of GET and HEAD; beyond them the redirect itself is the answer
	CAFiles   [][]byte      // PEM: trusted beside the system's own

	// AnyTLS takes every certificate and TLS 1.0 too, to learn whether somebody
	// answers: nothing may be sent there that is not for everybody.
	AnyTLS bool
}

func (o Outbound) filled() Outbound {
	if o.Permit == nil {
		o.Permit = PermitPublic
	}
	o.Permit = surely(o.Permit)
	if o.Resolve == nil {
		o.Resolve = Options{}.filled().Resolve
	}
	if o.Timeout <= 0 {
		o.Timeout = outboundTime
	}
	if o.Most <= 0 {
		o.Most = outboundMost
	}
	return o
}

// Client gives a client of HTTP/1.1 that goes this way out. Whose address is refused
// gets an error that is ErrBlocked, and so is whatever the policy gave as its reason.
func (o Outbound) Client() *http.Client {
	o = o.filled()
	transport := &http.Transport{
		DialContext:            o.Dial,
		TLSClientConfig:        o.tls(),
		TLSHandshakeTimeout:    o.Timeout,
		ResponseHeaderTimeout:  o.Timeout,
		MaxResponseHeaderBytes: 64 << 10,
		DisableKeepAlives:      true,
		DisableCompression:     true,
	}
	return &http.Client{Transport: &clerk{transport: transport, agent: o.UserAgent}, CheckRedirect: o.follow, Timeout: o.Timeout}
}

func (o Outbound) tls() *tls.Config {
	if o.AnyTLS {
		return &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10}
	}
	return &tls.Config{RootCAs: trusted(o.CAFiles), MinVersion: tls.VersionTLS12}
}

// A clerk holds every request, also one that follows a redirect, to what a target
// is: http or https, a canonical host, nobody's name and password.
type clerk struct {
	transport *http.Transport
	agent     string
}

func (c *clerk) RoundTrip(req *http.Request) (*http.Response, error) {
	if _, err := target.Parse(req.URL.String()); err != nil {
		if req.Body != nil {
			_ = req.Body.Close()
		}
		return nil, fmt.Errorf("%w: %w", ErrBlocked, err)
	}
	if c.agent != "" && req.Header.Get("User-Agent") == "" {
		req = req.Clone(req.Context())
		req.Header.Set("User-Agent", c.agent)
	}
	return c.transport.RoundTrip(req)
}

// follow decides on a redirect. What the caller gave along stays with the scheme,
// host and port that it was given for, for the rest of the way.
func (o Outbound) follow(req *http.Request, via []*http.Request) error {
	last := via[len(via)-1]
	switch {
	case len(via) > o.Redirects, last.Method != http.MethodGet && last.Method != http.MethodHead:
		return http.ErrUseLastResponse
	case last.URL.Scheme == "https" && req.URL.Scheme != "https":
		return fmt.Errorf("%w: sent on from https to %s", ErrBlocked, visible(req.URL.Scheme))
	}
	elsewhere := func(hop *http.Request) bool { return origin(hop.URL) != origin(via[0].URL) }
	if elsewhere(req) || slices.ContainsFunc(via, elsewhere) {
		req.Header, req.Host = http.Header{}, ""
	}
	req.Header.Del("Referer")
	return nil
}

// origin is what must not change for a header to stay (RFC 6454 section 4).
func origin(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return u.Scheme + "://" + strings.ToLower(u.Hostname()) + ":" + port
}

// Dial connects over TCP to HOST:PORT, to the first of the host's addresses that is
// permitted and answers. The connection ends at its time, and after the bytes that
// may be received over it.
func (o Outbound) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	o = o.filled()
	host, port, err := authorityOf(network, address)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	if o.Proxy != nil {
		return o.through(ctx, host, port)
	}
	addrs, err := o.addresses(ctx, host)
	if err != nil {
		return nil, err
	}
	return o.first(ctx, network, addrs, port)
}

// authorityOf holds an address to dial to what one is: TCP, a host in canonical
// form, a port in figures.
func authorityOf(network, address string) (host string, port uint16, err error) {
	if network != "tcp" && network != "tcp4" && network != "tcp6" {
		return "", 0, fmt.Errorf("%w: connections are made over TCP, and not over %q", ErrBlocked, visible(network))
	}
	host, text, err := net.SplitHostPort(address)
	if err != nil {
		return "", 0, fmt.Errorf("%w: %q is not HOST:PORT", ErrBlocked, visible(address))
	}
	number, err := strconv.ParseUint(text, 10, 16)
	if err != nil || number == 0 {
		return "", 0, fmt.Errorf("%w: %q is no port", ErrBlocked, visible(text))
	}
	t, err := target.Parse("https://" + net.JoinHostPort(host, text) + "/")
	if err != nil {
		return "", 0, fmt.Errorf("%w: %w", ErrBlocked, err)
	}
	if strings.ContainsAny(host, "/?#\\") {
		return "", 0, fmt.Errorf("%w: %q is no host", ErrBlocked, visible(host))
	}
	return t.Host, uint16(number), nil
}

func (o Outbound) addresses(ctx context.Context, host string) ([]netip.Addr, error) {
	if addr, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{addr}, nil
	}
	all, err := o.Resolve(ctx, host)
	if err != nil {
		return nil, fmt.Errorf("resolving %s: %w", host, err)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("resolving %s: the name has no address", host)
	}
	return few(all), nil
}

// first dials the addresses in turn. When none answers, what the first permitted
// one said counts, and a refusal only where there was nothing but refusals.
func (o Outbound) first(ctx context.Context, network string, addrs []netip.Addr, port uint16) (net.Conn, error) {
	var refused, failed error
	for _, addr := range addrs {
		conn, err := o.one(ctx, network, netip.AddrPortFrom(addr.Unmap(), port))
		switch {
		case err == nil:
			return conn, nil
		case errors.Is(err, ErrBlocked):
			refused = err
		case failed == nil:
			failed = err
		}
		if ctx.Err() != nil {
			break
		}
	}
	if failed != nil {
		return nil, failed
	}
	return nil, refused
}

func (o Outbound) one(ctx context.Context, network string, to netip.AddrPort) (net.Conn, error) {
	ends := time.Now().Add(o.Timeout)
	raw, err := dialer(o.Permit).DialContext(ctx, network, to.String())
	if err != nil {
		var op *net.OpError
		if errors.Is(err, ErrBlocked) && errors.As(err, &op) {
			return nil, op.Err // bare of the address, which is not everybody's to know
		}
		return nil, err
	}
	return bind(raw, ends, o.Most), nil
}
