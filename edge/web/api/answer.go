// Telling what is kept: the clients' shape, the documented shape, the full report
// and its other forms.

package api

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"middlebrick/edge/store"
	"middlebrick/report"
	"middlebrick/report/render"
)

// A finding as the clients' API has it.
type finding struct {
	ID          string `json:"id,omitempty"`
	Severity    string `json:"severity"`
	Category    string `json:"category,omitempty"`
	Title       string `json:"title"`
	Description string `json:"description"`
	Remediation string `json:"remediation"`
}

// A visit is GET /api/scans/{id}: what is not known yet is left out.
type visit struct {
	ID           string         `json:"id"`
	Status       store.Status   `json:"status"`
	APIURL       string         `json:"apiUrl"`
	Method       string         `json:"method"`
	CreatedAt    time.Time      `json:"createdAt"`
	CompletedAt  *time.Time     `json:"completedAt,omitempty"`
	Overall      *int           `json:"overall,omitempty"`
	LetterGrade  string         `json:"letterGrade,omitempty"`
	Categories   map[string]int `json:"categories,omitempty"`
	Findings     []finding      `json:"findings,omitempty"`
	ErrorMessage string         `json:"errorMessage,omitempty"`
}

func (a *API) poll(w http.ResponseWriter, r *http.Request, key store.Key) error {
	row, err := a.Store.Scan(r.Context(), key.TenantID, r.PathValue("id"))
	if err != nil {
		return err
	}
	v := visit{ID: row.ID, Status: row.Status, APIURL: row.URL, Method: row.Method, CreatedAt: row.Created(), CompletedAt: when(row),
		Overall: row.Overall, LetterGrade: row.Grade, ErrorMessage: row.ErrorMessage}
	if row.Status == store.Completed {
		full, err := a.Store.Report(r.Context(), key.TenantID, row.ID)
		if err != nil {
			return err
		}
		v.Findings, v.Categories = []finding{}, map[string]int{}
		for _, f := range full.Findings {
			v.Findings = append(v.Findings, finding{f.ID, string(f.Severity), f.Category, f.Title, f.Description, f.Remediation})
		}
		for name, score := range full.Categories {
			if score != nil {
				v.Categories[name] = *score
			}
		}
	}
	write(w, http.StatusOK, v)
	return nil
}

func when(row store.Scan) *time.Time {
	if row.CompletedAt == 0 {
		return nil
	}
	at := row.Completed()
	return &at
}

// A line of GET /api/scans.
type line struct {
	ID           string       `json:"id"`
	APIURL       string       `json:"apiUrl"`
	Method       string       `json:"method"`
	Status       store.Status `json:"status"`
	RiskScore    *int         `json:"riskScore"`
	ErrorMessage *string      `json:"errorMessage"`
	CreatedAt    time.Time    `json:"createdAt"`
	CompletedAt  *time.Time   `json:"completedAt"`
}

// mostListed is how many scans one answer lists.
const mostListed = 100

func (a *API) list(w http.ResponseWriter, r *http.Request, key store.Key) error {
	query := r.URL.Query()
	limit, offset := number(query.Get("limit"), 20, 1, mostListed), number(query.Get("offset"), 0, 0, 1_000_000)
	status := store.Status(query.Get("status"))
	switch status {
	case "", store.Queued, store.Processing, store.Completed, store.Failed:
	default:
		return problem{status: http.StatusBadRequest, code: "invalid_request", text: "status is one of queued, processing, completed, failed"}
	}
	rows, total, err := a.Store.Scans(r.Context(), key.TenantID, status, limit, offset)
	if err != nil {
		return err
	}
	lines := make([]line, len(rows))
	for i, row := range rows {
		lines[i] = line{ID: row.ID, APIURL: row.URL, Method: row.Method, Status: row.Status, RiskScore: row.Overall, CreatedAt: row.Created(), CompletedAt: when(row)}
		if row.ErrorMessage != "" {
			lines[i].ErrorMessage = &row.ErrorMessage
		}
	}
	write(w, http.StatusOK, map[string]any{"scans": lines, "total": total, "limit": limit, "offset": offset})
	return nil
}

