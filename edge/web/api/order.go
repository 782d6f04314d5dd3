// Taking orders, in both spellings.

package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/http/httpguts"

	"middlebrick/edge/store"
	"middlebrick/httphead"
	"middlebrick/scan"
)

// An order is what both spellings say; each has its own name for the address. What
// is not known is left aside.
type order struct {
	APIURL  string            `json:"apiUrl"`
	URL     string            `json:"url"`
	Method  string            `json:"method"`
	Headers map[string]string `json:"headers"`
}

func (a *API) submit(w http.ResponseWriter, r *http.Request, key store.Key) error {
	row, err := a.take(r, key, func(o order) string { return o.APIURL }, "apiUrl")
	if err != nil {
		return err
	}
	write(w, http.StatusAccepted, map[string]string{"scanId": row.ID})
	return nil
}

// scanNow waits for the scan unless the caller would rather not (RFC 7240 section
// 4.1). One that takes longer than anybody should wait is answered as if he had
// said so.
func (a *API) scanNow(w http.ResponseWriter, r *http.Request, key store.Key) error {
	row, err := a.take(r, key, func(o order) string { return o.URL }, "url")
	if err != nil {
		return err
	}
	if !strings.Contains(strings.ToLower(r.Header.Get("Prefer")), "respond-async") {
		if row, err = a.await(r.Context(), row); err != nil {
			return err
		}
	}
	answer, err := a.documented(r.Context(), row)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if !over(row) {
		status = http.StatusAccepted
		w.Header().Set("Location", "/v1/scans/"+row.ID)
	}
	write(w, status, answer)
	return nil
}

// await looks at a scan until it is over, or for as long as a request may take.
func (a *API) await(ctx context.Context, row store.Scan) (store.Scan, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, a.Wait, errLong)
	defer cancel()
	tick := time.NewTicker(a.Poll)
	defer tick.Stop()
	for !over(row) {
		select {
		case <-ctx.Done():
			if context.Cause(ctx) == errLong {
				return row, nil
			}
			return row, ctx.Err()
		case <-tick.C:
		}
		next, err := a.Store.Scan(ctx, row.TenantID, row.ID)
		if err != nil && context.Cause(ctx) == errLong {
			return row, nil
		}
		if err != nil {
			return row, err
		}
		row = next
	}
	return row, nil
}

var errLong = errors.New("it takes too long to wait for")

func over(row store.Scan) bool { return row.Status == store.Completed || row.Status == store.Failed }

func (a *API) take(r *http.Request, key store.Key, where func(order) string, name string) (store.Scan, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return store.Scan{}, err
	}
	var o order
	if err := json.Unmarshal(body, &o); err != nil {
		return store.Scan{}, problem{status: http.StatusBadRequest, code: "invalid_json", text: fmt.Sprintf("the body is not the JSON that is expected: send {%q: \"https://api.example.com/\"}", name)}
	}
	if where(o) == "" {
		return store.Scan{}, problem{status: http.StatusBadRequest, code: "invalid_request", text: name + " is missing; give the address to scan"}
	}
	there, err := a.Check(where(o))
	if err != nil {
		return store.Scan{}, problem{status: http.StatusUnprocessableEntity, code: a.Code(err), text: err.Error()}
	}
	method := strings.ToUpper(o.Method)
	if method == "" {
		method = http.MethodGet
	}
	if !slices.Contains([]string{http.MethodGet, http.MethodHead, http.MethodOptions}, method) {
		return store.Scan{}, problem{status: http.StatusUnprocessableEntity, code: "method_refused", text: "only GET, HEAD and OPTIONS are sent: a scan changes nothing"}
	}
	secret, err := headers(o.Headers)
	if err != nil {
		return store.Scan{}, err
	}
	sum := sha256.Sum256(append([]byte(r.URL.Path+"\n"), body...))
	token := r.Header.Get("Idempotency-Key")
	if len(token) > 255 {
		return store.Scan{}, problem{status: http.StatusBadRequest, code: "invalid_request", text: "the Idempotency-Key is longer than 255 characters"}
	}
	return a.Submit(r.Context(), store.Order{Tenant: key.TenantID, URL: there.URL, Method: method, Secret: secret, Token: token, Digest: hex.EncodeToString(sum[:])})
}

// headers are kept as the worker reads them, in the order of their names.
func headers(given map[string]string) ([]byte, error) {
	fields := make([]httphead.Field, 0, len(given))
	for name, value := range given {
		if !httpguts.ValidHeaderFieldName(name) || !httpguts.ValidHeaderFieldValue(value) {
			return nil, problem{status: http.StatusBadRequest, code: "invalid_header", text: fmt.Sprintf("%q is not a header field that can be sent", name)}
		}
		if reason := scan.Refused(name); reason != "" {
			return nil, problem{status: http.StatusBadRequest, code: "invalid_header", text: name + " cannot be set: " + reason}
		}
		fields = append(fields, httphead.Field{Name: name, Value: value})
	}
	if len(fields) == 0 {
		return nil, nil
	}
	slices.SortFunc(fields, func(a, b httphead.Field) int { return strings.Compare(a.Name, b.Name) })
	return json.Marshal(fields)
}
