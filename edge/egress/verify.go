// The proof that somebody owns a host: a token that only its owner can put into
// its DNS or onto its web server.

package egress

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"strconv"
	"strings"

	"middlebrick/target"
)

// Where the token is looked for.
const (
	VerifyRecord = "_middlebrick-verify."                // a TXT record at this, with the host behind it
	VerifyPath   = "/.well-known/middlebrick-verify.txt" // its first line
)

// How a host was verified.
const (
	ByDNS   = "dns"
	ByHTTPS = "https"
	ByHTTP  = "http"
)

// ErrUnverified is a host at which the token was not found.
var ErrUnverified = errors.New("the token was not found")

const (
	tokenMark  = "mbv-"
	tokenBytes = 20
	mostLine   = 1 << 10 // bytes of the file's first line
)

// NewToken makes a token, to be kept with the tenant and the host that it was made
// for. It is no secret: who owns the host publishes it.
func NewToken() (string, error) {
	random := make([]byte, tokenBytes)
	if _, err := rand.Read(random); err != nil {
		return "", fmt.Errorf("making a token: %w", err)
	}
	return tokenMark + strings.ToLower(base32.StdEncoding.EncodeToString(random)), nil
}

// Verify looks for the token: in the DNS, then at the host itself, over https and
// over http at their own ports, for whoever answers at another port need not own the
// host. How is ByDNS, ByHTTPS or ByHTTP. Client is one of an Outbound that follows no
// redirect: a host that forwards everything forwards this too. An error is
// ErrUnverified, in words for the user.
func Verify(ctx context.Context, host, token string, client *http.Client, texts func(ctx context.Context, name string) ([]string, error)) (how string, err error) {
	t, err := target.Parse("https://" + bracketed(host) + "/")
	switch {
	case err != nil || t.HTTPSPort != 443 || t.Path != "/":
		return "", fmt.Errorf("%w: %q is not a host", ErrUnverified, shown(host))
	case !strings.HasPrefix(token, tokenMark):
		return "", fmt.Errorf("%w: there is no token to look for", ErrUnverified)
	}
	var tried []string
	if !t.Literal() {
		found, err := inDNS(ctx, VerifyRecord+t.Host, token, texts)
		if found {
			return ByDNS, nil
		}
		tried = append(tried, "TXT "+VerifyRecord+t.Host+": "+why(err))
	}
	for _, scheme := range []string{ByHTTPS, ByHTTP} {
		address := scheme + "://" + target.Authority(scheme, t.Host, map[string]int{ByHTTPS: 443, ByHTTP: 80}[scheme]) + VerifyPath
		found, err := onWeb(ctx, address, token, client)
		if found {
			return scheme, nil
		}
		tried = append(tried, address+": "+why(err))
	}
	return "", fmt.Errorf("%w: %s", ErrUnverified, strings.Join(tried, "; "))
}

func bracketed(host string) string {
	if addr, err := netip.ParseAddr(host); err == nil && addr.Is6() {
		return "[" + host + "]"
	}
	return host
}

// why is what went wrong, in words that tell nothing of this server's network.
func why(err error) string {
	switch {
	case err == nil:
		return "it says something else"
	case Refused(err):
		return Refusal
	}
	var other answered
	if errors.As(err, &other) {
		return string(other)
	}
	return "no answer"
}

// answered is an answer that is not the one that was asked for.
type answered string

func (a answered) Error() string { return string(a) }

func same(some, token string) bool {
	return subtle.ConstantTimeCompare([]byte(some), []byte(token)) == 1
}

func inDNS(ctx context.Context, name, token string, texts func(context.Context, string) ([]string, error)) (bool, error) {
	records, err := texts(ctx, name)
	if err != nil {
		return false, err
	}
	if len(records) == 0 {
		return false, answered("no such record")
	}
	found := false
	for _, record := range records {
		for _, word := range strings.Fields(record) {
			found = same(word, token) || found
		}
	}
	return found, nil
}

func onWeb(ctx context.Context, address, token string, client *http.Client) (bool, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return false, err
	}
	answer, err := client.Do(req)
	if err != nil {
		return false, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return false, answered("the answer has status " + strconv.Itoa(answer.StatusCode))
	}
	line, err := bufio.NewReader(io.LimitReader(answer.Body, mostLine)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	return same(strings.TrimSpace(strings.TrimPrefix(line, "\ufeff")), token), nil
}
