// Fetching a file of ours, apart from any scan: a list that ages.

package wire

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

// A Download is where a file is fetched from and what it may cost.
type Download struct {
	URL       string // https alone
	Most      int64  // bytes, unpacked
	Timeout   time.Duration
	UserAgent string
	CAFiles   [][]byte // PEM: trusted beside the system's own
}

// mostRedirects is how often a download is sent elsewhere; never away from https.
const mostRedirects = 4

// Fetch gives the file and when its server says that it was changed last (zero
// where it does not say). The server's certificate is verified; what was cut short
// or is too large is an error.
func Fetch(ctx context.Context, d Download) (file []byte, changed time.Time, err error) {
	u, err := url.Parse(d.URL)
	if err != nil || u.Scheme != "https" || u.Host == "" {
		return nil, changed, fmt.Errorf("fetching %s: only https:// is fetched", d.URL)
	}
	ctx, cancel := context.WithTimeout(ctx, d.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, d.URL, nil)
	if err != nil {
		return nil, changed, fmt.Errorf("fetching %s: %w", d.URL, err)
	}
	req.Header.Set("User-Agent", d.UserAgent)
	transport := &http.Transport{
		DialContext:            (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
		TLSClientConfig:        &tls.Config{RootCAs: trusted(d.CAFiles), MinVersion: tls.VersionTLS12},
		MaxResponseHeaderBytes: 64 << 10,
		DisableKeepAlives:      true,
	}
	client := &http.Client{Transport: transport, CheckRedirect: onlySecure}
	resp, err := client.Do(req)
	if err != nil {
		return nil, changed, fmt.Errorf("fetching: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, changed, fmt.Errorf("fetching %s: the server answered %s", d.URL, resp.Status)
	}
	file, err = io.ReadAll(io.LimitReader(resp.Body, d.Most+1))
	switch {
	case err != nil:
		return nil, changed, fmt.Errorf("fetching %s: after %d bytes: %w", d.URL, len(file), err)
	case int64(len(file)) > d.Most:
		return nil, changed, fmt.Errorf("fetching %s: it is larger than %d bytes", d.URL, d.Most)
	}
	changed, _ = http.ParseTime(resp.Header.Get("Last-Modified"))
	return file, changed, nil
}

func onlySecure(req *http.Request, via []*http.Request) error {
	if req.URL.Scheme != "https" {
		return fmt.Errorf("sent on to %s, which is not https", visible(req.URL.Redacted()))
	}
	if len(via) > mostRedirects {
		return errors.New("sent on too often")
	}
	return nil
}

// trusted is nil, for the system's own roots, where nothing is added to them.
func trusted(files [][]byte) *x509.CertPool {
	if len(files) == 0 {
		return nil
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	for _, file := range files {
		pool.AppendCertsFromPEM(file)
	}
	return pool
}