// number reads one and brings it into its bounds; what is none is the usual one.
func number(text string, usual, least, most int) int {
	n, err := strconv.Atoi(text)
	if errors.Is(err, strconv.ErrRange) && text[0] != '-' {
		return most
	}
	if err != nil {
		return usual
	}
	return min(max(n, least), most)
}

// documented is the answer of POST /v1/scan.
func (a *API) documented(ctx context.Context, row store.Scan) (map[string]any, error) {
	answer := map[string]any{"id": row.ID, "status": row.Status, "url": row.URL, "score": row.Overall, "grade": nil, "createdAt": row.Created(), "completedAt": when(row), "categories": map[string]any{}}
	if row.Grade != "" {
		answer["grade"] = row.Grade
	}
	if row.ErrorMessage != "" {
		answer["errorMessage"] = row.ErrorMessage
	}
	if row.Status != store.Completed {
		return answer, nil
	}
	full, err := a.Store.Report(ctx, row.TenantID, row.ID)
	if err != nil {
		return nil, err
	}
	answer["categories"] = byCheck(full)
	return answer, nil
}

func byCheck(full report.Report) map[string]any {
	checks := map[string]any{}
	for _, c := range full.Checks {
		if c.Score == nil {
			continue
		}
		found := []finding{}
		for _, f := range full.Findings {
			if f.Category == c.Name {
				found = append(found, finding{Severity: string(f.Severity), Title: f.Title, Description: f.Description, Remediation: f.Remediation})
			}
		}
		checks[c.Key] = map[string]any{"score": *c.Score, "findings": found}
	}
	return checks
}

// full is the whole report, or the little that is known of a scan without one.
func (a *API) full(w http.ResponseWriter, r *http.Request, key store.Key) error {
	row, err := a.Store.Scan(r.Context(), key.TenantID, r.PathValue("id"))
	if err != nil {
		return err
	}
	whole, err := a.Store.Report(r.Context(), key.TenantID, row.ID)
	if errors.Is(err, store.ErrNotFound) {
		return a.poll(w, r, key)
	}
	if err != nil {
		return err
	}
	write(w, http.StatusOK, whole)
	return nil
}

func (a *API) remove(w http.ResponseWriter, r *http.Request, key store.Key) error {
	if err := a.Store.Delete(r.Context(), key.TenantID, r.PathValue("id")); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (a *API) recording(w http.ResponseWriter, r *http.Request, key store.Key) error {
	text, err := a.Store.Recording(r.Context(), key.TenantID, r.PathValue("id"))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/jsonl")
	w.Header().Set("Content-Disposition", `attachment; filename="recording.jsonl"`)
	_, err = w.Write(text)
	return err
}

// forms are what a report can be had as.
var forms = map[string]struct{ format, media string }{
	"report.json":  {"json", "application/json; charset=utf-8"},
	"report.html":  {"html", "text/html; charset=utf-8"},
	"report.pdf":   {"pdf", "application/pdf"},
	"report.sarif": {"sarif", "application/sarif+json"},
	"report.md":    {"markdown", "text/markdown; charset=utf-8"},
}

func (a *API) document(w http.ResponseWriter, r *http.Request, key store.Key) error {
	form, known := forms[r.PathValue("document")]
	if !known {
		return problem{status: http.StatusNotFound, code: "not_found", text: "a report can be had as report.json, report.html, report.pdf, report.sarif or report.md"}
	}
	whole, err := a.Store.Report(r.Context(), key.TenantID, r.PathValue("id"))
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := render.Write(&out, form.format, whole, render.Options{Explain: a.Explain}); err != nil {
		return err
	}
	w.Header().Set("Content-Type", form.media)
	w.Header().Set("Content-Security-Policy", "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:")
	_, err = w.Write(out.Bytes())
	return err
}
