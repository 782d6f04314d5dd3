// A server that speaks GitHub's API of comments, with its pages and its errors.

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

type storedComment struct {
	ID   int               `json:"id"`
	Body string            `json:"body"`
	URL  string            `json:"html_url"`
	User map[string]string `json:"user"`
}

// hub is one pull request's comments.
type hub struct {
	*httptest.Server
	mu       sync.Mutex
	comments []storedComment
	calls    []string // "METHOD path" of each request that was answered well or not

	// trouble answers a request instead, where it returns true.
	trouble func(w http.ResponseWriter, r *http.Request, call int) bool
}

const workflowToken = "ghs_0123456789abcdefghijkl"

func newHub(t *testing.T) *hub {
	h := &hub{}
	h.Server = httptest.NewServer(h)
	t.Cleanup(h.Close)
	return h
}

var workflowBot = map[string]string{"login": "github-actions[bot]", "type": "Bot"}

// say adds a comment of somebody.
func (h *hub) say(login, kind, body string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.add(body, map[string]string{"login": login, "type": kind})
}

func (h *hub) add(body string, user map[string]string) storedComment {
	c := storedComment{ID: len(h.comments) + 1, Body: body, User: user}
	c.URL = fmt.Sprintf("https://github.example/pull/2#issuecomment-%d", c.ID)
	h.comments = append(h.comments, c)
	return c
}

func (h *hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.calls = append(h.calls, r.Method+" "+r.URL.Path)
	w.Header().Set("Content-Type", "application/json")
	switch {
	case r.Header.Get("Authorization") != "Bearer "+workflowToken:
		refuse(w, 401, "Bad credentials")
	case h.trouble != nil && h.trouble(w, r, len(h.calls)):
	case r.URL.Path == "/user":
		refuse(w, 403, "Resource not accessible by integration")
	case r.Method == "GET" && r.URL.Path == "/repos/Codertocat/Hello-World/issues/2/comments":
		h.page(w, r)
	case r.Method == "POST" && r.URL.Path == "/repos/Codertocat/Hello-World/issues/2/comments":
		h.put(w, r, 0)
	case r.Method == "PATCH" && strings.HasPrefix(r.URL.Path, "/repos/Codertocat/Hello-World/issues/comments/"):
		id, _ := strconv.Atoi(r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:])
		h.put(w, r, id)
	default:
		refuse(w, 404, "Not Found")
	}
}

func refuse(w http.ResponseWriter, status int, says string) {
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"message":%q,"documentation_url":"https://docs.github.com/rest"}`, says)
}

func (h *hub) page(w http.ResponseWriter, r *http.Request) {
	size, _ := strconv.Atoi(r.URL.Query().Get("per_page"))
	number, _ := strconv.Atoi(r.URL.Query().Get("page"))
	from := min((number-1)*size, len(h.comments))
	to := min(from+size, len(h.comments))
	if to < len(h.comments) {
		w.Header().Set("Link", fmt.Sprintf(`<%s%s?per_page=%d&page=%d>; rel="next"`, h.URL, r.URL.Path, size, number+1))
	}
	_ = json.NewEncoder(w).Encode(slices.Clone(h.comments[from:to]))
}

func (h *hub) put(w http.ResponseWriter, r *http.Request, id int) {
	var asked struct{ Body string }
	text, _ := io.ReadAll(r.Body)
	if json.Unmarshal(text, &asked) != nil || len([]rune(asked.Body)) > 65536 {
		refuse(w, 422, "Validation Failed")
		return
	}
	switch {
	case id == 0:
		w.WriteHeader(201)
		_ = json.NewEncoder(w).Encode(h.add(asked.Body, workflowBot))
	case id > len(h.comments):
		refuse(w, 404, "Not Found")
	default:
		h.comments[id-1].Body = asked.Body
		_ = json.NewEncoder(w).Encode(h.comments[id-1])
	}
}

// ours are the comments that the action left.
func (h *hub) ours() (all []storedComment) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, c := range h.comments {
		if c.User["login"] == workflowBot["login"] && strings.HasPrefix(c.Body, "<!-- middlebrick:v1 ") {
			all = append(all, c)
		}
	}
	return all
}
