// From flags and a URL to a scan request. Everything is checked here, before the
// first packet.

package cli

import (
	"crypto/x509"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"middlebrick/scan"
	"middlebrick/target"
)

// requestFlags are the flags as typed.
type requestFlags struct {
	method     string
	headers    []string
	headerFile string
	resolve    []string
	caFiles    []string
	timeout    string
	audience   string
	httpsPort  int
	httpPort   int
	parallel   int
	rate       float64
	preload    string
	ctLogs     string
	askCA      bool
	fromFile   []string // headers of the configuration file
}

func (f *requestFlags) add(flags *pflag.FlagSet) {
	flags.StringVar(&f.method, "method", "GET", "`METHOD` of the target's own request: GET, HEAD or OPTIONS")
	flags.StringArrayVarP(&f.headers, "header", "H", nil, "header field `'Name: value'`, sent to the target's host alone (repeatable)")
	flags.StringVar(&f.headerFile, "header-file", "", "header fields, one a line, from `FILE` or - for stdin")
	flags.StringArrayVar(&f.resolve, "resolve", nil, "use an address for a name, `HOST:PORT:ADDR` (repeatable)")
	flags.StringArrayVar(&f.caFiles, "ca-file", nil, "also trust the authorities in `FILE`, PEM (repeatable)")
	flags.StringVar(&f.timeout, "timeout", "60s", "longest time for the whole scan, as 30s or 2m")
	flags.StringVar(&f.audience, "audience", "", "who uses the target: `browser|program` (default: told from its answers)")
	flags.IntVar(&f.httpsPort, "https-port", 0, "`PORT` of the https form, where it is not the usual one")
	flags.IntVar(&f.httpPort, "http-port", 0, "`PORT` of the http form, where it is not the usual one")
	flags.StringVar(&f.preload, "preload-list", "", "HSTS preload list in `FILE`: a name a line, and 1 where subdomains are included")
	flags.StringVar(&f.ctLogs, "ct-logs", "", "certificate transparency logs in `FILE`: the public list of version 3, JSON")
	flags.BoolVar(&f.askCA, "ask-ca", false, "also ask the certificate's authority whether it was revoked (OCSP, CRL) and for a missing issuer, over http")
	flags.IntVar(&f.parallel, "parallel", 0, "connections at once, 1 to 32 (default 6, and 1 for development servers)")
	flags.Float64Var(&f.rate, "rate", 0, "connections a second at most (default: no limit)")
}

// maxTimeout bounds --timeout.
const maxTimeout = time.Hour

func (a *app) request(f requestFlags, url string) (scan.Request, error) {
	req, err := a.asked(f, url)
	if err != nil {
		return req, err
	}
	a.installedLists(&req)
	return req, a.headers(&req, f)
}

// asked is the request without what this machine adds to it and without headers.
func (a *app) asked(f requestFlags, url string) (scan.Request, error) {
	req := scan.Request{Parallel: f.parallel, Rate: f.rate, AskCA: f.askCA}
	var err error
	if req.Target, err = f.target(url); err != nil {
		return req, err
	}
	if req.Timeout, err = duration(f.timeout); err != nil {
		return req, err
	}
	if f.parallel < 0 || f.parallel > 32 {
		return req, usagef("--parallel: %d is not from 1 to 32", f.parallel)
	}
	if f.rate < 0 || f.rate > 1000 {
		return req, usagef("--rate: %v is not from 0 to 1000", f.rate)
	}
	for _, typed := range f.resolve {
		pin, err := parsePin(typed)
		if err != nil {
			return req, err
		}
		req.Pins = append(req.Pins, pin)
	}
	for _, path := range f.caFiles {
		pem, err := authorities(path)
		if err != nil {
			return req, err
		}
		req.CAFiles = append(req.CAFiles, pem)
	}
	if req.Preload, err = preloadList(f.preload); err != nil {
		return req, err
	}
	if req.CTLogs, err = ctLogs(f.ctLogs); err != nil {
		return req, err
	}
	return req, nil
}

// ctLogs reads the list of logs of that file; no file is no list.
func ctLogs(path string) ([]byte, error) {
	if path == "" {
		return nil, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, usagef("--ct-logs: %w", err)
	}
	defer file.Close()
	list, _, err := scan.ReadCTLogs(file)
	if err != nil {
		return nil, usagef("--ct-logs: %w", err)
	}
	return list, nil
}

// preloadList reads the list of that file; no file is no list.
func preloadList(path string) (*scan.PreloadList, error) {
	if path == "" {
		return nil, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, usagef("--preload-list: %w", err)
	}
	defer file.Close()
	list, err := scan.ReadPreloadList(filepath.Base(path), file)
	if err != nil {
		return nil, usagef("--preload-list: %w", err)
	}
	return list, nil
}

