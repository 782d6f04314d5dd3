// The REST API of GitHub as far as comments need it: one host, bounded answers,
// and patience with a service that asks for it.

package ci

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// An API is the service with the token that opens it.
type API struct {
	Base  string // "https://api.github.com"
	Token string
	Agent string // the User-Agent
	Sleep func(context.Context, time.Duration) error
	Now   func() time.Time

	patience time.Duration // that was spent
}

const (
	mostAttempts = 4
	mostPatience = 90 * time.Second // for all waiting together
	mostAnswer   = 32 << 20         // bytes: a hundred comments of 64 Ki characters fit
	callTimeout  = 30 * time.Second
)

var (
	// errService is a failure of the service (5xx) or of the way to it.
	errService = errors.New("the service failed")
	// errLater is a request that would wait longer than a job should.
	errLater = errors.New("the service asks to come back later than this job waits")
)

// do asks once or, where the service asks for patience, some times. A POST is
// not repeated after a failure in the service: it may have been done. more is
// true when the answer has a next page.
func (a *API) do(ctx context.Context, method, path string, body, answer any) (more bool, err error) {
	for attempt := 1; ; attempt++ {
		res, err := a.once(ctx, method, path, body)
		var wait time.Duration
		switch {
		case err == nil && res.status < 300:
			return res.more, json.Unmarshal(res.body, answer)
		case err == nil && res.limited():
			wait = res.wait(a.Now(), attempt)
		case err == nil && res.status < 500:
			return false, res.refusal(method)
		case method == http.MethodPost || attempt >= mostAttempts:
			return false, failed(method, res, err)
		default:
			wait = backoff(attempt)
		}
		if attempt >= mostAttempts || a.patience+wait > mostPatience {
			return false, fmt.Errorf("%w (HTTP %d)", errLater, res.status)
		}
		a.patience += wait
		if err := a.Sleep(ctx, wait); err != nil {
			return false, err
		}
	}
}

// pause waits before the next try of something that failed in the service.
func (a *API) pause(ctx context.Context, attempt int) error {
	a.patience += backoff(attempt)
	return a.Sleep(ctx, backoff(attempt))
}

func backoff(attempt int) time.Duration { return time.Second << (attempt - 1) }

func failed(method string, res response, err error) error {
	if err != nil {
		return fmt.Errorf("%w: %w", errService, err)
	}
	return fmt.Errorf("%w: %s answered %d", errService, method, res.status)
}

type response struct {
	status int
	header http.Header
	body   []byte
	more   bool
}

func (a *API) once(ctx context.Context, method, path string, body any) (response, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	text := []byte(nil)
	if body != nil {
		var err error
		if text, err = json.Marshal(body); err != nil {
			return response{}, err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, strings.TrimRight(a.Base, "/")+path, bytes.NewReader(text))
	if err != nil {
		return response{}, err
	}
	req.Header.Set("Authorization", "Bearer "+a.Token)
	req.Header.Set("Accept", "application/vnd.github+json")
	req.Header.Set("X-GitHub-Api-Version", "2022-11-28")
	req.Header.Set("User-Agent", a.Agent)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	// The token goes to this one address: not where a redirect leads.
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true}
	client := http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	got, err := client.Do(req)
	if err != nil {
		return response{}, err
	}
	defer got.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(got.Body, mostAnswer))
	more := strings.Contains(got.Header.Get("Link"), `rel="next"`)
	return response{got.StatusCode, got.Header, answer, more}, err
}

// limited is true for a request that would be answered later: GitHub says so
// with 429, and with 403 where one of two headers tells it from a refusal.
func (r response) limited() bool {
	switch r.status {
	case http.StatusTooManyRequests:
		return true
	case http.StatusForbidden:
		return r.header.Get("Retry-After") != "" || r.header.Get("X-RateLimit-Remaining") == "0"
	}
	return false
}

// wait is how long the service asks to wait: seconds in Retry-After, or the
// moment in X-RateLimit-Reset.
func (r response) wait(now time.Time, attempt int) time.Duration {
	if seconds, err := strconv.Atoi(r.header.Get("Retry-After")); err == nil && seconds >= 0 {
		return time.Duration(min(seconds, 24*3600)) * time.Second
	}
	if reset, err := strconv.ParseInt(r.header.Get("X-RateLimit-Reset"), 10, 64); err == nil && reset > 0 {
		return min(max(time.Unix(reset, 0).Sub(now), time.Second), 24*time.Hour)
	}
	return backoff(attempt)
}

// refusal says in words what the status means for us. GitHub answers 404 to a
// token that may not see what is there.
func (r response) refusal(method string) error {
	switch r.status {
	case http.StatusUnauthorized:
		return fmt.Errorf("%w: GitHub does not know it (401)", ErrForbidden)
	case http.StatusForbidden, http.StatusNotFound:
		return fmt.Errorf("%w (%s answered %d)", ErrForbidden, method, r.status)
	}
	return fmt.Errorf("%s answered %d", method, r.status)
}

// unnamed is a token that is no person's: that of a workflow, or of an app.
const unnamed = "(a program)"

// whoami is the login of the token's owner.
func (a *API) whoami(ctx context.Context) string {
	var user struct {
		Login string `json:"login"`
	}
	if _, err := a.do(ctx, http.MethodGet, "/user", nil, &user); err != nil || user.Login == "" {
		return unnamed
	}
	return user.Login
}
