// The way out through a proxy that was named on purpose (RFC 9110 section 9.3.6).

package wire

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// through asks the proxy for a tunnel. What it resolves is decided by its policy;
// an address that stands there is decided here too.
func (o Outbound) through(ctx context.Context, host string, port uint16) (net.Conn, error) {
	if err := o.permitThrough(host, port); err != nil {
		return nil, err
	}
	conn, err := o.proxy(ctx)
	if err != nil {
		return nil, fmt.Errorf("connecting to the proxy %s: %w", o.Proxy.Host, err)
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	tunnel, err := o.tunnel(conn, net.JoinHostPort(host, strconv.Itoa(int(port))))
	if err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("asking the proxy %s: %w", o.Proxy.Host, err)
	}
	return tunnel, nil
}

func (o Outbound) permitThrough(host string, port uint16) error {
	addr, err := netip.ParseAddr(host)
	switch {
	case err == nil:
	case host == "localhost" || strings.HasSuffix(host, ".localhost"):
		addr = netip.AddrFrom4([4]byte{127, 0, 0, 1})
	default:
		return nil
	}
	return o.Permit(netip.AddrPortFrom(addr, port))
}

// proxy connects to the proxy, which whoever runs this program has named: it may
// stand wherever the command line reaches.
func (o Outbound) proxy(ctx context.Context) (net.Conn, error) {
	port := o.Proxy.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[o.Proxy.Scheme]
	}
	way := Outbound{Permit: PermitAll, Resolve: o.Resolve, Timeout: o.Timeout, Most: o.Most}
	conn, err := way.Dial(ctx, "tcp", net.JoinHostPort(o.Proxy.Hostname(), port))
	if err != nil || o.Proxy.Scheme != "https" {
		return conn, err
	}
	secure := tls.Client(conn, &tls.Config{RootCAs: trusted(o.CAFiles), ServerName: o.Proxy.Hostname(), MinVersion: tls.VersionTLS12})
	if err := secure.HandshakeContext(ctx); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return secure, nil
}

func (o Outbound) tunnel(conn net.Conn, to string) (net.Conn, error) {
	head := "CONNECT " + to + " HTTP/1.1\r\nHost: " + to + "\r\n"
	if user := o.Proxy.User; user != nil {
		password, _ := user.Password()
		head += "Proxy-Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(user.Username()+":"+password)) + "\r\n"
	}
	if _, err := io.WriteString(conn, head+"\r\n"); err != nil {
		return nil, err
	}
	in := bufio.NewReaderSize(conn, 4<<10)
	answer, err := http.ReadResponse(in, &http.Request{Method: http.MethodConnect})
	if err != nil {
		return nil, err
	}
	if answer.StatusCode != http.StatusOK {
		return nil, errors.New("it answered " + visible(answer.Status))
	}
	return &tunnelled{Conn: conn, in: in}, nil
}

// A tunnelled connection gives first what came together with the proxy's answer.
type tunnelled struct {
	net.Conn
	in *bufio.Reader
}

func (t *tunnelled) Read(p []byte) (int, error) { return t.in.Read(p) }