func (a *app) headers(req *scan.Request, f requestFlags) error {
	defer a.warnInClear(req)
	for _, typed := range f.headers {
		field, err := parseHeader(typed, "--header")
		if err != nil {
			return err
		}
		if a.ErrTTY && secret(field.Name) {
			a.say("warning: the value of %s is now in your shell's history and in the process list; use --header-file FILE or -", field.Name)
		}
		req.Headers = append(req.Headers, field)
	}
	for _, line := range f.fromFile {
		field, err := parseHeader(line, "headers")
		if err != nil {
			return err
		}
		req.Headers = append(req.Headers, field)
	}
	if f.headerFile == "" {
		return nil
	}
	fields, err := a.headerFile(f.headerFile)
	req.Headers = append(req.Headers, fields...)
	return err
}

// warnInClear says that the target as it was typed sends a secret over plain
// HTTP.
func (a *app) warnInClear(req *scan.Request) {
	if req.Target.Scheme != "http" || req.Target.Loopback() {
		return
	}
	for _, field := range req.Headers {
		if secret(field.Name) {
			a.say("warning: %s is sent over plain HTTP, where anyone on the path can read it; scan the https:// form if there is one", field.Name)
		}
	}
}

var methods = []string{"GET", "HEAD", "OPTIONS"}

func (f requestFlags) target(url string) (target.Target, error) {
	t, err := target.Parse(url)
	if err != nil {
		return t, failure{exitUsage, err}
	}
	method, ok := oneOf(f.method, methods)
	if !ok {
		return t, usagef("--method %s is not sent: scans are read-only, so that nothing on the target can change; use GET, HEAD or OPTIONS", f.method)
	}
	t.Method = method
	switch audience := target.Audience(strings.ToLower(f.audience)); audience {
	case "", target.Browser, target.Program:
		t.Audience = audience
	default:
		return t, usagef("--audience: unknown %q%s", f.audience, meant(f.audience, []string{"browser", "program"}, ""))
	}
	return f.ports(t)
}

// ports says where the other form of the target lives. The form that the URL
// names has the URL's port.
func (f requestFlags) ports(t target.Target) (target.Target, error) {
	for _, form := range []struct {
		scheme string
		typed  int
		port   *int
	}{{"https", f.httpsPort, &t.HTTPSPort}, {"http", f.httpPort, &t.HTTPPort}} {
		switch {
		case form.typed == 0:
			continue
		case form.typed < 1 || form.typed > 65535:
			return t, usagef("--%s-port: %d is not a port; use a number from 1 to 65535", form.scheme, form.typed)
		case t.Scheme == form.scheme && form.typed != t.Port:
			return t, usagef("--%s-port %d contradicts the URL, whose %s form is on port %d; change the one or the other", form.scheme, form.typed, form.scheme, t.Port)
		}
		*form.port = form.typed
	}
	return t, nil
}

// duration reads 30s, 2m, or a bare number of seconds.
func duration(typed string) (time.Duration, error) {
	d, err := time.ParseDuration(typed)
	if seconds, bare := strconv.Atoi(typed); bare == nil {
		d, err = time.Duration(seconds)*time.Second, nil
	}
	if err != nil || d <= 0 || d > maxTimeout {
		return 0, usagef("--timeout: %q is not a time from 1ms to 1h; write it as 30s or 2m", typed)
	}
	return d, nil
}

// parsePin reads HOST:PORT:ADDR; an IPv6 host or address may stand in brackets.
func parsePin(typed string) (scan.Pin, error) {
	wrong := usagef("--resolve: %q is not HOST:PORT:ADDR; write it as api.example.com:443:192.0.2.1", typed)
	host, rest, ok := cutHost(typed)
	if !ok || host == "" {
		return scan.Pin{}, wrong
	}
	portText, addrText, ok := strings.Cut(rest, ":")
	if !ok {
		return scan.Pin{}, wrong
	}
	port, err := strconv.Atoi(portText)
	if err != nil || port < 1 || port > 65535 {
		return scan.Pin{}, usagef("--resolve: %q is not a port; use a number from 1 to 65535", portText)
	}
	addr, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(addrText, "["), "]"))
	if err != nil || addr.Zone() != "" {
		return scan.Pin{}, usagef("--resolve: %q is not an IP address", addrText)
	}
	at, err := target.Parse("https://" + bracket(host) + "/")
	if err != nil {
		return scan.Pin{}, usagef("--resolve: %q is not a host name", host)
	}
	return scan.Pin{Host: at.Host, Port: port, Addr: addr.Unmap()}, nil
}

func cutHost(typed string) (host, rest string, ok bool) {
	if inside, found := strings.CutPrefix(typed, "["); found {
		return strings.Cut(inside, "]:")
	}
	return strings.Cut(typed, ":")
}

func bracket(host string) string {
	if strings.Contains(host, ":") {
		return "[" + host + "]"
	}
	return host
}

// authorities reads a PEM file that holds at least one certificate.
func authorities(path string) ([]byte, error) {
	pem, err := os.ReadFile(path)
	if err != nil {
		return nil, usagef("--ca-file: %w", err)
	}
	if !x509.NewCertPool().AppendCertsFromPEM(pem) {
		return nil, usagef("--ca-file: %s holds no PEM certificate that can be read", path)
	}
	return pem, nil
}
