// The tools over HTTP: who may call, and that those who may get the same answers.

package mcp

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
)

const token = "a-token-of-this-test-alone"

// bearing adds the token to every request.
type bearing struct{ token string }

func (b bearing) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+b.token)
	return http.DefaultTransport.RoundTrip(r)
}

func served(t *testing.T, origins ...string) string {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	d := newDesk(ctx, Options{}, local())
	server := httptest.NewServer(handler(newServer(d, "test"), token, origins))
	t.Cleanup(func() {
		stop()
		http.DefaultTransport.(*http.Transport).CloseIdleConnections()
		server.CloseClientConnections()
		server.Close()
		d.running.Wait()
	})
	return server.URL
}

func over(t *testing.T, at, token string) (*sdk.ClientSession, error) {
	t.Helper()
	client := sdk.NewClient(&sdk.Implementation{Name: "test", Version: "1"}, nil)
	return client.Connect(t.Context(), &sdk.StreamableClientTransport{Endpoint: at, HTTPClient: &http.Client{Transport: bearing{token}}, MaxRetries: -1}, nil)
}

func TestEveryToolAnswersOverHTTP(t *testing.T) {
	session, err := over(t, served(t)+endpoint, token)
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	everyTool(t, session, app(t))
}

func TestWrongTokenGetsNothing(t *testing.T) {
	for _, wrong := range []string{"", "wrong", token + "x", token[1:]} {
		if session, err := over(t, served(t)+endpoint, wrong); err == nil {
			session.Close()
			t.Errorf("the token %q was taken", wrong)
		}
	}
}

func TestCallersAreCheckedBeforeAnythingIsRead(t *testing.T) {
	at := served(t, "https://app.example.com")
	for _, c := range []struct {
		name, path, origin, authorization, host string
		want                                    int
	}{
		{"without a token", endpoint, "", "", "", 401},
		{"a basic header", endpoint, "", "Basic " + token, "", 401},
		{"a page of another site", endpoint, "https://evil.example", "Bearer " + token, "", 403},
		{"a page without an origin of its own", endpoint, "null", "Bearer " + token, "", 403},
		{"a page of this machine, not allowed", endpoint, "http://127.0.0.1:1", "Bearer " + token, "", 403},
		{"an allowed page without the token", endpoint, "https://app.example.com", "", "", 401},
		{"an allowed page", endpoint, "https://app.example.com", "Bearer " + token, "", 400},
		{"a program", endpoint, "", "Bearer " + token, "", 400},
		{"a name that was rebound to this machine", endpoint, "", "Bearer " + token, "evil.example", 403},
		{"another path", "/", "", "Bearer " + token, "", 404},
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, at+c.path, strings.NewReader("no message"))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Accept", "application/json, text/event-stream")
		for name, value := range map[string]string{"Origin": c.origin, "Authorization": c.authorization} {
			if value != "" {
				req.Header.Set(name, value)
			}
		}
		req.Host = c.host
		answer, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != c.want {
			t.Errorf("%s: %d, want %d", c.name, answer.StatusCode, c.want)
		}
	}
}

func TestTokenIsToldOnceAndWorks(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	said := make(chan string, 8)
	ended := make(chan error, 1)
	go func() {
		ended <- Serve(ctx, Options{Listen: "127.0.0.1:0", Say: func(format string, args ...any) { said <- fmt.Sprintf(format, args...) }})
	}()
	where, secret := <-said, <-said
	at := regexp.MustCompile(`http://127\.0\.0\.1:\d+/mcp`).FindString(where)
	told := regexp.MustCompile(`Bearer (mb_mcp_[0-9a-f]{64})$`).FindStringSubmatch(secret)
	if at == "" || told == nil {
		t.Fatalf("told %q and %q", where, secret)
	}
	session, err := over(t, at, told[1])
	if err != nil {
		t.Fatal(err)
	}
	if _, err := session.ListTools(t.Context(), nil); err != nil {
		t.Error(err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	session.Close()
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	if len(said) > 0 {
		t.Errorf("told besides: %s", <-said)
	}
}
