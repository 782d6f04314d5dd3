// Package api is the server's API in the two spellings that clients know, and what
// was added to both. Whatever is asked for is answered in JSON, errors too, for
// those clients parse before they look at the status.
package api

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"middlebrick/edge/store"
	"middlebrick/report/render"
	"middlebrick/target"
)

// An API answers requests below /api and /v1.
type API struct {
	Store  *store.Store
	Check  func(raw string) (target.Target, error) // what may be asked for at all; its error may be told
	Code   func(error) string                      // the code of such an error
	Submit func(context.Context, store.Order) (store.Scan, error)

	Explain render.Explainer
	Log     *slog.Logger
	Poll    time.Duration // between two looks at a scan that is waited for
	Wait    time.Duration // how long POST /v1/scan waits
}

// A problem is an error as it is told.
type problem struct {
	status int
	code   string
	text   string
	retry  string // Retry-After, in seconds
}

func (p problem) Error() string { return p.text }

type handler func(http.ResponseWriter, *http.Request, store.Key) error

// most is how many bytes an order may have.
const most = 64 << 10

// Handler is all of it.
func (a *API) Handler() http.Handler {
	mux := http.NewServeMux()
	for _, route := range a.routes() {
		mux.Handle(route.pattern, a.guarded(route.scope, route.do))
	}
	return a.sheltered(mux)
}

type route struct {
	pattern string
	scope   store.Scope
	do      handler
}

func (a *API) routes() []route {
	return []route{
		{"POST /api/scan", store.Write, a.submit},
		{"GET /api/scans", store.Read, a.list},
		{"GET /api/scans/{id}", store.Read, a.poll},
		{"POST /v1/scan", store.Write, a.scanNow},
		{"GET /v1/scans", store.Read, a.list},
		{"GET /v1/scans/{id}", store.Read, a.full},
		{"DELETE /v1/scans/{id}", store.Write, a.remove},
		{"GET /v1/scans/{id}/recording", store.Read, a.recording},
		{"GET /v1/scans/{id}/{document}", store.Read, a.document},
	}
}

// sheltered answers for paths and methods that are not there, and for what breaks,
// in JSON.
func (a *API) sheltered(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if fault := recover(); fault != nil && fault != http.ErrAbortHandler {
				a.Log.Error("a fault of middlebrick", "path", r.URL.Path, "fault", fault, "stack", string(debug.Stack()))
				tell(w, problem{status: http.StatusInternalServerError, code: "internal", text: "the server met a fault of its own; it is in its log"})
			}
		}()
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		r.Body = http.MaxBytesReader(w, r.Body, most)
		_, pattern := mux.Handler(r)
		if pattern != "" {
			mux.ServeHTTP(w, r)
			return
		}
		if allowed := methods(mux, r); len(allowed) > 0 {
			w.Header().Set("Allow", strings.Join(allowed, ", "))
			tell(w, problem{status: http.StatusMethodNotAllowed, code: "method_not_allowed", text: r.Method + " is not possible here; use " + strings.Join(allowed, " or ")})
			return
		}
		tell(w, problem{status: http.StatusNotFound, code: "not_found", text: "there is nothing at this path"})
	})
}

// methods are those by which the path of a request can be asked for.
func methods(mux *http.ServeMux, r *http.Request) (allowed []string) {
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodDelete} {
		other := r.Clone(r.Context())
		other.Method = method
		if _, pattern := mux.Handler(other); pattern != "" {
			allowed = append(allowed, method)
		}
	}
	return allowed
}

// guarded lets in who has a key of that scope.
func (a *API) guarded(scope store.Scope, do handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key, err := a.key(r)
		if err == nil && scope == store.Write && key.Scope != store.Write {
			err = problem{status: http.StatusForbidden, code: "insufficient_scope", text: "this key may only read; use a key with the scope " + string(store.Write)}
		}
		if err == nil {
			err = do(w, r, key)
		}
		if err != nil {
			a.refuse(w, r, err)
		}
	})
}

func (a *API) key(r *http.Request) (store.Key, error) {
	unknown := problem{status: http.StatusUnauthorized, code: "unauthorized", text: "a valid API key is needed, in the header x-api-key or as Authorization: Bearer"}
	query := r.URL.Query()
	if query.Has("api_key") || query.Has("apiKey") || query.Has("key") {
		unknown.text = "an API key does not belong in an address, where logs keep it: revoke it, and send the new one in the header x-api-key"
		return store.Key{}, unknown
	}
	secret := r.Header.Get("X-Api-Key")
	if bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); secret == "" && ok {
		secret = bearer
	}
	key, err := a.Store.Authenticate(r.Context(), strings.TrimSpace(secret))
	if errors.Is(err, store.ErrNotFound) {
		return key, unknown
	}
	return key, err
}

// refuse tells an error; one that is ours is told in the log.
func (a *API) refuse(w http.ResponseWriter, r *http.Request, err error) {
	var p problem
	var long *http.MaxBytesError
	switch {
	case errors.As(err, &p):
	case errors.As(err, &long):
		p = problem{status: http.StatusRequestEntityTooLarge, code: "too_large", text: "the body is larger than 64 KiB"}
	case errors.Is(err, store.ErrNotFound):
		p = problem{status: http.StatusNotFound, code: "not_found", text: "there is no such scan"}
	case errors.Is(err, store.ErrMismatch):
		p = problem{status: http.StatusUnprocessableEntity, code: "idempotency_mismatch", text: "this Idempotency-Key was used for another request; use a new one"}
	case errors.Is(err, store.ErrFull):
		p = problem{status: http.StatusTooManyRequests, code: "queue_full", text: "too many scans are waiting; try again in a minute", retry: "60"}
	case r.Context().Err() != nil:
		return // nobody listens any more
	default:
		a.Log.Error("answering", "path", r.URL.Path, "error", err)
		p = problem{status: http.StatusServiceUnavailable, code: "unavailable", text: "the server cannot answer now; try again", retry: "5"}
	}
	tell(w, p)
}

func tell(w http.ResponseWriter, p problem) {
	if p.retry != "" {
		w.Header().Set("Retry-After", p.retry)
	}
	if p.status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="middlebrick"`)
	}
	write(w, p.status, struct {
		Error string `json:"error"`
		Code  string `json:"code"`
	}{p.text, p.code})
}

func write(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value) // who has gone is not told
}
