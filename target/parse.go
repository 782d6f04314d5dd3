// How a URL that a user typed becomes a Target, and the words of every refusal.

package target

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// MaxURL is the longest URL that is accepted, in bytes.
const MaxURL = 8 << 10

var (
	schemeLess = regexp.MustCompile(`^[A-Za-z0-9.\-\[\]:]+(/|\?|$)`)
	digits     = regexp.MustCompile(`^[0-9]{1,5}$`)
	numeric    = regexp.MustCompile(`^(0[xX][0-9a-fA-F]*|[0-9]+)$`)
)

// Parse turns what the user typed into a Target. Every error says what to type
// instead; nothing is resolved or sent.
func Parse(raw string) (Target, error) {
	if len(raw) > MaxURL {
		return Target{}, fmt.Errorf("target URL is %d bytes long; give one of at most %d", len(raw), MaxURL)
	}
	if !utf8.ValidString(raw) {
		return Target{}, errors.New("target URL is not UTF-8; write other characters as %XX")
	}
	for _, r := range raw {
		if r < 0x20 || r == 0x7f {
			return Target{}, fmt.Errorf("target URL contains the control character %q; remove it", r)
		}
	}
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || u.Scheme == "" || u.Opaque != "" || u.Host == "" {
		return Target{}, unreadable(raw, u, err)
	}
	u.Scheme = strings.ToLower(u.Scheme)
	if u.Scheme != "http" && u.Scheme != "https" {
		return Target{}, fmt.Errorf("target scheme %q is not scanned; use https:// or http://", u.Scheme)
	}
	if u.User != nil {
		return Target{}, errors.New("target URL carries a user name or password; give it with -H 'Authorization: …' instead")
	}
	return assemble(u)
}

func unreadable(raw string, u *url.URL, err error) error {
	if u != nil && u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https" && !strings.Contains(u.Scheme, ".") && u.Opaque == "" {
		return fmt.Errorf("target scheme %q is not scanned; use https:// or http://", u.Scheme)
	}
	if schemeLess.MatchString(raw) && !strings.Contains(raw, "//") && (u == nil || (u.Scheme != "http" && u.Scheme != "https")) {
		return fmt.Errorf("target %q has no scheme; write https://%s or http://%s", raw, raw, raw)
	}
	if err != nil {
		var parse *url.Error
		if errors.As(err, &parse) {
			err = parse.Err
		}
		return fmt.Errorf("target URL cannot be read (%v); write it as https://host/path", err)
	}
	return fmt.Errorf("target %q is not a URL; write it as https://host/path", raw)
}

func assemble(u *url.URL) (Target, error) {
	host, err := canonicalHost(u.Hostname())
	if err != nil {
		return Target{}, err
	}
	t := Target{Scheme: u.Scheme, Host: host, Method: "GET", Path: u.EscapedPath()}
	if t.Path == "" {
		t.Path = "/"
	}
	if u.RawQuery != "" {
		t.Path += "?" + u.RawQuery
	}
	if display, err := idna.Display.ToUnicode(host); err == nil && display != host {
		t.Unicode = display
	}
	if err := t.setPorts(u.Port()); err != nil {
		return Target{}, err
	}
	t.URL = t.HTTP()
	if t.Scheme == "https" {
		t.URL = t.HTTPS()
	}
	return t, nil
}

func (t *Target) setPorts(written string) error {
	defaults := map[string]int{"https": 443, "http": 80}
	t.HTTPSPort, t.HTTPPort, t.Port = 443, 80, defaults[t.Scheme]
	if written == "" {
		return nil
	}
	port, err := strconv.Atoi(written)
	if err != nil || !digits.MatchString(written) || port < 1 || port > 65535 {
		return fmt.Errorf("target port %q is not a port; use a number from 1 to 65535", written)
	}
	if port == t.Port {
		return nil
	}
	t.Port, t.HTTPSPort, t.HTTPPort = port, port, port
	return nil
}

func canonicalHost(written string) (string, error) {
	if strings.Contains(written, "%") {
		return "", fmt.Errorf("target host %q has a zone; zones name an interface of one machine and are not scanned", written)
	}
	if addr, err := netip.ParseAddr(written); err == nil {
		return addr.Unmap().String(), nil
	}
	if strings.Contains(written, ":") {
		return "", fmt.Errorf("target host %q is not an IPv6 address; write it as [2001:db8::1]", written)
	}
	name, err := idna.Lookup.ToASCII(strings.TrimSuffix(written, "."))
	if err != nil && strings.ContainsRune(written, '_') {
		name, err = strings.ToLower(strings.TrimSuffix(written, ".")), nil
	}
	if err != nil || name == "" || len(name) > 253 {
		return "", fmt.Errorf("target host %q is not a host name; check its spelling", written)
	}
	if addr, err := netip.ParseAddr(name); err == nil {
		return addr.Unmap().String(), nil
	}
	// Resolvers disagree on 127.1, 0x7f.1 and 2130706433: a name whose last
	// label is a number is an address or nothing (WHATWG URL, "ends in a number").
	labels := strings.Split(name, ".")
	if numeric.MatchString(labels[len(labels)-1]) {
		return "", fmt.Errorf("target host %q is a number that is not a canonical IP address; write four decimal parts", written)
	}
	for _, label := range labels {
		if label == "" || len(label) > 63 {
			return "", fmt.Errorf("target host %q is not a host name; check its spelling", written)
		}
	}
	return name, nil
}
